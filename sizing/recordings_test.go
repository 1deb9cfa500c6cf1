package sizing_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// podSpec is as much of a SparkApplication's driver or executor as sizes a pod.
type podSpec struct {
	Cores          int    `json:"cores"`
	CoreRequest    string `json:"coreRequest"`
	CoreLimit      string `json:"coreLimit"`
	Memory         string `json:"memory"`
	MemoryOverhead string `json:"memoryOverhead"`
}

type application struct {
	Spec struct {
		Type         string            `json:"type"`
		SparkVersion string            `json:"sparkVersion"`
		Factor       string            `json:"memoryOverheadFactor"`
		SparkConf    map[string]string `json:"sparkConf"`
		Driver       podSpec           `json:"driver"`
		Executor     podSpec           `json:"executor"`
	} `json:"spec"`
}

// conf is what the operator passes to spark-submit: sparkConf, over which typed fields win.
func (a application) conf(t *testing.T) spark.Conf {
	t.Helper()
	version, err := spark.ParseVersion(a.Spec.SparkVersion)
	require.NoError(t, err)
	properties := map[string]string{"spark.kubernetes.memoryOverheadFactor": a.Spec.Factor}
	for key, value := range a.Spec.SparkConf {
		properties[key] = value
	}
	for role, spec := range map[string]podSpec{"driver": a.Spec.Driver, "executor": a.Spec.Executor} {
		typed := map[string]string{
			"spark." + role + ".memory": spec.Memory, "spark." + role + ".memoryOverhead": spec.MemoryOverhead,
			"spark.kubernetes." + role + ".request.cores": spec.CoreRequest, "spark.kubernetes." + role + ".limit.cores": spec.CoreLimit,
		}
		if spec.Cores > 0 {
			typed["spark."+role+".cores"] = fmt.Sprint(spec.Cores)
		}
		for key, value := range typed {
			if value != "" {
				properties[key] = value
			}
		}
	}
	return spark.NewConf(version, nil).With(properties)
}

func (a application) language() sizing.Language {
	switch l := sizing.Language(strings.ToLower(a.Spec.Type)); l {
	case sizing.Python, sizing.R:
		return l
	}
	return sizing.JVM
}

type recordedPod struct {
	Metadata struct {
		Labels map[string]string `json:"labels"`
	} `json:"metadata"`
	Spec struct {
		Containers []struct {
			Resources struct{ Requests, Limits map[string]string } `json:"resources"`
		} `json:"containers"`
	} `json:"spec"`
}

func readYAML(t *testing.T, path string, v any) {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(raw, v), path)
}

// Every pod that a recording shows asked for exactly what its SparkApplication says by this package.
func TestRecordedPods(t *testing.T) {
	agreed := map[string]int{}
	folders, err := filepath.Glob(filepath.Join(dataset.Path(t, "recordings", "k8s"), "*", "objects"))
	require.NoError(t, err)
	for _, objects := range folders {
		source := filepath.Join(objects, "sparkapplication.yaml")
		if _, err := os.Stat(source); err != nil {
			source = filepath.Join(filepath.Dir(objects), "manifest.yaml")
		}
		var app application
		readYAML(t, source, &app)
		shape, err := sizing.FromConf(app.conf(t))
		require.NoError(t, err, source)
		shape.Language = app.language()
		executor, err := shape.Pod(app.conf(t).Version())
		require.NoError(t, err, source)
		driver, err := sizing.DriverPod(app.conf(t), app.language())
		require.NoError(t, err, source)
		pods, err := filepath.Glob(filepath.Join(objects, "pod-*.yaml"))
		require.NoError(t, err)
		for _, path := range pods {
			var pod recordedPod
			readYAML(t, path, &pod)
			role := pod.Metadata.Labels["spark-role"]
			want, ok := map[string]sizing.Pod{"executor": executor, "driver": driver}[role]
			require.True(t, ok, path)
			if agree(t, path, pod, want) {
				agreed[role]++
			}
		}
	}
	require.NotZero(t, agreed["executor"])
	require.NotZero(t, agreed["driver"])
	t.Logf("pods that agree in memory and CPU: %d of executors, %d of drivers, in %d recordings", agreed["executor"], agreed["driver"], len(folders))
}

func agree(t *testing.T, path string, pod recordedPod, want sizing.Pod) bool {
	t.Helper()
	require.NotEmpty(t, pod.Spec.Containers, path)
	r := pod.Spec.Containers[0].Resources
	memory, err := units.ParseQuantity(r.Requests["memory"])
	require.NoError(t, err, path)
	limit, err := units.ParseQuantity(r.Limits["memory"])
	require.NoError(t, err, path)
	cpu, err := units.ParseCPU(r.Requests["cpu"])
	require.NoError(t, err, path)
	var cpuLimit units.MilliCPU
	if r.Limits["cpu"] != "" {
		cpuLimit, err = units.ParseCPU(r.Limits["cpu"])
		require.NoError(t, err, path)
	}
	return assert.Equal(t, want.Memory, memory, path) && assert.Equal(t, want.Memory, limit, path) &&
		assert.Equal(t, want.CPU, cpu, path) && assert.Equal(t, want.CPULimit, cpuLimit, path)
}
