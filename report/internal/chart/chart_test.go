package chart_test

import (
	"fmt"
	"html/template"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"

	"github.com/sparkscale/sparkscale/report/internal/chart"
)

// all draws every kind of mark, in two frames.
func all(label, name string) (template.HTML, error) {
	x := chart.Axis{Max: 100, Ticks: chart.Times(0, 100, 5), Grid: true, Title: name}
	box := chart.Box{X0: 1, X1: 20, Y0: 1, Y1: 2}
	at := chart.Point{X: 50, X0: 40, X1: 60, Y: 2, Y0: 1, Y1: 3}
	marks := []plot.Plotter{
		chart.Steps{List: []chart.Step{{X: 0, Y: 1}, {X: 50, Y: 3}}, Until: 100, Ink: chart.Real, Width: 1, Fill: true, Below: chart.RealFill},
		chart.Steps{},
		chart.Boxes{},
		chart.Line{},
		chart.Boxes{List: []chart.Box{box}, Ink: chart.Heat(1)},
		chart.Line{List: []chart.Step{{X: 0, Y: 0}, {X: 100, Y: 4}}, Ink: chart.Limit, Width: 2, Dash: true},
		chart.Label{X: 100, Y: 2, Text: name, Ink: chart.Then},
		chart.Label{X: 1, Y: 2, Text: "left", Ink: chart.Then, Left: true},
	}
	for _, shape := range []chart.Shape{chart.Disc, chart.Square, chart.Diamond} {
		marks = append(marks, chart.Points{List: []chart.Point{at}, Ink: chart.Now, Shape: shape, Size: 4, Bars: true})
	}
	return chart.SVG(chart.Picture{Class: "wide", Label: label, Width: 400, Frames: []chart.Frame{
		{Height: 120, X: x, Y: chart.Axis{Max: 4, Ticks: []plot.Tick{{Value: 1, Label: name}}, Title: "count"}, Marks: marks},
		{Height: 100, X: chart.Axis{Max: 1}, Y: chart.Axis{Min: 0.1, Max: 1000, Log: true, Ticks: chart.LogNumbers(0.1, 1000, 5)}},
	}})
}

func TestThePageDecidesColoursAndFonts(t *testing.T) {
	svg, err := all("a plot", "name")
	require.NoError(t, err)
	assert.NotRegexp(t, `#[0-9A-Fa-f]{6}|font-family`, svg)
	for _, ink := range []chart.Ink{chart.Text + 1, chart.Grid, chart.Real, chart.Then, chart.Limit, chart.Heat(1)} {
		assert.Contains(t, svg, "var("+ink.Property()+")")
	}
	assert.True(t, strings.HasPrefix(string(svg), `<svg class="wide" viewBox="0 0 400 220" role="img" aria-label="a plot">`))
	again, err := all("a plot", "name")
	require.NoError(t, err)
	assert.Equal(t, svg, again)
}

func TestTextsStayTexts(t *testing.T) {
	calm, err := all("a plot", "name")
	require.NoError(t, err)
	tags := regexp.MustCompile(`<[^\s>]*`)
	for _, name := range []string{
		`</text></svg><script>alert(1)</script>`, `" onload="alert(1)`, `' style="fill:url(http://x)`, `&lt;b&gt;`, `<!--`, `]]>`, "#F00D05", "終わり", "",
	} {
		svg, err := all(name, name)
		require.NoError(t, err)
		want := tags.FindAllString(string(calm), -1)
		if name == "" {
			continue // no text, no element
		}
		assert.Equal(t, want, tags.FindAllString(string(svg), -1), "%q", name)
	}
	svg, err := all("", "#F00D05")
	require.NoError(t, err)
	assert.Contains(t, svg, ">#F00D05</text>", "a text that looks like an ink stays as it is")
}

func TestEmptyRangesAreErrors(t *testing.T) {
	good := chart.Axis{Max: 1}
	for _, bad := range []chart.Axis{{}, {Min: 1}, {Max: math.NaN()}, {Max: math.Inf(1)}, {Max: 1, Log: true}} {
		for _, f := range []chart.Frame{{Height: 50, X: bad, Y: good}, {Height: 50, X: good, Y: bad}} {
			_, err := chart.SVG(chart.Picture{Width: 100, Frames: []chart.Frame{f}})
			assert.Error(t, err, "%+v", bad)
		}
	}
}

func labels(ticks []plot.Tick) string {
	var list []string
	for _, t := range ticks {
		list = append(list, t.Label)
	}
	return strings.Join(list, " ")
}

func TestTicks(t *testing.T) {
	hour := time.Hour.Seconds()
	for _, c := range []struct {
		ticks []plot.Tick
		want  string
	}{
		{chart.Times(0, 50, 9), "0 10s 20s 30s 40s 50s"},
		{chart.Times(0, 0.02, 4), "0 5ms 10ms 15ms 20ms"},
		{chart.Times(0, 400, 4), "0 2m 4m 6m"},
		{chart.Times(0, 5*hour, 4), "0 2h 4h"},
		{chart.Times(0, 1.7*hour, 4), "0 30m 1h 1h30m"},
		{chart.Times(0, 200*hour, 4), "0 5d"},
		{chart.Times(0, 24*900*hour, 4), "0 500d"},
		{chart.Counts(17, 4), "0 5 10 15"},
		{chart.Counts(1, 4), "0 1"},
		{chart.Sizes(1<<30, 4), "0 B 256 MiB 512 MiB 768 MiB 1 GiB"},
		{chart.Sizes(0, 4), "0 B"},
		{chart.Numbers(0.001, 0.0032, 5), "0.001 0.0015 0.002 0.0025 0.003"},
		{chart.LogTimes(13, 90, 9), "15s 20s 30s 45s 1m 1m30s"},
		{chart.LogTimes(12, 90*hour, 4), "15s 5m 1h30m 2d"},
		{chart.LogTimes(0.2, 9, 4), "200ms 1s 2s 5s"},
		{chart.LogTimes(16, 19, 4), "16s 17s 18s 19s"},
		{chart.LogNumbers(0.3, 30, 8), "0.5 1 2 5 10 20"},
		{chart.LogNumbers(11, 13, 2), "11 12 13"},
	} {
		assert.Equal(t, c.want, labels(c.ticks))
	}
}

func ExampleSVG() {
	svg, err := chart.SVG(chart.Picture{Class: "wide", Label: "Executors over time", Width: 300, Frames: []chart.Frame{{
		Height: 100,
		X:      chart.Axis{Max: 60, Ticks: chart.Times(0, 60, 4), Title: "time since the start"},
		Y:      chart.Axis{Max: 4, Ticks: chart.Counts(4, 4), Title: "executors", Grid: true},
		Marks:  []plot.Plotter{chart.Steps{List: []chart.Step{{X: 0, Y: 1}, {X: 20, Y: 4}}, Until: 60, Ink: chart.Then, Width: 2}},
	}}})
	fmt.Println(strings.Contains(string(svg), "stroke:var(--then)"), err)
	// Output: true <nil>
}
