package golden

import (
	"fmt"
	"strings"
)

const (
	around   = 3         // equal lines shown around a change
	maxCells = 4_000_000 // table of the longest common subsequence: about 32 MB
	maxShown = 200       // lines of output; a golden file that changed all over is read in version control
)

// edit is a line of the comparison: kept (' '), only in the file ('-') or only in this run ('+').
// Its number is that of the line in the file, or, for '+', in this run.
type edit struct {
	op     byte
	number int
	line   string
}

// diff shows the lines in which two texts differ, with their numbers and a few equal lines around them.
func diff(want, got string) string {
	edits := compare(split(want), split(got))
	var b strings.Builder
	shown, last := 0, -1
	for i, e := range edits {
		if !near(edits, i) {
			continue
		}
		if shown++; shown > maxShown {
			b.WriteString("… and more\n")
			break
		}
		if last >= 0 && i > last+1 {
			b.WriteString("   ⋮\n")
		}
		last = i
		fmt.Fprintf(&b, "%c %4d  %s\n", e.op, e.number, visible(e))
	}
	return b.String()
}

// split cuts after every newline; a last line without one is told apart by [visible].
func split(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// visible quotes a changed line whose difference could hide in blanks, control characters or a missing newline.
func visible(e edit) string {
	line, ended := strings.CutSuffix(e.line, "\n")
	if e.op == ' ' {
		return line
	}
	if strings.TrimSpace(line) != strings.TrimLeft(line, " ") || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' }) {
		line = fmt.Sprintf("%q", line)
	}
	if !ended {
		line += "  (no newline at the end)"
	}
	return line
}

func near(edits []edit, i int) bool {
	for j := max(0, i-around); j <= min(len(edits)-1, i+around); j++ {
		if edits[j].op != ' ' {
			return true
		}
	}
	return false
}

// compare sets the common head and tail aside and aligns what is left.
func compare(want, got []string) []edit {
	head := 0
	for head < min(len(want), len(got)) && want[head] == got[head] {
		head++
	}
	tail := 0
	for tail < min(len(want), len(got))-head && want[len(want)-1-tail] == got[len(got)-1-tail] {
		tail++
	}
	endWant, endGot := len(want)-tail, len(got)-tail
	edits := run(nil, ' ', 0, want[:head])
	edits = align(edits, head, want[head:endWant], got[head:endGot])
	return run(edits, ' ', endWant, want[endWant:])
}

// align adds the shortest script from want to got, or a plain replacement where the table for it would be too large.
func align(edits []edit, head int, want, got []string) []edit {
	if len(want)*len(got) > maxCells {
		return run(run(edits, '-', head, want), '+', head, got)
	}
	common := lengths(want, got)
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		switch {
		case i < len(want) && j < len(got) && want[i] == got[j]:
			edits = run(edits, ' ', head+i, want[i:i+1])
			i, j = i+1, j+1
		case j == len(got) || i < len(want) && common[i+1][j] >= common[i][j+1]:
			edits = run(edits, '-', head+i, want[i:i+1])
			i++
		default:
			edits = run(edits, '+', head+j, got[j:j+1])
			j++
		}
	}
	return edits
}

// lengths gives, for every pair of tails, the length of their longest common subsequence.
func lengths(want, got []string) [][]int {
	table := make([][]int, len(want)+1)
	for i := range table {
		table[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			if want[i] == got[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	return table
}

func run(edits []edit, op byte, before int, lines []string) []edit {
	for i, line := range lines {
		edits = append(edits, edit{op, before + i + 1, line})
	}
	return edits
}
