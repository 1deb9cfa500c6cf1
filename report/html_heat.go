package report

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/report/internal/chart"
	"github.com/sparkscale/sparkscale/workload"
)

// heatRows is how many rows the heat map has; of more executors, each row is several.
const heatRows = 48

// heatPlot shows how busy each executor was.
func heatPlot(p Page, s workload.Stats) (plotView, error) {
	v := plotView{ID: "utilisation", Title: "Utilisation of executors"}
	if len(p.Run.Executors) == 0 || s.CoreTime <= 0 {
		v.Missing = "The log has no executors."
		return v, nil
	}
	v.Text = "Share of an executor's cores that held a task. Executors stand in the order in which they came; where nothing is drawn there was none."
	if each := grouped(len(p.Run.Executors)); each > 1 {
		v.Text += fmt.Sprintf(" A row is %d executors.", each)
	}
	for i := range chart.Levels {
		text := ""
		if i == 0 || i == chart.Levels-1 {
			text = percent(float64(i) / (chart.Levels - 1))
		}
		v.Legend = append(v.Legend, key{fmt.Sprintf("heat heat-%d", i), text})
	}
	label := fmt.Sprintf("Utilisation of %s over time: %s of the paid core time held a task.", wording.Count(len(p.Run.Executors), "executor"), percent(s.Utilisation()))
	var err error
	v.Wide, v.Narrow, err = sized(label, func(sz size) []chart.Frame { return []chart.Frame{heatFrame(p.Run, sz)} })
	return v, err
}

// grouped is how many executors stand in a row.
func grouped(executors int) int { return (executors + heatRows - 1) / heatRows }

func heatFrame(run *workload.Profile, sz size) chart.Frame {
	each := grouped(len(run.Executors))
	rows := (len(run.Executors) + each - 1) / each
	height := min(18, max(6, 400/float64(rows)))
	f := chart.Frame{Height: 60 + height*float64(rows), Y: chart.Axis{Max: float64(rows), Title: "executor"}}
	wall := run.Wall().Seconds()
	f.X = chart.Axis{Max: wall, Ticks: chart.Times(0, wall, sz.ticks), Title: "time since the start"}
	parts := make([][]chart.Box, chart.Levels)
	for r, shares := range busy(run, each, rows, sz.columns) {
		y, width := f.Y.Max-float64(r), wall/float64(sz.columns)
		for c := 0; c < len(shares); {
			from := c
			for c++; c < len(shares) && heatLevel(shares[c]) == heatLevel(shares[from]); c++ {
			}
			if level := heatLevel(shares[from]); level >= 0 {
				parts[level] = append(parts[level], chart.Box{X0: float64(from) * width, X1: float64(c) * width, Y0: y - 0.94, Y1: y - 0.06})
			}
		}
		if skip := int(math.Ceil(14 / height)); r%skip == 0 {
			f.Y.Ticks = append(f.Y.Ticks, plot.Tick{Value: y - 0.5, Label: fitted(clean(run.Executors[r*each].ID, 20), 12)})
		}
	}
	for level, boxes := range parts {
		f.Marks = append(f.Marks, chart.Boxes{List: boxes, Ink: chart.Heat(float64(level) / (chart.Levels - 1))})
	}
	return f
}

// heatLevel is the colour of a share, -1 for none.
func heatLevel(share float64) int {
	if share < 0 {
		return -1
	}
	return int(min(share, 1)*(chart.Levels-1) + 0.5)
}

// busy is the share of paid core time that held a task, by row and column; -1 where nothing was paid.
func busy(run *workload.Profile, each, rows, columns int) [][]float64 {
	g := grid{wall: float64(run.Wall().Milliseconds()), columns: columns}
	held, paid := make([][]float64, rows), make([][]float64, rows)
	for r := range rows {
		held[r], paid[r] = make([]float64, columns), make([]float64, columns)
	}
	since := func(at workload.Instant) float64 { return float64(at.Sub(run.Since()).Milliseconds()) }
	for i, e := range run.Executors {
		from, to := run.Life(i)
		g.add(paid[i/each], since(from), since(to), float64(e.Cores))
	}
	for i := range run.Tasks.Len() {
		if x := run.Tasks.Executor(i); x >= 0 && run.Tasks.Status(i) != workload.Resubmitted {
			from := run.Tasks.Launch(i)
			g.add(held[x/each], since(from), since(from.Add(run.Tasks.Occupied(i))), float64(run.TaskCPUs()))
		}
	}
	for r := range rows {
		for c := range columns {
			if paid[r][c] <= 0 {
				held[r][c] = -1
				continue
			}
			held[r][c] = min(1, held[r][c]/paid[r][c])
		}
	}
	return held
}

// grid divides the time of a run, in milliseconds, into columns.
type grid struct {
	wall    float64
	columns int
}

// add spreads an amount that was held from one time to another over the columns.
func (g grid) add(row []float64, from, to, amount float64) {
	from, to = max(0, from), min(to, g.wall)
	width := g.wall / float64(g.columns)
	for c := int(from / width); c < g.columns && float64(c)*width < to; c++ {
		row[c] += amount * max(0, min(to, float64(c+1)*width)-max(from, float64(c)*width))
	}
}
