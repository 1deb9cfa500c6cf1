package workload

import (
	"cmp"
	"slices"
)

type stageKey struct{ id, attempt int }

// stageEntry is what events and tasks tell of a stage attempt.
type stageEntry struct {
	Stage
	submitted, ended bool
	launched         Instant // the first launch of its tasks
	rows             int
	rank             int // in Profile.Stages
}

// stage returns the entry of a stage attempt, and its index.
func (b *Builder) stage(id, attempt int) (*stageEntry, int) {
	s, i := b.stages.entry(stageKey{id, attempt})
	s.ID, s.Attempt = id, attempt
	return s, i
}

// StageSubmitted takes the submission of a stage attempt.
func (b *Builder) StageSubmitted(e StageInfo) {
	b.profile.Totals.StagesSubmitted++
	b.Seen(e.Submitted)
	s, _ := b.stage(e.ID, e.Attempt)
	s.submitted = true
	s.describe(e)
	if !s.ended {
		s.RDDs = e.RDDs
	}
}

// StageCompleted takes the end of a stage attempt, whether or not its submission was told.
func (b *Builder) StageCompleted(e StageInfo) {
	t := &b.profile.Totals
	t.StagesCompleted++
	if e.Failure != "" {
		t.StagesFailed++
	}
	b.Seen(e.Completed)
	s, _ := b.stage(e.ID, e.Attempt)
	s.ended = true
	if !s.submitted {
		s.describe(e)
	}
	s.Submitted, s.Completed, s.Failure, s.RDDs = firstKnown(e.Submitted, s.Submitted), max(0, e.Completed), e.Failure, e.RDDs
}

func (s *stageEntry) describe(e StageInfo) {
	s.Name, s.NumTasks, s.Parents, s.ResourceProfile, s.Barrier = e.Name, e.NumTasks, e.Parents, e.ResourceProfile, e.Barrier
	s.Submitted = firstKnown(s.Submitted, e.Submitted)
}

// add takes what a task attempt tells of its stage attempt.
func (s *stageEntry) add(e *TaskEnd, launch Instant) {
	s.rows++
	s.ShuffleMap = s.ShuffleMap || e.ShuffleMap
	if e.HasMetrics {
		s.Sums.Add(&e.Metrics)
	}
	if !s.launched.Known() || launch < s.launched {
		s.launched = launch
	}
}

// began is when the attempt was submitted, or the first moment that is known of it.
func (s *stageEntry) began() Instant { return firstKnown(s.Submitted, s.launched, s.Completed) }

// buildStages puts the stage attempts in order, with their jobs and rows.
func (b *Builder) buildStages(p *Profile) {
	order := make([]*stageEntry, len(b.stages.entries))
	for i := range order {
		order[i] = &b.stages.entries[i]
	}
	slices.SortFunc(order, func(x, y *stageEntry) int {
		return cmp.Or(cmp.Compare(x.began(), y.began()), cmp.Compare(x.ID, y.ID), cmp.Compare(x.Attempt, y.Attempt))
	})
	jobs, first := jobsByStage(p.Jobs), 0
	for rank, s := range order {
		s.rank = rank
		s.First, s.Last, s.Job = first, first+s.rows, jobOf(p.Jobs, jobs[s.ID], s.began())
		first = s.Last
		p.Stages = append(p.Stages, s.Stage)
	}
}

// jobsByStage lists for each stage id the jobs with that stage, by their ids.
func jobsByStage(jobs []Job) map[int][]int {
	list := map[int][]int{}
	for i := range jobs {
		for _, stage := range jobs[i].StageIDs {
			list[stage] = append(list[stage], i)
		}
	}
	for _, of := range list {
		slices.SortFunc(of, func(x, y int) int { return cmp.Compare(jobs[x].ID, jobs[y].ID) })
	}
	return list
}

// jobOf returns the job that a stage attempt ran for: the first of those that list the stage and were active at its
// submission (DAGScheduler.activeJobForStage), else the last that was submitted by then.
func jobOf(jobs []Job, list []int, at Instant) int {
	found := -1
	for _, j := range list {
		submitted, ended := jobs[j].Submitted <= at, jobs[j].Completed.Known() && jobs[j].Completed <= at
		if submitted && !ended {
			return j
		}
		if submitted || found < 0 {
			found = j
		}
	}
	return found
}
