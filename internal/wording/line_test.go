package wording_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/internal/wording"
)

func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"  two \n lines\t\r\n": "two lines",
		"\x1b[31mred":          "\uFFFD[31mred",
		"a\u202eb":             "a\uFFFDb",
		"tööö long for this":   "tööö long…",
		"tööö longer than it":  "tööö longe…",
	} {
		assert.Equal(t, want, wording.Line(text, 10), "%q", text)
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\u2028b \x00", 5)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = min(max(limit, 0), 1000)
		got := wording.Line(text, limit)
		if len([]rune(got)) > limit+1 || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) && r != unicode.ReplacementChar }) {
			t.Fatalf("%q", got)
		}
	})
}
