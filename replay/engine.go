package replay

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
)

// engine is one replay. It is reused for the next one, so that a task costs no garbage.
type engine struct {
	*Work
	Setting
	slots int32
	queue queue
	now   ms
	rng   *rand.Rand

	executors []executor
	order     []int32 // executors in the order of this round of offers
	stages    []progress
	ready     []int32 // stages with tasks to launch, by job and stage
	jobsLeft  []int32 // stages that a job still waits for
	ended     int
	running   int32
	pending   int32
	active    int32 // stages

	pods    pods
	manager *manager
	account account
}

// executor is one executor of the replay.
type executor struct {
	free    int32
	alive   bool
	leaving bool
	up      ms
	handle  allocation.Executor
}

// progress is how far a stage is.
type progress struct {
	next      int32 // task to launch
	left      int32 // tasks that have not ended
	parents   int32
	submitted ms
}

// Run replays the work under a setting. The error wraps ErrStuck where tasks wait and no executor can come, is the
// context's, or says what the setting lacks. It is safe for concurrent use.
func (w *Work) Run(ctx context.Context, s Setting) (Result, error) {
	e := engine{}
	return e.run(ctx, w, s)
}

func (e *engine) run(ctx context.Context, w *Work, s Setting) (Result, error) {
	if err := s.check(); err != nil {
		return Result{}, err
	}
	if err := e.reset(w, s); err != nil {
		return Result{}, err
	}
	e.begin()
	for steps := 0; e.ended < len(e.jobs); steps++ {
		if steps%4096 == 0 && ctx.Err() != nil {
			return Result{}, ctx.Err()
		}
		if e.queue.len() == 0 {
			return Result{}, fmt.Errorf("%w: %d tasks wait at %s", ErrStuck, e.pending, e.now.duration())
		}
		e.step(e.queue.pop())
	}
	e.advance(e.now + e.last)
	return e.result()
}

func (e *engine) reset(w *Work, s Setting) (err error) {
	if s.Conf.Len() == 0 {
		s.Conf = w.profile.Conf
	}
	*e = engine{Work: w, Setting: s, slots: int32(s.Shape.Slots()), rng: rand.New(rand.NewPCG(s.Seed, 0))}
	e.stages = make([]progress, len(w.stages))
	e.jobsLeft = make([]int32, len(w.jobs))
	for i := range w.stages {
		e.stages[i] = progress{next: w.stages[i].first, left: w.stages[i].last - w.stages[i].first, parents: w.stages[i].parents}
	}
	for i := range w.jobs {
		e.jobsLeft[i] = int32(len(w.jobs[i].stages))
	}
	e.pods = newPods(e)
	e.manager, err = newManager(e)
	return err
}

func (e *engine) begin() {
	e.now = e.arrivals.first
	e.account.start(e)
	if e.manager != nil {
		e.manager.start()
	} else {
		e.pods.want(e.Policy.InitialTarget())
	}
	e.pods.gate()
}

// step takes one event.
func (e *engine) step(v event) {
	e.advance(v.at)
	switch v.kind {
	case taskEnds:
		e.taskEnds(v.id, v.of, v.task)
	case stageReady:
		e.submitStage(v.id)
	case jobReady:
		e.submitJob(v.id)
	case jobEnds:
		e.endJob(v.id)
	case executorUp:
		e.executorUp(v.id)
	case executorGone:
		e.pods.gone(v.id)
	case gateOpens:
		e.pods.open()
	case tick:
		e.manager.tick()
	}
	e.manager.schedule()
}

// roots starts the jobs that wait for nothing but the start of the application.
func (e *engine) roots() {
	for i := range e.jobs {
		if j := &e.jobs[i]; j.after < 0 {
			e.queue.push(e.now+max(0, j.gap-e.arrivals.base), jobReady, int32(i))
		}
	}
}

func (e *engine) submitJob(id int32) {
	j := &e.jobs[id]
	e.follow(j.atSubmit)
	e.manager.jobStart(id)
	if len(j.stages) == 0 {
		e.queue.push(e.now+j.tail, jobEnds, id)
	}
	for _, s := range j.stages {
		if e.stages[s].parents == 0 {
			e.queue.push(e.now+e.Work.stages[s].lag, stageReady, s)
		}
	}
}

func (e *engine) follow(jobs []int32) {
	for _, id := range jobs {
		e.queue.push(e.now+e.jobs[id].gap, jobReady, id)
	}
}

func (e *engine) endJob(id int32) {
	e.ended++
	e.manager.jobEnd(id)
	e.follow(e.jobs[id].atEnd)
}

func (e *engine) submitStage(id int32) {
	e.stages[id].submitted = e.now
	e.pending += e.stages[id].left
	e.active++
	e.account.level(e)
	e.manager.stageSubmitted(id)
	e.enqueue(id)
	e.offerAll()
}

// enqueue keeps the ready stages in FIFO order: by job, then by stage (FIFOSchedulingAlgorithm).
func (e *engine) enqueue(id int32) {
	e.ready = append(e.ready, id)
	for i := len(e.ready) - 1; i > 0 && e.before(e.ready[i], e.ready[i-1]); i-- {
		e.ready[i], e.ready[i-1] = e.ready[i-1], e.ready[i]
	}
}

func (e *engine) before(a, b int32) bool {
	x, y := &e.Work.stages[a], &e.Work.stages[b]
	return x.job < y.job || x.job == y.job && a < b
}

// offerAll offers every executor's free slots, one task an executor and pass, executors in random order.
func (e *engine) offerAll() {
	e.order = e.order[:0]
	for i := range e.executors {
		if e.executors[i].alive && !e.executors[i].leaving && e.executors[i].free > 0 {
			e.order = append(e.order, int32(i))
		}
	}
	e.rng.Shuffle(len(e.order), func(i, j int) { e.order[i], e.order[j] = e.order[j], e.order[i] })
	for len(e.ready) > 0 {
		launched := false
		for _, x := range e.order {
			if e.executors[x].free > 0 && len(e.ready) > 0 {
				e.launch(e.ready[0], x)
				launched = true
			}
		}
		if !launched {
			return
		}
	}
}

// offer offers one executor's free slots.
func (e *engine) offer(x int32) {
	for e.executors[x].free > 0 && !e.executors[x].leaving && len(e.ready) > 0 {
		e.launch(e.ready[0], x)
	}
}

func (e *engine) launch(id, x int32) {
	s := &e.stages[id]
	length, index := ms(e.tasks[s.next]), s.next-e.Work.stages[id].first
	s.next++
	e.executors[x].free--
	e.running++
	e.pending--
	e.account.waited(e.now - s.submitted)
	e.account.busy += length
	e.queue.pushTask(e.now+length, taskEnds, x, id, index)
	if s.next == e.Work.stages[id].last {
		e.ready = e.ready[1:]
	}
	e.manager.taskStart(id, x, index)
}

func (e *engine) taskEnds(x, id, index int32) {
	e.running--
	e.executors[x].free++
	e.manager.taskEnd(id, x, index)
	s := &e.stages[id]
	if s.left--; s.left == 0 {
		e.endStage(id)
	}
	e.offer(x)
}

func (e *engine) endStage(id int32) {
	s := &e.Work.stages[id]
	e.active--
	e.account.level(e)
	e.manager.stageCompleted(id)
	for _, child := range s.children {
		if e.stages[child].parents--; e.stages[child].parents == 0 {
			e.queue.push(e.now+e.Work.stages[child].lag, stageReady, child)
		}
	}
	if e.jobsLeft[s.job]--; e.jobsLeft[s.job] == 0 {
		e.queue.push(e.now+e.jobs[s.job].tail, jobEnds, s.job)
	}
}

func (e *engine) executorUp(x int32) {
	e.executors[x] = executor{free: e.slots, alive: true, up: e.now}
	e.pods.registered()
	e.account.level(e)
	e.manager.executorAdded(x)
	e.offer(x)
}

// version is the one whose rules hold.
func (e *engine) version() spark.Version { return e.Conf.Version() }
