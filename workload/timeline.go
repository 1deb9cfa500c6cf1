package workload

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"time"
)

// Level is a state of the run that holds from At to the next one.
type Level struct {
	At Instant
	// Executors and Cores are registered, the driver's not counted but in local mode.
	Executors, Cores int
	// Running are tasks on a slot; there can be more than the cores hold, because the driver launches the next task on
	// a core before it has the result of the last one. Pending are tasks of active stages that were not launched yet;
	// a task that failed and waits for its next attempt is not among them.
	Running, Pending int
	// Stages are stage attempts that were submitted and have not ended.
	Stages int
}

// Timeline returns the run as a step function from Since to Until: what was before the one or after the other counts
// there. No two levels are at one time, none is as the one before it, no number is negative, and after the last one
// nothing runs or is registered any more. Times come from the events, not from their order.
func (p *Profile) Timeline() []Level {
	var levels []Level
	for m := range p.moments() {
		last := m.Level
		if n := len(levels); n > 0 {
			last.At = levels[n-1].At
		}
		if len(levels) == 0 || last != levels[len(levels)-1] {
			levels = append(levels, m.Level)
		}
	}
	return levels
}

// Life returns from when to when the executor at index i of Profile.Executors was registered. One whose registration
// has no time was there Since the start, and one that was not removed Until the end.
func (p *Profile) Life(i int) (from, to Instant) {
	e := &p.Executors[i]
	from = firstKnown(e.Added, p.since)
	return from, max(from, firstKnown(e.Removed, p.until))
}

// moment is a level, how long it held, and how many cores tasks held in it.
type moment struct {
	Level
	span time.Duration
	busy int
}

// edge is a change of the level.
type edge struct {
	at   Instant
	of   int32 // an executor, or how many tasks
	cpus int16 // of a task
	kind uint8
}

// The kinds of edge. Of tasks, "pending" are those that waited since the submission of their stage, and the executor is
// -1 where it is not known.
const (
	executorUp uint8 = iota
	executorDown
	stageUp   // with so many pending tasks
	stageDown // with so many pending tasks that it never launched
	taskUp
	taskUpPending
	taskDown
)

// moments walks over the levels of the run, which follow each other in time. Those of one time come to one.
func (p *Profile) moments() iter.Seq[moment] {
	edges := p.edges()
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	return func(yield func(moment) bool) {
		s := sweep{executors: p.Executors, held: make([]int, len(p.Executors)), up: make([]bool, len(p.Executors))}
		s.At = p.since
		for _, e := range edges {
			if e.at > s.At {
				s.span = e.at.Sub(s.At)
				if !yield(s.moment) {
					return
				}
				s.At = e.at
			}
			s.apply(e)
		}
		s.span = max(0, p.until.Sub(s.At))
		yield(s.moment)
	}
}

// sweep is where a walk over the edges stands.
type sweep struct {
	moment
	executors []Executor
	held      []int // by executor: cores that tasks hold, which can be more than it has
	up        []bool
}

func (s *sweep) apply(e edge) {
	switch e.kind {
	case executorUp:
		s.register(e.of, 1)
	case executorDown:
		s.register(e.of, -1)
	case stageUp:
		s.Stages++
		s.Pending += int(e.of)
	case stageDown:
		s.Stages--
		s.Pending -= int(e.of)
	case taskUpPending:
		s.Pending--
		s.hold(e, 1)
	case taskUp:
		s.hold(e, 1)
	case taskDown:
		s.hold(e, -1)
	}
}

func (s *sweep) register(x int32, sign int) {
	s.Executors += sign
	s.Cores += sign * s.executors[x].Cores
	s.busy -= s.busyOn(x)
	s.up[x] = sign > 0
	s.busy += s.busyOn(x)
}

func (s *sweep) hold(e edge, sign int) {
	s.Running += sign
	if e.of < 0 {
		return
	}
	s.busy -= s.busyOn(e.of)
	s.held[e.of] += sign * int(e.cpus)
	s.busy += s.busyOn(e.of)
}

// busyOn is how many of the cores that an executor has are held.
func (s *sweep) busyOn(x int32) int {
	if !s.up[x] {
		return 0
	}
	return min(s.held[x], s.executors[x].Cores)
}

// edges lists all changes, in no order. Times before the run or after it are moved to its ends.
func (p *Profile) edges() []edge {
	edges := make([]edge, 0, 2*(len(p.Executors)+len(p.Stages)+p.Tasks.Len()))
	within := func(at Instant) Instant { return min(max(at, p.since), max(p.since, p.until)) }
	for i := range p.Executors {
		from, to := p.Life(i)
		edges = append(edges, edge{at: within(from), of: int32(i), kind: executorUp}, edge{at: within(to), of: int32(i), kind: executorDown})
	}
	for i := range p.Stages {
		edges = p.stageEdges(edges, i, within)
	}
	return edges
}

// stageEdges adds the edges of a stage attempt and its tasks.
func (p *Profile) stageEdges(edges []edge, stage int, within func(Instant) Instant) []edge {
	s, t := &p.Stages[stage], &p.Tasks
	from, to, active := p.active(stage)
	from, to = within(from), within(to)
	cpus := int16(min(p.taskCPUs(s), math.MaxInt16))
	pending, launched := 0, 0
	for i := s.First; i < s.Last; i++ {
		if t.Status(i) == Resubmitted {
			continue
		}
		up := edge{at: within(t.Launch(i)), of: int32(t.Executor(i)), cpus: cpus, kind: taskUp}
		if t.Attempt(i) == 0 && !t.Speculative(i) {
			launched++
			if active && up.at > from {
				pending++
				up.kind = taskUpPending
			}
		}
		edges = append(edges, up, edge{at: within(t.Launch(i).Add(t.Occupied(i))), of: up.of, cpus: cpus, kind: taskDown})
	}
	if !active {
		return edges
	}
	never := 0
	if !s.Completed.Known() || s.Failure != "" {
		never = min(max(0, s.NumTasks-launched), math.MaxInt32-pending)
	}
	return append(edges, edge{at: from, of: int32(pending + never), kind: stageUp}, edge{at: to, of: int32(never), kind: stageDown})
}

// active returns from when to when a stage attempt was active: to the end of its job where its own end was not told.
func (p *Profile) active(i int) (from, to Instant, known bool) {
	s := &p.Stages[i]
	from, to = s.Submitted, s.Completed
	if !from.Known() && s.Last > s.First {
		from = p.Tasks.Launch(s.First)
	}
	if !to.Known() && s.Job >= 0 {
		to = p.Jobs[s.Job].Completed
	}
	return from, max(from, firstKnown(to, p.until)), from.Known()
}

// taskCPUs returns what one task of the stage takes.
func (p *Profile) taskCPUs(s *Stage) int {
	i, known := slices.BinarySearchFunc(p.ResourceProfiles, s.ResourceProfile, func(r ResourceProfile, id int) int { return cmp.Compare(r.ID, id) })
	if known && p.ResourceProfiles[i].TaskCPUs > 0 {
		return int(math.Ceil(min(p.ResourceProfiles[i].TaskCPUs, math.MaxInt16)))
	}
	return p.TaskCPUs()
}
