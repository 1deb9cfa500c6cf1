package chart

import (
	"math"
	"strconv"
	"strings"
	"time"

	"gonum.org/v1/plot"

	"github.com/sparkscale/sparkscale/units"
)

// day is the longest step of time that has a name.
const day = 24 * time.Hour

// timeSteps are the steps that people count time in.
var timeSteps = []time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day,
}

// Times returns at most n+1 ticks from min to max, which are in seconds.
func Times(min, max float64, n int) []plot.Tick {
	step := timeStep((max - min) / float64(n))
	return every(min, max, step, func(at float64) string { return Clock(at) })
}

func timeStep(atLeast float64) float64 {
	for _, s := range timeSteps {
		if s.Seconds() >= atLeast {
			return s.Seconds()
		}
	}
	return math.Ceil(round125(atLeast/day.Seconds())) * day.Seconds()
}

// Clock writes seconds as "1h30m", "90s" as "1m30s", and 0 as "0".
func Clock(seconds float64) string {
	d := time.Duration(math.Round(seconds*1e3)) * time.Millisecond
	if d >= day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	if d == 0 {
		return "0"
	}
	return text
}

// Counts returns at most n+1 ticks at whole numbers from 0 to max.
func Counts(max float64, n int) []plot.Tick {
	return every(0, max, math.Max(1, round125(max/float64(n))), func(at float64) string { return strconv.Itoa(int(math.Round(at))) })
}

// Sizes returns at most n+1 ticks from 0 to max bytes, at powers of two or their multiples.
func Sizes(max float64, n int) []plot.Tick {
	step := math.Exp2(math.Ceil(math.Log2(math.Max(1, max/float64(n)))))
	return every(0, max, step, func(at float64) string { return units.Bytes(at).String() })
}

// Numbers returns at most n+1 ticks from min to max.
func Numbers(min, max float64, n int) []plot.Tick {
	return every(min, max, round125((max-min)/float64(n)), number)
}

func number(at float64) string { return strconv.FormatFloat(at, 'g', 4, 64) }

// LogTimes and [LogNumbers] return at most n ticks for a logarithmic axis; a range that has too few round values gets those of
// a linear one.
func LogTimes(min, max float64, n int) []plot.Tick {
	var round []float64
	for x := 0.001; x < 1; x = next125(x) {
		round = append(round, x)
	}
	for _, unit := range []float64{1, 60} {
		for _, x := range []float64{1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 45} {
			round = append(round, x*unit)
		}
	}
	for _, x := range []float64{1, 1.5, 2, 3, 5, 7, 10, 15, 24} {
		round = append(round, x*3600)
	}
	for x := 2.0; x <= max/day.Seconds(); x = next125(x) {
		round = append(round, x*day.Seconds())
	}
	if ticks := thinned(round, min, max, n, Clock); len(ticks) > 1 {
		return ticks
	}
	return Times(min, max, n)
}

// LogNumbers is described at LogTimes.
func LogNumbers(min, max float64, n int) []plot.Tick {
	var round []float64
	for x := round125(min); x <= max; x = next125(x) {
		round = append(round, x)
	}
	if ticks := thinned(round, min, max, n, number); len(ticks) > 1 {
		return ticks
	}
	return Numbers(min, max, n)
}

// thinned keeps the values in the range, and of them every second as often as there are too many.
func thinned(values []float64, min, max float64, n int, label func(float64) string) []plot.Tick {
	var ticks []plot.Tick
	for _, v := range values {
		if v >= min && v <= max {
			ticks = append(ticks, plot.Tick{Value: v, Label: label(v)})
		}
	}
	for len(ticks) > n {
		half := ticks[:0:0]
		for i := 0; i < len(ticks); i += 2 {
			half = append(half, ticks[i])
		}
		ticks = half
	}
	return ticks
}

// every returns ticks at the multiples of a step.
func every(min, max, step float64, label func(float64) string) []plot.Tick {
	var ticks []plot.Tick
	for i := math.Ceil(min/step - 1e-9); i*step <= max*(1+1e-9) && len(ticks) < 100; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: label(i * step)})
	}
	return ticks
}

// round125 returns the next of 1, 2 and 5 times a power of ten that is not below x.
func round125(x float64) float64 {
	if !(x > 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= x*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// next125 returns the one behind x, which is one of them.
func next125(x float64) float64 { return round125(x * 1.5) }
