package workload_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// of builds a profile from calls of a Builder.
func of(calls ...func(*workload.Builder)) *workload.Profile {
	var b workload.Builder
	for _, call := range calls {
		call(&b)
	}
	return b.Build(workload.Coverage{})
}

func app(from, to workload.Instant) func(*workload.Builder) {
	return func(b *workload.Builder) {
		b.ApplicationStart(workload.Application{ID: "spark-1", Name: "etl"}, from)
		b.ApplicationEnd(to)
	}
}

func conf(pairs ...string) func(*workload.Builder) {
	return func(b *workload.Builder) {
		for i := 0; i < len(pairs); i += 2 {
			b.Environment(map[string]string{pairs[i]: pairs[i+1]})
		}
	}
}

func added(id string, at workload.Instant, cores int) func(*workload.Builder) {
	return func(b *workload.Builder) {
		b.ExecutorAdded(workload.ExecutorAdded{ID: id, At: at, Cores: cores})
	}
}

func removed(id string, at workload.Instant, reason string) func(*workload.Builder) {
	return func(b *workload.Builder) { b.ExecutorRemoved(id, at, reason) }
}

func job(id int, from, to workload.Instant, stages ...int) func(*workload.Builder) {
	return func(b *workload.Builder) {
		b.JobStart(workload.JobStart{ID: id, At: from, StageIDs: stages, SQL: -1})
		if to > 0 {
			b.JobEnd(id, to, true)
		}
	}
}

// stage submits the first attempt of a stage and completes it; 0 is for what is not told.
func stage(id, tasks int, from, to workload.Instant) func(*workload.Builder) {
	return func(b *workload.Builder) {
		s := workload.StageInfo{ID: id, NumTasks: tasks, Submitted: from}
		if from > 0 {
			b.StageSubmitted(s)
		}
		if s.Completed = to; to > 0 {
			b.StageCompleted(s)
		}
	}
}

// task is an attempt of stage 0 on executor "1" that succeeded, changed as said.
func task(id int64, from, to workload.Instant, change ...func(*workload.TaskEnd)) func(*workload.Builder) {
	e := workload.TaskEnd{TaskStart: workload.TaskStart{ID: id, Index: int(id), Launch: from, Executor: "1"}, Finish: to, HasMetrics: true}
	for _, c := range change {
		c(&e)
	}
	return func(b *workload.Builder) {
		if e.Status != workload.Resubmitted {
			b.TaskStart(&e.TaskStart)
		}
		if e.Status != workload.Running {
			b.TaskEnd(&e)
		}
	}
}

func status(s workload.Status) func(*workload.TaskEnd) {
	return func(e *workload.TaskEnd) { e.Status = s }
}

func on(executor string) func(*workload.TaskEnd) {
	return func(e *workload.TaskEnd) { e.Executor = executor }
}

func inStage(id, attempt int) func(*workload.TaskEnd) {
	return func(e *workload.TaskEnd) { e.Stage, e.StageAttempt = id, attempt }
}

func TestLivesOfExecutors(t *testing.T) {
	type life struct {
		id             string
		added, removed workload.Instant
		reason         string
	}
	for name, c := range map[string]struct {
		calls               []func(*workload.Builder)
		want                []life
		added, gone, active int
		most                int
	}{
		"lives to the end": {
			[]func(*workload.Builder){added("1", 5, 2)},
			[]life{{"1", 5, 0, ""}},
			1, 0, 1, 1,
		},
		"removed twice": {
			[]func(*workload.Builder){added("1", 5, 2), removed("1", 9, "killed"), removed("1", 12, "gone")},
			[]life{{"1", 5, 9, "killed"}},
			1, 2, 0, 1,
		},
		"added twice": {
			[]func(*workload.Builder){added("1", 5, 2), added("1", 5, 2)},
			[]life{{"1", 5, 0, ""}},
			2, 0, 1, 1,
		},
		"two reasons at one time": {
			[]func(*workload.Builder){added("1", 5, 2), removed("1", 9, "killed"), removed("1", 9, "gone")},
			[]life{{"1", 5, 9, "gone"}},
			1, 2, 0, 1,
		},
		"registers again": {
			[]func(*workload.Builder){added("1", 5, 2), added("1", 8, 2), removed("1", 9, "killed")},
			[]life{{"1", 5, 8, "its id registered again"}, {"1", 8, 9, "killed"}},
			2, 1, 0, 1,
		},
		"comes back": {
			[]func(*workload.Builder){added("1", 5, 2), removed("1", 7, "killed"), added("1", 8, 2)},
			[]life{{"1", 5, 7, "killed"}, {"1", 8, 0, ""}},
			2, 1, 1, 1,
		},
		"comes back at once": {
			[]func(*workload.Builder){added("1", 5, 2), added("1", 7, 2), removed("1", 7, "killed")},
			[]life{{"1", 5, 7, "killed"}, {"1", 7, 0, ""}},
			2, 1, 0, 1,
		},
		"removal told first": {
			[]func(*workload.Builder){removed("1", 9, "killed"), added("1", 5, 2)},
			[]life{{"1", 5, 9, "killed"}},
			1, 1, 1, 1,
		},
		"removed before it was added": {
			[]func(*workload.Builder){removed("1", 3, "killed"), added("1", 5, 2)},
			[]life{{"1", 5, 0, ""}},
			1, 1, 1, 1,
		},
		"never added": {
			[]func(*workload.Builder){removed("1", 3, "killed")}, nil, 0, 1, 0, 0,
		},
		"in natural order": {
			[]func(*workload.Builder){added("10", 5, 2), added("9", 5, 2), added("11", 4, 2)},
			[]life{{"11", 4, 0, ""}, {"9", 5, 0, ""}, {"10", 5, 0, ""}},
			3, 0, 3, 3,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := of(c.calls...)
			var got []life
			for _, e := range p.Executors {
				got = append(got, life{e.ID, e.Added, e.Removed, e.Reason})
			}
			assert.Equal(t, c.want, got)
			assert.Equal(t, []int{c.added, c.gone, c.active, c.most, 2 * c.most}, []int{
				p.Totals.ExecutorsAdded, p.Totals.ExecutorsRemoved, p.Totals.ActiveExecutors, p.Totals.MaxExecutors, p.Totals.MaxCores,
			}, "events")
		})
	}
}

func TestExecutorDetails(t *testing.T) {
	p := of(
		func(b *workload.Builder) {
			b.BlockManagerAdded(workload.BlockManagerAdded{Executor: "1", Storage: units.MiB(7)})
			b.ExecutorAdded(workload.ExecutorAdded{ID: "1", Host: "h", Cores: -1, ResourceProfile: 2, Requested: -1, Registered: 6})
			b.Measured("1", workload.Memory{Heap: 5, GC: time.Second})
			b.Measured(workload.DriverID, workload.Memory{Heap: 3, Direct: 9})
			b.Measured("lost", workload.Memory{Heap: 8})
		},
		task(0, 7, 8, func(e *workload.TaskEnd) { e.Memory = workload.Memory{Heap: 4, JVMResident: 6} }))
	require.Len(t, p.Executors, 1)
	assert.Equal(t, workload.Executor{
		ID: "1", Host: "h", ResourceProfile: 2, Registered: 6, Added: 6, Storage: units.MiB(7),
		Peak: workload.Memory{Heap: 5, JVMResident: 6, GC: time.Second},
	}, p.Executors[0], "the registration stands in for the event's time")
	assert.Equal(t, workload.Memory{Heap: 3, Direct: 9}, p.Driver)
	assert.Equal(t, units.Bytes(8), p.Totals.PeakHeapExecutors)
	assert.Equal(t, units.Bytes(3), p.Totals.PeakHeapDriver)
	assert.True(t, p.Coverage.Memory)
	assert.False(t, p.Coverage.Requests)

	alone := of(func(b *workload.Builder) { b.Measured(workload.DriverID, workload.Memory{Heap: 3}) })
	assert.False(t, alone.Coverage.Memory, "the driver is no executor")
	local := of(added(workload.DriverID, 1, 2), func(b *workload.Builder) { b.Measured(workload.DriverID, workload.Memory{Heap: 3}) })
	assert.True(t, local.Coverage.Memory)
	assert.Equal(t, local.Driver, local.Executors[0].Peak)
	assert.Zero(t, local.Totals.PeakHeapExecutors)
}

func TestStartLatency(t *testing.T) {
	for _, c := range []struct {
		requested, registered workload.Instant
		want                  time.Duration
		known                 bool
	}{{5, 9, 4 * time.Millisecond, true}, {0, 9, 0, false}, {5, 0, 0, false}, {9, 5, 0, false}} {
		got, known := workload.Executor{Requested: c.requested, Registered: c.registered}.StartLatency()
		assert.Equal(t, c.want, got)
		assert.Equal(t, c.known, known)
	}
}

func TestTasksFindTheirExecutors(t *testing.T) {
	p := of(
		task(0, 5, 6), task(1, 10, 11), task(2, 19, 25), task(3, 20, 25), task(4, 1, 2, on("2")), task(5, 1, 2, on("never")),
		added("1", 10, 1), removed("1", 15, ""), added("1", 20, 1), added("2", 9, 1))
	at := map[int]int{}
	for i := range p.Tasks.Len() {
		at[p.Tasks.Index(i)] = p.Tasks.Executor(i)
	}
	assert.Equal(t, "2", p.Executors[0].ID)
	assert.Equal(t, map[int]int{0: 1, 1: 1, 2: 1, 3: 2, 4: 0, 5: -1}, at, "told before or after, the life that the launch fell in")
}

func TestJobOfStage(t *testing.T) {
	for name, c := range map[string]struct {
		jobs      []func(*workload.Builder)
		submitted workload.Instant
		want      int // id
	}{
		"no job lists it":       {[]func(*workload.Builder){job(0, 1, 9, 5)}, 3, -1},
		"its job":               {[]func(*workload.Builder){job(0, 1, 9, 7)}, 3, 0},
		"the first active":      {[]func(*workload.Builder){job(0, 1, 9, 7), job(1, 2, 9, 7)}, 3, 0},
		"the one still active":  {[]func(*workload.Builder){job(0, 1, 3, 7), job(1, 2, 9, 7)}, 3, 1},
		"not one that comes":    {[]func(*workload.Builder){job(0, 1, 9, 7), job(1, 5, 9, 7)}, 4, 0},
		"the last before":       {[]func(*workload.Builder){job(0, 1, 2, 7), job(1, 3, 4, 7), job(2, 8, 9, 7)}, 6, 1},
		"ends as it begins":     {[]func(*workload.Builder){job(0, 3, 3, 7), job(1, 5, 9, 7)}, 3, 0},
		"one without an end":    {[]func(*workload.Builder){job(0, 1, 0, 7), job(1, 2, 9, 7)}, 3, 0},
		"by id at one time":     {[]func(*workload.Builder){job(4, 1, 9, 7), job(3, 1, 9, 7)}, 3, 3},
		"told in another order": {[]func(*workload.Builder){job(1, 5, 9, 7), job(0, 1, 3, 7)}, 6, 1},
		"before all of them":    {[]func(*workload.Builder){job(0, 5, 9, 7), job(1, 6, 9, 7)}, 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := of(append(c.jobs, stage(7, 1, c.submitted, 0))...)
			got := p.Stages[0].Job
			if got >= 0 {
				got = p.Jobs[got].ID
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestStageInfo(t *testing.T) {
	info := workload.StageInfo{
		ID: 3, Attempt: 1, Name: "count", NumTasks: 2, Parents: []int{1}, Submitted: 5, ResourceProfile: 1, Barrier: true,
		RDDs: []workload.RDD{{ID: 8}},
	}
	done := workload.StageInfo{ID: 3, Attempt: 1, Completed: 9, Failure: "broken", RDDs: []workload.RDD{{ID: 8, Memory: 4}}}
	want := workload.Stage{
		ID: 3, Attempt: 1, Name: "count", NumTasks: 2, Parents: []int{1}, Submitted: 5, ResourceProfile: 1, Barrier: true,
		Completed: 9, Failure: "broken", RDDs: []workload.RDD{{ID: 8, Memory: 4}}, Job: -1, Last: 1,
	}
	submit := func(b *workload.Builder) { b.StageSubmitted(info) }
	complete := func(b *workload.Builder) { b.StageCompleted(done) }
	ran := task(0, 6, 7, inStage(3, 1))
	assert.Equal(t, []workload.Stage{want}, of(submit, ran, complete).Stages)
	assert.Equal(t, []workload.Stage{want}, of(ran, complete, submit).Stages)

	whole := info
	whole.Completed, whole.Failure, whole.RDDs = done.Completed, done.Failure, done.RDDs
	assert.Equal(t, []workload.Stage{want}, of(ran, func(b *workload.Builder) { b.StageCompleted(whole) }).Stages, "the submission is missing")

	p := of(submit, complete)
	assert.Equal(t, 1, p.Totals.StagesFailed)
	assert.Equal(t, 1, p.Totals.StagesCompleted)
}

func TestStagesWithoutSubmissionAreInPlace(t *testing.T) {
	p := of(stage(1, 1, 10, 20), stage(0, 1, 0, 15), task(0, 12, 14, inStage(2, 0)), task(1, 8, 9, inStage(3, 0)), stage(3, 1, 0, 30))
	var ids []int
	for _, s := range p.Stages {
		ids = append(ids, s.ID)
	}
	assert.Equal(t, []int{3, 1, 2, 0}, ids)
	assert.False(t, p.Stages[0].Submitted.Known())
}

func TestUnfinishedTasksRunToTheEnd(t *testing.T) {
	p := of(app(1, 100), added("1", 1, 2), stage(0, 3, 5, 0),
		task(0, 10, 20, func(e *workload.TaskEnd) { e.ShuffleMap = true }), task(1, 30, 0, status(workload.Running)))
	require.Equal(t, 2, p.Tasks.Len())
	assert.Equal(t, workload.Running, p.Tasks.Status(1))
	assert.Equal(t, workload.Instant(100), p.Tasks.Finish(1))
	assert.True(t, p.Stages[0].ShuffleMap, "what its other tasks say of the stage holds")
	assert.Equal(t, 1, p.Totals.TasksEnded)
}

func TestStartAndEnd(t *testing.T) {
	for name, c := range map[string]struct {
		calls []func(*workload.Builder)
		since workload.Instant
		until workload.Instant
		rule  string
	}{
		"stated":                 {[]func(*workload.Builder){app(5, 90), job(0, 1, 95)}, 5, 90, workload.EndByEvent},
		"last job":               {[]func(*workload.Builder){job(0, 10, 50), task(0, 60, 70)}, 10, 50, workload.EndByJob},
		"last execution":         {[]func(*workload.Builder){job(0, 10, 50), func(b *workload.Builder) { b.SQLEnd(0, 55) }}, 10, 55, workload.EndByJob},
		"last event":             {[]func(*workload.Builder){added("1", 20, 1), stage(0, 1, 30, 0), task(0, 40, 70)}, 20, 70, workload.EndByLastEvent},
		"first stage":            {[]func(*workload.Builder){stage(0, 1, 30, 60)}, 30, 60, workload.EndByLastEvent},
		"first task":             {[]func(*workload.Builder){task(0, 40, 70)}, 40, 70, workload.EndByLastEvent},
		"times that are missing": {[]func(*workload.Builder){job(0, -1, 50), added("1", 0, 1), stage(0, 1, -1, 0), task(0, 0, 45)}, 45, 50, workload.EndByJob},
		"nothing":                {nil, 0, 0, workload.EndByLastEvent},
		"clock that went back":   {[]func(*workload.Builder){app(90, 5)}, 90, 5, workload.EndByEvent},
	} {
		t.Run(name, func(t *testing.T) {
			p := of(c.calls...)
			assert.Equal(t, c.since, p.Since())
			assert.Equal(t, c.until, p.Until())
			assert.Equal(t, max(0, c.until.Sub(c.since)), p.Wall())
			assert.Equal(t, c.rule, p.Coverage.EndRule)
			assert.Equal(t, c.rule == workload.EndByEvent, p.Coverage.Ended())
		})
	}
}

func TestRepeatedEvents(t *testing.T) {
	p := of(
		func(b *workload.Builder) {
			b.LogStart("3.5.6")
			b.LogStart("4.0.0")
		},
		conf("spark.task.cpus", "2", "spark.task.cpus", "3"), app(1, 5), app(2, 9),
		job(0, 0, 0), job(0, 6, 8), job(0, 7, 0),
		func(b *workload.Builder) {
			b.SQLStart(0, "first", 3)
			b.SQLStart(0, "second", 4)
			b.SQLEnd(0, 5)
			b.JobEnd(99, 8, false)
			b.SQLEnd(99, 8)
		})
	assert.Equal(t, "3.5.6", p.LoggedVersion)
	assert.Equal(t, "3.5.6", p.Conf.Version().String())
	assert.Equal(t, 3, p.TaskCPUs())
	assert.Equal(t, []workload.Instant{2, 9}, []workload.Instant{p.Start, p.End})
	assert.Equal(t, []workload.Job{{ID: 0, Submitted: 6, Completed: 8, Succeeded: true, SQL: -1}}, p.Jobs)
	assert.Equal(t, []workload.Execution{{ID: 0, Description: "first", Start: 3, End: 5}}, p.SQL)
	assert.Equal(t, []int{3, 2, 1, 2}, []int{p.Totals.JobsStarted, p.Totals.JobsEnded, p.Totals.JobsFailed, p.Totals.SQLExecutions}, "events")
	assert.Equal(t, "x", of(func(b *workload.Builder) { b.LogStart("x") }).LoggedVersion)
}

func TestNotes(t *testing.T) {
	whole := []func(*workload.Builder){
		func(b *workload.Builder) { b.LogStart("3.5.6") },
		conf("spark.app.name", "etl"), app(1, 99), added("1", 1, 1), job(0, 2, 9, 0), stage(0, 1, 3, 8),
	}
	measured := func(e *workload.TaskEnd) { e.Memory.Heap = 1 }
	ok := task(0, 4, 7, measured)
	for name, c := range map[string]struct {
		calls []func(*workload.Builder)
		want  []string
	}{
		"nothing missing": {append(whole[:6:6], ok), nil},
		"no start":        {append(whole[:2:2], added("1", 1, 1)), []string{"no application id", "no start", "no ApplicationEnd: the application was still running, or was killed; the end is the latest time in any event"}},
		"no version":      {append(whole[1:6:6], ok), []string{"unknown version"}},
		"no conf":         {[]func(*workload.Builder){whole[0], whole[2]}, []string{"no configuration"}},
		"no memory":       {append(whole[:6:6], task(0, 4, 7)), []string{"no executor memory peaks"}},
		"no executors":    {append(whole[:3:3], ok), []string{"no executors"}},
		"unknown place":   {append(whole[:6:6], task(0, 4, 7, measured, on("9"))), []string{"1 task ran on executors that the log does not add"}},
		"no metrics":      {append(whole[:6:6], ok, task(1, 4, 7, func(e *workload.TaskEnd) { e.HasMetrics = false })), []string{"1 of 2 tasks ended without metrics"}},
		"missing tasks":   {append(whole[:6:6], task(0, 4, 7, measured, status(workload.Failed))), []string{"1 stage completed without all tasks"}},
		"tasks of an attempt before": {append(whole[:6:6], ok, func(b *workload.Builder) {
			b.StageCompleted(workload.StageInfo{ID: 0, Attempt: 1, NumTasks: 5, Submitted: 4, Completed: 8})
		}), nil},
		"missing starts": {append(whole[:6:6], ok, func(b *workload.Builder) {
			b.TaskEnd(&workload.TaskEnd{TaskStart: workload.TaskStart{ID: 9, Executor: "1"}, Finish: 7, HasMetrics: true})
		}), []string{"1 task ended without a start"}},
		"late start": {append(whole[:6:6], func(b *workload.Builder) {
			e := workload.TaskEnd{TaskStart: workload.TaskStart{Launch: 4, Executor: "1"}, Finish: 7, HasMetrics: true, Memory: workload.Memory{Heap: 1}}
			b.TaskEnd(&e)
			b.TaskStart(&e.TaskStart)
		}), nil},
		"resubmitted": {append(whole[:6:6], ok, task(0, 4, 7, status(workload.Resubmitted))), nil},
		"endless job": {append(whole[:6:6], ok, job(1, 5, 0)), []string{"1 of 2 jobs have no time of their end"}},
	} {
		t.Run(name, func(t *testing.T) {
			notes := of(c.calls...).Coverage.Notes
			require.Len(t, notes, len(c.want), strings.Join(notes, "\n"))
			for i, want := range c.want {
				assert.True(t, strings.HasPrefix(notes[i], want), notes[i])
			}
		})
	}
}

func TestReadersCoverage(t *testing.T) {
	var b workload.Builder
	app(1, 9)(&b)
	theirs := append(make([]string, 0, 8), "theirs")
	c := b.Build(workload.Coverage{Notes: theirs, BadLines: 2, FirstBad: "here", Cut: "cut there", Truncated: true, Resolution: time.Second}).Coverage
	assert.Equal(t, []string{"theirs"}, c.Notes[:1])
	assert.Equal(t, []string{"2 lines could not be read; first: here", "cut there"}, c.Notes[len(c.Notes)-2:])
	assert.Empty(t, theirs[:2][1], "the reader's own list is left alone")
	assert.True(t, c.Truncated)
	assert.Equal(t, time.Second, c.Resolution)
	assert.Equal(t, time.Millisecond, of(app(1, 9)).Coverage.Resolution)
	assert.False(t, of(app(1, 9)).Coverage.Truncated)
	assert.True(t, of().Coverage.Truncated)
}
