package workload_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/workload"
)

// recording is a run of the project's own, as the index describes it.
type recording struct {
	Name, App, Config, Path, EventLog string
	DynamicAllocation                 bool `json:"dynamic_allocation"`
	profile                           *workload.Profile
}

func recordings(t testing.TB) []recording {
	t.Helper()
	var index []recording
	dataset.JSON(t, "recordings/index.json", &index)
	for i := range index {
		r := &index[i]
		p, err := eventlog.ReadFile(context.Background(), dataset.Path(t, "recordings", r.Path, r.EventLog))
		require.NoError(t, err, r.Name)
		r.profile = p
	}
	require.NotEmpty(t, index)
	return index
}

// TestMemoryOfTasks holds what the columns promise: 64 bytes for each task of a run of some size.
func TestMemoryOfTasks(t *testing.T) {
	for _, r := range recordings(t) {
		n := r.profile.Tasks.Len()
		each := float64(workload.TaskBytes(r.profile)) / float64(n)
		t.Logf("%s: %d tasks of %.1f bytes", r.Name, n, each)
		if n >= 100 {
			assert.LessOrEqual(t, each, 64.0, r.Name)
		}
	}
}

// TestRecordingsAddUp checks every real run as the made-up ones are checked.
func TestRecordingsAddUp(t *testing.T) {
	for _, r := range recordings(t) {
		t.Run(r.Name, func(t *testing.T) {
			holdsTogether(t, r.profile)
			addsUp(t, r.profile)
		})
	}
}

// TestRunsOfOneConfigurationShareTheirNoise joins all runs of each application: those of one configuration say how much
// the others may differ by chance.
func TestRunsOfOneConfigurationShareTheirNoise(t *testing.T) {
	byApp, byConfig := map[string][]*workload.Profile{}, map[string]int{}
	for _, r := range recordings(t) {
		if !strings.HasPrefix(r.Path, "runs/") {
			continue
		}
		name := r.profile.App.Name
		byApp[name] = append(byApp[name], r.profile)
		byConfig[name+" "+r.Config+" "+r.profile.LoggedVersion]++
	}
	for name, runs := range byApp {
		j, err := workload.Join(runs...)
		require.NoError(t, err)
		want := 0
		for config, n := range byConfig {
			if strings.HasPrefix(config, name+" ") && n > 1 {
				want += n
			}
		}
		assert.Equal(t, want, j.NoiseRuns, name)
		if want > 0 {
			t.Logf("%s: noise %.1f %% over %d runs", name, 100*j.Noise, j.NoiseRuns)
			assert.Positive(t, j.Noise)
			assert.Less(t, j.Noise, 0.1, "quiet runs on one machine")
		}
	}
}

// told are the traits behind what other tools tell of logs that they refuse, by a word of their reason.
var told = map[string]workload.Trait{"GPU": workload.GPU, "PHOTON": workload.Photon, "Streaming": workload.StructuredStreaming}

func TestTraitsOfRefusedLogs(t *testing.T) {
	var cases []struct {
		Name, Kind    string
		Log, Expected json.RawMessage
	}
	dataset.JSON(t, "thirdparty/cases.json", &cases)
	found := 0
	for _, c := range cases {
		var log string
		var expected struct{ Why string }
		if c.Kind != "log-status" || json.Unmarshal(c.Log, &log) != nil || json.Unmarshal(c.Expected, &expected) != nil {
			continue
		}
		for word, trait := range told {
			if strings.Contains(expected.Why, word) {
				p, err := eventlog.ReadFile(context.Background(), dataset.Path(t, "thirdparty", log))
				require.NoError(t, err)
				assert.Contains(t, p.Traits(), trait, c.Name)
				found++
			}
		}
	}
	assert.Positive(t, found)
}

// TestAllLogs checks every log of other projects, many of them broken, and that local mode is seen where the driver was
// added as an executor.
func TestAllLogs(t *testing.T) {
	var truth map[string]struct {
		Driver bool `json:"driver_added_as_executor"`
	}
	dataset.JSON(t, "thirdparty/groundtruth.json", &truth)
	for name, want := range truth {
		t.Run(name, func(t *testing.T) {
			p, err := eventlog.ReadFile(context.Background(), dataset.Path(t, "thirdparty", name))
			if errors.Is(err, eventlog.ErrNoEvents) {
				return
			}
			require.NoError(t, err)
			holdsTogether(t, p)
			addsUp(t, p)
			if want.Driver {
				assert.Contains(t, p.Traits(), workload.LocalMode)
			}
		})
	}
}
