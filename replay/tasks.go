package replay

import (
	"math"
	"slices"

	"github.com/sparkscale/sparkscale/workload"
)

func (e *engine) launch(id, x, index int32) {
	s := &e.stages[id]
	e.executors[x].free--
	e.running++
	e.pending--
	e.inPool[e.poolOf(id)]++
	e.account.waited(e.now - s.submitted)
	e.tell("task launched", e.Work.stages[id].job, id, index, x)
	e.start(id, x, index)
	if !s.waits() {
		e.allLaunched(id)
		e.ready = slices.DeleteFunc(e.ready, func(other int32) bool { return other == id })
	}
	e.manager.taskStart(id, x, index)
}

// start lets a task run: as recorded where the executors are those of the recorded run; else what it takes to warm up, in
// the pool, and then what it takes on a warm executor.
func (e *engine) start(id, x, index int32) {
	task := &e.stages[id].tasks[index]
	if e.recorded {
		e.runs(task.base+task.own, id, x, index)
		return
	}
	level := e.level(id, &e.executors[x])
	cost := e.cold.cost[level][e.Work.stages[id].kind]
	switch {
	case !e.shared:
		e.runs(e.base(task)+int32(math.Round(e.strain*cost)), id, x, index)
	case level == warm:
		e.runs(e.base(task)+int32(math.Round(cost/e.pool.rate())), id, x, index)
	default:
		e.account.busy -= e.now // until it is warm
		e.pool.add(e.strain*cost, warmed, x, id, index)
	}
}

// warmed lets a task go on that has warmed up.
func (e *engine) warmed(x, id, index int32) {
	e.account.busy += e.now
	e.runs(e.base(&e.stages[id].tasks[index]), id, x, index)
}

// runs lets a task end in so many milliseconds.
func (e *engine) runs(length, id, x, index int32) {
	s := &e.stages[id]
	e.account.busy += ms(length)
	s.finish = max(s.finish, e.now+ms(length))
	held := ms(length) + e.turn()
	if held < 0 {
		e.fraction += float64(held) // the next ones make up for it
		held = 0
	}
	e.queue.pushTask(e.now+held, slotFree, x, id, index)
}

// turn returns the turnaround in whole milliseconds that come to its mean.
func (e *engine) turn() ms {
	e.fraction += e.delays.turnaround
	whole := ms(math.Round(e.fraction))
	e.fraction -= float64(whole)
	return whole
}

// base is what a task takes on a warm executor.
func (e *engine) base(t *task) int32 {
	if e.heap == 1 {
		return t.base
	}
	return max(1, int32(math.Round(e.heap*float64(t.base))))
}

func (e *engine) level(id int32, x *executor) level {
	switch {
	case !x.jvm:
		return newJVM
	case x.warm>>e.Work.stages[id].kind&1 == 0:
		return newKind
	case x.stages[id/64]>>(id%64)&1 == 0:
		return newStage
	}
	return warm
}

func (e *engine) slotFree(x, id, index int32) {
	e.tell("task ended", e.Work.stages[id].job, id, index, x)
	e.running--
	e.inPool[e.poolOf(id)]--
	on := &e.executors[x]
	on.free++
	on.jvm = true
	on.warm |= 1 << e.Work.stages[id].kind
	on.stages[id/64] |= 1 << (id % 64)
	if e.status(id, index) == workload.Succeeded {
		e.wrote(id, x, index)
		e.keep(id, x, index)
	}
	e.manager.taskEnd(id, x, index)
	s := &e.stages[id]
	if t := &s.tasks[index]; t.retry != none {
		e.queue.pushTask(e.now+ms(t.delay), retries, none, id, t.retry)
	}
	if s.left--; s.left == 0 {
		e.queue.push(max(e.now, s.finish)+e.Work.stages[id].tail, stageEnds, id)
	}
	e.offer(x)
	if on.leaving && on.free == e.slots {
		e.pods.gone(x)
	}
}

// retry lets a task that failed, or whose result was lost, wait for a slot again.
func (e *engine) retry(id, index int32) {
	s := &e.stages[id]
	if !s.waits() {
		e.enqueue(id)
	}
	s.again = append(s.again, index)
	e.pending++
	e.offerAll()
}

// status is how an attempt ended: as in the recorded run, where another one follows it.
func (e *engine) status(id, index int32) workload.Status {
	if t := &e.stages[id].tasks[index]; t.retry != none && t.delay == 0 {
		return t.status
	}
	return workload.Succeeded
}
