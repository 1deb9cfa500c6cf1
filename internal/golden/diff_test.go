package golden

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestDiff(t *testing.T) {
	cases := map[string]struct{ want, got, diff string }{
		"equal":           {"a\n", "a\n", ""},
		"changed":         {"a\nb\nc\n", "a\nB\nc\n", "     1  a\n-    2  b\n+    2  B\n     3  c\n"},
		"added":           {"a\n", "a\nb\n", "     1  a\n+    2  b\n"},
		"removed":         {"a\nb\n", "b\n", "-    1  a\n     2  b\n"},
		"trailing blank":  {"a\n", "a \n", "-    1  a\n+    1  \"a \"\n"},
		"carriage return": {"a\n", "a\r\n", "-    1  a\n+    1  \"a\\r\"\n"},
		"last newline":    {"a\n", "a", "-    1  a\n+    1  a  (no newline at the end)\n"},
		"from empty":      {"", "a\n", "+    1  a\n"},
		"far apart": {
			"x\n1\n2\n3\n4\n5\n6\n7\ny\n", "X\n1\n2\n3\n4\n5\n6\n7\nY\n",
			"-    1  x\n+    1  X\n     2  1\n     3  2\n     4  3\n   ⋮\n     6  5\n     7  6\n     8  7\n-    9  y\n+    9  Y\n",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.diff, diff(c.want, c.got))
		})
	}
}

func TestDiffOfLargeTextsIsBounded(t *testing.T) {
	want, got := strings.Repeat("a\n", 3000), strings.Repeat("b\n", 3000)
	shown := diff(want, got)
	assert.Equal(t, maxShown+1, strings.Count(shown, "\n"))
	assert.True(t, strings.HasSuffix(shown, "… and more\n"))
}

// Whatever the texts, the script takes one to the other and keeps as many lines as a plain recursive search says can be kept.
func TestCompareIsAScriptAndShortest(t *testing.T) {
	lines := rapid.SliceOfN(rapid.SampledFrom([]string{"a\n", "b\n", "c\n"}), 0, 8)
	rapid.Check(t, func(t *rapid.T) {
		want, got := lines.Draw(t, "want"), lines.Draw(t, "got")
		var before, after, kept []string
		for _, e := range compare(want, got) {
			if e.op != '+' {
				before = append(before, e.line)
				require.Equal(t, want[e.number-1], e.line)
			}
			if e.op != '-' {
				after = append(after, e.line)
			}
			if e.op == ' ' {
				kept = append(kept, e.line)
			}
		}
		require.True(t, slices.Equal(want, before), fmt.Sprint(want, before))
		require.True(t, slices.Equal(got, after), fmt.Sprint(got, after))
		require.Len(t, kept, longest(want, got))
	})
}

func longest(a, b []string) int {
	switch {
	case len(a) == 0 || len(b) == 0:
		return 0
	case a[0] == b[0]:
		return 1 + longest(a[1:], b[1:])
	default:
		return max(longest(a[1:], b), longest(a, b[1:]))
	}
}
