package report

import (
	"fmt"
	"html/template"

	"gonum.org/v1/plot"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/report/internal/chart"
	"github.com/sparkscale/sparkscale/workload"
)

// size is one of the two sizes of a plot: the page shows the one that fits.
type size struct {
	class string
	width float64
	// ticks are how many a time axis takes, columns how many values over time, rows how many things one above the other.
	ticks, columns, rows int
}

var (
	wide   = size{class: "wide", width: 960, ticks: 9, columns: 160, rows: 32}
	narrow = size{class: "narrow", width: 360, ticks: 4, columns: 72, rows: 16}
)

// sized draws a plot in both sizes.
func sized(label string, frames func(size) []chart.Frame) (large, little template.HTML, err error) {
	draw := func(s size) (template.HTML, error) {
		return chart.SVG(chart.Picture{Class: s.class, Label: label, Width: s.width, Frames: frames(s)})
	}
	if large, err = draw(wide); err != nil {
		return "", "", err
	}
	little, err = draw(narrow)
	return large, little, err
}

// course is one of the timelines that are compared.
type course struct {
	levels []workload.Level
	until  float64 // seconds
	ink    chart.Ink
	dash   bool
	stages []replay.StageTime // of a replay
}

// courses are the recorded timeline and those that were predicted.
func courses(p Page) ([]course, []key) {
	list := []course{{levels: p.Run.Timeline(), until: p.Run.Wall().Seconds(), ink: chart.Real}}
	keys := []key{{"area", "what ran: " + clock(p.Run.Wall())}}
	add := func(r *replay.Result, ink chart.Ink, dash bool, mark, text string) {
		if r != nil {
			list = append(list, course{r.Timeline, r.Wall.Seconds(), ink, dash, r.Stages})
			keys = append(keys, key{mark, text + ": " + clock(r.Wall)})
		}
	}
	add(p.Now, chart.Now, true, "dash", "predicted, as it is now")
	add(p.Then, chart.Then, false, "line", "predicted, as planned")
	return list, keys
}

// timelinePlot shows executors and pending tasks over time.
func timelinePlot(p Page, s workload.Stats) (plotView, error) {
	v := plotView{ID: "executors", Title: "Executors and pending tasks over time"}
	list, keys := courses(p)
	end := 0.0
	for _, c := range list {
		end = max(end, c.until)
	}
	if end <= 0 || s.PeakExecutors == 0 && p.Then == nil {
		v.Missing = "The log has no executors, or no time passed in it."
		return v, nil
	}
	v.Legend = keys
	v.Text = "Registered executors above; below them the tasks of active stages that wait for a slot. Where more changes than a line can show, it shows the highest."
	if len(list) > 1 {
		v.Text += " Predicted ones are drawn as falling evenly from the submission of each stage to the launch of its last task."
	}
	label := fmt.Sprintf("Executors over time: %s ran, %s at most, in %s.", wording.Count(len(p.Run.Executors), "executor"), wording.Count(s.PeakExecutors, "executor"), clock(s.Wall))
	if p.Then != nil {
		label += fmt.Sprintf(" As planned %d at most, in %s.", p.Then.PeakExecutors, clock(p.Then.Wall))
	}
	var err error
	v.Wide, v.Narrow, err = sized(label, func(sz size) []chart.Frame { return timelineFrames(list, p.Run.Since(), end, sz) })
	return v, err
}

func timelineFrames(list []course, since workload.Instant, end float64, sz size) []chart.Frame {
	executors := func(l workload.Level) int { return l.Executors }
	pending := func(l workload.Level) int { return l.Pending }
	x := chart.Axis{Max: end, Ticks: chart.Times(0, end, sz.ticks), Grid: true}
	upper, top := stepMarks(list, since, sz, executors)
	lower, most := stepMarks(list[:1], since, sz, pending)
	for _, c := range list[1:] {
		line, highest := ramps(c.stages, c.until, 2*sz.columns)
		lower = append(lower, chart.Line{List: line, Ink: c.ink, Width: 2, Dash: c.dash})
		most = max(most, highest)
	}
	last := x
	last.Title = "time since the start"
	return []chart.Frame{
		{Height: 220, X: x, Y: countAxis("executors", top), Marks: upper},
		{Height: 170, X: last, Y: countAxis("pending tasks", most), Marks: lower},
	}
}

func countAxis(title string, top float64) chart.Axis {
	return chart.Axis{Max: max(1, top) * 1.06, Title: title, Ticks: chart.Counts(max(1, top), 4), Grid: true}
}

// stepMarks draws a quantity of each course, and returns its highest value.
func stepMarks(list []course, since workload.Instant, sz size, value func(workload.Level) int) (marks []plot.Plotter, top float64) {
	for _, c := range list {
		steps := stepsOf(c, since, 2*sz.columns, value)
		for _, s := range steps {
			top = max(top, s.Y)
		}
		mark := chart.Steps{List: steps, Until: c.until, Ink: c.ink, Width: 2, Dash: c.dash}
		if c.ink == chart.Real {
			mark.Width, mark.Fill, mark.Below = 1.2, true, chart.RealFill
		}
		marks = append(marks, mark)
	}
	return marks, top
}

// stepsOf reduces a timeline to at most so many steps, each with the highest value of its part of the time.
func stepsOf(c course, since workload.Instant, most int, value func(workload.Level) int) []chart.Step {
	var steps []chart.Step
	for _, l := range c.levels {
		if at := l.At.Sub(since).Seconds(); at < c.until {
			steps = append(steps, chart.Step{X: max(0, at), Y: float64(value(l))})
		}
	}
	if len(steps) <= most {
		return merged(steps)
	}
	part := c.until / float64(most)
	highest := make([]chart.Step, most)
	for i := range highest {
		highest[i].X = float64(i) * part
	}
	for i, s := range steps {
		end := c.until
		if i+1 < len(steps) {
			end = steps[i+1].X
		}
		for at := int(s.X / part); at < most && (float64(at)*part < end || at == int(s.X/part)); at++ {
			highest[at].Y = max(highest[at].Y, s.Y)
		}
	}
	return merged(highest)
}

// merged leaves out the steps that change nothing.
func merged(steps []chart.Step) []chart.Step {
	var kept []chart.Step
	for _, s := range steps {
		if n := len(kept); n == 0 || kept[n-1].Y != s.Y {
			kept = append(kept, s)
		}
	}
	return kept
}
