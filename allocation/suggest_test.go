package allocation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// second is a moment of a made-up run that starts at second 0.
func second(s int) workload.Instant { return workload.Instant(1_000_000 + 1000*s) }

// run is a Builder with what a run of four executors of two cores needs, requested 12 s before they came.
type run struct {
	workload.Builder
	stages int
	tasks  int64
}

func newRun(version string, conf map[string]string) *run {
	r := &run{}
	r.LogStart(version)
	r.Environment(conf)
	r.ApplicationStart(workload.Application{ID: "a"}, second(0))
	for i := range 4 {
		r.ExecutorAdded(workload.ExecutorAdded{At: second(1), ID: fmt.Sprint(i), Cores: 2, Requested: second(-11), Registered: second(1)})
	}
	return r
}

// stage adds one of n tasks that start together and take as long.
func (r *run) stage(from, to, n int, shuffle bool) {
	id := r.stages
	r.stages++
	info := workload.StageInfo{ID: id, NumTasks: n, Submitted: second(from)}
	r.JobStart(workload.JobStart{ID: id, At: second(from), StageIDs: []int{id}, SQL: -1})
	r.StageSubmitted(info)
	for i := range n {
		start := workload.TaskStart{Stage: id, ID: r.tasks, Index: i, Launch: second(from), Executor: "0"}
		r.tasks++
		r.TaskStart(&start)
		r.TaskEnd(&workload.TaskEnd{TaskStart: start, Finish: second(to), ShuffleMap: shuffle})
	}
	info.Completed = second(to)
	r.StageCompleted(info)
	r.JobEnd(id, second(to), true)
}

func (r *run) end(at int) *workload.Profile {
	r.ApplicationEnd(second(at))
	return r.Build(workload.Coverage{})
}

var twoCores = sizing.Shape{Cores: 2, Heap: units.GiB(4)}

func TestSuggestFromARunWithShortAndLongGaps(t *testing.T) {
	r := newRun("3.5.6", nil)
	r.stage(5, 25, 16, true)
	r.stage(45, 55, 8, false)
	r.stage(355, 365, 8, false)
	got, figures := allocation.Suggest(r.end(370), twoCores, allocation.SuggestOptions{})

	want := allocation.Default(spark.V35)
	want.Max, want.Initial, want.Idle, want.ShuffleTimeout = 8, 8, 23*time.Second, 23*time.Second
	assert.Equal(t, want, got)
	var text strings.Builder
	for _, f := range figures {
		text.WriteString(strings.ReplaceAll(f.String(), "spark.dynamicAllocation.", "…") + "\n")
	}
	assert.Equal(t, strings.TrimLeft(`
useful width 8 executors: at most 16 tasks waited or ran at once, 2 on an executor; more executors than that cannot have a task [measured over 32 tasks]
…maxExecutors 8: executors beyond it would wait idle [computed from the useful width]
new executor 13s: from a waiting task to a registered executor: …schedulerBacklogTimeout and the start [measured over 4 executors, the median start]
…executorIdleTimeout 23s: 4 gaps waited out, the longest 20s; 4 outlast it by at least what a new executor takes [measured over 8 gaps between work for an executor]
…shuffleTracking.timeout 23s: never by default, which keeps executors for files that no job reads; 4 gaps waited out, the longest 20s; 4 outlast it by at least what a new executor and the longest of these stages (20s) take [measured over 1 stages that wrote shuffle files]
…minExecutors 0: short gaps are waited out already, and a minimum would hold executors through the long ones [computed from …executorIdleTimeout]
…initialExecutors 8: the first stage had 16 tasks and came after 5s, before executors without work leave [measured over 32 tasks]
`, "\n"), text.String())
}

func TestSuggestKnowsTheCluster(t *testing.T) {
	r := newRun("3.5.6", nil)
	r.stage(60, 70, 16, false)
	got, figures := allocation.Suggest(r.end(80), twoCores, allocation.SuggestOptions{Capacity: 5, Start: 40 * time.Second})
	assert.Equal(t, 5, got.Max)
	assert.Equal(t, 41*time.Second, got.Idle)
	assert.Equal(t, 0, got.Initial, "executors would have left before the first stage")
	assert.Equal(t, units.Forever, got.ShuffleTimeout, "nothing was shuffled")
	assert.Contains(t, fmt.Sprint(figures), "given by the capacity of the cluster")
	assert.Contains(t, fmt.Sprint(figures), "given by the options")
}

func TestSuggestAssumesWhatIsNotLogged(t *testing.T) {
	r := &run{}
	r.LogStart("3.3.0")
	r.ApplicationStart(workload.Application{}, second(0))
	r.stage(1, 2, 1, false)
	got, figures := allocation.Suggest(r.end(3), sizing.Shape{}, allocation.SuggestOptions{})
	assert.Equal(t, 31*time.Second, got.Idle)
	assert.Equal(t, 1, got.Max)
	assert.True(t, got.ShuffleTracking, "before 3.4 it must be turned on")
	assert.Contains(t, fmt.Sprint(figures), "assumed 30s for the start")

	got, figures = allocation.Suggest(newRun("3.5.0", nil).end(9), sizing.Shape{}, allocation.SuggestOptions{})
	assert.Equal(t, allocation.Default(spark.V35), got)
	assert.Contains(t, fmt.Sprint(figures), "the run has no tasks")
}

func TestSuggestKeepsHowShuffleFilesAreKept(t *testing.T) {
	r := newRun("3.5.6", map[string]string{
		"spark.executor.instances": "4", "spark.decommission.enabled": "true", "spark.storage.decommission.enabled": "true",
		"spark.dynamicAllocation.shuffleTracking.enabled": "false", "spark.dynamicAllocation.maxExecutors": "1",
	})
	r.stage(1, 9, 16, true)
	got, figures := allocation.Suggest(r.end(9), twoCores, allocation.SuggestOptions{})
	assert.False(t, got.ShuffleTracking)
	assert.True(t, got.Decommission && got.StorageDecommission && got.DecommissionShuffle && got.DecommissionRDD)
	assert.Equal(t, 8, got.Max)
	assert.NotContains(t, fmt.Sprint(figures), "shuffleTracking")
}

func TestSuggestSaysThatCachedDataHolds(t *testing.T) {
	r := newRun("3.5.6", map[string]string{"spark.dynamicAllocation.cachedExecutorIdleTimeout": "5s"})
	r.stage(1, 9, 16, false)
	r.StageCompleted(workload.StageInfo{ID: 9, NumTasks: 1, RDDs: []workload.RDD{{ID: 3, Cached: true}}})
	got, figures := allocation.Suggest(r.end(9), twoCores, allocation.SuggestOptions{})
	assert.Equal(t, units.Forever, got.CachedIdle)
	assert.Contains(t, fmt.Sprint(figures), "cachedExecutorIdleTimeout never: the run caches data; its executors stay, and nothing is computed twice [default of")
}

func TestSuggestionsAreAlwaysValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		version := rapid.SampledFrom([]string{"3.3.2", "3.5.6", "4.1.1"}).Draw(t, "version")
		r := newRun(version, map[string]string{
			"spark.dynamicAllocation.shuffleTracking.enabled": rapid.SampledFrom([]string{"true", "false", "maybe"}).Draw(t, "tracking"),
			"spark.shuffle.service.enabled":                   fmt.Sprint(rapid.Bool().Draw(t, "service")),
			"spark.decommission.enabled":                      fmt.Sprint(rapid.Bool().Draw(t, "decommission")),
		})
		at := 0
		for range rapid.IntRange(0, 6).Draw(t, "stages") {
			at += rapid.IntRange(0, 400).Draw(t, "gap")
			to := at + rapid.IntRange(0, 60).Draw(t, "duration")
			r.stage(at, to, rapid.IntRange(1, 60).Draw(t, "tasks"), rapid.Bool().Draw(t, "shuffle"))
			at = to
		}
		shape := sizing.Shape{Cores: rapid.IntRange(1, 8).Draw(t, "cores")}
		o := allocation.SuggestOptions{Capacity: rapid.IntRange(-1, 20).Draw(t, "capacity")}
		p := r.end(at)
		got, figures := allocation.Suggest(p, shape, o)
		require.NoError(t, got.Validate(p.Conf.Version(), allocation.ValidateOptions{}))
		require.NotEmpty(t, figures)
		if o.Capacity > 0 && p.Tasks.Len() > 0 {
			require.LessOrEqual(t, got.Max, o.Capacity)
		}
		again, _ := allocation.Suggest(p, shape, o)
		require.Equal(t, got, again)
	})
}

func TestSuggestForRecordedRuns(t *testing.T) {
	var runs []struct {
		Kind, Path, Eventlog string
		ExecutorCores        int `json:"executor_cores"`
		ExecutorPeak         int `json:"executor_peak"`
	}
	dataset.JSON(t, "recordings/index.json", &runs)
	seen := 0
	for _, run := range runs {
		if run.Kind != "runs" || run.ExecutorCores == 0 {
			continue
		}
		p, err := eventlog.ReadFile(t.Context(), dataset.Path(t, "recordings", run.Path, run.Eventlog))
		require.NoError(t, err, run.Path)
		got, figures := allocation.Suggest(p, sizing.Shape{Cores: run.ExecutorCores}, allocation.SuggestOptions{})
		require.NoError(t, got.Validate(p.Conf.Version(), allocation.ValidateOptions{}), run.Path)
		require.NotEmpty(t, figures)
		// Spark itself never had more executors with a task than could have had one, and asked for no more.
		if dynamic, err := p.Conf.Bool(spark.DynamicAllocation); err == nil && dynamic {
			limit, err := allocation.FromConf(p.Conf)
			require.NoError(t, err)
			assert.GreaterOrEqual(t, max(got.Max, limit.InitialTarget()), run.ExecutorPeak, run.Path)
		}
		t.Logf("%-24s %s", run.Path, got)
		seen++
	}
	require.NotZero(t, seen)
}
