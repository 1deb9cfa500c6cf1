package replay

import "slices"

// reviveInterval is spark.scheduler.revive.interval: how often the driver offers all executors again.
const reviveInterval = ms(1000)

// offerAll offers every executor's free slots, in random order, to each stage that has tasks, in their order
// (TaskSchedulerImpl.resourceOffers).
func (e *engine) offerAll() {
	e.order = e.order[:0]
	for i := range e.executors {
		if e.executors[i].usable() {
			e.order = append(e.order, int32(i))
		}
	}
	e.rng.Shuffle(len(e.order), func(i, j int) { e.order[i], e.order[j] = e.order[j], e.order[i] })
	e.offerTo(e.order, true)
}

// offer offers one executor's free slots.
func (e *engine) offer(x int32) {
	if !e.executors[x].usable() || len(e.ready) == 0 {
		return
	}
	e.single[0] = x
	e.offerTo(e.single[:], false)
}

func (x *executor) usable() bool { return x.alive && !x.leaving && !x.draining && x.free > 0 }

// offerTo goes through the stages; all says that every executor was offered.
func (e *engine) offerTo(order []int32, all bool) {
	e.turns = append(e.turns[:0], e.ready...)
	if e.fair {
		e.sortByNeed(e.turns)
	}
	for _, id := range e.turns {
		e.offerStage(id, order, all)
	}
}

// offerStage gives a stage's tasks to executors, one a pass and executor: those that prefer an executor or a host there,
// then those that prefer none, then any where the stage has waited long enough.
func (e *engine) offerStage(id int32, order []int32, all bool) {
	s := &e.stages[id]
	if all && e.recorded {
		order = e.asRecorded(id, order)
	}
	if !s.prefers() {
		e.passes(id, order, noPreference)
		return
	}
	nearest := farthest
	for at := s.nearest; at <= anywhere; at++ {
		if at == noPreference && !s.indifferent && len(s.again) == 0 {
			continue // to whom tasks that prefer another executor of the host would go at once
		}
		nearest = min(nearest, e.passes(id, order, at))
	}
	if s.prefers() && slices.ContainsFunc(order, func(x int32) bool { return e.executors[x].usable() }) {
		s.rejected = true
		e.revive()
		return
	}
	if nearest < farthest && (all || !s.rejected) {
		s.narrow(nearest, e.now)
	}
}

// passes launches one task an executor and pass, until a pass launches none. It returns how near to what they prefer the
// nearest of them run.
func (e *engine) passes(id int32, order []int32, at reach) reach {
	nearest := farthest
	for again := true; again; {
		again = false
		for _, x := range order {
			if !e.executors[x].usable() {
				continue
			}
			if index, near := e.take(&e.stages[id], x, at); index != none {
				e.launch(id, x, index)
				again, nearest = true, min(nearest, near)
			}
		}
	}
	return nearest
}

// take gives an executor the task that prefers it most, of those that may run there (TaskSetManager.dequeueTask), and says
// how near that is.
func (e *engine) take(s *taskSet, x int32, at reach) (index int32, near reach) {
	index = none
	if s.prefers() {
		if at != noPreference {
			s.widen(e.now, e.wait)
			at = min(at, s.reach)
		}
		if index = s.takePinned(x); index != none {
			return index, onExecutor
		}
		if at >= onHost {
			if index = e.takeOnHost(s, x); index != none {
				return index, onHost
			}
		}
	}
	if at >= noPreference {
		if index = s.takeFree(); index != none {
			return index, onExecutor // as Spark counts it
		}
	}
	if at >= anywhere {
		if index = s.takeNext(); index == none {
			index = s.takeFrom(func(int32) bool { return true })
		}
	}
	return index, anywhere
}

func (e *engine) takeOnHost(s *taskSet, x int32) int32 {
	if s.next < s.end && e.isLocal(s, x) {
		return s.takeNext()
	}
	return s.takeFrom(func(other int32) bool { return e.hostOf(other) == e.hostOf(x) })
}

// asRecorded puts executors in the order in which the recorded run gave them the stage's next tasks: where the executors
// are those of the recorded run, the order that Spark drew at random is known.
func (e *engine) asRecorded(id int32, order []int32) []int32 {
	s := &e.stages[id]
	at := 0
	for t := s.firstHeld(); t < s.firsts && at < len(order); t++ {
		if !s.holds(t) {
			continue
		}
		if i := slices.Index(order[at:], s.tasks[t].executor); i >= 0 {
			order[at], order[at+i] = order[at+i], order[at]
			at++
		}
	}
	return order
}

// revive offers all executors again at the next round of the driver's timer.
func (e *engine) revive() {
	if at := (e.now/reviveInterval + 1) * reviveInterval; at != e.revived {
		e.revived = at
		e.queue.push(at, revives, 0)
	}
}
