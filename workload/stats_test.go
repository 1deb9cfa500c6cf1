package workload_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

const ms = time.Millisecond

// figures are the numbers of Stats over time, in milliseconds and counts.
type figures struct {
	Wall, DriverOnly, Starved            int
	PeakExecutors, PeakCores             int
	Average                              float64
	Executors, Cores, Busy               int
	MaxTasks, MaxDemand, NeededExecutors int
	Parallelism, Utilisation             float64
}

func figuresOf(p *workload.Profile) figures {
	s := p.Stats()
	in := func(d time.Duration) int { return int(d / ms) }
	return figures{
		in(s.Wall), in(s.DriverOnly), in(s.Starved), s.PeakExecutors, s.PeakCores, s.AverageExecutors, in(s.ExecutorTime), in(s.CoreTime), in(s.BusyTime),
		s.MaxTasks, s.MaxDemand, s.NeededExecutors, s.Parallelism, s.Utilisation(),
	}
}

func TestStatsOverTime(t *testing.T) {
	type calls = []func(*workload.Builder)
	for name, c := range map[string]struct {
		calls calls
		want  figures
	}{
		"nothing":       {nil, figures{}},
		"no wall":       {calls{app(5, 5), added("1", 5, 2), stage(0, 1, 5, 5), task(0, 5, 5)}, figures{}},
		"clock back":    {calls{app(50, 5), added("1", 20, 2), stage(0, 1, 20, 30), task(0, 20, 30)}, figures{}},
		"no executors":  {calls{app(1, 101)}, figures{Wall: 100, DriverOnly: 100}},
		"no tasks":      {calls{app(1, 101), added("1", 51, 2)}, figures{Wall: 100, DriverOnly: 100, PeakExecutors: 1, PeakCores: 2, Average: 0.5, Executors: 50, Cores: 100}},
		"removed early": {calls{app(1, 101), added("1", 1, 2), removed("1", 26, "")}, figures{Wall: 100, DriverOnly: 100, PeakExecutors: 1, PeakCores: 2, Average: 0.25, Executors: 25, Cores: 50}},
		"driver and tasks": {
			calls{app(1, 101), added("1", 1, 2), stage(0, 2, 11, 91), task(0, 21, 51), task(1, 21, 81)},
			figures{
				Wall: 100, DriverOnly: 20, Starved: 20, PeakExecutors: 1, PeakCores: 2, Average: 1, Executors: 100, Cores: 200, Busy: 90,
				MaxTasks: 2, MaxDemand: 2, NeededExecutors: 1, Parallelism: 1.5, Utilisation: 0.45,
			},
		},
		"late ends overlap on one core": {
			calls{app(1, 101), added("1", 1, 1), stage(0, 2, 1, 101), task(0, 1, 61), task(1, 51, 101)},
			figures{
				Wall: 100, PeakExecutors: 1, PeakCores: 1, Average: 1, Executors: 100, Cores: 100, Busy: 100,
				MaxTasks: 2, MaxDemand: 2, NeededExecutors: 2, Parallelism: 1.1, Utilisation: 1,
			},
		},
		"several cpus for each task": {
			calls{app(1, 101), conf("spark.task.cpus", "2"), added("1", 1, 3), stage(0, 1, 1, 101), task(0, 1, 51), task(1, 1, 26)},
			figures{
				Wall: 100, Starved: 50, PeakExecutors: 1, PeakCores: 3, Average: 1, Executors: 100, Cores: 300, Busy: 25*3 + 25*2,
				MaxTasks: 2, MaxDemand: 2, NeededExecutors: 2, Parallelism: 1.5, Utilisation: 125.0 / 300,
			},
		},
		"longer than the run": {
			calls{app(51, 101), added("1", 1, 1), stage(0, 1, 1, 200), task(0, 1, 200)},
			figures{
				Wall: 50, PeakExecutors: 1, PeakCores: 1, Average: 1, Executors: 50, Cores: 50, Busy: 50,
				MaxTasks: 1, MaxDemand: 1, NeededExecutors: 1, Parallelism: 1, Utilisation: 1,
			},
		},
		"longer than the executor": {
			calls{app(1, 101), added("1", 1, 1), removed("1", 41, "lost"), stage(0, 1, 1, 101), task(0, 1, 91, status(workload.Lost))},
			figures{
				Wall: 100, Starved: 10, PeakExecutors: 1, PeakCores: 1, Average: 0.4, Executors: 40, Cores: 40, Busy: 40,
				MaxTasks: 1, MaxDemand: 1, NeededExecutors: 1, Parallelism: 1, Utilisation: 1,
			},
		},
		"on an executor without a name": {
			calls{app(1, 101), added("1", 1, 1), stage(0, 1, 1, 101), task(0, 1, 51, on("9"))},
			figures{
				Wall: 100, Starved: 50, PeakExecutors: 1, PeakCores: 1, Average: 1, Executors: 100, Cores: 100,
				MaxTasks: 1, MaxDemand: 1, NeededExecutors: 1, Parallelism: 1,
			},
		},
		"local mode": {
			calls{app(1, 101), added(workload.DriverID, 1, 4), stage(0, 1, 1, 101), task(0, 1, 101, on(workload.DriverID))},
			figures{
				Wall: 100, PeakExecutors: 1, PeakCores: 4, Average: 1, Executors: 100, Cores: 400, Busy: 100,
				MaxTasks: 1, MaxDemand: 1, NeededExecutors: 1, Parallelism: 1, Utilisation: 0.25,
			},
		},
		"time of the registration is not known": {
			calls{app(1, 101), added("1", 0, 1)},
			figures{Wall: 100, DriverOnly: 100, PeakExecutors: 1, PeakCores: 1, Average: 1, Executors: 100, Cores: 100},
		},
		"resubmitted": {
			calls{app(1, 101), added("1", 1, 1), stage(0, 1, 1, 101), task(0, 1, 51), task(0, 1, 51, status(workload.Resubmitted))},
			figures{
				Wall: 100, Starved: 50, PeakExecutors: 1, PeakCores: 1, Average: 1, Executors: 100, Cores: 100, Busy: 50,
				MaxTasks: 1, MaxDemand: 1, NeededExecutors: 1, Parallelism: 1, Utilisation: 0.5,
			},
		},
		"killed before most was launched": {
			calls{app(1, 101), added("1", 1, 2), stage(0, 7, 1, 0), job(0, 1, 51, 0), task(0, 1, 51, status(workload.Killed))},
			figures{
				Wall: 100, DriverOnly: 50, PeakExecutors: 1, PeakCores: 2, Average: 1, Executors: 100, Cores: 200, Busy: 50,
				MaxTasks: 1, MaxDemand: 7, NeededExecutors: 4, Parallelism: 1, Utilisation: 0.25,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := of(c.calls...)
			assert.Equal(t, c.want, figuresOf(p))
			addsUp(t, p)
		})
	}
}

func TestTasksOfAResourceProfile(t *testing.T) {
	profile := func(cpus float64) func(*workload.Builder) {
		return func(b *workload.Builder) {
			b.ResourceProfileAdded(workload.ResourceProfile{ID: 0, TaskCPUs: 1})
			b.ResourceProfileAdded(workload.ResourceProfile{ID: 1, TaskCPUs: cpus})
			b.StageSubmitted(workload.StageInfo{ID: 0, NumTasks: 1, Submitted: 1, ResourceProfile: 1})
		}
	}
	for cpus, want := range map[float64]time.Duration{0: 2, 1: 1, 3: 3, 0.5: 1, 1e300: 4} {
		p := of(app(1, 101), conf("spark.task.cpus", "2"), added("1", 1, 4), profile(cpus), task(0, 1, 101))
		assert.Equal(t, want*100*ms, p.Stats().BusyTime, "%g", cpus)
	}
}

func TestStatsOfTasks(t *testing.T) {
	spilled := func(e *workload.TaskEnd) { e.Metrics.DiskSpill, e.Metrics.MemorySpill = 5, 50 }
	ran := func(run, cpu, gc time.Duration) func(*workload.TaskEnd) {
		return func(e *workload.TaskEnd) { e.Metrics.Run, e.Metrics.CPU, e.Metrics.GC = run*ms, cpu*ms, gc*ms }
	}
	p := of(app(1, 1001), added("1", 1, 8),
		task(0, 1, 101, ran(80, 40, 8)), task(1, 1, 51, ran(40, 20, 4), spilled), task(2, 1, 31, ran(30, 30, 0), status(workload.Failed)),
		task(3, 1, 21, status(workload.Killed)), task(0, 1, 101, status(workload.Resubmitted)), task(4, 1, 0, status(workload.Running)))
	s := p.Stats()
	assert.Equal(t, 2, s.Tasks.N)
	assert.Equal(t, 75*ms, s.Tasks.Mean)
	assert.Equal(t, []time.Duration{10 * ms, 20 * ms}, []time.Duration{s.Delay.Min, s.Delay.Max})
	assert.Equal(t, (30+20+100)*ms, s.LostTime, "the output of a resubmitted task is lost; of an unfinished one nobody knows")
	assert.InDelta(t, 90.0/150, s.CPUShare, 1e-9)
	assert.InDelta(t, 12.0/150, s.GCShare, 1e-9)
	assert.InDelta(t, 1.0/4, s.SpillShare, 1e-9)
	assert.Equal(t, []units.Bytes{50, 5}, []units.Bytes{s.MemorySpill, s.DiskSpill})
}

func TestSkew(t *testing.T) {
	stageOf := func(id, tasks int, longest workload.Instant) []func(*workload.Builder) {
		var calls []func(*workload.Builder)
		for i := range tasks {
			to := workload.Instant(11)
			if i == 0 {
				to = longest + 1
			}
			calls = append(calls, task(int64(100*id+i), 1, to, inStage(id, 0)))
		}
		return calls
	}
	p := of(append(stageOf(1, 9, 900), append(stageOf(2, 10, 40), stageOf(3, 20, 30)...)...)...)
	s := p.Stats()
	assert.InDelta(t, 4, s.WorstSkew, 1e-9, "nine tasks say nothing")
	assert.Equal(t, 2, p.Stages[s.WorstSkewStage].ID)
	assert.Equal(t, 40*ms, p.StageDurations(s.WorstSkewStage).Max)

	none := of(stageOf(1, 9, 900)...).Stats()
	assert.Zero(t, none.WorstSkew)
	assert.Equal(t, -1, none.WorstSkewStage)
}

func TestHeaps(t *testing.T) {
	measured := func(id string, heap units.Bytes) func(*workload.Builder) {
		return func(b *workload.Builder) { b.Measured(id, workload.Memory{Heap: heap}) }
	}
	s := of(added("1", 1, 1), added("2", 1, 1), added("3", 1, 1), measured("1", 10), measured("2", 30), measured("driver", 99)).Stats()
	assert.Equal(t, []units.Bytes{30, 20}, []units.Bytes{s.PeakHeap, s.AverageHeap})
	assert.Equal(t, 2, s.MeasuredHeaps)
	assert.Zero(t, of(added("1", 1, 1)).Stats().AverageHeap)
}

func TestSlots(t *testing.T) {
	for _, c := range []struct {
		cores []int
		cpus  string
		want  int
	}{{nil, "1", 0}, {[]int{4}, "1", 4}, {[]int{4, 4, 1}, "2", 2}, {[]int{1}, "2", 1}, {[]int{0}, "1", 1}, {[]int{4}, "x", 4}, {[]int{4}, "-1", 4}} {
		calls := []func(*workload.Builder){conf("spark.task.cpus", c.cpus)}
		for i, n := range c.cores {
			calls = append(calls, added(fmt.Sprint(i), 1, n))
		}
		assert.Equal(t, c.want, of(calls...).Slots(), "%v", c)
	}
}

func TestShares(t *testing.T) {
	s := workload.Stats{Wall: 10, DriverOnly: 4, CoreTime: 20, BusyTime: 15}
	assert.InDelta(t, 0.75, s.Utilisation(), 1e-9)
	assert.InDelta(t, 0.4, s.DriverShare(), 1e-9)
	assert.Equal(t, time.Duration(5), s.IdleTime())
	assert.Zero(t, workload.Stats{}.Utilisation()+workload.Stats{}.DriverShare())
}

func TestLife(t *testing.T) {
	p := of(app(10, 100), added("0", 0, 1), added("1", 20, 1), removed("1", 30, ""), added("2", 40, 1), added("3", 200, 1))
	for i, want := range [][2]workload.Instant{{10, 100}, {20, 30}, {40, 100}, {200, 200}} {
		from, to := p.Life(i)
		assert.Equal(t, want, [2]workload.Instant{from, to}, "of executor %s", p.Executors[i].ID)
	}
}

func TestTimeline(t *testing.T) {
	p := of(app(1, 101), added("1", 11, 2), removed("1", 81, ""), stage(0, 3, 21, 71),
		task(0, 21, 41), task(1, 31, 51), task(2, 31, 41, func(e *workload.TaskEnd) { e.Speculative = true }), task(3, 51, 71),
		task(4, 61, 71, func(e *workload.TaskEnd) { e.Attempt = 1 }), task(5, 31, 31))
	assert.Equal(t, []workload.Level{
		{At: 1},
		{At: 11, Executors: 1, Cores: 2},
		{At: 21, Executors: 1, Cores: 2, Running: 1, Pending: 3, Stages: 1},
		{At: 31, Executors: 1, Cores: 2, Running: 3, Pending: 1, Stages: 1},
		{At: 41, Executors: 1, Cores: 2, Running: 1, Pending: 1, Stages: 1},
		{At: 51, Executors: 1, Cores: 2, Running: 1, Stages: 1},
		{At: 61, Executors: 1, Cores: 2, Running: 2, Stages: 1},
		{At: 71, Executors: 1, Cores: 2},
		{At: 81},
	}, p.Timeline())
	assert.Equal(t, []workload.Level{{}}, of().Timeline())
}
