package replay

import (
	"cmp"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/workload"
)

// Work is what a run has to do whatever it runs on: jobs with what each waited for, stages with their parents, and the
// time that each task holds a slot. It is extracted once from a profile, and safe for concurrent use by many replays.
type Work struct {
	profile *workload.Profile
	jobs    []job
	stages  []stage
	tasks   []int32 // milliseconds that a task holds its slot, by stage
	// first is when the driver could begin, last is what it did behind the last job.
	last ms
	// turnaround is the time between the end of a task on a slot and the launch of the next one.
	arrivals arrivals
}

// ms is a time in milliseconds since the start of the application, or a span of it.
type ms int64

func (t ms) duration() time.Duration { return time.Duration(t) * time.Millisecond }

// job is one Spark job.
type job struct {
	// after is the job whose end the driver waited for, or whose submission where atStart is true; -1 is the
	// start of the application.
	after   int32
	atStart bool
	// gap is the driver's own time in between.
	gap ms
	// tail is the time from the end of the last stage to the end of the job.
	tail   ms
	stages []int32
	// waits lists the jobs whose submission follows this job's end, or its submission.
	atEnd, atSubmit []int32
}

// stage is one stage attempt.
type stage struct {
	index    int32 // in Profile.Stages
	job      int32
	parents  int32 // how many stages it waits for
	children []int32
	first    int32 // of its tasks in Work.tasks
	last     int32
	// lag is the driver's time between the end of the last parent and the submission.
	lag ms
	// cached are the RDDs that Spark was asked to keep.
	cached []int32
}

// NewWork extracts the work of a run. It returns ErrNothing where the run has no finished task.
func NewWork(p *workload.Profile) (*Work, error) {
	w := &Work{profile: p}
	w.addStages()
	w.addJobs()
	if len(w.tasks) == 0 {
		return nil, ErrNothing
	}
	w.arrivals = newArrivals(p)
	return w, nil
}

func (w *Work) since(i workload.Instant) ms { return ms(i - w.profile.Since()) }

// addStages takes the stage attempts that ran tasks, in the order of their submission.
func (w *Work) addStages() {
	p := w.profile
	for i := range p.Stages {
		s := stage{index: int32(i), job: -1, first: int32(len(w.tasks))}
		w.addTasks(i)
		if s.last = int32(len(w.tasks)); s.last == s.first {
			continue
		}
		for _, r := range p.Stages[i].RDDs {
			if r.Cached {
				s.cached = append(s.cached, int32(r.ID))
			}
		}
		w.stages = append(w.stages, s)
	}
}

// addTasks takes the attempts that held a slot, lowest index first, as Spark launches them; a retry stands behind the
// attempt that failed. Speculative copies are left out: the original held its slot until one of them was done.
func (w *Work) addTasks(stage int) {
	p := w.profile
	rows := make([]int32, 0, p.Stages[stage].Last-p.Stages[stage].First)
	for i := p.Stages[stage].First; i < p.Stages[stage].Last; i++ {
		status := p.Tasks.Status(i)
		if status != workload.Resubmitted && status != workload.Running && !p.Tasks.Speculative(i) {
			rows = append(rows, int32(i))
		}
	}
	slices.SortStableFunc(rows, func(a, b int32) int {
		return cmp.Or(cmp.Compare(p.Tasks.Index(int(a)), p.Tasks.Index(int(b))), cmp.Compare(p.Tasks.Attempt(int(a)), p.Tasks.Attempt(int(b))))
	})
	for _, row := range rows {
		w.tasks = append(w.tasks, int32(max(1, p.Tasks.Occupied(int(row)).Milliseconds())))
	}
}

// addJobs links jobs to their stages and to what they waited for.
func (w *Work) addJobs() {
	p := w.profile
	of := make([]int32, len(p.Jobs)) // index in w.jobs of a job of the profile, or -1
	for i := range p.Jobs {
		of[i] = int32(len(w.jobs))
		w.jobs = append(w.jobs, job{after: -1})
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
			w.jobs = append(w.jobs, job{after: -1, stages: []int32{int32(i)}})
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
		s.lag = max(0, w.since(source.Submitted)-ready)
	}
}

// submitted returns when the job was submitted in the run.
func (w *Work) submitted(id int32) ms {
	if int(id) < len(w.profile.Jobs) {
		return w.since(w.profile.Jobs[id].Submitted)
	}
	return w.since(w.profile.Stages[w.stages[w.jobs[id].stages[0]].index].Submitted)
}

// end returns when a stage attempt ended in the run.
func (w *Work) end(i int32) ms {
	s := &w.profile.Stages[w.stages[i].index]
	if s.Completed.Known() {
		return w.since(s.Completed)
	}
	return w.since(w.profile.Until())
}
