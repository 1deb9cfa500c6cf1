package report

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Profile writes what a run did, and what its executors should be. The error is the writer's.
func Profile(w io.Writer, run *workload.Profile, o Options) error {
	if run == nil {
		return errors.New("report: there is no run to write of")
	}
	p := newPrinter(w, o)
	p.heading(run)
	stats := run.Stats()
	p.did(run, stats)
	p.wasted(stats)
	p.needs(run, stats)
	p.coverage(run)
	return p.err
}

func (p *printer) heading(run *workload.Profile) {
	name := clean(run.App.Name, 60)
	if name == "" {
		name = "unnamed application"
	}
	p.printf("%s  %s\n", p.paint(bold, name), clean(run.App.ID, 60))
	p.printf("%s\n", p.paint(dim, fmt.Sprintf("Spark %s, %s, %s; read %s (%s)",
		run.Conf.Version(), run.Since(), clock(run.Wall()), clean(run.Coverage.Source, 80), units.Bytes(run.Coverage.Bytes))))
}

func (p *printer) did(run *workload.Profile, s workload.Stats) {
	p.section("what it did")
	p.row("executors", fmt.Sprintf("peak %d, %.1f on average, %d cores at most", s.PeakExecutors, s.AverageExecutors, s.PeakCores))
	levels, columns := run.Timeline(), p.width-labelWidth-4
	for _, line := range []struct {
		label string
		value func(workload.Level) int
	}{
		{"· executors", func(l workload.Level) int { return l.Executors }},
		{"· running", func(l workload.Level) int { return l.Running }},
		{"· pending", func(l workload.Level) int { return l.Pending }},
	} {
		if picture := sparkline(levels, run.Until(), columns, line.value); picture != "" {
			p.printf("  %-*s%s\n", labelWidth, line.label, p.paint(green, picture))
		}
	}
	p.row("utilisation", fmt.Sprintf("%s of %s paid core time held a task", percent(s.Utilisation()), clock(s.CoreTime)))
	p.row("tasks", fmt.Sprintf("%d in %d stages of %d jobs: p50 %s, p95 %s, max %s, mean %s", run.Tasks.Len(), len(run.Stages), len(run.Jobs),
		clock(s.Tasks.P50), clock(s.Tasks.P95), clock(s.Tasks.Max), clock(s.Tasks.Mean)))
	if i := s.WorstSkewStage; i >= 0 {
		d := run.StageDurations(i)
		p.row("skew", fmt.Sprintf("at most %.1f× the median, in stage %d (%s): %s against %s", s.WorstSkew, run.Stages[i].ID,
			clean(run.Stages[i].Name, 40), clock(d.Max), clock(d.P50)))
	}
	if run.Totals.TasksFailed+run.Totals.TasksKilled > 0 {
		p.row("lost work", fmt.Sprintf("%d tasks failed and %d were killed: %s of slot time", run.Totals.TasksFailed, run.Totals.TasksKilled, clock(s.LostTime)))
	}
	p.memory(run, s)
	p.row("driver alone", fmt.Sprintf("%s of the time (%s) no stage was active", percent(s.DriverShare()), clock(s.DriverOnly)))
	if s.Starved > 0 {
		p.row("starved", fmt.Sprintf("%s a stage was active and no task ran", clock(s.Starved)))
	}
}

func (p *printer) memory(run *workload.Profile, s workload.Stats) {
	heap := "not measured (spark.eventLog.logStageExecutorMetrics=true measures it)"
	if s.MeasuredHeaps > 0 {
		heap = fmt.Sprintf("peak %s, %s an executor on average (%d measured)", s.PeakHeap, s.AverageHeap, s.MeasuredHeaps)
		if shape, err := sizing.FromConf(run.Conf); err == nil && shape.Heap > 0 {
			heap += fmt.Sprintf(" of %s", shape.Heap)
		}
	}
	p.row("heap", heap)
	spill := "no spill"
	if s.DiskSpill > 0 || s.MemorySpill > 0 {
		spill = fmt.Sprintf("%s spilled to disk (%s in memory)", s.DiskSpill, s.MemorySpill)
	}
	p.row("cpu, gc, spill", fmt.Sprintf("%s of run time on the processor, %s collecting garbage, %s", percent(s.CPUShare), percent(s.GCShare), spill))
}

func (p *printer) wasted(s workload.Stats) {
	p.section("what is wasted")
	if s.CoreTime <= 0 {
		p.row("cores", "nothing was paid: no executor was seen")
		return
	}
	p.row("cores", fmt.Sprintf("%s of core time without a task (%s): %.2f core-hours", clock(s.IdleTime()), percent(1-s.Utilisation()), s.IdleTime().Hours()))
}

func (p *printer) needs(run *workload.Profile, s workload.Stats) {
	p.section("what it needs")
	p.row("peak executors", fmt.Sprintf("%d: %d tasks ran or waited at once, %d on an executor", s.NeededExecutors, s.MaxDemand, max(1, run.Slots())))
	shape, err := sizing.FromConf(run.Conf)
	if err != nil {
		p.row("executor", fmt.Sprintf("its size cannot be read: %v", err))
		return
	}
	if slots := run.Slots(); slots > 0 {
		shape.Cores = slots * run.TaskCPUs()
	}
	cores, err := sizing.Cores(run, sizing.CoresOptions{Shape: shape})
	if err != nil {
		p.row("cores", err.Error())
		return
	}
	p.row("cores", fmt.Sprintf("%d (%d…%d)", cores.Target, cores.Lower, cores.Upper))
	p.figures(cores.Figures)
	sized := shape
	sized.Cores = cores.Target
	heap, err := sizing.Heap(run, shape, sizing.HeapOptions{Slots: sized.Slots()})
	if err != nil {
		p.row("heap", err.Error())
		return
	}
	p.row("heap", fmt.Sprintf("%s (%s…%s)", heap.Target, heap.Lower, heap.Upper))
	p.figures(heap.Figures)
	sized.Heap, sized.Overhead = heap.Target, heap.Overhead
	if pod, err := sized.Pod(run.Conf.Version()); err == nil {
		p.row("pod", fmt.Sprintf("%s memory, %s cpu", pod.Memory, pod.CPU))
	}
}

func (p *printer) figures(list []workload.Figure) {
	for _, f := range list {
		p.figure(f)
	}
}

// figure writes a number, and its working under it.
func (p *printer) figure(f workload.Figure) {
	p.printf("  %s  %s\n", p.paint(cyan, clean(f.Name(), 80)), p.paint(bold, clean(f.Value(), 80)))
	p.indented("      ", fmt.Sprintf("%s [%s]", f.Rule(), f.Basis()))
}

func (p *printer) coverage(run *workload.Profile) {
	if len(run.Coverage.Notes) == 0 {
		return
	}
	p.section("what the log does not tell")
	for _, note := range run.Coverage.Notes {
		p.row("·", clean(note, 400))
	}
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// clock writes a time with three significant digits or so.
func clock(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(10 * time.Millisecond).String()
	case d < time.Hour:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
