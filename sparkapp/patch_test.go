package sparkapp_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"
	kyaml "sigs.k8s.io/yaml"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/sparkapp"
)

func asJSON(t require.TestingT, text []byte) []byte {
	raw, err := kyaml.YAMLToJSON(text)
	require.NoError(t, err)
	return raw
}

func planned(t require.TestingT) *sparkapp.App {
	app, err := sparkapp.Parse([]byte(existing))
	require.NoError(t, err)
	_, err = app.Apply(decided())
	require.NoError(t, err)
	return app
}

func TestPatchesLeadToTheSameObject(t *testing.T) {
	app := planned(t)
	want := asJSON(t, app.YAML())

	merge, err := app.MergePatch()
	require.NoError(t, err)
	assert.Equal(t, types.MergePatchType, merge.Type)
	got, err := jsonpatch.MergePatch(asJSON(t, []byte(existing)), merge.Data)
	require.NoError(t, err)
	assert.JSONEq(t, string(want), string(got))

	patch, err := app.JSONPatch()
	require.NoError(t, err)
	assert.Equal(t, types.JSONPatchType, patch.Type)
	operations, err := jsonpatch.DecodePatch(patch.Data)
	require.NoError(t, err)
	got, err = operations.Apply(asJSON(t, []byte(existing)))
	require.NoError(t, err)
	assert.JSONEq(t, string(want), string(got))

	apply, err := app.ServerSideApply("platform")
	require.NoError(t, err)
	assert.Equal(t, types.ApplyPatchType, apply.Type)
	assert.Equal(t, "platform", apply.FieldManager)
	assert.JSONEq(t, string(want), string(apply.Data))
}

func warnings(p sparkapp.Patch) map[sparkapp.Code]sparkapp.Issue {
	found := map[sparkapp.Code]sparkapp.Issue{}
	for _, w := range p.Warnings {
		found[w.Code] = w
	}
	return found
}

func TestPatchesWarnOfTheRestart(t *testing.T) {
	app := planned(t)
	for _, make := range []func() (sparkapp.Patch, error){
		app.MergePatch, app.JSONPatch, func() (sparkapp.Patch, error) { return app.ServerSideApply("platform") },
	} {
		patch, err := make()
		require.NoError(t, err)
		restart := warnings(patch)[sparkapp.Restarts]
		assert.Contains(t, restart.Value, "spec.executor.instances")
		assert.Contains(t, restart.Message, "work done is lost")
	}
}

func TestNothingChangedNothingSent(t *testing.T) {
	app, err := sparkapp.Parse([]byte(existing))
	require.NoError(t, err)
	merge, err := app.MergePatch()
	require.NoError(t, err)
	assert.Equal(t, "{}", string(merge.Data))
	assert.Empty(t, merge.Warnings)
	patch, err := app.JSONPatch()
	require.NoError(t, err)
	assert.Equal(t, "[]", string(patch.Data))
}

func TestFreeChangesDoNotRestart(t *testing.T) {
	for fields, restarts := range map[string]bool{"  suspend: true\n": false, "  timeToLiveSeconds: 5\n": false, "  mode: cluster\n": true} {
		app := with(t, pods)
		_, err := app.Edit(func(s *v1beta2.SparkApplicationSpec) error { *s = *with(t, pods+fields).Spec(); return nil })
		require.NoError(t, err)
		patch, err := app.MergePatch()
		require.NoError(t, err)
		assert.NotEqual(t, "{}", string(patch.Data))
		_, found := warnings(patch)[sparkapp.Restarts]
		assert.Equal(t, restarts, found, fields)
	}
}

func TestAScheduleDoesNotRestart(t *testing.T) {
	app, err := sparkapp.Parse([]byte(scheduled(existing)))
	require.NoError(t, err)
	_, err = app.Apply(decided())
	require.NoError(t, err)
	patch, err := app.MergePatch()
	require.NoError(t, err)
	assert.Contains(t, string(patch.Data), `{"spec":{"template":{`)
	assert.Empty(t, patch.Warnings)
}

// The webhook wrote instances: 1 into the object in the cluster, and the manifest knows nothing of it.
func TestDefaultedInstancesAreTakenOut(t *testing.T) {
	app := with(t, pods)
	_, err := app.Apply(decided())
	require.NoError(t, err)

	merge, err := app.MergePatch()
	require.NoError(t, err)
	stored := asJSON(t, with(t, driver+"  executor: {cores: 1, memory: 1g, instances: 1}\n").YAML())
	got, err := jsonpatch.MergePatch(stored, merge.Data)
	require.NoError(t, err)
	assert.NotContains(t, string(got), "instances")

	patch, err := app.JSONPatch()
	require.NoError(t, err)
	assert.Contains(t, warnings(patch), sparkapp.DefaultedInstances)
	apply, err := app.ServerSideApply("platform")
	require.NoError(t, err)
	assert.Contains(t, warnings(apply), sparkapp.DefaultedInstances)
}

func TestServerSideApplyRefuses(t *testing.T) {
	app, err := sparkapp.Parse([]byte(existing))
	require.NoError(t, err)
	_, err = app.ServerSideApply("platform")
	require.ErrorIs(t, err, &sparkapp.Refusal{Code: sparkapp.RefuseUnknownFields})
	assert.ErrorContains(t, err, "spec.dynamicAllocation.executorAllocationRatio")
	for _, owner := range []string{"", "a\nb", strings.Repeat("x", 129)} {
		_, err := with(t, pods).ServerSideApply(owner)
		var invalid *sparkapp.InvalidError
		assert.ErrorAs(t, err, &invalid)
	}
}

func TestServerSideApplySaysWhatStays(t *testing.T) {
	app := with(t, driver+"  executor: {instances: 3}\n")
	_, err := app.Apply(decided())
	require.NoError(t, err)
	patch, err := app.ServerSideApply("platform")
	require.NoError(t, err)
	assert.Equal(t, "spec.executor.instances", warnings(patch)[sparkapp.RemovalNeedsOwner].Path)
}

// Any two plans after each other: both patches lead from the first to the second.
func TestPatchesBetweenPlans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		app, err := sparkapp.Parse([]byte(existing))
		require.NoError(t, err)
		apply := func() {
			_, err := app.Apply(shapes.Filter(fits(app)).Draw(t, "shape"), policies(app.Version()).Filter(allowed(app)).Draw(t, "policy"))
			require.NoError(t, err)
		}
		apply()
		from := app.YAML()
		app, err = sparkapp.Parse(from)
		require.NoError(t, err)
		apply()

		merge, err := app.MergePatch()
		require.NoError(t, err)
		merged, err := jsonpatch.MergePatch(asJSON(t, from), merge.Data)
		require.NoError(t, err)
		patch, err := app.JSONPatch()
		require.NoError(t, err)
		operations, err := jsonpatch.DecodePatch(patch.Data)
		require.NoError(t, err)
		patched, err := operations.Apply(asJSON(t, from))
		require.NoError(t, err)
		for _, got := range [][]byte{merged, patched} {
			require.JSONEq(t, string(asJSON(t, app.YAML())), string(got))
		}
		require.True(t, json.Valid(merge.Data))
	})
}

func fits(app *sparkapp.App) func(sizing.Shape) bool {
	return func(s sizing.Shape) bool { return s.Validate(app.Version()) == nil }
}

func allowed(app *sparkapp.App) func(allocation.Policy) bool {
	return func(p allocation.Policy) bool { return p.Validate(app.Version(), allocation.ValidateOptions{}) == nil }
}
