package workload

import (
	"cmp"
	"maps"
	"slices"

	"github.com/sparkscale/sparkscale/spark"
)

// Builder makes a [Profile] from listener events. The zero value is ready; Build ends it. It is not safe for concurrent
// use.
//
// What happened when follows from the times in the events. Their order counts for [Totals], for jobs and SQL executions
// of one time, and where events contradict each other, as two starts of one job do. Slices in an event are kept, and
// must not be modified after.
type Builder struct {
	profile    Profile
	version    spark.Version
	properties map[string]string

	jobs      ledger[int, jobEntry]
	sql       ledger[int, sqlEntry]
	stages    ledger[stageKey, stageEntry]
	executors executorBook
	tasks     taskBook
	sketches  sketchBook
}

type jobEntry struct {
	Job
	started bool
}

type sqlEntry struct {
	Execution
	started bool
}

// Len returns the length of the longest list so far: of task attempts, jobs, stages, SQL executions, executors and
// their events, and of properties beyond the first ten thousand. By it a reader bounds the memory that a source may
// take.
func (b *Builder) Len() int {
	const configuration = 10_000
	return max(
		b.tasks.n, len(b.tasks.running), len(b.tasks.unstarted), len(b.jobs.entries), len(b.sql.entries), len(b.stages.entries),
		b.executors.size(&b.profile.Totals), len(b.profile.ResourceProfiles), len(b.profile.Unpersisted), len(b.properties)-configuration,
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

// ApplicationStart takes the identity and the start; of repeated ones the last counts.
func (b *Builder) ApplicationStart(app Application, at Instant) {
	b.profile.App, b.profile.Start = app, max(0, at)
	b.Seen(at)
}

// ApplicationEnd takes the end; of repeated ones the last counts.
func (b *Builder) ApplicationEnd(at Instant) {
	b.profile.End = max(0, at)
	b.Seen(at)
}

// ResourceProfileAdded takes a resource profile.
func (b *Builder) ResourceProfileAdded(r ResourceProfile) {
	b.profile.ResourceProfiles = append(b.profile.ResourceProfiles, r)
}

// JobStart takes the start of a job; of repeated ones the first that has a time counts.
func (b *Builder) JobStart(e JobStart) {
	b.profile.Totals.JobsStarted++
	b.Seen(e.At)
	j, _ := b.jobs.entry(e.ID)
	if j.started && (j.Submitted.Known() || !e.At.Known()) {
		return
	}
	j.started = true
	j.ID, j.Submitted, j.StageIDs, j.Stages, j.SQL = e.ID, max(0, e.At), e.StageIDs, e.Stages, e.SQL
	j.Pool, j.Group, j.Description = e.Pool, e.Group, e.Description
}

// JobEnd takes the end of a job. One whose start is never told counts in Totals alone.
func (b *Builder) JobEnd(id int, at Instant, succeeded bool) {
	t := &b.profile.Totals
	t.JobsEnded++
	if !succeeded {
		t.JobsFailed++
	}
	t.LastJobOrSQLEnd = max(t.LastJobOrSQLEnd, at)
	b.Seen(at)
	j, _ := b.jobs.entry(id)
	j.Completed, j.Succeeded = max(0, at), succeeded
}

// SQLStart takes the start of a SQL execution; of repeated ones the first counts.
func (b *Builder) SQLStart(id int, description string, at Instant) {
	b.profile.Totals.SQLExecutions++
	b.Seen(at)
	x, _ := b.sql.entry(id)
	if !x.started {
		x.started = true
		x.ID, x.Description, x.Start = id, description, max(0, at)
	}
}

// SQLEnd takes the end of a SQL execution. One whose start is never told counts in Totals alone.
func (b *Builder) SQLEnd(id int, at Instant) {
	t := &b.profile.Totals
	t.LastJobOrSQLEnd = max(t.LastJobOrSQLEnd, at)
	b.Seen(at)
	x, _ := b.sql.entry(id)
	x.End = max(0, at)
}

// UnpersistRDD takes that a dataset was dropped from the cache.
func (b *Builder) UnpersistRDD(rdd int) {
	b.profile.Unpersisted = append(b.profile.Unpersisted, Unpersisted{RDD: rdd, After: b.profile.Totals.LastEvent})
}

// Seen takes a time that an event stated.
func (b *Builder) Seen(at Instant) {
	b.profile.Totals.LastEvent = max(b.profile.Totals.LastEvent, at)
}

// Build returns the Profile, and leaves the Builder empty. The coverage is what the reader knows of its source; Build
// adds the rule for the end, and notes of what it finds missing itself.
func (b *Builder) Build(coverage Coverage) *Profile {
	p := b.profile
	p.Coverage = coverage
	p.Conf = spark.NewConf(b.version, b.properties)
	slices.SortStableFunc(p.ResourceProfiles, func(x, y ResourceProfile) int { return cmp.Compare(x.ID, y.ID) })
	b.buildJobs(&p)
	b.buildExecutors(&p)
	p.endRule()
	b.addUnfinished(p.until)
	p.Coverage.Sketched = b.sketches.n
	b.buildStages(&p)
	b.buildTasks(&p)
	p.startRule()
	p.judgeCoverage(len(b.tasks.unstarted) + b.sketches.unstarted)
	*b = Builder{}
	return &p
}

// buildJobs puts jobs and SQL executions in order.
func (b *Builder) buildJobs(p *Profile) {
	for _, j := range b.jobs.entries {
		if j.started {
			p.Jobs = append(p.Jobs, j.Job)
		}
	}
	slices.SortStableFunc(p.Jobs, func(x, y Job) int { return cmp.Compare(x.Submitted, y.Submitted) })
	for _, x := range b.sql.entries {
		if x.started {
			p.SQL = append(p.SQL, x.Execution)
		}
	}
	slices.SortStableFunc(p.SQL, func(x, y Execution) int { return cmp.Compare(x.Start, y.Start) })
}

func (p *Profile) endRule() {
	switch {
	case p.End.Known():
		p.Coverage.EndRule, p.until = EndByEvent, p.End
	case p.Totals.LastJobOrSQLEnd.Known():
		p.Coverage.EndRule, p.until = EndByJob, p.Totals.LastJobOrSQLEnd
	default:
		p.Coverage.EndRule, p.until = EndByLastEvent, p.Totals.LastEvent
	}
}

// startRule finds the start where the source does not state it.
func (p *Profile) startRule() {
	p.since = p.Start
	if p.since.Known() {
		return
	}
	p.since = p.until
	earlier := func(at Instant) {
		if at.Known() {
			p.since = min(p.since, at)
		}
	}
	for _, j := range p.Jobs {
		earlier(j.Submitted)
	}
	for _, s := range p.Stages {
		earlier(s.Submitted)
	}
	for _, e := range p.Executors {
		earlier(e.Added)
	}
	earlier(p.Tasks.base)
}
