package replay

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/workload"
)

// delays are the small times of the driver that a log shows between its events.
type delays struct {
	// turnaround is the time from the finish of a task, as the driver stamps it, to the launch of the next one on the
	// slot: mostly negative, as the slot is free before the result is fetched.
	turnaround float64
	// launch is the time from the submission of a stage to its first launch where a slot was free.
	launch ms
	// up is the time from the registration of an executor to its first launch where tasks waited, in milliseconds that
	// it would take with the machine to itself.
	up float64
}

func median(values []ms, otherwise ms) ms {
	if len(values) == 0 {
		return otherwise
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// turnaroundOf pairs launches with the finishes that made room for them, on each executor in order, where one task of a
// stage followed another.
func (w *Work) turnaroundOf() float64 {
	p := w.profile
	type row struct{ launch, finish, stage ms }
	byExecutor := make([][]row, len(p.Executors))
	for s := range p.Stages {
		for i := p.Stages[s].First; i < p.Stages[s].Last; i++ {
			if e := p.Tasks.Executor(i); e >= 0 && p.Tasks.Status(i) == workload.Succeeded {
				launch := w.since(p.Tasks.Launch(i))
				byExecutor[e] = append(byExecutor[e], row{launch, launch + toMS(p.Tasks.Occupied(i)), ms(s)})
			}
		}
	}
	var gaps []ms
	for e, rows := range byExecutor {
		slots := max(1, p.Executors[e].Cores/p.TaskCPUs())
		byFinish := slices.Clone(rows)
		slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.launch, b.launch) })
		slices.SortFunc(byFinish, func(a, b row) int { return cmp.Compare(a.finish, b.finish) })
		for k := slots; k < len(rows); k++ {
			if before := byFinish[k-slots]; before.stage == rows[k].stage {
				gaps = append(gaps, rows[k].launch-before.finish)
			}
		}
	}
	return trimmedMean(gaps)
}

// trimmedMean is the mean of the middle nine tenths of values, 0 of none.
func trimmedMean(values []ms) float64 {
	slices.Sort(values)
	cut := len(values) / 20
	values = values[cut : len(values)-cut]
	if len(values) == 0 {
		return 0
	}
	var sum ms
	for _, v := range values {
		sum += v
	}
	return float64(sum) / float64(len(values))
}

// launchDelays measures how long after its submission each stage launched its first task, where a slot was free; where
// none was, the median stands in.
func (w *Work) launchDelays(levels []workload.Level) {
	p := w.profile
	cpus := p.TaskCPUs()
	var measured []ms
	measuredAt := make([]bool, len(w.stages))
	for i := range w.stages {
		s := &p.Stages[w.stages[i].index]
		if !s.Submitted.Known() {
			continue
		}
		first := p.Tasks.Launch(s.First)
		w.stages[i].launch = w.within(ms(first - s.Submitted))
		if measuredAt[i] = roomAllTheTime(levels, s.Submitted, first, cpus); measuredAt[i] {
			measured = append(measured, w.stages[i].launch)
		}
	}
	w.delays.launch = median(measured, usualLaunch)
	for i := range w.stages {
		if !measuredAt[i] {
			w.stages[i].launch = min(w.stages[i].launch, w.delays.launch)
		}
	}
}

// usualLaunch stands in where a run never had a slot free for a stage at its submission.
const usualLaunch = ms(15)

// roomAllTheTime reports whether a slot was free from the one moment until just before the other.
func roomAllTheTime(levels []workload.Level, from, to workload.Instant, cpus int) bool {
	for i := max(0, levelAt(levels, from)); i < len(levels) && levels[i].At < to; i++ {
		if levels[i].Running*cpus >= levels[i].Cores {
			return false
		}
	}
	return true
}

// levelAt returns the place of the level that held at a time, -1 before the first.
func levelAt(levels []workload.Level, at workload.Instant) int {
	i, found := slices.BinarySearchFunc(levels, at, func(l workload.Level, t workload.Instant) int { return cmp.Compare(l.At, t) })
	if !found {
		i--
	}
	return i
}

// executorLives tells when the recorded executors came, took tasks and went. One that came while tasks waited took tasks
// when it got its first one, which also measures the delay.
func (w *Work) executorLives(levels []workload.Level, l *load) {
	p := w.profile
	first, last := w.tasksOfExecutors()
	var measured []float64
	for i, e := range p.Executors {
		from, to := p.Life(i)
		life := Life{Up: max(0, min(p.Wall(), from.Sub(p.Since())))} // a clock may be wrong
		if e.Removed.Known() {
			life.Down = max(life.Up, to.Sub(p.Since()))
			life.Leaving = w.leaving(e, last[i])
		}
		if at := levelAt(levels, e.Added); at >= 0 && levels[at].Pending > 0 && first[i] >= e.Added {
			life.Ready = first[i].Sub(p.Since())
			measured = append(measured, l.alone(span{w.since(e.Added), w.since(first[i])}, w.arrivals.AtOnce))
		}
		w.lives = append(w.lives, life)
	}
	if len(measured) > 0 {
		w.delays.up = medianOf(measured)
	}
}

// tasksOfExecutors returns the first launch and the last finish on each recorded executor, 0 where it had no task.
func (w *Work) tasksOfExecutors() (first, last []workload.Instant) {
	p := w.profile
	first, last = make([]workload.Instant, len(p.Executors)), make([]workload.Instant, len(p.Executors))
	for i := range p.Tasks.Len() {
		e := p.Tasks.Executor(i)
		if e < 0 {
			continue
		}
		if first[e] == 0 || p.Tasks.Launch(i) < first[e] {
			first[e] = p.Tasks.Launch(i)
		}
		last[e] = max(last[e], p.Tasks.Finish(i))
	}
	return first, last
}

// leaving is since when a decommissioned executor took no tasks: dynamic allocation decommissions it when it has been idle
// for the timeout, and it is removed once its blocks have moved.
func (w *Work) leaving(e workload.Executor, last workload.Instant) time.Duration {
	policy, err := allocation.FromConf(w.profile.Conf)
	if err != nil || !policy.Dynamic || !policy.Decommission || !strings.Contains(strings.ToLower(e.Reason), "decommission") {
		return 0
	}
	idle := max(last, e.Added).Add(policy.Idle)
	if idle >= e.Removed {
		return 0
	}
	return idle.Sub(w.profile.Since())
}
