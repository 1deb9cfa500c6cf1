package keda_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/sparkscale/sparkscale/internal/golden"
	"github.com/sparkscale/sparkscale/keda"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

func application(t testing.TB, version string, options ...sparkapp.Option) *sparkapp.App {
	t.Helper()
	base := []sparkapp.Option{
		sparkapp.Scala(version, "Main", "local:///opt/app.jar"), sparkapp.Image("spark:" + version),
		sparkapp.Driver(sparkapp.Pod{Cores: 1, Memory: units.GiB(2), ServiceAccount: "spark"}),
		sparkapp.Executor(sparkapp.Pod{Cores: 2, Memory: units.GiB(4)}),
	}
	app, err := sparkapp.New("analytics-job", "spark", append(base, options...)...)
	require.NoError(t, err)
	return app
}

func conf(key, value string) sparkapp.Option { return sparkapp.Conf(map[string]string{key: value}) }

const allocator = "spark.kubernetes.allocation.pods.allocator"

func client(s *v1beta2.SparkApplicationSpec) error { s.Mode = v1beta2.DeployModeClient; return nil }

func TestTargetForRefuses(t *testing.T) {
	dynamic := sparkapp.DynamicAllocation(sparkapp.Dynamic{MinExecutors: new(2), MaxExecutors: new(15)})
	for _, c := range []struct {
		name    string
		version string
		options []sparkapp.Option
		code    keda.Code
		says    string
	}{
		{"as the operator makes it", "3.5.6", nil, keda.RefuseNoScale, "bare pods"},
		{"dynamic allocation", "3.5.6", []sparkapp.Option{dynamic}, keda.RefuseDynamic, "restarts it"},
		{"both own the set", "3.5.6", []sparkapp.Option{dynamic, conf(allocator, "statefulset")}, keda.RefuseDynamic, "deletes busy executors"},
		{"before the allocator", "3.2.4", []sparkapp.Option{conf(allocator, "statefulset")}, keda.RefuseSpark, "3.3"},
		{"before the deployment allocator", "4.1.0", []sparkapp.Option{conf(allocator, "deployment")}, keda.RefuseSpark, "4.2"},
		{"an allocator of their own", "3.5.6", []sparkapp.Option{conf(allocator, "org.example.Allocator")}, keda.RefuseAllocator, "org.example"},
	} {
		_, err := keda.TargetFor(application(t, c.version, c.options...))
		var refusal *keda.Refusal
		require.ErrorAs(t, err, &refusal, c.name)
		assert.Equal(t, c.code, refusal.Code, c.name)
		assert.Contains(t, refusal.Error(), c.says, c.name)
		assert.NotEmpty(t, refusal.Instead)
	}
	app := application(t, "3.5.6", conf(allocator, "statefulset"))
	_, err := app.Edit(client)
	require.NoError(t, err)
	_, err = keda.TargetFor(app)
	require.ErrorIs(t, err, &keda.Refusal{Code: keda.RefuseClientMode})
	_, err = keda.Target{}.Apply(app)
	require.ErrorIs(t, err, &keda.Refusal{Code: keda.RefuseClientMode})
}

func TestApply(t *testing.T) {
	app := application(t, "3.5.6", sparkapp.DynamicAllocation(sparkapp.Dynamic{MinExecutors: new(2), MaxExecutors: new(15), ExecutorAllocationRatio: new(0.5)}))
	target := keda.Target{Instances: 2, Load: keda.Load{LongestTask: 90 * time.Second, Shuffle: units.GiB(2)}}
	changes, err := target.Apply(app)
	require.NoError(t, err)
	assert.NotEmpty(t, changes)
	require.NoError(t, app.Validate(sparkapp.ValidateOptions{}))
	golden.Equal(t, "target.yaml", app.YAML())

	got, err := keda.TargetFor(app)
	require.NoError(t, err)
	assert.Equal(t, keda.Target{Allocator: keda.AllocatorStatefulSet, Instances: 2, Grace: 90 + 41 + 10}, got)
	assert.Empty(t, got.Unproven())
	again, err := target.Apply(app)
	require.NoError(t, err)
	assert.Empty(t, again, "it is one already")

	role, binding := target.Role(app)
	text, err := keda.YAML(role, binding)
	require.NoError(t, err)
	golden.Equal(t, "role.yaml", text)
}

func TestLacks(t *testing.T) {
	app := application(t, "3.5.6", conf(allocator, "statefulset"), sparkapp.Instances(1))
	target, err := keda.TargetFor(app)
	require.NoError(t, err)
	target.Load = keda.Load{LongestTask: time.Minute}
	var paths []string
	for _, i := range target.Lacks(app) {
		assert.Equal(t, keda.Warning, i.Severity)
		assert.NotEmpty(t, i.Instead)
		paths = append(paths, i.Path)
	}
	assert.Equal(t, []string{
		"spec.executor.template.spec.terminationGracePeriodSeconds",
		"spec.sparkConf[spark.decommission.enabled]",
		"spec.sparkConf[spark.storage.decommission.enabled]",
		"spec.sparkConf[spark.storage.decommission.replicationReattemptInterval]",
	}, paths)
	_, err = keda.Target{Load: target.Load}.Apply(app)
	require.NoError(t, err)
	assert.Empty(t, target.Lacks(app))
}

func TestApplyByVersionAndImage(t *testing.T) {
	app := application(t, "3.5.6")
	_, err := keda.Target{Term: true}.Apply(app)
	require.NoError(t, err)
	signal, _ := app.Conf().Lookup("spark.executor.decommission.signal")
	assert.Equal(t, "TERM", signal)
	got, err := keda.TargetFor(app)
	require.NoError(t, err)
	assert.Equal(t, keda.Target{Allocator: keda.AllocatorStatefulSet, Instances: 1, Term: true, Grace: 30}, got)

	newer := application(t, "4.2.0")
	_, err = keda.Target{Allocator: keda.AllocatorDeployment}.Apply(newer)
	require.NoError(t, err)
	grace, _ := newer.Conf().Lookup("spark.kubernetes.executor.terminationGracePeriodSeconds")
	assert.Equal(t, "30s", grace)
	unproven, err := keda.TargetFor(newer)
	require.NoError(t, err)
	assert.NotEmpty(t, unproven.Unproven())

	older := application(t, "3.2.4")
	before := string(older.YAML())
	_, err = keda.Target{}.Apply(older)
	require.ErrorIs(t, err, &keda.Refusal{Code: keda.RefuseSpark})
	assert.Equal(t, before, string(older.YAML()))
}

func TestLoad(t *testing.T) {
	nothing := keda.Load{}.Behavior().ScaleDown
	assert.Equal(t, int32(300), *nothing.StabilizationWindowSeconds)
	assert.Equal(t, int32(60), nothing.Policies[0].PeriodSeconds)

	busy := keda.Load{LongestTask: time.Minute, Shuffle: units.GiB(1), Rate: units.MiB(64)}
	assert.Equal(t, time.Minute+16*time.Second, busy.Drain())
	assert.Equal(t, int32(860), *busy.Behavior().ScaleDown.StabilizationWindowSeconds)
	assert.Equal(t, int32(86), busy.Behavior().ScaleDown.Policies[0].PeriodSeconds)

	endless := keda.Load{LongestTask: 1 << 62, Shuffle: 1 << 62}
	assert.Positive(t, endless.Drain())
	assert.Equal(t, int32(3600), *endless.Behavior().ScaleDown.StabilizationWindowSeconds)
	assert.Equal(t, int32(1800), endless.Behavior().ScaleDown.Policies[0].PeriodSeconds)
}

const runID = "spark-3a8c5ecc0e8d43c491c5210f172627aa"

func runningStatus() v1beta2.SparkApplicationStatus {
	return v1beta2.SparkApplicationStatus{
		SparkApplicationID: runID, AppState: v1beta2.ApplicationState{State: v1beta2.ApplicationStateRunning},
	}
}

func setOf(profile int) *appsv1.StatefulSet {
	return &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{
		Name: keda.SetName(keda.AllocatorStatefulSet, runID, profile), Namespace: "spark", UID: "0f8c1f9c-1111-2222-3333-444455556666",
	}}
}

func TestForRunning(t *testing.T) {
	s := keda.Scaling{Max: new(15), Triggers: []keda.Source{keda.Weekdays(8, 18, "America/New_York", 10)}}
	so, err := keda.ForRunning(runningStatus(), keda.SetOf(setOf(0)), keda.Load{LongestTask: time.Minute}, s)
	require.NoError(t, err)
	text, err := keda.YAML(so)
	require.NoError(t, err)
	requireValid(t, text)
	golden.Equal(t, "running.yaml", text)

	other, err := keda.ForRunning(runningStatus(), keda.SetOf(setOf(12345)), keda.Load{}, s)
	require.NoError(t, err, "the name is short enough for any profile that Spark can make")
	assert.NotEqual(t, so.Name, other.Name)

	deployment := keda.Set{Allocator: keda.AllocatorDeployment, Name: keda.SetName(keda.AllocatorDeployment, runID, 0), Namespace: "spark", UID: "1"}
	so, err = keda.ForRunning(runningStatus(), deployment, keda.Load{}, s)
	require.NoError(t, err)
	assert.Equal(t, "Deployment", so.Spec.ScaleTargetRef.Kind)
}

func TestForRunningRefuses(t *testing.T) {
	triggers := []keda.Source{keda.Weekdays(8, 18, "Etc/UTC", 10)}
	for _, c := range []struct {
		code   keda.Code
		change func(*v1beta2.SparkApplicationStatus, *keda.Set, *keda.Scaling)
	}{
		{keda.RefuseNotRunning, func(s *v1beta2.SparkApplicationStatus, _ *keda.Set, _ *keda.Scaling) {
			s.AppState.State = v1beta2.ApplicationStateCompleted
		}},
		{keda.RefuseOtherSet, func(s *v1beta2.SparkApplicationStatus, _ *keda.Set, _ *keda.Scaling) { s.SparkApplicationID = "" }},
		{keda.RefuseOtherSet, func(s *v1beta2.SparkApplicationStatus, _ *keda.Set, _ *keda.Scaling) { s.SparkApplicationID += "b" }},
		{keda.RefuseOtherSet, func(_ *v1beta2.SparkApplicationStatus, s *keda.Set, _ *keda.Scaling) { s.Name = "workers" }},
		{keda.RefuseOtherSet, func(_ *v1beta2.SparkApplicationStatus, s *keda.Set, _ *keda.Scaling) { s.UID = "" }},
		{keda.RefuseZero, func(_ *v1beta2.SparkApplicationStatus, _ *keda.Set, s *keda.Scaling) { s.Min = new(0) }},
		{keda.RefuseZero, func(_ *v1beta2.SparkApplicationStatus, _ *keda.Set, s *keda.Scaling) { s.Min, s.Idle = new(2), new(1) }},
		{keda.RefuseUnlimited, func(_ *v1beta2.SparkApplicationStatus, _ *keda.Set, s *keda.Scaling) { s.Max = nil }},
	} {
		status, set, s := runningStatus(), keda.SetOf(setOf(0)), keda.Scaling{Max: new(15), Triggers: triggers}
		c.change(&status, &set, &s)
		_, err := keda.ForRunning(status, set, keda.Load{}, s)
		require.ErrorIs(t, err, &keda.Refusal{Code: c.code}, "%v", err)
	}
}

func TestConflicts(t *testing.T) {
	so := func(name, target string) *v1alpha1.ScaledObject {
		o, err := keda.ScaledObject(name, "spark", keda.Scaling{Target: keda.Deployment(target), Triggers: []keda.Source{keda.Weekdays(8, 18, "Etc/UTC", 1)}})
		require.NoError(t, err)
		return o
	}
	hpa := func(name, target string) *autoscalingv2.HorizontalPodAutoscaler {
		return &autoscalingv2.HorizontalPodAutoscaler{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "spark"},
			Spec:       autoscalingv2.HorizontalPodAutoscalerSpec{ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: target}},
		}
	}
	own := hpa("keda-hpa-a", "workers")
	own.OwnerReferences = []metav1.OwnerReference{{Kind: "ScaledObject", Name: "a"}}
	other := so("a", "workers")
	other.Namespace = "elsewhere"
	assert.Empty(t, keda.Conflicts(so("a", "workers"), own, so("b", "others"), other))

	named := so("b", "others")
	named.Spec.Advanced = &v1alpha1.AdvancedConfig{HorizontalPodAutoscalerConfig: &v1alpha1.HorizontalPodAutoscalerConfig{Name: "keda-hpa-a"}}
	onApp := so("c", "x")
	onApp.Spec.ScaleTargetRef = &v1alpha1.ScaleTarget{APIVersion: "sparkoperator.k8s.io/v1beta2", Kind: "SparkApplication", Name: "analytics-job"}
	onSet, err := keda.ForRunning(runningStatus(), keda.SetOf(setOf(0)), keda.Load{}, keda.Scaling{Max: new(3), Triggers: []keda.Source{keda.Weekdays(8, 18, "Etc/UTC", 1)}})
	require.NoError(t, err)
	app := func(options ...sparkapp.Option) *v1beta2.SparkApplication {
		o := application(t, "3.5.6", append(options, conf(allocator, "statefulset"))...).Object().(*v1beta2.SparkApplication)
		o.Status = runningStatus()
		return o
	}
	dynamic := sparkapp.DynamicAllocation(sparkapp.Dynamic{MaxExecutors: new(3)})
	for name, c := range map[string]struct {
		objects []runtime.Object
		path    string
		says    string
		silent  bool
	}{
		"two ScaledObjects": {[]runtime.Object{so("a", "workers"), so("b", "workers")}, "spark/Deployment/workers", "ScaledObject a (KEDA) and ScaledObject b (KEDA)", false},
		"an HPA":            {[]runtime.Object{so("a", "workers"), hpa("by-hand", "workers")}, "spark/Deployment/workers", "HorizontalPodAutoscaler by-hand", false},
		"two HPAs":          {[]runtime.Object{hpa("a", "workers"), hpa("b", "workers")}, "spark/Deployment/workers", "HorizontalPodAutoscaler b", false},
		"one HPA name":      {[]runtime.Object{so("a", "workers"), named}, "spark/HorizontalPodAutoscaler/keda-hpa-a", "own it", false},
		"the operator":      {[]runtime.Object{onApp, app()}, "spark/SparkApplication/analytics-job", "Spark's operator", true},
		"the driver":        {[]runtime.Object{app(dynamic), onSet}, "spark/StatefulSet/" + onSet.Name, "dynamic allocation", true},
	} {
		found := keda.Conflicts(c.objects...)
		require.Len(t, found, 1, name)
		assert.Equal(t, []any{keda.TwoOwners, c.path, c.silent}, []any{found[0].Code, found[0].Path, found[0].Silent}, name)
		assert.Contains(t, found[0].Message, c.says, name)
	}
	assert.Empty(t, keda.Conflicts(app(sparkapp.Instances(1)), onSet), "without dynamic allocation the scaler is the only owner")
}

func TestKnownWorkloads(t *testing.T) {
	m, err := keda.Parse([]byte(strings.Replace(little, "maxReplicas", "maxReplicaCount", 1)))
	require.NoError(t, err)
	none := m.Issues(keda.Known{Workloads: []keda.Workload{keda.Deployment("other")}})
	assert.Len(t, only(none, keda.NoSuchTarget), 1)
	assert.Empty(t, only(m.Issues(keda.Known{Workloads: []keda.Workload{keda.Deployment("workers")}}), keda.NoSuchTarget))
}

// The load of a run is its longest task, and the shuffle output of the executor that wrote most.
func TestLoadOf(t *testing.T) {
	const began = workload.Instant(1_700_000_000_000)
	var b workload.Builder
	b.ApplicationStart(workload.Application{ID: "spark-1"}, began)
	b.StageSubmitted(workload.StageInfo{ID: 0, NumTasks: 3, Submitted: began})
	for i, executor := range []string{"1", "2", "1"} {
		b.ExecutorAdded(workload.ExecutorAdded{ID: executor, At: began, Cores: 2})
		start := workload.TaskStart{Stage: 0, ID: int64(i), Index: i, Launch: began, Executor: executor}
		end := workload.TaskEnd{TaskStart: start, Finish: began.Add(time.Duration(i+1) * time.Minute), HasMetrics: true}
		end.Metrics = workload.Metrics{Run: time.Minute, ShuffleWrite: units.GiB(1)}
		b.TaskStart(&start)
		b.TaskEnd(&end)
	}
	b.ApplicationEnd(began.Add(time.Hour))
	load := keda.LoadOf(b.Build(workload.Coverage{}))
	assert.Equal(t, keda.Load{LongestTask: 3 * time.Minute, Shuffle: units.GiB(2)}, load)
}
