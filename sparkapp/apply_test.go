package sparkapp_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/units"
)

func podTemplate() *corev1.PodTemplateSpec { return &corev1.PodTemplateSpec{} }

const existing = `# the nightly aggregation
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata:
  name: nightly
  namespace: data
spec:
  type: Scala
  mode: cluster
  sparkVersion: "3.5.6"
  mainClass: org.example.Nightly
  mainApplicationFile: local:///opt/app/nightly.jar

  sparkConf:
    spark.sql.shuffle.partitions: "400"   # measured in May
    spark.executor.memory: 2g
    spark.dynamicAllocation.enabled: "true"
    spark.dynamicallocation.minExecutors: "1"
  driver:
    cores: 1
    memory: 2g
    serviceAccount: spark
  executor:
    instances: 4          # as many as the old cluster had
    cores: 4
    memory: "14336m"
    env:
      - name: REGION
        value: eu
  dynamicAllocation:
    enabled: false
    executorAllocationRatio: 0.8
`

const applied = `# the nightly aggregation
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata:
  name: nightly
  namespace: data
spec:
  type: Scala
  mode: cluster
  sparkVersion: "3.5.6"
  mainClass: org.example.Nightly
  mainApplicationFile: local:///opt/app/nightly.jar

  sparkConf:
    spark.sql.shuffle.partitions: "400"   # measured in May
    spark.dynamicAllocation.cachedExecutorIdleTimeout: 600s
    spark.dynamicAllocation.executorAllocationRatio: "0.8"
  driver:
    cores: 1
    memory: 2g
    serviceAccount: spark
  executor:
    cores: 2
    coreLimit: 2500m
    memory: "14336m"
    env:
      - name: REGION
        value: eu
  dynamicAllocation:
    enabled: true
    minExecutors: 2
    maxExecutors: 14
    shuffleTrackingTimeout: 120000
`

func decided() (sizing.Shape, allocation.Policy) {
	policy := allocation.Default(spark.V35)
	policy.Min, policy.Initial, policy.Max, policy.Ratio = 2, 2, 14, 0.8
	policy.CachedIdle, policy.ShuffleTimeout = 10*time.Minute, 2*time.Minute
	return sizing.Shape{Cores: 2, Heap: units.GiB(14), LimitCPU: 2500}, policy
}

func TestApplyKeepsTheRest(t *testing.T) {
	app, err := sparkapp.Parse([]byte(existing))
	require.NoError(t, err)
	changes, err := app.Apply(decided())
	require.NoError(t, err)
	assert.Equal(t, applied, string(app.YAML()))

	var lines []string
	for _, c := range changes {
		lines = append(lines, c.String())
	}
	assert.Equal(t, []string{
		"spec.dynamicAllocation.enabled: false -> true (the policy decides it)",
		"spec.dynamicAllocation.executorAllocationRatio: 0.8 -> nothing (the operator has no such field)",
		"spec.dynamicAllocation.maxExecutors: nothing -> 14 (the policy decides it)",
		"spec.dynamicAllocation.minExecutors: nothing -> 2 (the policy decides it)",
		"spec.dynamicAllocation.shuffleTrackingTimeout: nothing -> 120000 (the policy decides it)",
		"spec.executor.coreLimit: nothing -> 2500m (the shape decides it)",
		"spec.executor.cores: 4 -> 2 (the shape decides it)",
		"spec.executor.instances: 4 -> nothing (dynamic allocation would start with it where it is more than the initial count)",
		"spec.sparkConf[spark.dynamicAllocation.cachedExecutorIdleTimeout]: nothing -> 600s (the policy decides it)",
		"spec.sparkConf[spark.dynamicAllocation.enabled]: true -> nothing (spec.dynamicAllocation.enabled decides it)",
		"spec.sparkConf[spark.dynamicAllocation.executorAllocationRatio]: nothing -> 0.8 (the policy decides it)",
		"spec.sparkConf[spark.dynamicallocation.minExecutors]: 1 -> nothing (Spark's keys are case-sensitive: it is spark.dynamicAllocation.minExecutors)",
		"spec.sparkConf[spark.executor.memory]: 2g -> nothing (spec.executor.memory decides it)",
	}, lines)

	again, err := app.Apply(decided())
	require.NoError(t, err)
	assert.Empty(t, again)
	assert.NoError(t, app.Validate(sparkapp.ValidateOptions{}))
}

func TestApplyOfAFixedCountTakesDynamicAllocationOut(t *testing.T) {
	app, err := sparkapp.Parse([]byte(applied))
	require.NoError(t, err)
	shape, _ := decided()
	_, err = app.Apply(shape, allocation.Fixed(6))
	require.NoError(t, err)
	text := string(app.YAML())
	assert.NotContains(t, text, "dynamicAllocation")
	assert.Contains(t, text, "  executor:\n    instances: 6\n    cores: 2\n    coreLimit: 2500m\n")
	policy, err := app.Policy()
	require.NoError(t, err)
	assert.Equal(t, allocation.Fixed(6), policy)
}

func TestApplyToAScheduledApplication(t *testing.T) {
	app, err := sparkapp.Parse([]byte(scheduled(existing)))
	require.NoError(t, err)
	_, err = app.Apply(decided())
	require.NoError(t, err)
	assert.Equal(t, scheduled(applied), string(app.YAML()))
	releasedCRD(t, "scheduledsparkapplications").requireValid(t, app.YAML())
}

// scheduled makes the template of a schedule out of an application.
func scheduled(manifest string) string {
	head, spec, _ := strings.Cut(manifest, "spec:\n")
	head = strings.Replace(head, "kind: SparkApplication", "kind: ScheduledSparkApplication", 1)
	var out strings.Builder
	out.WriteString(head + "spec:\n  schedule: \"@daily\"\n  template:\n")
	for line := range strings.Lines(spec) {
		if strings.TrimSpace(line) != "" {
			out.WriteString("  ")
		}
		out.WriteString(line)
	}
	return out.String()
}

func TestApplyKeepsTheDriversFactor(t *testing.T) {
	factor := func(s *v1beta2.SparkApplicationSpec) error { s.MemoryOverheadFactor = new("0.3"); return nil }
	app := pi(t, factor)
	_, err := app.Apply(sizing.Shape{Heap: units.GiB(10)}, allocation.Fixed(1))
	require.NoError(t, err)
	assert.Equal(t, "0.3", *app.Spec().MemoryOverheadFactor)
	assert.Equal(t, "1g", *app.Spec().Executor.MemoryOverhead, "1024 MiB is 0.1 of 10g")
}

func TestApplyRemovesALimitBelowThePod(t *testing.T) {
	for limit, kept := range map[string]bool{"8g": false, "12Gi": true, "0.5Gi": false, "junk": true} {
		app := pi(t, func(s *v1beta2.SparkApplicationSpec) error { s.Executor.MemoryLimit = &limit; return nil })
		_, err := app.Apply(sizing.Shape{Heap: units.GiB(10)}, allocation.Fixed(1))
		require.NoError(t, err)
		assert.Equal(t, kept, app.Spec().Executor.MemoryLimit != nil, limit)
	}
}

func TestApplyRefuses(t *testing.T) {
	shape, policy := decided()
	bounds := policy
	bounds.Max = 1
	for name, c := range map[string]struct {
		app    *sparkapp.App
		shape  sizing.Shape
		policy allocation.Policy
		want   string
	}{
		"another language":   {pi(t), sizing.Shape{Language: sizing.Python}, policy, "LANGUAGE"},
		"a bad shape":        {pi(t), sizing.Shape{Heap: units.MiB(100)}, policy, "spec.executor.memory"},
		"a bad policy":       {pi(t), shape, bounds, "spec.dynamicAllocation.minExecutors"},
		"no executors":       {pi(t), shape, allocation.Fixed(0), "spec.executor.instances"},
		"no release":         {pi(t, sparkapp.Scala("latest", "", "")), shape, policy, "spec.sparkVersion"},
		"something in force": {pi(t, sparkapp.Conf(map[string]string{"spark.streaming.dynamicAllocation.enabled": "true"})), shape, policy, "spark.streaming.dynamicAllocation.enabled"},
	} {
		t.Run(name, func(t *testing.T) {
			before := string(c.app.YAML())
			_, err := c.app.Apply(c.shape, c.policy)
			require.ErrorContains(t, err, c.want)
			assert.Equal(t, before, string(c.app.YAML()))
		})
	}
}

var shapes = rapid.Custom(func(t *rapid.T) sizing.Shape {
	mib := func(name string, low int64) units.Bytes {
		return units.MiB(rapid.Int64Range(low, 1<<18).Draw(t, name))
	}
	maybe := func(name string) bool { return rapid.Bool().Draw(t, name) }
	s := sizing.Shape{Cores: rapid.IntRange(1, 64).Draw(t, "cores"), Heap: mib("heap", 450)}
	s.TaskCPUs = rapid.IntRange(1, s.Cores).Draw(t, "task cpus")
	if maybe("overhead set") {
		s.Overhead = mib("overhead", 1)
	}
	if maybe("factor set") {
		s.OverheadFactor = rapid.Float64Range(0.01, 2).Draw(t, "factor")
	}
	if maybe("minimum set") {
		s.MinOverhead = mib("minimum", 1)
	}
	if maybe("off-heap set") {
		s.OffHeap = mib("off-heap", 1)
	}
	if maybe("request set") {
		s.RequestCPU = units.MilliCPU(rapid.Int64Range(1, 64000).Draw(t, "request"))
	}
	if maybe("limit set") {
		s.LimitCPU = max(s.RequestCPU, units.Cores(s.Cores)) + units.MilliCPU(rapid.Int64Range(0, 5000).Draw(t, "more"))
	}
	return s
})

func policies(v spark.Version) *rapid.Generator[allocation.Policy] {
	return rapid.Custom(func(t *rapid.T) allocation.Policy {
		flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
		seconds := func(name string) time.Duration {
			return time.Duration(rapid.Int64Range(1, 1<<20).Draw(t, name)) * time.Second
		}
		p := allocation.Fixed(rapid.IntRange(1, 1000).Draw(t, "instances"))
		if flag("dynamic") {
			p = allocation.Default(v)
			p.Min = rapid.IntRange(0, 50).Draw(t, "min")
			p.Initial = rapid.IntRange(p.Min, 60).Draw(t, "initial")
			p.Max = rapid.SampledFrom([]int{allocation.Unlimited, 60, 1000}).Draw(t, "max")
			p.Ratio = rapid.Float64Range(0.01, 1).Draw(t, "ratio")
			p.Backlog, p.Sustained, p.Idle, p.CachedIdle = seconds("backlog"), seconds("sustained"), seconds("idle"), seconds("cached")
			p.ShuffleTimeout = time.Duration(rapid.Int64Range(0, 1<<40).Draw(t, "shuffle")) * time.Millisecond
			p.ShuffleTracking, p.ShuffleService = flag("tracking"), flag("service")
		}
		if p.Decommission = flag("decommission"); p.Decommission {
			p.StorageDecommission, p.DecommissionShuffle, p.DecommissionRDD = flag("storage"), flag("shuffles"), flag("rdd")
		}
		return p
	})
}

// Whatever shape and policy are applied to whatever manifest, the real CRD knows every field of the result, and it reads as the same
// shape and policy.
func TestApplyIsReadBack(t *testing.T) {
	definition := releasedCRD(t, "sparkapplications")
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom([]spark.Version{{Major: 3, Minor: 2}, {Major: 3, Minor: 3, Patch: 4}, spark.V35, spark.V40, spark.V41}).Draw(t, "version")
		language := rapid.SampledFrom([]sizing.Language{sizing.JVM, sizing.Python, sizing.R}).Draw(t, "language")
		app := base(t, v, language)
		for range 2 {
			shape, policy := shapes.Draw(t, "shape"), policies(v).Draw(t, "policy")
			if shape.Language = language; shape.Validate(v) != nil || policy.Validate(v, allocation.ValidateOptions{}) != nil {
				continue
			}
			_, err := app.Apply(shape, policy)
			require.NoError(t, err)
			definition.requireValid(t, app.YAML())
			requireReadsAs(t, app, shape, policy)
		}
	})
}

// base is one of the manifests that a plan meets.
func base(t *rapid.T, v spark.Version, language sizing.Language) *sparkapp.App {
	text := rapid.SampledFrom([]string{existing, applied}).Draw(t, "manifest")
	kind := map[sizing.Language]string{sizing.JVM: "Java", sizing.Python: "Python", sizing.R: "R"}[language]
	text = strings.NewReplacer("type: Scala", "type: "+kind, "3.5.6", v.String()).Replace(text)
	app, err := sparkapp.Parse([]byte(text))
	require.NoError(t, err)
	return app
}

func requireReadsAs(t require.TestingT, app *sparkapp.App, shape sizing.Shape, policy allocation.Policy) {
	again, err := sparkapp.Parse(app.YAML())
	require.NoError(t, err)
	v := app.Version()
	got, err := again.Shape()
	require.NoError(t, err)
	want, err := sizing.FromConf(spark.NewConf(v, shape.Conf(v)))
	require.NoError(t, err)
	gotPod, err := got.Pod(v)
	require.NoError(t, err)
	wantPod, err := want.Pod(v)
	require.NoError(t, err)
	gotPod.Working, wantPod.Working = nil, nil
	require.Equal(t, wantPod, gotPod, string(app.YAML()))
	require.Equal(t, want.Slots(), got.Slots())
	if v.AtLeast(3, 3) { // before, the overhead factor is the driver's too and stays
		require.Equal(t, want, got, string(app.YAML()))
	}
	read, err := again.Policy()
	require.NoError(t, err)
	require.Equal(t, policy, read, string(app.YAML()))
}
