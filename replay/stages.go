package replay

import (
	"slices"
	"time"
)

// StageTime is what became of a stage attempt. Times are since the start of the application.
type StageTime struct {
	// Stage is its place in Profile.Stages, Job that of its job in Profile.Jobs, -1 where the log has none.
	Stage, Job int
	// Tasks is how many it had, retries not counted.
	Tasks                int
	Submitted, Completed time.Duration
	// Allocation is time in which tasks of it waited while executors were on their way, Capacity in which they waited
	// for a slot; Tail is the time after the launch of its last task.
	Allocation, Capacity, Tail time.Duration
	// Skew is the part of the tail beyond its median task, on a warm executor: what splitting its longest tasks could win.
	Skew time.Duration
	// Idle is the core time that held no task in its tail, shared with the stages that were active beside it.
	Idle time.Duration
	// Critical is true for a stage on the critical path.
	Critical bool
}

// Step is a part of the critical path.
type Step struct {
	// Stage is the place in Profile.Stages of the stage that ran, or -1 where the driver worked, before or behind a job.
	Stage int
	// Job is the place in Profile.Jobs of the job, or -1 for the driver's work behind the last one.
	Job int
	// From and To are since the start of the application.
	From, To time.Duration
}

// stageTimes is the account of a stage.
type stageTimes struct {
	before, arrival ms      // of the whole account at the submission; what fell to it
	idle            float64 // of the whole account at the submission, then what fell to it
	launched, ended ms      // its last task; itself
	after           int32   // the parent that ended last
}

// jobTimes is the account of a job.
type jobTimes struct {
	submitted, ended ms
	last             int32 // of its stages to end
}

func (e *engine) began(id int32) {
	t := &e.stages[id].times
	t.before, t.idle = e.account.bound[byArrival], e.account.tailIdle
}

func (e *engine) allLaunched(id int32) {
	t := &e.stages[id].times
	t.arrival, t.launched = e.account.bound[byArrival]-t.before, e.now
}

func (e *engine) done(id int32) {
	t := &e.stages[id].times
	t.idle, t.ended = e.account.tailIdle-t.idle, e.now
}

func (e *engine) stageTimes(cpus time.Duration, path []Step) []StageTime {
	list := make([]StageTime, 0, len(e.stages))
	critical := map[int]bool{}
	for _, s := range path {
		critical[s.Stage] = true
	}
	for i := range e.stages {
		s, w := &e.stages[i], &e.Work.stages[i]
		t := &s.times
		tail := (t.ended - t.launched).duration()
		list = append(list, StageTime{
			Stage: int(w.index), Job: e.profileJob(w.job), Tasks: int(s.firsts),
			Submitted: s.submitted.duration(), Completed: t.ended.duration(),
			Allocation: t.arrival.duration(), Capacity: (t.launched - s.submitted - t.arrival).duration(),
			Tail: tail, Skew: max(0, tail-w.median.duration()*time.Duration(w.firsts)/time.Duration(max(1, s.firsts))),
			Idle: cpus * ms(t.idle).duration(), Critical: critical[int(w.index)],
		})
	}
	return list
}

// profileJob is the place of a job in the profile: those that were made for stages of none have no place.
func (e *engine) profileJob(job int32) int {
	if int(job) < len(e.profile.Jobs) {
		return int(job)
	}
	return -1
}

// critical walks from the end back to the start, always to what was waited for last.
func (e *engine) critical() []Step {
	path := []Step{{Stage: -1, Job: -1, From: e.jobTimes[e.lastJob].ended.duration(), To: e.now.duration()}}
	step := func(stage int, job int32, from ms) {
		path = append(path, Step{Stage: stage, Job: e.profileJob(job), From: from.duration(), To: path[len(path)-1].From})
	}
	for id, fromEnd := e.lastJob, true; ; id = e.jobs[id].after {
		j := &e.jobs[id]
		if fromEnd {
			e.throughStages(id, step)
		}
		if j.after < 0 {
			step(-1, id, 0)
			break
		}
		if fromEnd = !j.atStart; fromEnd {
			step(-1, id, e.jobTimes[j.after].ended)
		} else {
			step(-1, id, e.jobTimes[j.after].submitted)
		}
	}
	slices.Reverse(path)
	return slices.DeleteFunc(path, func(s Step) bool { return s.From == s.To })
}

// throughStages walks from the end of a job to its submission.
func (e *engine) throughStages(id int32, step func(stage int, job int32, from ms)) {
	for s := e.jobTimes[id].last; s != none; s = e.stages[s].times.after {
		step(-1, id, e.stages[s].times.ended)
		step(int(e.Work.stages[s].index), id, e.stages[s].submitted)
	}
	step(-1, id, e.jobTimes[id].submitted)
}
