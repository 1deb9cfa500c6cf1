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

func (x *executor) usable() bool { return x.alive && !x.leaving && x.free > 0 }

// offerTo goes through the stages; all says that every executor was offered.
func (e *engine) offerTo(order []int32, all bool) {
	for i := 0; i < len(e.ready); {
		id := e.ready[i]
		e.offerStage(id, order, all)
		if i < len(e.ready) && e.ready[i] == id {
			i++ // else it has launched its last task and is gone
		}
	}
}

// offerStage gives a stage's tasks to executors, one a pass and executor: those that prefer a host there, then those that
// prefer none, then any where the stage has waited long enough (TaskSetManager.getAllowedLocalityLevel).
func (e *engine) offerStage(id int32, order []int32, all bool) {
	s := &e.stages[id]
	if all && e.recorded {
		order = e.asRecorded(id, order)
	}
	near := s.next < s.end && e.passes(id, order, func(x int32) bool { return s.next < s.end && e.isLocal(s, x) }, true)
	free := s.free < s.freeEnd && e.passes(id, order, func(int32) bool { return s.free < s.freeEnd }, false)
	far := s.next < s.end && e.mayGoAnywhere(s) && e.passes(id, order, func(int32) bool { return s.next < s.end }, true)
	if s.next == s.end {
		return
	}
	if slices.ContainsFunc(order, func(x int32) bool { return e.executors[x].usable() }) {
		s.rejected = true
		e.revive()
		return
	}
	if (near || free || far) && (all || !s.rejected) {
		s.reset, s.rejected = e.now, false
		s.anywhere = s.anywhere && !near
	}
}

// mayGoAnywhere moves a stage on to any executor once it has waited since the last launch that nothing was refused for.
func (e *engine) mayGoAnywhere(s *progress) bool {
	if !s.anywhere && e.now-s.reset >= e.wait {
		s.anywhere = true
		s.reset += e.wait
	}
	return s.anywhere
}

// passes launches one task an executor and pass, until a pass launches none.
func (e *engine) passes(id int32, order []int32, fits func(x int32) bool, local bool) (launched bool) {
	for again := true; again; {
		again = false
		for _, x := range order {
			if e.executors[x].usable() && fits(x) {
				e.launch(id, x, local)
				again, launched = true, true
			}
		}
	}
	return launched
}

// revive offers all executors again at the next round of the driver's timer.
func (e *engine) revive() {
	if at := (e.now/reviveInterval + 1) * reviveInterval; at != e.revived {
		e.revived = at
		e.queue.push(at, revives, 0)
	}
}

// asRecorded puts executors in the order in which the recorded run gave them the stage's next tasks: where the executors
// are those of the recorded run, the order that Spark drew at random is known.
func (e *engine) asRecorded(id int32, order []int32) []int32 {
	s := &e.stages[id]
	at := 0
	for t := s.next; t < e.Work.stages[id].last && at < len(order); t++ {
		if i := slices.Index(order[at:], e.tasks[t].executor); i >= 0 {
			order[at], order[at+i] = order[at+i], order[at]
			at++
		}
	}
	return order
}
