package workload

import (
	"cmp"
	"slices"
	"time"
)

// Level is a state of the run that holds from At to the next one.
type Level struct {
	At Instant
	// Executors and Cores are registered, the driver's not counted but in local mode.
	Executors, Cores int
	// Running are tasks on a slot, Pending tasks of submitted stages that were not launched yet.
	Running, Pending int
	// Stages are stage attempts that were submitted and have not ended.
	Stages int
}

// change is a step of one or more numbers of a Level.
type change struct {
	at    Instant
	delta Level
}

// Timeline returns the run as a step function, from Since to Until, without two levels at one time. Times come from
// the events, not from their order.
func (p *Profile) Timeline() []Level {
	changes := slices.Concat(p.executorChanges(), p.taskChanges(), p.stageChanges())
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	levels := []Level{{At: p.Since()}}
	for _, c := range changes {
		last := levels[len(levels)-1]
		next := last
		next.Executors += c.delta.Executors
		next.Cores += c.delta.Cores
		next.Running += c.delta.Running
		next.Pending += c.delta.Pending
		next.Stages += c.delta.Stages
		if c.at <= last.At {
			levels[len(levels)-1] = next
			levels[len(levels)-1].At = last.At
			continue
		}
		next.At = c.at
		levels = append(levels, next)
	}
	return levels
}

func span(from, to Instant, delta Level) []change {
	minus := Level{Executors: -delta.Executors, Cores: -delta.Cores, Running: -delta.Running, Pending: -delta.Pending, Stages: -delta.Stages}
	return []change{{from, delta}, {max(from, to), minus}}
}

func (p *Profile) executorChanges() []change {
	var changes []change
	for i := range p.Executors {
		from, to := p.Life(i)
		changes = append(changes, span(from, to, Level{Executors: 1, Cores: p.Executors[i].Cores})...)
	}
	return changes
}

// Life returns from when to when the executor at index i of Profile.Executors was registered; one that was not removed
// lives Until the end.
func (p *Profile) Life(i int) (from, to Instant) {
	e := p.Executors[i]
	if e.Removed.Known() {
		return e.Added, max(e.Added, e.Removed)
	}
	return e.Added, max(e.Added, p.Until())
}

func (p *Profile) stageChanges() []change {
	var changes []change
	for i := range p.Stages {
		if from, to, ok := p.active(i); ok {
			changes = append(changes, span(from, to, Level{Stages: 1})...)
		}
	}
	return changes
}

// active returns from when to when a stage attempt was active.
func (p *Profile) active(i int) (from, to Instant, ok bool) {
	s := &p.Stages[i]
	to = s.Completed
	if !to.Known() {
		to = p.Until()
	}
	return s.Submitted, to, s.Submitted.Known()
}

func (p *Profile) taskChanges() []change {
	changes := make([]change, 0, 3*p.Tasks.Len())
	for s := range p.Stages {
		submitted, _, known := p.active(s)
		for i := p.Stages[s].First; i < p.Stages[s].Last; i++ {
			if p.Tasks.Status(i) == Resubmitted {
				continue
			}
			launch := p.Tasks.Launch(i)
			changes = append(changes, span(launch, launch.Add(p.Tasks.Occupied(i)), Level{Running: 1})...)
			if known && p.Tasks.Attempt(i) == 0 && !p.Tasks.Speculative(i) && launch > submitted {
				changes = append(changes, span(submitted, launch, Level{Pending: 1})...)
			}
		}
	}
	return changes
}

// integrate adds up value × time over the levels that lie before until.
func integrate(levels []Level, until Instant, value func(Level) int) time.Duration {
	var sum time.Duration
	for i, l := range levels {
		end := until
		if i+1 < len(levels) {
			end = min(until, levels[i+1].At)
		}
		if end > l.At {
			sum += time.Duration(value(l)) * end.Sub(l.At)
		}
	}
	return sum
}
