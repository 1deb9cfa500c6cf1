package workload_test

import (
	"cmp"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// TestOrderOfEventsDoesNotMatter holds for any order, and so for events of equal time; but for Totals, which count in
// the order of the source, and for the order of jobs and executions of one time.
func TestOrderOfEventsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawRun(t)
		want := build(events)
		seed := rapid.Uint64().Draw(t, "seed")
		shuffled := slices.Clone(events)
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(events), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		got := build(shuffled)

		assert.Equal(t, want.Tasks, got.Tasks)
		assert.Equal(t, byJobID(want), byJobID(got))
		assert.Equal(t, want.Executors, got.Executors)
		assert.Equal(t, want.Driver, got.Driver)
		assert.ElementsMatch(t, want.Jobs, got.Jobs)
		assert.ElementsMatch(t, want.SQL, got.SQL)
		assert.Equal(t, want.Totals.Sums, got.Totals.Sums)
		assert.Equal(t, want.Stats(), got.Stats())
		assert.Equal(t, want.Timeline(), got.Timeline())
	})
}

// byJobID gives the stages with the ids of their jobs.
func byJobID(p *workload.Profile) []workload.Stage {
	stages := slices.Clone(p.Stages)
	for i := range stages {
		if j := stages[i].Job; j >= 0 {
			stages[i].Job = p.Jobs[j].ID
		}
	}
	return stages
}

func TestProfilesHoldTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := build(drawRun(t))
		holdsTogether(t, p)
		addsUp(t, p)
	})
}

// holdsTogether checks what is so of a profile of any events.
func holdsTogether(t require.TestingT, p *workload.Profile) {
	row := 0
	for i, s := range p.Stages {
		require.Equal(t, row, s.First, "stage attempts partition the rows")
		require.LessOrEqual(t, s.First, s.Last)
		row = s.Last
		for r := s.First + 1; r < s.Last; r++ {
			require.LessOrEqual(t, p.Tasks.Launch(r-1), p.Tasks.Launch(r))
		}
		if require.Less(t, s.Job, len(p.Jobs)); s.Job >= 0 {
			require.Contains(t, p.Jobs[s.Job].StageIDs, s.ID)
		}
		require.False(t, slices.ContainsFunc(p.Stages[:i], func(o workload.Stage) bool { return o.ID == s.ID && o.Attempt == s.Attempt }))
	}
	require.Equal(t, row, p.Tasks.Len())
	ended := 0
	for i := range p.Tasks.Len() {
		require.GreaterOrEqual(t, p.Tasks.Executor(i), -1)
		require.Less(t, p.Tasks.Executor(i), len(p.Executors))
		require.GreaterOrEqual(t, p.Tasks.Duration(i), p.Tasks.Occupied(i))
		require.GreaterOrEqual(t, p.Tasks.Occupied(i), time.Duration(0))
		if p.Tasks.Status(i) != workload.Running {
			ended++
		}
	}
	require.Equal(t, p.Totals.TasksEnded, ended)
	livesFollow(t, p.Executors)
	require.True(t, slices.IsSortedFunc(p.Jobs, func(a, b workload.Job) int { return cmp.Compare(a.Submitted, b.Submitted) }))
	require.GreaterOrEqual(t, p.Wall(), time.Duration(0))
	_, err := json.Marshal(p.Facts())
	require.NoError(t, err)
	p.Stats()
	p.Traits()
}

// livesFollow checks that lives are in order, and that those of one id do not overlap.
func livesFollow(t require.TestingT, executors []workload.Executor) {
	last := map[string]workload.Executor{}
	for i, e := range executors {
		if i > 0 {
			require.LessOrEqual(t, executors[i-1].Added, e.Added)
		}
		if before, again := last[e.ID]; again {
			require.True(t, before.Removed.Known() && before.Removed <= e.Added, "%v %v", before, e)
		}
		last[e.ID] = e
	}
}

// addsUp checks what is so of the statistics of a profile whose times do not overflow.
func addsUp(t require.TestingT, p *workload.Profile) {
	levels, s := p.Timeline(), p.Stats()
	require.NotEmpty(t, levels)
	var executors, cores, running time.Duration
	for i, l := range levels {
		for _, n := range []int{l.Executors, l.Cores, l.Running, l.Pending, l.Stages} {
			require.GreaterOrEqual(t, n, 0, "%+v", l)
		}
		require.True(t, p.Since() <= l.At && l.At <= max(p.Since(), p.Until()))
		if i > 0 {
			before := levels[i-1]
			length := l.At.Sub(before.At)
			require.Positive(t, length)
			executors += time.Duration(before.Executors) * length
			cores += time.Duration(before.Cores) * length
			running += time.Duration(before.Running) * length
			before.At = l.At
			require.NotEqual(t, before, l)
		}
	}
	last := levels[len(levels)-1]
	require.Equal(t, workload.Level{At: last.At}, last, "nothing is left")
	require.Equal(t, executors, s.ExecutorTime)
	require.Equal(t, cores, s.CoreTime)
	require.LessOrEqual(t, s.BusyTime, s.CoreTime)
	if len(p.ResourceProfiles) == 0 {
		require.LessOrEqual(t, s.BusyTime, running*time.Duration(p.TaskCPUs()))
	}
	require.LessOrEqual(t, s.DriverOnly+s.Starved, s.Wall)
	require.LessOrEqual(t, s.AverageExecutors, float64(s.PeakExecutors)+1e-9)
	require.LessOrEqual(t, s.MaxTasks, s.MaxDemand)
	require.LessOrEqual(t, s.Parallelism, float64(s.MaxTasks)+1e-9)
	require.Equal(t, s.CoreTime, s.BusyTime+s.IdleTime())
	for _, share := range []float64{s.Utilisation(), s.DriverShare(), s.CPUShare, s.GCShare, s.SpillShare} {
		require.True(t, 0 <= share && share <= 1, "%+v", s)
	}
}

// anyEvents feeds any calls in any order, with any values: what a reader hands on from a source that may be broken.
func anyEvents(t *rapid.T) {
	var b workload.Builder
	calls := 0
	for range rapid.IntRange(0, 60).Draw(t, "calls") {
		rapid.SampledFrom(anyCalls).Draw(t, "call")(t, &b)
		calls++
		require.LessOrEqual(t, b.Len(), calls)
	}
	p := b.Build(workload.Coverage{})
	holdsTogether(t, p)
	assert.Zero(t, b.Len())
	assert.Equal(t, new(workload.Builder).Build(workload.Coverage{}), b.Build(workload.Coverage{}), "the Builder is empty again")
	if p.Since() > 0 && p.Until() < 1<<40 && p.Totals.LastEvent < 1<<40 {
		addsUp(t, p)
	}
}

func TestAnyEvents(t *testing.T) { rapid.Check(t, anyEvents) }

func FuzzBuilder(f *testing.F) { f.Fuzz(rapid.MakeFuzz(anyEvents)) }

var (
	anID    = rapid.IntRange(-1, 3)
	aName   = rapid.SampledFrom([]string{"", "1", "2", "driver", "<driver>"})
	aCount  = rapid.SampledFrom([]int{0, 1, 2, 5, -1, math.MaxInt, math.MinInt})
	anyTime = rapid.Custom(func(t *rapid.T) workload.Instant {
		if rapid.IntRange(0, 9).Draw(t, "odd") > 0 {
			return workload.Instant(rapid.IntRange(1, 60).Draw(t, "at"))
		}
		return rapid.SampledFrom([]workload.Instant{0, -1, math.MaxInt64, math.MinInt64, 1 << 50}).Draw(t, "at")
	})
	anySize = rapid.SampledFrom([]units.Bytes{0, 1, -1, 1 << 33, math.MaxInt64})
)

var anyCalls = []func(*rapid.T, *workload.Builder){
	func(t *rapid.T, b *workload.Builder) {
		b.LogStart(rapid.SampledFrom([]string{"", "3.5.6", "x"}).Draw(t, "version"))
	},
	func(t *rapid.T, b *workload.Builder) {
		b.Environment(map[string]string{"spark.task.cpus": rapid.SampledFrom([]string{"1", "2", "-1", "x", "2147483647"}).Draw(t, "cpus")})
	},
	func(t *rapid.T, b *workload.Builder) {
		b.ApplicationStart(workload.Application{ID: aName.Draw(t, "id")}, anyTime.Draw(t, "start"))
	},
	func(t *rapid.T, b *workload.Builder) { b.ApplicationEnd(anyTime.Draw(t, "end")) },
	func(t *rapid.T, b *workload.Builder) { b.Seen(anyTime.Draw(t, "seen")) },
	func(t *rapid.T, b *workload.Builder) {
		b.ResourceProfileAdded(workload.ResourceProfile{ID: anID.Draw(t, "id"), TaskCPUs: rapid.Float64().Draw(t, "cpus")})
	},
	func(t *rapid.T, b *workload.Builder) {
		b.JobStart(workload.JobStart{ID: anID.Draw(t, "id"), At: anyTime.Draw(t, "at"), SQL: anID.Draw(t, "sql"), StageIDs: rapid.SliceOfN(anID, 0, 3).Draw(t, "stages")})
	},
	func(t *rapid.T, b *workload.Builder) {
		b.JobEnd(anID.Draw(t, "id"), anyTime.Draw(t, "at"), rapid.Bool().Draw(t, "well"))
	},
	func(t *rapid.T, b *workload.Builder) { b.StageSubmitted(anyStage(t)) },
	func(t *rapid.T, b *workload.Builder) { b.StageCompleted(anyStage(t)) },
	func(t *rapid.T, b *workload.Builder) { b.SQLStart(anID.Draw(t, "id"), "", anyTime.Draw(t, "at")) },
	func(t *rapid.T, b *workload.Builder) { b.SQLEnd(anID.Draw(t, "id"), anyTime.Draw(t, "at")) },
	func(t *rapid.T, b *workload.Builder) {
		b.ExecutorAdded(workload.ExecutorAdded{
			ID: aName.Draw(t, "id"), At: anyTime.Draw(t, "at"), Cores: min(aCount.Draw(t, "cores"), 1<<20),
			Requested: anyTime.Draw(t, "requested"), Registered: anyTime.Draw(t, "registered"), ResourceProfile: anID.Draw(t, "profile"),
		})
	},
	func(t *rapid.T, b *workload.Builder) {
		b.ExecutorRemoved(aName.Draw(t, "id"), anyTime.Draw(t, "at"), aName.Draw(t, "reason"))
	},
	func(t *rapid.T, b *workload.Builder) {
		b.BlockManagerAdded(workload.BlockManagerAdded{Executor: aName.Draw(t, "id"), Storage: anySize.Draw(t, "storage")})
	},
	func(t *rapid.T, b *workload.Builder) {
		b.Measured(aName.Draw(t, "id"), workload.Memory{Heap: anySize.Draw(t, "heap")})
	},
	func(t *rapid.T, b *workload.Builder) {
		e := anyTask(t)
		b.TaskStart(&e.TaskStart)
	},
	func(t *rapid.T, b *workload.Builder) { b.TaskEnd(anyTask(t)) },
}

func anyStage(t *rapid.T) workload.StageInfo {
	return workload.StageInfo{
		ID: anID.Draw(t, "id"), Attempt: anID.Draw(t, "attempt"), NumTasks: aCount.Draw(t, "tasks"), ResourceProfile: anID.Draw(t, "profile"),
		Submitted: anyTime.Draw(t, "submitted"), Completed: anyTime.Draw(t, "completed"), Failure: aName.Draw(t, "failure"),
	}
}

func anyTask(t *rapid.T) *workload.TaskEnd {
	return &workload.TaskEnd{
		TaskStart: workload.TaskStart{
			ID: rapid.Int64Range(-1, 5).Draw(t, "task"), Stage: anID.Draw(t, "stage"), StageAttempt: anID.Draw(t, "stage attempt"),
			Index: aCount.Draw(t, "index"), Attempt: aCount.Draw(t, "attempt"), Launch: anyTime.Draw(t, "launch"), Executor: aName.Draw(t, "executor"),
			Locality: workload.Locality(rapid.Byte().Draw(t, "locality")), Speculative: rapid.Bool().Draw(t, "speculative"),
		},
		Finish: anyTime.Draw(t, "finish"), GettingResult: anyTime.Draw(t, "getting"), Status: workload.Status(rapid.SampledFrom([]byte{0, 1, 2, 3, 4, 5, 7, 255}).Draw(t, "status")),
		HasMetrics: rapid.Bool().Draw(t, "metrics"), Memory: workload.Memory{Heap: anySize.Draw(t, "heap")},
		Metrics: workload.Metrics{
			Run: time.Duration(anyTime.Draw(t, "run")), CPU: time.Duration(anyTime.Draw(t, "cpu")), Input: anySize.Draw(t, "input"), DiskSpill: anySize.Draw(t, "spill"),
		},
	}
}
