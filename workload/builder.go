package workload

import (
	"cmp"
	"maps"
	"slices"

	"github.com/sparkscale/sparkscale/spark"
)

// Builder makes a [Profile] from listener events, given in the order of the source. The zero value is ready. It is
// not safe for concurrent use, and ends with Build.
type Builder struct {
	profile    Profile
	version    spark.Version
	properties map[string]string

	jobByID     map[int]int
	jobsOfStage map[int][]int
	stageByKey  map[stageKey]int
	sqlByID     map[int]int
	executors   executorBook
	rows        rows
}

type stageKey struct{ id, attempt int }

// Len returns the length of the longest list so far: of task attempts, jobs, stages, SQL executions or executors, and
// of properties beyond the first ten thousand. By it a reader bounds the memory that a source may take.
func (b *Builder) Len() int {
	const configuration = 10_000
	x := &b.executors
	return max(
		b.rows.tasks.n, len(b.rows.running), len(b.profile.Jobs), len(b.jobsOfStage), len(b.profile.Stages), len(b.profile.SQL),
		len(b.profile.ResourceProfiles), len(b.properties)-configuration, len(x.spans), len(x.storage), len(x.peak),
	)
}

// LogStart takes the version of Spark; the first one counts. A text that is no version leaves it unknown.
func (b *Builder) LogStart(version string) {
	if b.profile.LoggedVersion != "" {
		return
	}
	b.profile.LoggedVersion = version
	if v, err := spark.ParseVersion(version); err == nil {
		b.version = v
	}
}

// Environment takes Spark's properties; of repeated ones the last counts.
func (b *Builder) Environment(properties map[string]string) {
	if b.properties == nil {
		b.properties = map[string]string{}
	}
	maps.Copy(b.properties, properties)
}

// ApplicationStart takes the identity and the start.
func (b *Builder) ApplicationStart(app Application, at Instant) {
	b.profile.App, b.profile.Start = app, at
	b.Seen(at)
}

// ApplicationEnd takes the end.
func (b *Builder) ApplicationEnd(at Instant) {
	b.profile.End = at
	b.Seen(at)
}

// ResourceProfileAdded takes a resource profile.
func (b *Builder) ResourceProfileAdded(r ResourceProfile) {
	b.profile.ResourceProfiles = append(b.profile.ResourceProfiles, r)
}

// JobStart takes the start of a job.
func (b *Builder) JobStart(e JobStart) {
	if b.jobByID == nil {
		b.jobByID, b.jobsOfStage = map[int]int{}, map[int][]int{}
	}
	index := len(b.profile.Jobs)
	b.jobByID[e.ID] = index
	for _, stage := range e.StageIDs {
		b.jobsOfStage[stage] = append(b.jobsOfStage[stage], index)
	}
	b.profile.Jobs = append(b.profile.Jobs, Job{
		ID: e.ID, Submitted: e.At, StageIDs: e.StageIDs, Stages: e.Stages, SQL: e.SQL, Pool: e.Pool, Group: e.Group, Description: e.Description,
	})
	b.profile.Totals.JobsStarted++
	b.Seen(e.At)
}

// JobEnd takes the end of a job.
func (b *Builder) JobEnd(id int, at Instant, succeeded bool) {
	t := &b.profile.Totals
	t.JobsEnded++
	if !succeeded {
		t.JobsFailed++
	}
	t.LastJobOrSQLEnd = max(t.LastJobOrSQLEnd, at)
	b.Seen(at)
	if index, ok := b.jobByID[id]; ok {
		b.profile.Jobs[index].Completed, b.profile.Jobs[index].Succeeded = at, succeeded
	}
}

// StageSubmitted takes the submission of a stage attempt.
func (b *Builder) StageSubmitted(e StageInfo) {
	b.profile.Totals.StagesSubmitted++
	b.Seen(e.Submitted)
	b.stage(e)
}

// StageCompleted takes the end of a stage attempt; an attempt that was not submitted in this source is added.
func (b *Builder) StageCompleted(e StageInfo) {
	t := &b.profile.Totals
	t.StagesCompleted++
	if e.Failure != "" {
		t.StagesFailed++
	}
	b.Seen(e.Completed)
	s := &b.profile.Stages[b.stage(e)]
	if s.NumTasks == 0 { // known by its tasks alone: the submission is missing
		s.Name, s.NumTasks, s.Parents, s.ResourceProfile, s.Barrier = e.Name, e.NumTasks, e.Parents, e.ResourceProfile, e.Barrier
	}
	s.RDDs, s.Completed, s.Failure = e.RDDs, e.Completed, e.Failure
	if e.Submitted.Known() {
		s.Submitted = e.Submitted
	}
}

func (b *Builder) stage(e StageInfo) int {
	key := stageKey{e.ID, e.Attempt}
	if index, ok := b.stageByKey[key]; ok {
		return index
	}
	if b.stageByKey == nil {
		b.stageByKey = map[stageKey]int{}
	}
	index := len(b.profile.Stages)
	b.stageByKey[key] = index
	b.profile.Stages = append(b.profile.Stages, Stage{
		ID: e.ID, Attempt: e.Attempt, Name: e.Name, NumTasks: e.NumTasks, Parents: e.Parents, Submitted: e.Submitted,
		ResourceProfile: e.ResourceProfile, Barrier: e.Barrier, RDDs: e.RDDs, Job: b.jobOf(e.ID),
	})
	return index
}

// jobOf returns the first job that lists the stage and has not ended, as the DAGScheduler names the first job as
// the one that a stage runs for.
func (b *Builder) jobOf(stage int) int {
	jobs := b.jobsOfStage[stage]
	for _, job := range jobs {
		if !b.profile.Jobs[job].Completed.Known() {
			return job
		}
	}
	if len(jobs) > 0 {
		return jobs[len(jobs)-1]
	}
	return -1
}

// SQLStart takes the start of a SQL execution.
func (b *Builder) SQLStart(id int, description string, at Instant) {
	if b.sqlByID == nil {
		b.sqlByID = map[int]int{}
	}
	b.sqlByID[id] = len(b.profile.SQL)
	b.profile.SQL = append(b.profile.SQL, Execution{ID: id, Description: description, Start: at})
	b.profile.Totals.SQLExecutions++
	b.Seen(at)
}

// SQLEnd takes the end of a SQL execution.
func (b *Builder) SQLEnd(id int, at Instant) {
	t := &b.profile.Totals
	t.LastJobOrSQLEnd = max(t.LastJobOrSQLEnd, at)
	b.Seen(at)
	if index, ok := b.sqlByID[id]; ok {
		b.profile.SQL[index].End = at
	}
}

// Seen takes a time that an event stated.
func (b *Builder) Seen(at Instant) {
	b.profile.Totals.LastEvent = max(b.profile.Totals.LastEvent, at)
}

// Build ends the Builder and returns the Profile. The coverage is what the reader knows of its source; Build adds
// the rule for the end and what it finds missing itself.
func (b *Builder) Build(coverage Coverage) *Profile {
	p := &b.profile
	p.Conf = spark.NewConf(b.version, b.properties)
	p.Coverage = coverage
	p.Totals.ActiveExecutors = len(b.executors.alive)
	p.Executors, p.Driver = b.executors.spans, b.executors.driver
	p.Totals.PeakHeapExecutors, p.Totals.PeakHeapDriver = b.executors.peaks()
	slices.SortFunc(p.ResourceProfiles, func(x, y ResourceProfile) int { return cmp.Compare(x.ID, y.ID) })
	b.endRule()
	b.addUnfinished()
	b.rows.finish(p)
	b.judgeCoverage()
	return p
}

func (b *Builder) endRule() {
	p := &b.profile
	switch {
	case p.End.Known():
		p.Coverage.EndRule, p.until = EndByEvent, p.End
	case p.Totals.LastJobOrSQLEnd.Known():
		p.Coverage.EndRule, p.until = EndByJob, p.Totals.LastJobOrSQLEnd
	default:
		p.Coverage.EndRule, p.until = EndByLastEvent, p.Totals.LastEvent
	}
}
