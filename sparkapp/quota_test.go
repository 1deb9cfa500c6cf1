package sparkapp_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/runtime"
	kyaml "sigs.k8s.io/yaml"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/internal/golden"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/units"
)

func TestObjectsAround(t *testing.T) {
	quota, err := sparkapp.Quota("spark-quota", "spark", allocation.Quota{
		CPU: units.Cores(100), LimitsCPU: units.Cores(200), Memory: units.GiB(200), LimitsMemory: units.GiB(400), Pods: 200,
	})
	require.NoError(t, err)
	high, err := sparkapp.Priority("batch-high", 1000, sparkapp.PriorityOptions{Description: "Spark drivers, before their executors"})
	require.NoError(t, err)
	low, err := sparkapp.Priority("batch", 500, sparkapp.PriorityOptions{NeverPreempt: true, GlobalDefault: true})
	require.NoError(t, err)
	text, err := sparkapp.YAML(quota, high, low)
	require.NoError(t, err)
	golden.Equal(t, "around.yaml", text)

	for i, document := range strings.Split(string(text), "---\n") {
		into := []any{&corev1.ResourceQuota{}, &schedulingv1.PriorityClass{}, &schedulingv1.PriorityClass{}}[i]
		require.NoError(t, kyaml.UnmarshalStrict([]byte(document), into))
		assert.Equal(t, []any{quota, high, low}[i].(runtime.Object).GetObjectKind(), into.(runtime.Object).GetObjectKind())
	}
}

func TestQuotaForHoldsExactlyTheExecutors(t *testing.T) {
	app := analytics(t)
	driver, err := app.DriverPod()
	require.NoError(t, err)
	shape, err := app.Shape()
	require.NoError(t, err)
	executor, err := shape.Pod(app.Version())
	require.NoError(t, err)
	limits, err := sparkapp.QuotaFor(driver, executor, 50)
	require.NoError(t, err)
	assert.Equal(t, allocation.Quota{
		CPU: 2000 + 50*3500, LimitsCPU: 2000 + 50*4000, Memory: units.MiB(4608 + 50*9216), LimitsMemory: units.MiB(4608 + 50*9216), Pods: 51,
	}, limits)
	assert.Empty(t, app.Issues(sparkapp.ValidateOptions{Quota: limits}))
	limits.Pods--
	assert.Len(t, app.Issues(sparkapp.ValidateOptions{Quota: limits}), 1)
}

func TestQuotaForWithoutCPULimits(t *testing.T) {
	pod := sizing.Pod{CPU: 1000, Memory: units.GiB(1)}
	limits, err := sparkapp.QuotaFor(pod, pod, 3)
	require.NoError(t, err)
	assert.Equal(t, allocation.Quota{CPU: 4000, Memory: units.GiB(4), LimitsMemory: units.GiB(4), Pods: 4}, limits)
}

func TestQuotaRefuses(t *testing.T) {
	pod := sizing.Pod{CPU: 1000, Memory: units.GiB(1)}
	_, err := sparkapp.QuotaFor(pod, pod, allocation.Unlimited)
	require.ErrorIs(t, err, &sparkapp.Refusal{Code: sparkapp.RefuseUnlimited})
	_, err = sparkapp.QuotaFor(pod, pod, -2)
	require.ErrorContains(t, err, "executors")
	_, err = sparkapp.QuotaFor(pod, sizing.Pod{Memory: units.MaxBytes}, 2)
	require.ErrorIs(t, err, units.ErrOverflow)
	_, err = sparkapp.Quota("q", "spark", allocation.Quota{})
	require.ErrorContains(t, err, "spec.hard")
	_, err = sparkapp.Quota("Q", "spark", allocation.Quota{Pods: 1})
	require.ErrorContains(t, err, "metadata.name")
	nothing, err := sparkapp.Quota("q", "spark", allocation.Quota{Pods: allocation.AllowNone})
	require.NoError(t, err)
	pods := nothing.Spec.Hard["pods"]
	assert.True(t, pods.IsZero())
}

// What Quota writes, allocation reads as the same limits.
func TestQuotaIsReadBack(t *testing.T) {
	want := allocation.Quota{CPU: 1500, LimitsCPU: units.Cores(3), Memory: units.MiB(4505), Pods: 7}
	object, err := sparkapp.Quota("q", "spark", want)
	require.NoError(t, err)
	text, err := sparkapp.YAML(object)
	require.NoError(t, err)
	got, err := allocation.ParseQuota(text)
	require.NoError(t, err)
	got.Notes = nil
	assert.Equal(t, want, got)
}

func TestPriorityRefuses(t *testing.T) {
	for name, value := range map[string]int32{"batch": 1_000_000_001, "system-batch": 1, "Batch": 1, "": 1} {
		_, err := sparkapp.Priority(name, value, sparkapp.PriorityOptions{})
		var invalid *sparkapp.InvalidError
		assert.ErrorAs(t, err, &invalid, name)
	}
}

func TestYAMLOfNothing(t *testing.T) {
	_, err := sparkapp.YAML(nil)
	assert.Error(t, err)
	none, err := sparkapp.YAML()
	require.NoError(t, err)
	assert.Empty(t, none)
}
