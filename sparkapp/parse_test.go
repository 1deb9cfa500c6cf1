package sparkapp_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/sparkscale/sparkscale/sparkapp"
)

func TestParseRefusesOtherObjects(t *testing.T) {
	for name, c := range map[string]struct {
		version, kind string
		code          sparkapp.Code
		says          string
	}{
		"the other operator":  {"spark.apache.org/v1", "SparkApplication", sparkapp.RefuseGroup, "sparkoperator.k8s.io/v1beta2"},
		"its cluster":         {"spark.apache.org/v1beta1", "SparkCluster", sparkapp.RefuseGroup, "another program"},
		"an old version":      {"sparkoperator.k8s.io/v1beta1", "SparkApplication", sparkapp.RefuseVersion, "apiVersion: sparkoperator.k8s.io/v1beta2"},
		"Spark Connect":       {"sparkoperator.k8s.io/v1alpha1", "SparkConnect", sparkapp.RefuseKind, "through its sparkConf"},
		"no Spark at all":     {"v1", "ConfigMap", sparkapp.RefuseCount, "0 of them Spark applications"},
		"no version and kind": {"~", "~", sparkapp.RefuseCount, "0 of them Spark applications"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sparkapp.Parse([]byte("apiVersion: " + c.version + "\nkind: " + c.kind + "\n"))
			require.ErrorIs(t, err, &sparkapp.Refusal{Code: c.code})
			assert.ErrorContains(t, err, c.says)
		})
	}
	_, err := sparkapp.Parse([]byte(existing + "---\n" + existing))
	assert.ErrorIs(t, err, &sparkapp.Refusal{Code: sparkapp.RefuseCount})
	_, err = sparkapp.From(&v1beta2.SparkApplicationList{})
	assert.ErrorIs(t, err, &sparkapp.Refusal{Code: sparkapp.RefuseKind})
	assert.NotErrorIs(t, err, &sparkapp.Refusal{Code: sparkapp.RefuseGroup})
}

func TestSyntaxErrorsHaveTheirPlace(t *testing.T) {
	_, err := sparkapp.ParseAll([]byte("a: 1\n---\nb: 2\nc: d: e\n---\n- a list\n"))
	require.ErrorContains(t, err, "document 2, line 4")
	assert.ErrorContains(t, err, "document 3")
	var first *sparkapp.SyntaxError
	require.ErrorAs(t, err, &first)
	assert.Equal(t, 2, first.Document)
	assert.Equal(t, 4, first.Line)
	assert.ErrorIs(t, err, first.Err)
	_, err = sparkapp.Parse(nil)
	var syntax *sparkapp.SyntaxError
	assert.ErrorAs(t, err, &syntax)
	_, err = sparkapp.Parse(bytes.Repeat([]byte("#\n"), sparkapp.MaxManifest/2+1))
	assert.ErrorIs(t, err, sparkapp.ErrTooLarge)
}

func TestWrongTypesAreAllNamed(t *testing.T) {
	_, err := sparkapp.Parse([]byte(`apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: pi, labels: {version: 3}}
spec:
  sparkVersion: 3.5
  suspend: "yes"
  arguments: one
  sparkConf:
    spark.executor.cores: 2
  driver: [1]
  executor:
    instances: "3"
    cores: 1.5
    env:
    - name: 7
  volumes:
  - name: data
    emptyDir: {sizeLimit: many}
`))
	var invalid *sparkapp.InvalidError
	require.ErrorAs(t, err, &invalid)
	var paths []string
	for _, e := range invalid.Errors {
		paths = append(paths, e.Field)
	}
	assert.Equal(t, []string{
		"metadata.labels[version]", "spec.arguments", "spec.driver", "spec.executor.cores", "spec.executor.env[0].name", "spec.executor.instances",
		"spec.sparkConf[spark.executor.cores]", "spec.sparkVersion", "spec.suspend", "spec.volumes[0].emptyDir.sizeLimit",
	}, paths)
	assert.ErrorContains(t, err, `put it in quotes: "3.5"`)
}

func TestFileKeepsEverythingAround(t *testing.T) {
	text := "# first\n---\napiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    ---\n    x\n--- # second\n" + existing + "---\n" + scheduled(existing) + "\n---\n# nothing\n---\n"
	file, err := sparkapp.ParseAll([]byte(text))
	require.NoError(t, err)
	require.Len(t, file.Apps, 2)
	assert.Equal(t, text, string(file.YAML()))

	_, err = file.Apps[0].Apply(decided())
	require.NoError(t, err)
	assert.Equal(t, strings.Replace(text, existing, applied, 1), string(file.YAML()))
}

func TestParseReadsNullAsAbsent(t *testing.T) {
	app, err := sparkapp.Parse([]byte(strings.Replace(existing, "    serviceAccount: spark\n", "    serviceAccount: null\n    memoryOverhead:\n", 1)))
	require.NoError(t, err)
	_, set := app.Conf().Lookup("spark.driver.memoryOverhead")
	assert.False(t, set)
}

func TestFromLeavesOutWhatTheClusterWrote(t *testing.T) {
	stored := &v1beta2.SparkApplication{
		ObjectMeta: metav1.ObjectMeta{
			Name: "pi", Namespace: "default", UID: "1", ResourceVersion: "2", Generation: 3,
			ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubectl"}}, CreationTimestamp: metav1.Unix(0, 0),
		},
		Spec: v1beta2.SparkApplicationSpec{
			Type: "Scala", SparkVersion: "3.5.6", MainApplicationFile: new("local:///pi.jar"),
			Volumes: []corev1.Volume{{Name: "scratch", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
			Driver:  v1beta2.DriverSpec{SparkPodSpec: v1beta2.SparkPodSpec{Sidecars: []corev1.Container{{Name: "proxy"}}}},
		},
		Status: v1beta2.SparkApplicationStatus{AppState: v1beta2.ApplicationState{State: "RUNNING"}},
	}
	app, err := sparkapp.From(stored)
	require.NoError(t, err)
	assert.Equal(t, `apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata:
  name: pi
  namespace: default
spec:
  type: Scala
  sparkVersion: 3.5.6
  mainApplicationFile: local:///pi.jar
  driver:
    sidecars:
    - name: proxy
  executor: {}
  volumes:
  - name: scratch
    emptyDir: {}
`, string(app.YAML()))
	releasedCRD(t, "sparkapplications").requireValid(t, app.YAML())
	assert.Equal(t, stored.Spec, app.Object().(*v1beta2.SparkApplication).Spec)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(existing))
	f.Add([]byte(applied))
	f.Add([]byte(scheduled(existing)))
	f.Add([]byte(`{"apiVersion": "sparkoperator.k8s.io/v1beta2", "kind": "SparkApplication", "spec": {"sparkConf": null, "executor": {"cores": 2}}}`))
	f.Add([]byte("apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nspec: &x {driver: *x}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := sparkapp.ParseAll(text)
		if err != nil {
			return
		}
		if len(text) > 0 && !bytes.Equal(text, file.YAML()) {
			t.Fatalf("%q became %q", text, file.YAML())
		}
		for _, app := range file.Apps {
			_ = app.Issues(sparkapp.ValidateOptions{})
			shape, policy := decided()
			shape.Language = app.Language()
			if _, err := app.Apply(shape, policy); err != nil {
				continue
			}
			again, err := sparkapp.Parse(app.YAML())
			require.NoError(t, err, string(app.YAML()))
			got, err := again.Policy()
			require.NoError(t, err)
			require.Equal(t, policy, got)
			_, err = app.MergePatch()
			require.NoError(t, err)
		}
	})
}

func TestEndlessQuantitiesAreRefused(t *testing.T) {
	_, err := sparkapp.Parse([]byte(`apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: x, labels: {commit: "7e12345"}}
spec:
  type: Scala
  sparkVersion: 3.5.6
  mainApplicationFile: local:///a.jar
  driver: {}
  executor: {}
  batchSchedulerOptions: {resources: {cpu: "9E23372036854775"}}
`))
	var invalid *sparkapp.InvalidError
	require.ErrorAs(t, err, &invalid)
	require.Len(t, invalid.Errors, 1)
	require.ErrorContains(t, err, "batchSchedulerOptions.resources.cpu")
}
