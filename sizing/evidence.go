package sizing

import (
	"iter"
	"math"
	"slices"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// ratio is a share of the tasks' totals, with the interval in which it lies with 95 % probability, as far as the
// differences between the tasks tell (the ratio estimator's standard error).
type ratio struct {
	value, low, high float64
	n                int
}

// minTasks is from how many tasks on the interval of a ratio is trusted. Below about 30 its normal approximation
// does not hold for lengths as skewed as those of tasks.
const minTasks = 30

func (r ratio) thin() bool { return r.n < minTasks }

func ratioOf(rows []int, part, whole func(int) float64) ratio {
	var parts, wholes, squares float64
	for _, i := range rows {
		parts += part(i)
		wholes += whole(i)
	}
	if wholes == 0 {
		return ratio{n: len(rows)}
	}
	r := ratio{value: parts / wholes, n: len(rows)}
	for _, i := range rows {
		residual := part(i) - r.value*whole(i)
		squares += residual * residual
	}
	n := float64(len(rows))
	margin := 1.96 * math.Sqrt(squares*n/max(1, n-1)) / wholes
	r.low, r.high = max(0, r.value-margin), r.value+margin
	return r
}

// evidence is what the tasks of a run tell about the shape that they ran in.
type evidence struct {
	// rows are the tasks that count: those that ran, each of them once.
	rows []int
	// executors are how many of them ran tasks, busiest the most tasks at once on one of them.
	executors, busiest int
	// cpu and gc are shares of the run time, spill the share of the tasks that spilled to disk.
	cpu, gc, spill ratio
	// spilled are the tasks that spilled at all.
	spilled int
	// execution is the execution memory of the tasks that used any, sorted.
	execution []units.Bytes
	// wanted is the same plus what the task spilled, sorted.
	wanted []units.Bytes
}

// defaultTasks are the tasks of the default resource profile: others ran in executors of another shape.
func defaultTasks(p *workload.Profile) iter.Seq[int] {
	return func(yield func(int) bool) {
		for s := range p.Stages {
			for i := p.Stages[s].First; p.Stages[s].ResourceProfile == 0 && i < p.Stages[s].Last; i++ {
				if !yield(i) {
					return
				}
			}
		}
	}
}

func evidenceOf(p *workload.Profile) evidence {
	t := &p.Tasks
	e := evidence{busiest: busiest(p)}
	ran := map[int]bool{}
	for i := range defaultTasks(p) {
		if s := t.Status(i); t.Run(i) <= 0 || s == workload.Resubmitted || s == workload.Running {
			continue
		}
		e.rows = append(e.rows, i)
		if x := t.Executor(i); x >= 0 {
			ran[x] = true
		}
		e.addMemory(t, i)
	}
	e.executors = len(ran)
	slices.Sort(e.execution)
	slices.Sort(e.wanted)
	run := func(i int) float64 { return t.Run(i).Seconds() }
	e.cpu = ratioOf(e.rows, func(i int) float64 { return t.CPU(i).Seconds() }, run)
	e.gc = ratioOf(e.rows, func(i int) float64 { return t.GC(i).Seconds() }, run)
	e.spill = ratioOf(e.rows, func(i int) float64 { return min(1, float64(t.DiskSpill(i))) }, func(int) float64 { return 1 })
	return e
}

func (e *evidence) addMemory(t *workload.Tasks, i int) {
	if t.DiskSpill(i) > 0 || t.MemorySpill(i) > 0 {
		e.spilled++
	}
	peak := bounded(t.PeakExecution(i))
	if peak > 0 {
		e.execution = append(e.execution, peak)
	}
	if wanted := peak + bounded(t.MemorySpill(i)); wanted > 0 {
		e.wanted = append(e.wanted, wanted)
	}
}

// most is 1 PiB. No executor has as much memory, and sums of a few such amounts do not overflow.
const most = units.Bytes(1 << 50)

// bounded keeps what a source claims within reason.
func bounded(b units.Bytes) units.Bytes { return min(max(0, b), most) }

// times is b times a factor, within the same bounds.
func times(b units.Bytes, factor float64) units.Bytes {
	return units.Bytes(min(float64(b)*factor, float64(most)))
}

// quantile is the nearest rank of sorted values, 0 without any.
func quantile(sorted []units.Bytes, q float64) units.Bytes {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(q * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// busiest is the most tasks that ran at once on one executor, 0 where the source does not say which ran where.
func busiest(p *workload.Profile) int {
	t := &p.Tasks
	// Starts are odd and ends even, so that a slot that is handed on within a millisecond counts once.
	edges := make([][]int64, len(p.Executors))
	for i := range defaultTasks(p) {
		if x := t.Executor(i); x >= 0 && t.Occupied(i) > 0 {
			launch := t.Launch(i)
			edges[x] = append(edges[x], int64(launch)<<1|1, int64(launch.Add(t.Occupied(i)))<<1)
		}
	}
	peak := 0
	for _, times := range edges {
		slices.Sort(times)
		running := 0
		for _, at := range times {
			running += int(at&1)*2 - 1
			peak = max(peak, running)
		}
	}
	return peak
}

// cached is the memory of the blocks that the run cached, divided by the executors that it had.
func cached(p *workload.Profile) units.Bytes {
	kept := map[int]units.Bytes{}
	for i := range p.Stages {
		for _, rdd := range p.Stages[i].RDDs {
			kept[rdd.ID] = max(kept[rdd.ID], bounded(rdd.Memory))
		}
	}
	var total units.Bytes
	for _, b := range kept {
		total = bounded(total + b)
	}
	return total / units.Bytes(max(1, p.Totals.MaxExecutors))
}
