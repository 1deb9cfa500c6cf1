package sparkapp_test

import (
	"math"
	"testing"
	"time"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/internal/golden"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/units"
)

// analytics has everything that a scaled application usually states.
func analytics(t *testing.T) *sparkapp.App {
	t.Helper()
	app, err := sparkapp.New("analytics-job", "spark",
		sparkapp.Scala("3.5.6", "com.example.Analytics", "local:///opt/spark/jars/analytics.jar"),
		sparkapp.Image("registry.example.com/analytics:1.4"),
		sparkapp.Arguments("--day", "2026-01-31"),
		sparkapp.Conf(map[string]string{"spark.sql.adaptive.enabled": "true", "spark.sql.shuffle.partitions": "400"}),
		sparkapp.Driver(sparkapp.Pod{Cores: 2, CoreLimit: units.Cores(2), Memory: units.GiB(4), MemoryOverhead: units.MiB(512), ServiceAccount: "spark", PriorityClass: "batch-high"}),
		sparkapp.Executor(sparkapp.Pod{Cores: 4, CoreRequest: 3500, CoreLimit: units.Cores(4), Memory: units.GiB(8), MemoryOverhead: units.GiB(1), ServiceAccount: "spark", PriorityClass: "batch"}),
		sparkapp.DynamicAllocation(sparkapp.Dynamic{
			MinExecutors: new(2), InitialExecutors: new(5), MaxExecutors: new(50),
			ShuffleTracking: new(true), ShuffleTrackingTimeout: new(30 * time.Minute), ExecutorAllocationRatio: new(0.8),
			SchedulerBacklogTimeout: new(time.Second), SustainedSchedulerBacklogTimeout: new(5 * time.Second),
			ExecutorIdleTimeout: new(time.Minute), CachedExecutorIdleTimeout: new(10 * time.Minute),
		}),
	)
	require.NoError(t, err)
	return app
}

func TestEverythingStated(t *testing.T) {
	app := analytics(t)
	golden.Equal(t, "analytics.yaml", app.YAML())
	releasedCRD(t, "sparkapplications").requireValid(t, app.YAML())
	assert.Empty(t, app.Issues(sparkapp.ValidateOptions{}))

	policy, err := app.Policy()
	require.NoError(t, err)
	want := allocation.Default(spark.V35)
	want.Min, want.Initial, want.Max, want.Ratio = 2, 5, 50, 0.8
	want.Sustained, want.CachedIdle, want.ShuffleTimeout = 5*time.Second, 10*time.Minute, 30*time.Minute
	assert.Equal(t, want, policy)
	shape, err := app.Shape()
	require.NoError(t, err)
	assert.Equal(t, sizing.Shape{Cores: 4, TaskCPUs: 1, Heap: units.GiB(8), Overhead: units.GiB(1), RequestCPU: 3500, LimitCPU: 4000}, shape)
	pod, err := app.DriverPod()
	require.NoError(t, err)
	assert.Equal(t, units.MiB(4608), pod.Memory)
}

func TestOnlyWhatWasSaid(t *testing.T) {
	app, err := sparkapp.New("pi", "", sparkapp.Python("4.0.1", "local:///pi.py"))
	require.NoError(t, err)
	assert.Equal(t, `apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata:
  name: pi
spec:
  type: Python
  mode: cluster
  sparkVersion: 4.0.1
  mainApplicationFile: local:///pi.py
  driver: {}
  executor: {}
`, string(app.YAML()))
	releasedCRD(t, "sparkapplications").requireValid(t, app.YAML())
}

func TestBadInput(t *testing.T) {
	for name, c := range map[string]struct {
		option sparkapp.Option
		says   string
	}{
		"max below min":           {sparkapp.DynamicAllocation(sparkapp.Dynamic{MinExecutors: new(3), MaxExecutors: new(2)}), "spec.dynamicAllocation.minExecutors: Invalid value: 3"},
		"initial below min":       {sparkapp.DynamicAllocation(sparkapp.Dynamic{MinExecutors: new(3), InitialExecutors: new(2)}), "spec.dynamicAllocation.initialExecutors: Invalid value: 2"},
		"max of none":             {sparkapp.DynamicAllocation(sparkapp.Dynamic{MaxExecutors: new(0)}), "spec.dynamicAllocation.maxExecutors"},
		"negative":                {sparkapp.DynamicAllocation(sparkapp.Dynamic{MinExecutors: new(-1)}), "must not be negative"},
		"too many":                {sparkapp.DynamicAllocation(sparkapp.Dynamic{MaxExecutors: new(math.MaxInt64)}), "32 bits"},
		"ratio":                   {sparkapp.DynamicAllocation(sparkapp.Dynamic{ExecutorAllocationRatio: new(1.5)}), "spec.sparkConf[spark.dynamicAllocation.executorAllocationRatio]"},
		"half a second":           {sparkapp.DynamicAllocation(sparkapp.Dynamic{ExecutorIdleTimeout: new(1500 * time.Millisecond)}), "whole seconds"},
		"half a millisecond":      {sparkapp.DynamicAllocation(sparkapp.Dynamic{ShuffleTrackingTimeout: new(time.Microsecond)}), "whole milliseconds"},
		"no backlog time":         {sparkapp.DynamicAllocation(sparkapp.Dynamic{SchedulerBacklogTimeout: new(time.Duration(0))}), "schedulerBacklogTimeout"},
		"a key that nobody has":   {sparkapp.Conf(map[string]string{"spark.dynamicAllocation.shuffleServiceFetchRddTimeout": "60s"}), "what exists is spark.shuffle.service.fetch.rdd.enabled"},
		"a key that is denied":    {sparkapp.Conf(map[string]string{"spark.master": "local"}), "the operator sets it"},
		"memory 1.5g":             {func(s *v1beta2.SparkApplicationSpec) error { s.Executor.Memory = new("1.5g"); return nil }, `write a whole number with b, k, m, g, t or p, for example "1536m"`},
		"half a MiB":              {sparkapp.Executor(sparkapp.Pod{Memory: units.KiB(1536)}), "spec.executor.memory"},
		"negative overhead":       {sparkapp.Driver(sparkapp.Pod{MemoryOverhead: -units.GiB(1)}), "spec.driver.memoryOverhead"},
		"negative cores":          {sparkapp.Driver(sparkapp.Pod{Cores: -1}), "spec.driver.cores"},
		"limit below request":     {sparkapp.Executor(sparkapp.Pod{Cores: 2, CoreLimit: 500}), "spec.executor.coreLimit"},
		"no executors":            {sparkapp.Instances(0), "spec.executor.instances"},
		"fewer than no executors": {sparkapp.Instances(-1), "spec.executor.instances"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sparkapp.New("pi", "default", sparkapp.Scala("3.5.6", "Pi", "local:///pi.jar"), c.option)
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func TestEditKeepsWhatTheTypesDoNotKnow(t *testing.T) {
	app, err := sparkapp.Parse([]byte(existing))
	require.NoError(t, err)
	changes, err := app.Edit(sparkapp.Driver(sparkapp.Pod{Cores: 2}), sparkapp.Image("x:1"))
	require.NoError(t, err)
	assert.Len(t, changes, 2)
	assert.Contains(t, string(app.YAML()), "executorAllocationRatio: 0.8")
	assert.Contains(t, string(app.YAML()), "# measured in May")

	changes, err = app.Edit(sparkapp.Instances(3))
	require.NoError(t, err)
	var paths []string
	for _, c := range changes {
		paths = append(paths, c.Path)
	}
	assert.Equal(t, []string{"spec.dynamicAllocation", "spec.executor.instances", "spec.sparkConf[spark.dynamicAllocation.enabled]"}, paths)
}

func TestEditOfAlmostNothingFailsWhole(t *testing.T) {
	app, err := sparkapp.Parse([]byte(existing))
	require.NoError(t, err)
	_, err = app.Edit(sparkapp.Image("x:1"), sparkapp.Instances(-1))
	require.Error(t, err)
	assert.Equal(t, existing, string(app.YAML()))
}

func TestDynamicAllocationTakesInstancesOut(t *testing.T) {
	app := pi(t, sparkapp.Instances(3), sparkapp.Conf(map[string]string{"spark.executor.instances": "4"}))
	_, err := app.Edit(sparkapp.DynamicAllocation(sparkapp.Dynamic{ShuffleTrackingTimeout: new(units.Forever)}))
	require.NoError(t, err)
	assert.NotContains(t, string(app.YAML()), "instances")
	policy, err := app.Policy()
	require.NoError(t, err)
	assert.Equal(t, allocation.Default(spark.V35), policy)
}

// Whatever New accepts is valid to the real CRD, and sound to Validate.
func TestWhatNewAcceptsIsValid(t *testing.T) {
	definition := releasedCRD(t, "sparkapplications")
	count := rapid.OneOf(rapid.Just((*int)(nil)), rapid.Map(rapid.IntRange(-1, 20), func(n int) *int { return &n }))
	duration := rapid.OneOf(rapid.Just((*time.Duration)(nil)), rapid.Map(rapid.Int64Range(-1, 1<<40), func(n int64) *time.Duration { return new(time.Duration(n) * time.Second / 2) }))
	pods := rapid.Custom(func(t *rapid.T) sparkapp.Pod {
		return sparkapp.Pod{
			Cores: rapid.IntRange(-1, 8).Draw(t, "cores"), Memory: units.MiB(rapid.Int64Range(0, 9000).Draw(t, "memory")),
			CoreLimit: units.MilliCPU(rapid.Int64Range(0, 9000).Draw(t, "limit")), PriorityClass: rapid.StringMatching(`[a-z]{0,5}`).Draw(t, "class"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		app, err := sparkapp.New(
			rapid.StringMatching(`[a-z0-9-]{0,12}`).Draw(t, "name"), "default", sparkapp.R("3.5.6", rapid.String().Draw(t, "file")),
			sparkapp.Arguments(rapid.SliceOf(rapid.String()).Draw(t, "arguments")...),
			sparkapp.Conf(rapid.MapOf(rapid.StringMatching(`spark\.[a-zA-Z.]{1,8}`), rapid.String()).Draw(t, "conf")),
			sparkapp.Driver(pods.Draw(t, "driver")), sparkapp.Executor(pods.Draw(t, "executor")),
			sparkapp.DynamicAllocation(sparkapp.Dynamic{
				MinExecutors: count.Draw(t, "min"), InitialExecutors: count.Draw(t, "initial"), MaxExecutors: count.Draw(t, "max"),
				ExecutorIdleTimeout: duration.Draw(t, "idle"), ShuffleTrackingTimeout: duration.Draw(t, "shuffle"),
			}),
		)
		if err != nil {
			return
		}
		definition.requireValid(t, app.YAML())
		again, err := sparkapp.Parse(app.YAML())
		require.NoError(t, err)
		require.NoError(t, again.Validate(sparkapp.ValidateOptions{}))
		require.Equal(t, app.Spec(), again.Spec())
	})
}
