package sizing

import (
	"fmt"
	"slices"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// judgement is what limited a run, and what else it may have been.
type judgement struct {
	e        evidence
	ran      Shape
	o        CoresOptions
	bound    Bound
	possible []Bound
	severe   bool
	figures  []workload.Figure
}

// signal is a measure beside its threshold.
type signal struct {
	ratio
	threshold float64
}

func (s signal) yes() bool    { return s.n > 0 && s.value >= s.threshold }
func (s signal) unsure() bool { return s.thin() || s.low < s.threshold && s.high >= s.threshold }

func judge(p *workload.Profile, o CoresOptions) *judgement {
	j := &judgement{e: evidenceOf(p), ran: ranAs(p, o.Shape), o: o}
	cpu, known := j.cpu(p)
	gc := j.share("GC share", j.e.gc, o.GCShare, "garbage collection over run time; tasks that run together count each collection alike in both")
	spill := j.share("spilling tasks", j.e.spill, o.SpillShare, "tasks that spilled to disk")
	slot := j.slot(p)
	memory := append([]signal{gc, spill, slot}, j.outOfHeap(p)...)
	pressed := slices.ContainsFunc(memory, signal.yes)
	j.severe = gc.value >= 2*o.GCShare && gc.yes() || spill.yes() && (gc.yes() || slot.yes())
	j.bound = bound(pressed, cpu.yes(), known)
	for _, pressed := range outcomes(memory) {
		j.consider(pressed, cpu.yes(), known)
		if cpu.unsure() || !known {
			j.consider(pressed, true, true)
			j.consider(pressed, false, true)
		}
	}
	return j
}

// outcomes says whether any of the signals may be given, and whether none may be.
func outcomes(signals []signal) []bool {
	var any, none []bool
	if slices.ContainsFunc(signals, func(s signal) bool { return s.yes() || s.unsure() }) {
		any = []bool{true}
	}
	if !slices.ContainsFunc(signals, func(s signal) bool { return s.yes() && !s.unsure() }) {
		none = []bool{false}
	}
	return append(any, none...)
}

func bound(pressed, computing, known bool) Bound {
	switch {
	case pressed:
		return BoundMemory
	case !known:
		return BoundUnknown
	case computing:
		return BoundCPU
	}
	return BoundWaiting
}

func (j *judgement) consider(pressed, computing, known bool) {
	if b := bound(pressed, computing, known); !slices.Contains(j.possible, b) {
		j.possible = append(j.possible, b)
	}
}

// ranAs is the shape of the run: what is given, else what its configuration says, with the cores that its
// executors registered.
func ranAs(p *workload.Profile, given Shape) Shape {
	if given != (Shape{}) {
		return given
	}
	s, err := FromConf(p.Conf)
	if err != nil {
		s = Shape{}
	}
	if !p.Conf.IsSet(spark.ExecutorCores) {
		for i := range p.Executors {
			s.Cores = max(s.Cores, p.Executors[i].Cores)
		}
	}
	return s
}

func (j *judgement) share(name string, r ratio, threshold float64, rule string) signal {
	if r.n > 0 {
		j.figures = append(j.figures, workload.NewFigure(name, percent(r.value), workload.Measured(r.n, "tasks"),
			fmt.Sprintf("%s; between %s and %s with 95 %% probability; from %s on it is memory-bound", rule, percent(r.low), percent(r.high), percent(threshold))))
	}
	return signal{ratio: r, threshold: threshold}
}

// cpu reports whether the CPU share can be known at all: releases before 2.1 do not log CPU time, and what Python
// and R workers compute is not in it, so that a low share of theirs says nothing.
func (j *judgement) cpu(p *workload.Profile) (s signal, known bool) {
	s = signal{ratio: j.e.cpu, threshold: j.o.CPUShare}
	if s.n == 0 || s.value == 0 {
		j.figures = append(j.figures, workload.NewFigure("CPU share", "unknown", workload.Assumed("no task reports CPU time"), "CPU time over run time"))
		return s, false
	}
	rule := fmt.Sprintf("CPU time over run time; between %s and %s with 95 %% probability; from %s on it is CPU-bound",
		percent(s.low), percent(s.high), percent(s.threshold))
	foreign := j.ran.Language != JVM
	if foreign {
		rule += "; what the Python or R workers compute is not in it, so that it is a lower bound"
	}
	if granted := j.granted(); granted < 1 {
		rule += fmt.Sprintf("; the pod was granted %.2g CPUs a core, so that a low share may be starvation", granted)
		s.high = max(s.high, 1)
	}
	j.figures = append(j.figures, workload.NewFigure("CPU share", percent(s.value), workload.Measured(s.n, "tasks"), rule))
	return s, s.yes() || !foreign
}

// granted is how much of a CPU each core of the executor was sure of, or could not exceed.
func (j *judgement) granted() float64 {
	cpu := j.ran.request()
	if j.ran.LimitCPU > 0 {
		cpu = min(cpu, j.ran.LimitCPU)
	}
	return cpu.Cores() / float64(j.ran.cores())
}

// slot is the execution memory of the 95th percentile of tasks over the even share of a slot.
func (j *judgement) slot(p *workload.Profile) signal {
	peak := quantile(j.e.execution, 0.95)
	u, err := Unified(j.ran.heap(), p.Conf)
	if peak == 0 || err != nil {
		return signal{ratio: ratio{n: minTasks}, threshold: j.o.SlotShare}
	}
	share := u.TaskCap(j.ran.Slots(), 0)
	v := float64(peak) / float64(max(1, share))
	n := len(j.e.execution)
	j.figures = append(j.figures, workload.NewFigure("execution memory of a task", peak.String(), workload.Measured(n, "tasks"), fmt.Sprintf(
		"95th percentile; %s of its slot's %s, which is the unified memory of a heap of %s over %d slots; from %s on it is memory-bound",
		percent(v), share, j.ran.heap(), j.ran.Slots(), percent(j.o.SlotShare))))
	return signal{ratio: ratio{value: v, low: v, high: v, n: len(j.e.rows)}, threshold: j.o.SlotShare}
}

// outOfHeap is a signal where executors or stages ended for want of heap.
func (j *judgement) outOfHeap(p *workload.Profile) []signal {
	e := endsOf(p)
	if e.heap == 0 {
		return nil
	}
	j.figures = append(j.figures, workload.NewFigure("out of heap", fmt.Sprintf("%d times", e.heap), workload.Measured(e.looked, "ends of executors and stages"),
		"exit code 52 or OutOfMemoryError: "+e.heapExample))
	return []signal{{ratio: ratio{value: 1, low: 1, high: 1, n: minTasks}, threshold: 1}}
}

// slots are those that the bound allows.
func (b Bound) slots() (low, high int) {
	switch b {
	case BoundCPU:
		return 2, 4
	case BoundMemory:
		return 1, 2
	}
	return 1, 4
}

func (j *judgement) band() (low, high int) {
	low, high = j.bound.slots()
	for _, b := range j.possible {
		l, h := b.slots()
		low, high = min(low, l), max(high, h)
	}
	return low, high
}

// target are the slots that the evidence points to, and why.
func (j *judgement) target() (slots int, why string) {
	had := max(1, j.ran.Slots())
	switch {
	case j.bound == BoundMemory && had == 1:
		return 1, "memory-bound with one task at a time already: the heap has to grow"
	case j.bound == BoundMemory && j.severe:
		return 1, "memory-bound in more than one way or by far: one task has the heap for itself"
	case j.bound == BoundMemory:
		return 2, "memory-bound: 1 to 2, so that fewer tasks share the heap"
	case j.bound == BoundCPU && j.e.gc.value < j.o.GCShare/2:
		return 4, fmt.Sprintf("CPU-bound: 2 to 4; 4, because a GC share below %s leaves the heap room for four tasks", percent(j.o.GCShare/2))
	case j.bound == BoundCPU:
		return 2, fmt.Sprintf("CPU-bound: 2 to 4; 2, because a GC share of %s is near to memory-bound", percent(j.e.gc.value))
	case j.bound == BoundWaiting:
		return min(had, 4), "neither CPU-bound nor memory-bound: the tasks wait, and more or fewer cores do not change that; kept, at most 4"
	}
	return had, "kept, because nothing tells what limited the tasks"
}

func (j *judgement) alternatives(slots int) []Alternative {
	var list []Alternative
	had, cpus := max(1, j.ran.Slots()), j.ran.taskCPUs()
	add := func(slots int, format string, args ...any) {
		list = append(list, Alternative{Cores: slots * cpus, Why: fmt.Sprintf(format, args...)})
	}
	switch j.bound {
	case BoundMemory:
		if had > slots {
			add(had, "keep the slots and give the heap %.2g times the memory instead", float64(had)/float64(slots))
		}
		if slots > 1 {
			add(1, "one task for each heap, at the price of a JVM for each core")
		}
	case BoundCPU:
		if had > 4 {
			add(had, "keep the slots: larger pods pack worse on nodes, but share broadcast blocks; more than 4 tasks also share one collector")
		}
		if slots == 4 {
			add(2, "the lower end of the band: smaller pods fill nodes better")
		} else {
			add(4, "the upper end of the band, with a heap that grows alike")
		}
	case BoundWaiting:
		add(slots, "keep the slots and request less CPU (%s is used): more executors fit on a node", percent(j.e.cpu.value))
	}
	return list
}
