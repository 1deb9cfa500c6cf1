// Package wording puts numbers into English, and finds the word that was probably meant.
package wording

import (
	"fmt"
	"slices"
	"strings"
)

// Count writes "1 task", "2 tasks": the thing is given in the singular, and takes an s.
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Nearest finds the candidate most like the name, "" where none is like it: more than a quarter of its letters, and more than two,
// would have to change.
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
