package replay

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Work is what a run has to do whatever it runs on: jobs with what each waited for, stages with their parents, and the
// time that each task holds a slot. It is extracted once from a profile, and safe for concurrent use by many replays.
type Work struct {
	profile *workload.Profile
	jobs    []job
	stages  []stage
	tasks   []task // by stage
	// last is what the driver did behind the last job.
	last ms
	// gate is when the driver could go on after the executors that it waited for.
	gate     ms
	arrivals Arrivals
	delays   delays
	cold     cold
	// crowd is the average number of executors of the recorded run.
	crowd    float64
	shuffles int // how many there are
	hosts    hosts
	lives    []Life
	datasets []dataset
	pools    []string // of the fair scheduler, by name
	// threads is the share of the wall clock that the driver worked before jobs while others ran, for which it may or
	// may not have waited.
	threads float64
	// gc is the share of the tasks' run time that collected garbage; peakHeap is the most that an executor held of
	// its heap, peakExecution the most that a task held of execution memory.
	gc                      float64
	peakHeap, peakExecution units.Bytes
	// selfError is by how much the replay of the run with its own executors misses it, relative.
	selfError float64
}

// task is one task as it would run on a warm executor, and what it took longer when it was recorded.
type task struct {
	base, own int32   // milliseconds
	wrote     float32 // bytes of shuffle files
	executor  int32   // that it ran on
	partition int32
	status    workload.Status
	// retry is the place in the stage of the attempt that follows it, or none; delay is how long after it that does.
	retry, delay int32
}

// ms is a time in milliseconds since the start of the application, or a span of it.
type ms int64

func (t ms) duration() time.Duration { return time.Duration(t) * time.Millisecond }

// job is one Spark job.
type job struct {
	// id is Spark's, the largest number for one that the log does not name.
	id int32
	// after is the job whose end the driver waited for, or whose submission where atStart is true; -1 is the
	// start of the application.
	after   int32
	atStart bool
	// gap is the driver's own time in between.
	gap ms
	// tail is the time from the end of the last stage to the end of the job.
	tail   ms
	stages []int32
	// pool is its place among Work.pools, drops are the datasets that are no longer kept after it.
	pool  int32
	drops []int32
	// atEnd and atSubmit list the jobs whose submission follows this job's end, or its submission.
	atEnd, atSubmit []int32
}

// stage is one stage attempt.
type stage struct {
	index    int32 // in Profile.Stages
	id       int32 // Spark's
	job      int32
	parents  int32 // how many stages it waits for
	children []int32
	// first and last bound its tasks in Work.tasks. The first firsts are no retries, of which the first near ones
	// preferred a host in the recorded run.
	first, last, firsts, near int32
	// lag is the driver's time between the end of the last parent and the submission, launch the time until the first
	// task, tail that from the last task to the end of the stage.
	lag, launch, tail ms
	kind              int32
	median            ms // of its tasks on a warm executor
	// cached are the ids of datasets that Spark was asked to keep; keeps are those, in Work.datasets, of which each task
	// has the partition of its number.
	cached, keeps []int32
	// cores are how many there were where the number of tasks follows them, up to most tasks; else 0.
	cores, most int32
	// writes is the shuffle that it makes, or -1; prefers are those near whose files its tasks would rather run.
	writes  int32
	prefers []int32
	// local are the hosts that its tasks preferred in the recorded run.
	local []int32
}

// NewWork extracts the work of a run. It returns ErrNothing where the run has no finished task.
func NewWork(p *workload.Profile) (*Work, error) {
	if p == nil {
		return nil, ErrNothing
	}
	if p.Coverage.Sketched > 0 {
		return nil, fmt.Errorf("replay: the profile has sketches in place of %d tasks; read the log with its tasks", p.Coverage.Sketched)
	}
	w := &Work{profile: p, arrivals: arrivalsOf(p), hosts: hostsOf(p)}
	list := w.observe()
	extra := w.excess(list, w.slowness(nil, list))
	first := w.arrivals.fit(p, startsOf(p), w.coldSpans(list, extra))
	extra = w.excess(list, w.slowness(&first, list))
	l := w.arrivals.fit(p, startsOf(p), w.coldSpans(list, extra))
	w.cold.learn(p, list, w.alone(&l, extra))
	w.addStages(list, extra)
	if len(w.tasks) == 0 {
		return nil, ErrNothing
	}
	w.crowd = p.Stats().AverageExecutors
	w.addJobs()
	w.learnMemory()
	w.linkShuffles()
	w.linkCached()
	timeline := p.Timeline()
	w.linkCores(timeline)
	w.linkPools()
	w.launchDelays(timeline)
	w.delays.turnaround = w.turnaroundOf()
	w.executorLives(timeline, &l)
	w.gate = gateOf(p, toMS(w.arrivals.First))
	return w, w.measureSelf()
}

// measureSelf replays the run with its own executors and keeps by how much that misses.
func (w *Work) measureSelf() error {
	p := w.profile
	if len(w.lives) == 0 || !p.Coverage.Ended() || p.Wall() <= 0 {
		return nil
	}
	cpus := p.TaskCPUs()
	shape := sizing.Shape{Cores: max(1, p.Slots()) * cpus, TaskCPUs: cpus}
	r, err := w.Run(context.Background(), Setting{Shape: shape, Executors: w.lives})
	if err != nil {
		return err
	}
	w.selfError = float64(r.Wall-p.Wall()) / float64(p.Wall())
	return nil
}

// within bounds a time between two events by the run, as a clock may be wrong.
func (w *Work) within(t ms) ms {
	most := longest
	if wall := w.profile.Wall(); wall > 0 {
		most = min(most, wall)
	}
	return max(0, min(t, toMS(most)))
}

func (w *Work) since(i workload.Instant) ms { return ms(i - w.profile.Since()) }

// addStages takes the stage attempts that ran tasks, in the order of their submission.
func (w *Work) addStages(list []observed, extra []float64) {
	p := w.profile
	for i := range p.Stages {
		s := stage{index: int32(i), id: int32(p.Stages[i].ID), job: -1, first: int32(len(w.tasks))}
		finished := w.addTasks(&s, list, extra)
		if s.last = int32(len(w.tasks)); s.last == s.first {
			continue
		}
		s.kind = list[p.Stages[i].First].kind
		s.median = w.medianTask(&s)
		if p.Stages[i].Completed.Known() {
			s.tail = w.within(ms(p.Stages[i].Completed - finished))
		}
		for _, r := range p.Stages[i].RDDs {
			if r.Cached {
				s.cached = append(s.cached, int32(r.ID))
			}
		}
		w.stages = append(w.stages, s)
	}
}

func (w *Work) medianTask(s *stage) ms {
	var bases []ms
	for _, t := range w.tasks[s.first:s.last] {
		bases = append(bases, ms(t.base))
	}
	return median(bases, 0)
}

// addTasks takes the attempts that held a slot: first those that Spark launches by itself, lowest index first, then the
// retries, each of which waits for the attempt before it. Speculative copies are left out: the original held its slot
// until one of them was done. It returns the latest finish.
func (w *Work) addTasks(s *stage, list []observed, extra []float64) (finished workload.Instant) {
	t := &w.profile.Tasks
	firsts, retries := w.attempts(s.index)
	prefers := func(row int32) int { // 0 for those that do, which come first
		if l := t.Locality(int(row)); l == workload.NodeLocal || l == workload.Any {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(firsts, func(a, b int32) int {
		return cmp.Or(cmp.Compare(prefers(a), prefers(b)), cmp.Compare(t.Index(int(a)), t.Index(int(b))))
	})
	rows := append(firsts, retries...)
	latest := map[int]int32{} // attempt of an index, by its place in the stage
	for n, row := range rows {
		if n < len(firsts) && prefers(row) == 0 {
			s.near++
		}
		w.tasks = append(w.tasks, w.taskOf(row, list, extra))
		index := t.Index(int(row))
		if before, retried := latest[index]; retried {
			failed := &w.tasks[s.first+before]
			failed.retry, failed.delay = int32(n), w.lostAfter(rows[before])
		}
		latest[index] = int32(n)
		finished = max(finished, t.Finish(int(row)))
	}
	s.firsts = int32(len(firsts))
	return finished
}

// attempts returns the rows of a stage's tasks that held a slot: the first attempt of each index, and the retries in order.
func (w *Work) attempts(stage int32) (firsts, retries []int32) {
	t, s := &w.profile.Tasks, &w.profile.Stages[stage]
	var rows []int32
	for i := s.First; i < s.Last; i++ {
		if status := t.Status(i); status != workload.Resubmitted && status != workload.Running && !t.Speculative(i) {
			rows = append(rows, int32(i))
		}
	}
	slices.SortStableFunc(rows, func(a, b int32) int {
		return cmp.Or(cmp.Compare(t.Index(int(a)), t.Index(int(b))), cmp.Compare(t.Attempt(int(a)), t.Attempt(int(b))))
	})
	for n, row := range rows {
		if n > 0 && t.Index(int(row)) == t.Index(int(rows[n-1])) {
			retries = append(retries, row)
		} else {
			firsts = append(firsts, row)
		}
	}
	return firsts, retries
}

func (w *Work) taskOf(row int32, list []observed, extra []float64) task {
	p := w.profile
	held := int32(max(1, min(p.Tasks.Occupied(int(row)), p.Wall(), longest).Milliseconds())) // a clock may be wrong
	own := min(int32(extra[row]), held-1)
	return task{
		base: held - own, own: own, wrote: float32(p.Tasks.ShuffleWrite(int(row))), status: p.Tasks.Status(int(row)), retry: none,
		executor: int32(p.Tasks.Executor(int(row))), partition: int32(p.Tasks.Index(int(row))),
	}
}

// lostAfter is how long after the end of an attempt its executor went, where the attempt succeeded and ran again for
// that, else 0.
func (w *Work) lostAfter(row int32) int32 {
	t := &w.profile.Tasks
	e := t.Executor(int(row))
	if t.Status(int(row)) != workload.Succeeded || e < 0 || !w.profile.Executors[e].Removed.Known() {
		return 0
	}
	return int32(max(0, min(w.profile.Executors[e].Removed.Sub(t.Finish(int(row))), w.profile.Wall(), longest).Milliseconds()))
}

// addJobs links jobs to their stages and to what they waited for.
func (w *Work) addJobs() {
	p := w.profile
	of := make([]int32, len(p.Jobs)) // index in w.jobs of a job of the profile, or -1
	for i := range p.Jobs {
		of[i] = int32(len(w.jobs))
		w.jobs = append(w.jobs, job{id: int32(p.Jobs[i].ID), after: -1})
	}
	for i := range w.stages {
		s := &w.stages[i]
		if j := p.Stages[s.index].Job; j >= 0 {
			s.job = of[j]
			w.jobs[s.job].stages = append(w.jobs[s.job].stages, int32(i))
		}
	}
	w.adopt()
	for i := range w.jobs {
		w.linkStages(int32(i))
	}
	w.causes()
}

// adopt makes a job for stages that belong to none, as in a log whose beginning is lost.
func (w *Work) adopt() {
	for i := range w.stages {
		if w.stages[i].job < 0 {
			w.stages[i].job = int32(len(w.jobs))
			w.jobs = append(w.jobs, job{id: math.MaxInt32, after: -1, stages: []int32{int32(i)}})
		}
	}
}

// linkStages sets parents and lags inside of a job. An attempt waits for the attempt before it too.
func (w *Work) linkStages(id int32) {
	p := w.profile
	j := &w.jobs[id]
	byID := map[int]int32{} // the newest attempt of a stage so far
	for _, i := range j.stages {
		s := &w.stages[i]
		source := &p.Stages[s.index]
		ready := w.submitted(id)
		for _, parent := range append(slices.Clone(source.Parents), source.ID) {
			if from, ok := byID[parent]; ok {
				w.stages[from].children = append(w.stages[from].children, i)
				s.parents++
				ready = max(ready, w.end(from))
			}
		}
		byID[source.ID] = i
		if source.Submitted.Known() {
			s.lag = w.within(w.since(source.Submitted) - ready)
		}
	}
}

// submitted returns when the job was submitted in the run.
func (w *Work) submitted(id int32) ms {
	if int(id) < len(w.profile.Jobs) && w.profile.Jobs[id].Submitted.Known() {
		return max(0, w.since(w.profile.Jobs[id].Submitted))
	}
	for _, s := range w.jobs[id].stages {
		if at := w.profile.Stages[w.stages[s].index].Submitted; at.Known() {
			return max(0, w.since(at))
		}
	}
	return 0
}

// end returns when a stage attempt ended in the run.
func (w *Work) end(i int32) ms {
	s := &w.profile.Stages[w.stages[i].index]
	if s.Completed.Known() {
		return w.since(s.Completed)
	}
	return w.since(w.profile.Until())
}
