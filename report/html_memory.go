package report

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/report/internal/chart"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// limit is a line that memory should not cross.
type limit struct {
	at   units.Bytes
	ink  chart.Ink
	dash bool
	key  key
}

// memoryPlot shows the peaks of the executors' memory against what they had.
func memoryPlot(p Page, s workload.Stats) (plotView, error) {
	v := plotView{ID: "memory", Title: "Memory peaks against limits"}
	list, resident := measured(p.Run)
	if len(list) == 0 {
		v.Missing = "No memory of an executor was measured. spark.eventLog.logStageExecutorMetrics=true logs it."
		return v, nil
	}
	limits := limitsOf(p, resident)
	v.Text = fmt.Sprintf("Highest of each executor, of %s that were measured", wording.Count(len(list), "executor"))
	if len(list) > wide.rows {
		v.Text += fmt.Sprintf("; the %d highest are shown", wide.rows)
	}
	v.Text += ". Peaks hold garbage that was not collected yet."
	v.Legend = []key{{"heap", "heap in use"}}
	if resident {
		v.Legend = append(v.Legend, key{"resident", "resident size of its processes"})
	}
	for _, l := range limits {
		v.Legend = append(v.Legend, l.key)
	}
	label := fmt.Sprintf("Memory peaks of %s: the highest heap was %s.", wording.Count(len(list), "executor"), s.PeakHeap)
	for _, l := range limits {
		label += " " + l.key.Text + "."
	}
	var err error
	v.Wide, v.Narrow, err = sized(label, func(sz size) []chart.Frame { return []chart.Frame{memoryFrame(list, limits, resident, sz)} })
	return v, err
}

// measured returns the executors with a peak, the highest first, and whether any has a resident size.
func measured(run *workload.Profile) (list []workload.Executor, resident bool) {
	for _, e := range run.Executors {
		if e.Peak.Heap > 0 || e.Peak.Resident() > 0 {
			list = append(list, e)
			resident = resident || e.Peak.Resident() > 0
		}
	}
	slices.SortStableFunc(list, func(a, b workload.Executor) int {
		return cmp.Or(cmp.Compare(b.Peak.Heap, a.Peak.Heap), cmp.Compare(b.Peak.Resident(), a.Peak.Resident()))
	})
	return list, resident
}

// limitsOf are the heap that the executors had, the pod where resident sizes stand beside it, and the planned heap.
func limitsOf(p Page, resident bool) []limit {
	var list []limit
	shape, err := sizing.FromConf(p.Run.Conf)
	local := slices.ContainsFunc(p.Run.Executors, workload.Executor.IsDriver)
	if pod, podErr := shape.Pod(p.Run.Conf.Version()); err == nil && podErr == nil && !local {
		list = append(list, limit{pod.Heap, chart.Limit, false, key{"limit", "limit of the heap: " + pod.Heap.String()}})
		if resident {
			list = append(list, limit{pod.Memory, chart.Limit, true, key{"limit-dash", "limit of the pod: " + pod.Memory.String()}})
		}
	}
	if p.Plan != nil {
		text := fmt.Sprintf("planned heap: %s for %s", p.Plan.Pod.Heap, wording.Count(max(1, p.Plan.Shape.Cores), "core"))
		list = append(list, limit{p.Plan.Pod.Heap, chart.Then, true, key{"planned", text}})
	}
	return list
}

// memoryFrame draws a row for each executor: its heap, and where it was measured its resident size below.
func memoryFrame(list []workload.Executor, limits []limit, resident bool, sz size) chart.Frame {
	list = list[:min(len(list), wide.rows)]
	rows, top := float64(len(list)), units.Bytes(1)
	for _, l := range limits {
		top = max(top, l.at)
	}
	var heaps, whole []chart.Box
	f := chart.Frame{Height: 60 + 18*rows, Y: chart.Axis{Max: rows, Title: "executor"}}
	for i, e := range list {
		y := rows - float64(i) - 0.5
		low, mid := y-0.34, y-0.34
		if resident {
			mid = y
			whole = append(whole, chart.Box{X1: float64(e.Peak.Resident()), Y0: low, Y1: mid})
		}
		heaps = append(heaps, chart.Box{X1: float64(e.Peak.Heap), Y0: mid, Y1: y + 0.34})
		f.Y.Ticks = append(f.Y.Ticks, plot.Tick{Value: y, Label: fitted(clean(e.ID, 20), 12)})
		top = max(top, e.Peak.Heap, e.Peak.Resident())
	}
	f.X = chart.Axis{Max: 1.04 * float64(top), Ticks: chart.Sizes(float64(top), sz.ticks-1), Grid: true, Title: "memory"}
	f.Marks = []plot.Plotter{chart.Boxes{List: whole, Ink: chart.Waiting}, chart.Boxes{List: heaps, Ink: chart.Real}}
	for _, l := range limits {
		f.Marks = append(f.Marks, chart.Line{List: []chart.Step{{X: float64(l.at)}, {X: float64(l.at), Y: rows}}, Ink: l.ink, Width: 2, Dash: l.dash})
	}
	return f
}
