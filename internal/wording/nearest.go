package wording

import (
	"slices"
	"strings"
)

// Nearest finds the candidate most like the name, the first of several and "" where none is like it.
func Nearest(name string, candidates []string) string {
	best, distance := "", max(2, len(name)/4)+1
	if len(name) > 100 {
		return ""
	}
	for _, c := range candidates {
		if d := edits(strings.ToLower(name), strings.ToLower(c)); d < distance {
			best, distance = c, d
		}
	}
	return best
}

// edits is the number of characters to insert, remove or replace to come from a to b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		previous := slices.Clone(row)
		row[0] = i + 1
		for j := range len(b) {
			row[j+1] = min(previous[j+1], row[j]) + 1
			if a[i] == b[j] {
				row[j+1] = min(row[j+1], previous[j])
			} else {
				row[j+1] = min(row[j+1], previous[j]+1)
			}
		}
	}
	return row[len(b)]
}
