package main

import (
	"maps"
	"math"
	"slices"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/workload"
)

// sparklens gives the time that the rule of Sparklens says for a run on so many cores, in milliseconds from the first job's
// submission to the last job's end: every core is there from the start, each group of jobs is scheduled by itself, and what
// the groups leave of the recorded time is the driver's, whatever the cores. Jobs that overlap outside of one SQL execution
// are counted one behind the other, so that the driver's time, and even the whole, can come out below 0. Source: qubole/sparklens,
// CompletionEstimator.estimateAppWallClockTimeWithJobLists and JobOverlapHelper.
//
// One thing is kinder than the original: its listener forgets what is known of running stages when a job ends beside them.
func sparklens(p *workload.Profile, cores int) int64 {
	ran := stagesByJob(p)
	var total int64
	first, last := workload.Instant(math.MaxInt64), workload.Instant(0)
	for _, group := range jobGroups(p) {
		from, until := span(p, group)
		first, last = min(first, from), max(last, until)
		total += groupTime(p, group, ran, cores) - int64(until-from)
	}
	return total + int64(max(0, last-first))
}

// allCores are those of all executors that the setting of a run allows, or where it has no bound of those that ran.
func (r *recording) allCores() int {
	n := r.policy.InitialTarget()
	if r.policy.Dynamic {
		n = r.policy.Max
	}
	if n == allocation.Unlimited {
		n = r.profile.Totals.MaxExecutors
	}
	return max(1, n*r.shape.Cores)
}

// jobGroups puts the jobs of one SQL execution together, and parts those where one ended before the next was submitted; a
// job of none is by itself. Source: JobOverlapHelper.makeJobLists.
func jobGroups(p *workload.Profile) (groups [][]int) {
	open := map[int]int{} // the group of a SQL execution that may go on
	for i, j := range p.Jobs {
		if !j.Submitted.Known() || !j.Completed.Known() {
			continue
		}
		g, ok := open[j.SQL]
		if ok && j.SQL >= 0 && p.Jobs[groups[g][len(groups[g])-1]].Completed >= j.Submitted {
			groups[g] = append(groups[g], i)
			continue
		}
		open[j.SQL] = len(groups)
		groups = append(groups, []int{i})
	}
	return groups
}

// span is from the first submission of a group to its last end.
func span(p *workload.Profile, group []int) (from, until workload.Instant) {
	from = p.Jobs[group[0]].Submitted
	for _, j := range group {
		from, until = min(from, p.Jobs[j].Submitted), max(until, p.Jobs[j].Completed)
	}
	return from, until
}

// lensStage is what Sparklens keeps of a stage: its tasks' run times in milliseconds, by their ids, and its parents.
type lensStage struct {
	tasks   []int64
	parents []int
}

// stagesByJob takes the stages that ended well, by job and id; of several attempts the last one counts.
func stagesByJob(p *workload.Profile) map[int]map[int]lensStage {
	byJob := map[int]map[int]lensStage{}
	for i := range p.Stages {
		s := &p.Stages[i]
		if !s.Completed.Known() || s.Failure != "" {
			continue
		}
		if byJob[s.Job] == nil {
			byJob[s.Job] = map[int]lensStage{}
		}
		byJob[s.Job][s.ID] = lensStage{runTimes(p, s), s.Parents}
	}
	return byJob
}

func runTimes(p *workload.Profile, s *workload.Stage) (times []int64) {
	for row := s.First; row < s.Last; row++ {
		if status := p.Tasks.Status(row); status != workload.Running && status != workload.Resubmitted {
			times = append(times, max(1, p.Tasks.Run(row).Milliseconds()))
		}
	}
	return times
}

// groupTime is how long a group of jobs takes on the cores; jobs without a stage take their time, and only where all are so.
// Source: CompletionEstimator.estimateJobListWallClockTime.
func groupTime(p *workload.Profile, group []int, ran map[int]map[int]lensStage, cores int) (empty int64) {
	l := newLens(cores)
	for _, j := range group {
		if len(ran[j]) == 0 {
			empty += int64(p.Jobs[j].Completed - p.Jobs[j].Submitted)
			continue
		}
		maps.Copy(l.stages, ran[j])
		l.goals = append(l.goals, slices.Max(slices.Collect(maps.Keys(ran[j]))))
	}
	if len(l.goals) == 0 {
		return empty
	}
	return l.run()
}
