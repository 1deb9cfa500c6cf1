package report

import (
	"fmt"

	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/workload"
)

// fact is what is known of a run, in words.
type fact struct{ Label, Value string }

// facts are what a run did, the executors first.
func facts(run *workload.Profile, s workload.Stats) []fact {
	list := []fact{
		{"executors", fmt.Sprintf("peak %d, %.1f on average, %d cores at most", s.PeakExecutors, s.AverageExecutors, s.PeakCores)},
		{"utilisation", fmt.Sprintf("%s of %s paid core time held a task", percent(s.Utilisation()), clock(s.CoreTime))},
		{"tasks", fmt.Sprintf("%d in %d stages of %d jobs: p50 %s, p95 %s, max %s, mean %s", run.Tasks.Len(), len(run.Stages), len(run.Jobs),
			clock(s.Tasks.P50), clock(s.Tasks.P95), clock(s.Tasks.Max), clock(s.Tasks.Mean))},
	}
	if i := s.WorstSkewStage; i >= 0 {
		d := run.StageDurations(i)
		list = append(list, fact{"skew", fmt.Sprintf("at most %.1f× the median, in stage %d (%s): %s against %s", s.WorstSkew, run.Stages[i].ID,
			clean(run.Stages[i].Name, 40), clock(d.Max), clock(d.P50))})
	}
	if run.Totals.TasksFailed+run.Totals.TasksKilled > 0 {
		list = append(list, fact{"lost work", fmt.Sprintf("%d tasks failed and %d were killed: %s of slot time", run.Totals.TasksFailed, run.Totals.TasksKilled, clock(s.LostTime))})
	}
	list = append(list, fact{"heap", heapFact(run, s)}, fact{"CPU, GC, spill", spillFact(s)},
		fact{"driver alone", fmt.Sprintf("%s of the time (%s) no stage was active", percent(s.DriverShare()), clock(s.DriverOnly))})
	if s.Starved > 0 {
		list = append(list, fact{"starved", fmt.Sprintf("%s a stage was active and no task ran", clock(s.Starved))})
	}
	return list
}

func heapFact(run *workload.Profile, s workload.Stats) string {
	if s.MeasuredHeaps == 0 {
		return "not measured (spark.eventLog.logStageExecutorMetrics=true measures it)"
	}
	heap := fmt.Sprintf("peak %s, %s an executor on average (%d measured)", s.PeakHeap, s.AverageHeap, s.MeasuredHeaps)
	if shape, err := sizing.FromConf(run.Conf); err == nil && shape.Heap > 0 {
		heap += fmt.Sprintf(" of %s", shape.Heap)
	}
	return heap
}

func spillFact(s workload.Stats) string {
	spill := "no spill"
	if s.DiskSpill > 0 || s.MemorySpill > 0 {
		spill = fmt.Sprintf("%s spilled to disk (%s in memory)", s.DiskSpill, s.MemorySpill)
	}
	return fmt.Sprintf("%s of run time on the processor, %s collecting garbage, %s", percent(s.CPUShare), percent(s.GCShare), spill)
}

// need is what a run needs, with its working.
type need struct {
	fact
	figures []workload.Figure
}

// needs are how many executors a run needs and of which size; where that cannot be told, why.
func needs(run *workload.Profile, s workload.Stats) []need {
	list := []need{{fact: fact{"peak executors", fmt.Sprintf("%d: %d tasks ran or waited at once, %d on an executor", s.NeededExecutors, s.MaxDemand, max(1, run.Slots()))}}}
	add := func(figures []workload.Figure, label, format string, args ...any) {
		list = append(list, need{fact{label, fmt.Sprintf(format, args...)}, figures})
	}
	shape, err := sizing.FromConf(run.Conf)
	if err != nil {
		add(nil, "executor", "its size cannot be read: %v", err)
		return list
	}
	if slots := run.Slots(); slots > 0 {
		shape.Cores = slots * run.TaskCPUs()
	}
	cores, err := sizing.Cores(run, sizing.CoresOptions{Shape: shape})
	if err != nil {
		add(nil, "cores", "%v", err)
		return list
	}
	add(cores.Figures, "cores", "%d (%d…%d)", cores.Target, cores.Lower, cores.Upper)
	sized := shape
	sized.Cores = cores.Target
	heap, err := sizing.Heap(run, shape, sizing.HeapOptions{Slots: sized.Slots()})
	if err != nil {
		add(nil, "heap", "%v", err)
		return list
	}
	add(heap.Figures, "heap", "%s (%s…%s)", heap.Target, heap.Lower, heap.Upper)
	sized.Heap, sized.Overhead = heap.Target, heap.Overhead
	if pod, err := sized.Pod(run.Conf.Version()); err == nil {
		add(nil, "pod", "%s memory, %s cpu", pod.Memory, pod.CPU)
	}
	return list
}
