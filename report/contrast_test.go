package report_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		require.NoError(t, err)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// TestContrast holds the colours to WCAG 2.2 level AA: texts to 4.5, what tells something in a plot to 3.
func TestContrast(t *testing.T) {
	style, err := os.ReadFile("page.css")
	require.NoError(t, err)
	light, rest, _ := strings.Cut(string(style), "@media screen and (prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "* {")
	for scheme, part := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(part, -1) {
			colours[m[1]] = m[2]
		}
		ratio := func(ink, ground string) float64 {
			a, b := luminance(t, colours[ink]), luminance(t, colours[ground])
			return (max(a, b) + 0.05) / (min(a, b) + 0.05)
		}
		for _, ground := range []string{"page", "paper", "soft"} {
			for _, ink := range []string{"text", "faint", "then", "now", "good", "caution", "bad", "critical"} {
				assert.GreaterOrEqual(t, ratio(ink, ground), 4.5, "%s: %s on %s", scheme, ink, ground)
			}
		}
		for _, ink := range []string{"real", "skew", "limit"} {
			assert.GreaterOrEqual(t, ratio(ink, "paper"), 3.0, "%s: %s", scheme, ink)
		}
	}
}
