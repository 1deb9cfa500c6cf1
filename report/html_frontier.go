package report

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/report/internal/chart"
	"github.com/sparkscale/sparkscale/workload"
)

// frontierPlot shows the replayed settings by time and cost.
func frontierPlot(p Page, _ workload.Stats) (plotView, error) {
	if p.Plan == nil {
		return plotView{}, nil
	}
	v := plotView{
		ID: "frontier", Title: "Time against cost",
		Text:   "Each mark is a replayed setting; left is faster, lower is cheaper. Bars reach from P10 to P90. No other setting beats one of the frontier in both. Where the values span much, the scale is logarithmic.",
		Legend: []key{{"diamond", "chosen"}, {"disc", "frontier"}, {"dot", "other settings"}, {"square", "now (" + p.Plan.Now.Basis + ")"}},
	}
	f := newFrontier(p.Plan)
	label := fmt.Sprintf("Time against cost of %s: chosen %s at a cost of %s, now %s at %s.", wording.Count(len(p.Plan.Candidates), "setting"),
		p.Plan.Then.Wall, p.Plan.Then.Cost, p.Plan.Now.Wall, p.Plan.Now.Cost)
	var err error
	v.Wide, v.Narrow, err = sized(label, func(sz size) []chart.Frame { return []chart.Frame{f.frame(sz)} })
	return v, err
}

// frontier is the points of the plot, in seconds and the currency of the price.
type frontier struct {
	chosen, now  chart.Point
	best, others []chart.Point
}

func newFrontier(pl *plan.Plan) frontier {
	f := frontier{chosen: pointOf(pl.Then), now: pointOf(pl.Now)}
	for _, c := range pl.Candidates[1:] {
		if c.Frontier {
			f.best = append(f.best, pointOf(c.Prediction))
		} else {
			f.others = append(f.others, pointOf(c.Prediction))
		}
	}
	return f
}

func pointOf(p plan.Prediction) chart.Point {
	return chart.Point{
		X: p.Wall.P50.Seconds(), X0: p.Wall.P10.Seconds(), X1: p.Wall.P90.Seconds(),
		Y: p.Cost.P50, Y0: p.Cost.P10, Y1: p.Cost.P90,
	}
}

func (f frontier) frame(sz size) chart.Frame {
	x, y := f.axis(func(p chart.Point) (float64, float64, float64) { return p.X0, p.X, p.X1 }), f.axis(func(p chart.Point) (float64, float64, float64) { return p.Y0, p.Y, p.Y1 })
	x.Title, x.Grid, y.Title, y.Grid = "time of the run", true, "cost of a run", true
	x.Ticks, y.Ticks = chart.Times(x.Min, x.Max, sz.ticks), chart.Numbers(y.Min, y.Max, 6)
	if x.Log {
		x.Ticks = chart.LogTimes(x.Min, x.Max, sz.ticks)
	}
	if y.Log {
		y.Ticks = chart.LogNumbers(y.Min, y.Max, 8)
	}
	var line []chart.Step
	for _, p := range slices.SortedFunc(slices.Values(append([]chart.Point{f.chosen}, f.best...)), func(a, b chart.Point) int {
		return int(math.Copysign(1, a.X-b.X))
	}) {
		line = append(line, chart.Step{X: p.X, Y: p.Y})
	}
	return chart.Frame{Height: 380, X: x, Y: y, Marks: []plot.Plotter{
		chart.Points{List: f.others, Ink: chart.Waiting, Size: 2.2},
		chart.Line{List: line, Ink: chart.Real, Width: 1.2, Dash: true},
		chart.Points{List: f.best, Ink: chart.Real, Size: 3.6, Bars: true},
		chart.Points{List: []chart.Point{f.now}, Ink: chart.Now, Shape: chart.Square, Size: 5, Bars: true},
		chart.Points{List: []chart.Point{f.chosen}, Ink: chart.Then, Shape: chart.Diamond, Size: 6, Bars: true},
		chart.Label{X: f.now.X, Y: f.now.Y, DX: 11, DY: 11, Text: "now", Ink: chart.Now},
		chart.Label{X: f.chosen.X, Y: f.chosen.Y, DX: 11, DY: 14, Text: "chosen", Ink: chart.Then},
	}}
}

// logarithmic is the ratio of the largest to the smallest value from which a scale is logarithmic.
const logarithmic = 4

// axis holds all points, and the intervals of those that are drawn with one.
func (f frontier) axis(of func(chart.Point) (low, mid, high float64)) chart.Axis {
	a := chart.Axis{Min: math.Inf(1), Max: math.Inf(-1)}
	for _, p := range f.others {
		_, mid, _ := of(p)
		a.Min, a.Max = min(a.Min, mid), max(a.Max, mid)
	}
	for _, p := range append([]chart.Point{f.chosen, f.now}, f.best...) {
		low, _, high := of(p)
		a.Min, a.Max = min(a.Min, low), max(a.Max, high)
	}
	if a.Log = a.Min > 0 && a.Max/a.Min > logarithmic; a.Log {
		a.Min, a.Max = a.Min/1.12, a.Max*1.12
		return a
	}
	room := max(0.06*(a.Max-a.Min), 1e-3*a.Max, 1e-9)
	a.Min, a.Max = max(0, a.Min-room), a.Max+room
	return a
}
