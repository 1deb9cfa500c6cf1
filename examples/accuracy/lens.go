package main

import (
	"container/heap"
	"slices"
)

// lens schedules the tasks of stages on cores: of the stages whose parents are done the one with the lowest id first, all of
// its tasks in their order, each on the core that is free first. Source: CompletionEstimator.processStages and
// PQParallelStageScheduler.
type lens struct {
	cores  int
	now    int64
	stages map[int]lensStage
	goals  []int         // the last stage of each job
	state  map[int]state // of the stages that a goal needs
	left   map[int]int   // tasks that have not ended
	queue  running
}

type state int

const (
	waiting state = iota + 1
	runnable
	started
)

func newLens(cores int) *lens {
	return &lens{cores: cores, stages: map[int]lensStage{}, state: map[int]state{}, left: map[int]int{}}
}

// run returns when all is done.
func (l *lens) run() int64 {
	for id, s := range l.stages {
		l.left[id] = len(s.tasks)
	}
	for _, goal := range l.goals {
		l.need(goal)
	}
	for !l.done() {
		if id, ok := l.next(); ok {
			l.launch(id)
		} else if len(l.queue) == 0 {
			return 0 // as Sparklens does where a stage can never run
		} else {
			for !l.finish() && len(l.queue) > 0 {
			}
		}
	}
	for len(l.queue) > 0 {
		l.finish()
	}
	return l.now
}

// need takes up a stage and those that it waits for.
func (l *lens) need(id int) {
	s := l.stages[id]
	if len(s.tasks) == 0 || l.state[id] != 0 {
		return
	}
	l.state[id] = runnable
	for _, parent := range s.parents {
		if _, ran := l.stages[parent]; ran {
			l.state[id] = waiting
			l.need(parent)
		}
	}
}

func (l *lens) done() bool {
	return !slices.ContainsFunc(l.goals, func(goal int) bool { return l.left[goal] > 0 })
}

func (l *lens) next() (id int, ok bool) {
	for stage, s := range l.state {
		if s == runnable && (!ok || stage < id) {
			id, ok = stage, true
		}
	}
	return id, ok
}

func (l *lens) launch(id int) {
	l.state[id] = started
	for _, t := range l.stages[id].tasks {
		if len(l.queue) == l.cores {
			l.finish()
		}
		heap.Push(&l.queue, ending{l.now + t, id})
	}
}

// finish ends the task that is done first, and reports whether its stage is done with it.
func (l *lens) finish() bool {
	e := heap.Pop(&l.queue).(ending)
	l.now = e.at
	if l.left[e.stage]--; l.left[e.stage] > 0 {
		return false
	}
	for id, s := range l.state {
		if s == waiting && !slices.ContainsFunc(l.stages[id].parents, func(parent int) bool { return l.left[parent] > 0 }) {
			l.state[id] = runnable
		}
	}
	return true
}

// ending is a task that runs.
type ending struct {
	at    int64
	stage int
}

// running implements heap.Interface, by end and stage.
type running []ending

func (r running) Len() int { return len(r) }
func (r running) Less(i, j int) bool {
	return r[i].at < r[j].at || r[i].at == r[j].at && r[i].stage < r[j].stage
}
func (r running) Swap(i, j int) { r[i], r[j] = r[j], r[i] }
func (r *running) Push(e any)   { *r = append(*r, e.(ending)) }
func (r *running) Pop() any {
	last := len(*r) - 1
	e := (*r)[last]
	*r = (*r)[:last]
	return e
}
