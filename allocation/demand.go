package allocation

import (
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/workload"
)

// demand is how many executors could be busy over time; each step holds until the next.
type demand []step

type step struct {
	at workload.Instant
	// tasks wait or run, executors of some slots each could run them.
	tasks, executors int
}

// demandOf takes all resource profiles together, which is at least what each of them needs.
func demandOf(p *workload.Profile, slots int) demand {
	var d demand
	for _, l := range p.Timeline() {
		tasks := max(0, l.Running) + max(0, l.Pending)
		d = append(d, step{l.At, tasks, (tasks + slots - 1) / slots})
	}
	return d
}

// first returns the first step with work.
func (d demand) first() step {
	for _, s := range d {
		if s.tasks > 0 {
			return s
		}
	}
	return step{}
}

// peak returns the first step with the most work.
func (d demand) peak() step {
	var peak step
	for _, s := range d {
		if s.tasks > peak.tasks {
			peak = s
		}
	}
	return peak
}

// gaps are the times for which each of the first executors had nothing to do before it was needed again: the second
// one from when work for two ended to when there was work for two again. It does not matter whether an executor was
// really there.
func (d demand) gaps(executors int) []time.Duration {
	var gaps []time.Duration
	idle := make([]workload.Instant, executors) // since when the executor has no work; 0 before it had any
	busy := 0
	for _, s := range d {
		need := min(executors, s.executors)
		for ; busy > need; busy-- {
			idle[busy-1] = s.at
		}
		for ; busy < need; busy++ {
			if since := idle[busy]; since.Known() {
				gaps = append(gaps, s.at.Sub(since))
			}
		}
	}
	return gaps
}

// patience is the shortest timeout in whole seconds, from least on, that wastes no removal: each gap either ends before
// the timeout, even if it is a tenth longer the next time, or outlasts it by at least cost, which is the time that it
// takes to have again what left.
func patience(gaps []time.Duration, least, cost time.Duration) time.Duration {
	timeout := seconds(least)
	for _, gap := range slices.Sorted(slices.Values(gaps)) {
		if gap >= timeout+cost {
			break
		}
		if longer := gap + gap/10; longer >= timeout {
			timeout = longer.Truncate(time.Second) + time.Second
		}
	}
	return timeout
}

// seconds rounds up to whole seconds, at least one.
func seconds(d time.Duration) time.Duration {
	return max(time.Second, (d + time.Second - 1).Truncate(time.Second))
}
