package report

import (
	"strings"

	"github.com/sparkscale/sparkscale/workload"
)

var blocks = []rune("▁▂▃▄▅▆▇█")

// sparkline draws a step function over time in so many columns; each column shows its highest value.
func sparkline(levels []workload.Level, until workload.Instant, columns int, value func(workload.Level) int) string {
	if len(levels) == 0 || until <= levels[0].At {
		return ""
	}
	from, span := levels[0].At, until-levels[0].At
	highest := make([]int, columns)
	top := 0
	for i, l := range levels {
		end := until
		if i+1 < len(levels) {
			end = min(until, levels[i+1].At)
		}
		first := int(int64(max(0, l.At-from)) * int64(columns) / int64(span))
		last := int(int64(max(0, end-from-1)) * int64(columns) / int64(span))
		for c := first; c <= last && c < columns; c++ {
			highest[c] = max(highest[c], value(l))
			top = max(top, highest[c])
		}
	}
	var b strings.Builder
	for _, v := range highest {
		switch {
		case v <= 0:
			b.WriteRune(' ')
		default:
			b.WriteRune(blocks[(v*len(blocks)-1)/max(1, top)])
		}
	}
	return b.String()
}
