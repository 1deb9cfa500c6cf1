package keda_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	kyaml "sigs.k8s.io/yaml"

	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/keda"
	"github.com/sparkscale/sparkscale/sparkapp"
)

// Runs on a real cluster whose executors were in a set: what is said of the application, and what is built for its set, is what
// worked there.
func TestRecordedSets(t *testing.T) {
	folder := dataset.Path(t, "recordings/k8s")
	runs, err := os.ReadDir(folder)
	require.NoError(t, err)
	sets, scaled := 0, 0
	for _, run := range runs {
		objects, err := filepath.Glob(filepath.Join(folder, run.Name(), "objects", "statefulset-*.yaml"))
		require.NoError(t, err)
		for _, file := range objects {
			sets++
			checkRecordedSet(t, filepath.Join(folder, run.Name()), file)
		}
		if text, err := os.ReadFile(filepath.Join(folder, run.Name(), "scaledobject.yaml")); err == nil {
			scaled++
			m, err := keda.Parse(text)
			require.NoError(t, err)
			require.NoError(t, m.Validate(keda.Known{}))
			requireValid(t, text)
		}
	}
	t.Logf("%d sets, %d ScaledObjects", sets, scaled)
}

func checkRecordedSet(t *testing.T, folder, file string) {
	t.Helper()
	name := filepath.Base(folder)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var set appsv1.StatefulSet
	require.NoError(t, kyaml.Unmarshal(text, &set))

	id := set.Spec.Template.Labels["spark-app-selector"]
	assert.Equal(t, set.Name, keda.SetName(keda.AllocatorStatefulSet, id, 0), name)
	status := v1beta2.SparkApplicationStatus{SparkApplicationID: id, AppState: v1beta2.ApplicationState{State: v1beta2.ApplicationStateRunning}}
	so, err := keda.ForRunning(status, keda.SetOf(&set), keda.Load{}, keda.Scaling{Max: new(5), Triggers: []keda.Source{keda.Weekdays(8, 18, "Etc/UTC", 3)}})
	require.NoError(t, err, name)
	assert.Equal(t, set.UID, so.OwnerReferences[0].UID)

	manifest, err := os.ReadFile(filepath.Join(folder, "manifest.yaml"))
	if err != nil {
		return
	}
	app, err := sparkapp.Parse(manifest)
	require.NoError(t, err, name)
	target, err := keda.TargetFor(app)
	if dynamic, _ := app.Conf().Lookup("spark.dynamicAllocation.enabled"); dynamic == "true" {
		require.ErrorIs(t, err, &keda.Refusal{Code: keda.RefuseDynamic}, name)
		return
	}
	require.NoError(t, err, name)
	assert.Equal(t, keda.AllocatorStatefulSet, target.Allocator)
	assert.True(t, strings.HasPrefix(app.Version().String(), "3.5"))
}
