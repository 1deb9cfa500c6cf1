// Package wording puts numbers into English, and finds the word that was meant.
package wording

import "fmt"

// Count writes "1 task", "2 tasks": the thing is given in the singular, and takes an s.
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
