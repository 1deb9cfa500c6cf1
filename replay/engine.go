package replay

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
)

// engine is one replay.
type engine struct {
	*Work
	Setting
	slots int32
	queue queue
	now   ms
	rng   *rand.Rand

	executors []executor
	order     []int32 // executors in the order of this round of offers
	turns     []int32 // stages in the order of this round
	single    [1]int32
	stages    []taskSet
	ready     []int32 // stages with tasks to launch, by job and stage
	jobsLeft  []int32 // stages that a job still waits for
	ended     int
	lastJob   int32
	jobTimes  []jobTimes
	running   int32
	pending   int32
	active    int32 // stages
	// files are the bytes of each shuffle on each executor.
	files [][]float32
	// kept are the executors that hold the partitions of each kept dataset.
	kept         [][]int32
	onKubernetes bool
	// fair says that pools share, by how many of their tasks run.
	fair   bool
	inPool []int32
	// recorded says that the executors are those of the recorded run.
	recorded bool
	// shared says that executors may share a machine.
	shared  bool
	wait    ms // spark.locality.wait
	revived ms

	fraction float64 // of the turnaround, not yet spent
	heap     float64 // factor of the time of warm tasks

	pods    pods
	pool    pool
	manager *manager
	account account
}

// executor is one executor of the replay.
type executor struct {
	free    int32
	alive   bool
	leaving bool
	// draining says that it takes no tasks, and stays until it is removed.
	draining bool
	// dropped says that it is not wanted any more, and never comes.
	dropped bool
	up      ms
	handle  allocation.Executor
	// warm are the kinds of work, and stages the stages, of which a task has finished; jvm is any.
	jvm     bool
	warming int32 // tasks that warm up
	given   bool  // says that its start has a given time
	warm    uint64
	stages  []uint64
}

// Run replays the work under a setting. The error wraps ErrStuck where tasks wait and no executor can come, is the
// context's, or says what the setting lacks. It is safe for concurrent use.
func (w *Work) Run(ctx context.Context, s Setting) (Result, error) {
	e := engine{}
	return e.run(ctx, w, s)
}

func (e *engine) run(ctx context.Context, w *Work, s Setting) (Result, error) {
	if w == nil || w.profile == nil {
		return Result{}, ErrNothing
	}
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
	s.strain = cmp.Or(s.strain, 1)
	*e = engine{Work: w, Setting: s, slots: int32(s.Shape.Slots()), rng: rand.New(rand.NewPCG(s.Seed, 0))}
	e.stages = make([]taskSet, len(w.stages))
	e.jobsLeft, e.jobTimes = make([]int32, len(w.jobs)), make([]jobTimes, len(w.jobs))
	for i := range w.stages {
		e.stages[i] = taskSet{tasks: w.tasks[w.stages[i].first:w.stages[i].last], firsts: w.stages[i].firsts, parents: w.stages[i].parents, times: stageTimes{after: none}}
	}
	for i := range w.jobs {
		e.jobsLeft[i] = int32(len(w.jobs[i].stages))
	}
	e.files, e.kept = make([][]float32, w.shuffles), make([][]int32, len(w.datasets))
	e.fair, e.inPool = isFair(s.Conf), make([]int32, len(w.pools))
	e.onKubernetes, e.wait, e.revived = s.Conf.OnKubernetes(), localityWait(s.Conf), -1
	e.recorded = len(s.Executors) > 0 && slices.Equal(s.Executors, w.lives)
	e.shared = w.shares() && !e.onKubernetes
	e.heap = w.heapFactor(s)
	e.pods = newPods(e)
	e.pool = pool{e: e, atOnce: e.pods.arrivals().AtOnce}
	e.manager, err = newManager(e)
	return err
}

func (e *engine) begin() {
	e.account.start(e)
	if len(e.Executors) == 0 {
		e.advance(toMS(e.pods.first()))
	}
	e.pods.begin()
	e.pods.gate()
}

// step takes one event.
func (e *engine) step(v event) {
	e.advance(v.at)
	switch v.kind {
	case slotFree:
		e.slotFree(v.id, v.of, v.task)
	case stageEnds:
		e.endStage(v.id)
	case stageLaunches:
		e.locate(v.id)
		e.enqueue(v.id)
		e.offerAll()
	case revives:
		e.offerAll()
	case stageReady:
		e.submitStage(v.id)
	case jobReady:
		e.submitJob(v.id)
	case jobEnds:
		e.endJob(v.id)
	case executorStarts:
		e.pods.start(v.id)
	case shared:
		e.pool.ends(v.id)
	case retries:
		e.retry(v.of, v.task)
	case warmed:
		e.warmed(v.id, v.of, v.task)
	case executorUp:
		e.executorUp(v.id)
	case executorReady:
		e.executorReady(v.id)
	case executorLeaves:
		e.executors[v.id].draining = true
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
			at := e.now + max(0, j.gap-e.gate)
			if len(e.Executors) > 0 {
				at = j.gap
			}
			e.queue.push(at, jobReady, int32(i))
		}
	}
}

// tell tells who watches.
func (e *engine) tell(what string, job, stage, index, executor int32) {
	if e.watch != nil {
		e.watch(happening{e.now, what, job, stage, index, executor})
	}
}

func (e *engine) submitJob(id int32) {
	e.tell("job submitted", id, none, none, none)
	e.jobTimes[id] = jobTimes{submitted: e.now, last: none}
	j := &e.jobs[id]
	if e.account.firstJob < 0 {
		e.account.firstJob = e.now
	}
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
	e.tell("job ended", id, none, none, none)
	e.jobTimes[id].ended = e.now
	e.ended++
	e.lastJob = id
	e.account.lastEnd = e.now
	e.manager.jobEnd(id)
	e.unpersist(id)
	e.follow(e.jobs[id].atEnd)
}

func (e *engine) submitStage(id int32) {
	s := &e.stages[id]
	e.cut(id)
	s.submitted, s.left = e.now, int32(len(s.tasks))
	e.pending += s.firsts
	e.active++
	e.tell("stage submitted", e.Work.stages[id].job, id, none, none)
	e.account.level(e)
	e.began(id)
	e.manager.stageSubmitted(id)
	e.queue.push(e.now+e.Work.stages[id].launch, stageLaunches, id)
}

// enqueue keeps the ready stages in FIFO order: by the ids of the job, then of the stage (FIFOSchedulingAlgorithm).
func (e *engine) enqueue(id int32) {
	e.ready = append(e.ready, id)
	for i := len(e.ready) - 1; i > 0 && e.before(e.ready[i], e.ready[i-1]); i-- {
		e.ready[i], e.ready[i-1] = e.ready[i-1], e.ready[i]
	}
}

func (e *engine) before(a, b int32) bool {
	x, y := &e.Work.stages[a], &e.Work.stages[b]
	return cmp.Or(cmp.Compare(e.jobs[x.job].id, e.jobs[y.job].id), cmp.Compare(x.job, y.job), cmp.Compare(x.id, y.id)) < 0
}

func (e *engine) endStage(id int32) {
	s := &e.Work.stages[id]
	e.active--
	e.tell("stage completed", s.job, id, none, none)
	e.account.level(e)
	e.done(id)
	e.manager.stageCompleted(id)
	for _, child := range s.children {
		if e.stages[child].parents--; e.stages[child].parents == 0 {
			e.stages[child].times.after = id
			e.queue.push(e.now+e.Work.stages[child].lag, stageReady, child)
		}
	}
	e.jobTimes[s.job].last = id
	if e.jobsLeft[s.job]--; e.jobsLeft[s.job] == 0 {
		e.queue.push(e.now+e.jobs[s.job].tail, jobEnds, s.job)
	}
}

// executorUp registers an executor, which gets its cores a little later (LaunchedExecutor).
func (e *engine) executorUp(x int32) {
	if e.executors[x].given {
		e.pool.load(-1)
	}
	e.executors[x] = executor{alive: true, up: e.now, stages: make([]uint64, (len(e.stages)+63)/64)}
	e.tell("executor registered", none, none, none, x)
	e.pods.registered()
	e.account.level(e)
	e.manager.executorAdded(x)
	if int(x) < len(e.Executors) && e.Executors[x].Ready > 0 {
		e.queue.push(max(e.now, toMS(e.Executors[x].Ready)), executorReady, x)
		return
	}
	e.pool.add(e.delays.up, executorReady, x, 0, 0)
}

func (e *engine) executorReady(x int32) {
	e.executors[x].free = e.slots
	if e.executors[x].leaving {
		e.pods.gone(x)
		return
	}
	e.relocate()
	e.offer(x)
}

// version is the one whose rules hold.
func (e *engine) version() spark.Version { return e.Conf.Version() }
