package allocation_test

import (
	"fmt"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/spark"
)

// The scenarios were run on the real ExecutorAllocationManager: where it refused the settings the trace says so.
func TestSettingsOfRealManagers(t *testing.T) {
	var cases []struct {
		Scn, Trace    string
		SparkVersions []string `json:"spark_versions"`
	}
	dataset.JSON(t, "eam/index.json", &cases)
	require.NotEmpty(t, cases)
	refused, above := 0, 0
	for _, c := range cases {
		conf := settingsOf(t, c.Scn)
		trace := lines(t, c.Trace)
		wantError := contains(trace, "error settings")
		for _, version := range c.SparkVersions {
			v, err := spark.ParseVersion(version)
			require.NoError(t, err)
			p, err := allocation.FromConf(spark.NewConf(v, conf).With(map[string]string{"spark.master": "spark://manager-only"}))
			if wantError {
				refused++
				assert.Error(t, err, c.Scn)
				continue
			}
			require.NoError(t, err, c.Scn)
			assert.NoError(t, p.Validate(v, allocation.ValidateOptions{ManagerOnly: true}), c.Scn)
			assert.True(t, contains(trace, fmt.Sprintf("t=0 request rp0=%d", p.InitialTarget())), "%s: initial %d", c.Scn, p.InitialTarget())

			_, err = allocation.FromConf(spark.NewConf(v, conf).With(map[string]string{"spark.master": "k8s://full"}))
			assert.Equal(t, p.InitialTarget() > p.EffectiveMax(), err != nil, "%s on Kubernetes: %v", c.Scn, err)
			if err != nil {
				above++
			}
		}
	}
	t.Logf("%d scenarios; refused by the manager %d times, by the start on Kubernetes alone %d times", len(cases), refused, above)
}

func settingsOf(t *testing.T, scenario string) map[string]string {
	t.Helper()
	conf := map[string]string{"spark.dynamicAllocation.enabled": "true"}
	for _, line := range lines(t, scenario) {
		if words := strings.Fields(line); len(words) == 3 && words[0] == "conf" {
			conf[words[1]] = words[2]
		}
	}
	return conf
}

func lines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(dataset.Path(t, path.Join("eam", name)))
	require.NoError(t, err)
	return strings.Split(string(text), "\n")
}

func contains(lines []string, prefix string) bool {
	for _, line := range lines {
		if line == prefix || strings.HasPrefix(line, prefix+" ") {
			return true
		}
	}
	return false
}
