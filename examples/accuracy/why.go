package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/workload"
)

// muchMissed is the error from which a prediction says why.
const muchMissed = 0.06

// sights are what can be seen of a run and of its replay alike.
type sights struct {
	levels []workload.Level
	phases phases
	busy   time.Duration // slot time of tasks
	peak   int           // executors
	tasks  int
}

// phases divide the time from the first stage's start to the last one's end: tasks wait for a slot, the last tasks run out,
// or the driver is alone between stages.
type phases struct{ waiting, last, driver time.Duration }

// seen are those of a replay of so many tasks. Its timeline has a step where stages and executors change, not where tasks do.
func seen(r replay.Result, tasks int) sights {
	s := sights{levels: r.Timeline, busy: r.BusyTime, peak: r.PeakExecutors, tasks: tasks}
	s.phases = phases{r.Bound.Allocation + r.Bound.Capacity, r.Bound.Tail, s.count().driver}
	return s
}

// happened are those of a run.
func happened(p *workload.Profile) sights {
	stats := p.Stats()
	s := sights{levels: p.Timeline(), busy: stats.BusyTime, peak: stats.PeakExecutors, tasks: p.Tasks.Len()}
	s.phases = s.count()
	return s
}

// count takes the phases from the levels.
func (s sights) count() (p phases) {
	first, end := s.active()
	for i := first; i < end; i++ {
		l, took := s.levels[i], s.levels[i+1].At.Sub(s.levels[i].At)
		switch {
		case l.Stages == 0:
			p.driver += took
		case l.Pending > 0:
			p.waiting += took
		default:
			p.last += took
		}
	}
	return p
}

// active bounds the levels between the first and the last active stage.
func (s sights) active() (first, end int) {
	is := func(l workload.Level) bool { return l.Stages > 0 }
	first = max(0, slices.IndexFunc(s.levels, is))
	for end = len(s.levels) - 1; end > first && !is(s.levels[end-1]); {
		end--
	}
	return first, max(first, end)
}

// start is how long after the first stage's start each of the first n executors was there, on average and in seconds; one
// that was there before counts as 0.
func (s sights) start(n int) float64 {
	first, _ := s.active()
	var total float64
	up := 0
	for _, l := range s.levels {
		for ; up < min(n, l.Executors); up++ {
			total += max(0, l.At.Sub(s.levels[first].At).Seconds())
		}
	}
	return total / float64(max(1, n))
}

// why says in which phase a prediction is off, and what of starts, task time, executors and tasks differs from the real run.
func why(predicted, real sights) string {
	return strings.Join(slices.Concat(where(predicted.phases, real.phases), causes(predicted, real)), "; ")
}

// where lists the phases that are off by 0.1 s or more in one text, the one that is off by most first.
func where(predicted, real phases) []string {
	type part struct {
		name string
		off  time.Duration
	}
	parts := []part{
		{"tasks wait for a slot", predicted.waiting - real.waiting},
		{"last tasks of stages", predicted.last - real.last},
		{"driver between stages", predicted.driver - real.driver},
	}
	parts = slices.DeleteFunc(parts, func(p part) bool { return p.off.Abs() < 100*time.Millisecond })
	if len(parts) == 0 {
		return nil
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.off.Abs(), a.off.Abs()) })
	var texts []string
	for _, p := range parts {
		texts = append(texts, fmt.Sprintf("%s %+.1f s", p.name, p.off.Seconds()))
	}
	return []string{strings.Join(texts, ", ")}
}

// causes lists what differs: starts by more than 0.1 s, task time by more than 2 %, and counts.
func causes(predicted, real sights) (list []string) {
	n := min(predicted.peak, real.peak)
	if p, r := predicted.start(n), real.start(n); math.Abs(p-r) > 0.1 {
		list = append(list, fmt.Sprintf("executors are there after %.1f s on average, really %.1f s", p, r))
	}
	if p, r := predicted.busy.Seconds(), real.busy.Seconds(); math.Abs(p-r) > 0.02*r {
		list = append(list, fmt.Sprintf("tasks take %.1f s together, really %.1f s", p, r))
	}
	if predicted.peak != real.peak {
		list = append(list, fmt.Sprintf("%d executors at most, really %d", predicted.peak, real.peak))
	}
	if predicted.tasks != real.tasks {
		list = append(list, fmt.Sprintf("%d tasks were replayed, really there were %d", predicted.tasks, real.tasks))
	}
	return list
}
