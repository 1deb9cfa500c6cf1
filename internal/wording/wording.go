// Package wording puts numbers into English, and makes texts from outside fit to stand among it.
package wording

import (
	"fmt"
	"strings"
	"unicode"
)

// Count writes "1 task", "2 tasks": the thing is given in the singular, and takes an s.
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Line makes a text from outside safe to show: on one line, without control or formatting characters, and no longer than
// limit runes. What is cut off shows as "…".
func Line(text string, limit int) string {
	var b strings.Builder
	n, space := 0, false
	for _, r := range text {
		if unicode.IsSpace(r) {
			space = n > 0
			continue
		}
		if n >= limit || space && n+1 >= limit {
			b.WriteRune('…')
			break
		}
		if space {
			b.WriteByte(' ')
			n, space = n+1, false
		}
		if !unicode.IsPrint(r) {
			r = unicode.ReplacementChar
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
