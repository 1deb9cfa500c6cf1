package workload_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/workload"
)

// tick is the state of a run in one millisecond, counted from scratch: slow, and so simple that it must be right.
type tick struct{ executors, cores, busy, running, pending, stages int }

func tickAt(p *workload.Profile, at workload.Instant) (s tick) {
	held := make([]int, len(p.Executors))
	for i := range p.Stages {
		from, to, active := activeOf(p, i)
		from, to = max(from, p.Since()), max(to, p.Since())
		if active && from <= at && at < to {
			s.stages++
			s.pending += neverLaunched(p, i)
		}
		for r := p.Stages[i].First; r < p.Stages[i].Last; r++ {
			if p.Tasks.Status(r) == workload.Resubmitted {
				continue
			}
			launch := p.Tasks.Launch(r)
			if launch <= at && at < launch.Add(p.Tasks.Occupied(r)) {
				s.running++
				if x := p.Tasks.Executor(r); x >= 0 {
					held[x] += p.TaskCPUs()
				}
			}
			if active && p.Tasks.Attempt(r) == 0 && !p.Tasks.Speculative(r) && from <= at && at < launch {
				s.pending++
			}
		}
	}
	for x := range p.Executors {
		if from, to := p.Life(x); from <= at && at < to {
			s.executors++
			s.cores += p.Executors[x].Cores
			s.busy += min(held[x], p.Executors[x].Cores)
		}
	}
	return s
}

func activeOf(p *workload.Profile, i int) (from, to workload.Instant, known bool) {
	s := p.Stages[i]
	if from, known = s.Submitted, true; !from.Known() {
		if s.First == s.Last {
			return 0, 0, false
		}
		from = p.Tasks.Launch(s.First)
	}
	switch {
	case s.Completed.Known():
		return from, s.Completed, true
	case s.Job >= 0 && p.Jobs[s.Job].Completed.Known():
		return from, p.Jobs[s.Job].Completed, true
	}
	return from, p.Until(), true
}

func neverLaunched(p *workload.Profile, i int) int {
	s, launched := p.Stages[i], 0
	if s.Completed.Known() && s.Failure == "" {
		return 0
	}
	for r := s.First; r < s.Last; r++ {
		if p.Tasks.Status(r) != workload.Resubmitted && p.Tasks.Attempt(r) == 0 && !p.Tasks.Speculative(r) {
			launched++
		}
	}
	return max(0, s.NumTasks-launched)
}

func TestStatsAgainstTicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := build(drawRun(t))
		var want workload.Stats
		var runningTime, withTasks time.Duration
		const ms = time.Millisecond
		for at := p.Since(); at < p.Until(); at++ {
			s := tickAt(p, at)
			want.ExecutorTime += time.Duration(s.executors) * ms
			want.CoreTime += time.Duration(s.cores) * ms
			want.BusyTime += time.Duration(s.busy) * ms
			runningTime += time.Duration(s.running) * ms
			if s.running > 0 {
				withTasks += ms
			}
			if s.stages == 0 {
				want.DriverOnly += ms
			} else if s.running == 0 {
				want.Starved += ms
			}
			want.PeakExecutors, want.PeakCores = max(want.PeakExecutors, s.executors), max(want.PeakCores, s.cores)
			want.MaxTasks, want.MaxDemand = max(want.MaxTasks, s.running), max(want.MaxDemand, s.running+s.pending)
		}
		got := p.Stats()
		assert.Equal(t,
			[]time.Duration{want.ExecutorTime, want.CoreTime, want.BusyTime, want.DriverOnly, want.Starved},
			[]time.Duration{got.ExecutorTime, got.CoreTime, got.BusyTime, got.DriverOnly, got.Starved})
		assert.Equal(t,
			[]int{want.PeakExecutors, want.PeakCores, want.MaxTasks, want.MaxDemand},
			[]int{got.PeakExecutors, got.PeakCores, got.MaxTasks, got.MaxDemand})
		assert.InDelta(t, float64(runningTime), got.Parallelism*float64(withTasks), 1)
		assert.InDelta(t, float64(want.ExecutorTime), got.AverageExecutors*float64(got.Wall), 1)
	})
}

// TestTimelineAgainstTicks looks at every millisecond.
func TestTimelineAgainstTicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := build(drawRun(t))
		levels := p.Timeline()
		for at := p.Since(); at < p.Until(); at++ {
			for len(levels) > 1 && levels[1].At <= at {
				levels = levels[1:]
			}
			s, l := tickAt(p, at), levels[0]
			assert.Equal(t, []int{s.executors, s.cores, s.running, s.pending, s.stages}, []int{l.Executors, l.Cores, l.Running, l.Pending, l.Stages}, "at %d", at)
		}
	})
}
