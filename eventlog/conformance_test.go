package eventlog_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/workload"
)

// truth is one entry of groundtruth.json: the facts by name, and how the log is stored.
type truth struct {
	facts  map[string]any
	Layout string   `json:"layout"`
	Files  []string `json:"files"`
	Codecs []string `json:"codecs"`
	Blank  int      `json:"blank_lines"`
	User   *string  `json:"user"`
}

func (t *truth) UnmarshalJSON(data []byte) error {
	type plain truth
	if err := json.Unmarshal(data, (*plain)(t)); err != nil {
		return err
	}
	return json.Unmarshal(data, &t.facts)
}

// TestGroundTruth reads every log of the conformance data and compares every fact.
func TestGroundTruth(t *testing.T) {
	var index map[string]truth
	dataset.JSON(t, "thirdparty/groundtruth.json", &index)
	agreed := 0
	for name, want := range index {
		ok := t.Run(name, func(t *testing.T) {
			got, err := eventlog.ReadFile(context.Background(), dataset.Path(t, "thirdparty", name))
			if want.facts["lines"] == want.facts["bad_lines"] {
				require.ErrorIs(t, err, eventlog.ErrNoEvents)
				got, err = readAnyway(t, dataset.Path(t, "thirdparty", name))
			}
			require.NoError(t, err)
			compareFacts(t, want, got)
		})
		if ok {
			agreed++
		}
	}
	t.Logf("%d of %d logs agree in every field", agreed, len(index))
	assert.NotZero(t, agreed)
}

func readAnyway(t *testing.T, path string) (*workload.Profile, error) {
	t.Helper()
	logs, err := eventlog.Find(path)
	require.NoError(t, err)
	got, err := logs[0].Read(context.Background())
	if !errors.Is(err, eventlog.ErrNoEvents) {
		return nil, err
	}
	return got, nil
}

func compareFacts(t *testing.T, want truth, got *workload.Profile) {
	t.Helper()
	text, err := json.Marshal(got.Facts())
	require.NoError(t, err)
	var facts map[string]any
	require.NoError(t, json.Unmarshal(text, &facts))
	for name, value := range facts {
		expected, published := want.facts[name]
		require.True(t, published, name)
		assert.EqualValues(t, expected, value, name)
	}
	if want.User != nil {
		assert.Equal(t, *want.User, got.App.User)
	}
	assert.EqualValues(t, want.facts["tasks_without_metrics"], got.Totals.TasksWithoutMetric)
	for name, value := range want.facts["properties"].(map[string]any) {
		if set, _ := got.Conf.Lookup(name); got.Conf.Len() > 0 { // one log, made by hand, holds a list in their place
			assert.Equal(t, value, set, name)
		}
	}
	assert.ElementsMatch(t, want.Codecs, got.Coverage.Codecs)
	assert.Equal(t, want.Blank, got.Coverage.BlankLines)
	types := map[string]int{}
	for name, n := range want.facts["event_types"].(map[string]any) {
		types[name] = int(n.(float64))
	}
	for name, n := range got.Coverage.Skipped {
		assert.Equal(t, types[name], n, name)
	}
	for name, n := range got.Coverage.Unknown {
		assert.Equal(t, types[name], n, name)
	}
}

// TestCodecCases compares logs that were written again through other codecs with their originals.
func TestCodecCases(t *testing.T) {
	var cases []struct {
		Name, Kind string
		Log        json.RawMessage
		Expected   json.RawMessage
	}
	dataset.JSON(t, "thirdparty/cases.json", &cases)
	passed := 0
	for _, c := range cases {
		if c.Kind != "codec" {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			var log string
			var expected struct {
				Same   string `json:"same_events_as"`
				Prefix string `json:"prefix_of"`
			}
			require.NoError(t, json.Unmarshal(c.Log, &log))
			require.NoError(t, json.Unmarshal(c.Expected, &expected))
			got, err := eventlog.ReadFile(context.Background(), dataset.Path(t, "thirdparty", log))
			require.NoError(t, err)
			original, err := eventlog.ReadFile(context.Background(), dataset.Path(t, "thirdparty", expected.Same+expected.Prefix))
			require.NoError(t, err)
			if expected.Same != "" {
				got.Coverage, original.Coverage = workload.Coverage{}, workload.Coverage{}
				assert.Equal(t, original, got)
				return
			}
			assert.True(t, got.Coverage.Truncated)
			assert.Less(t, got.Tasks.Len(), original.Tasks.Len()+1)
			assert.LessOrEqual(t, got.Coverage.Bytes, original.Coverage.Bytes)
		})
		passed++
	}
	t.Logf("%d codec cases", passed)
	assert.NotZero(t, passed)
}

// TestRecordings reads every recorded run and holds it to the counts of the index.
func TestRecordings(t *testing.T) {
	var index []struct {
		Path, EventLog string
		Spark          string
		Wall           *int64 `json:"wall_ms"`
		Tasks          *int
		Jobs           *int
		Peak           int  `json:"executor_peak"`
		NotOK          *int `json:"tasks_not_ok"`
	}
	dataset.JSON(t, "recordings/index.json", &index)
	for _, run := range index {
		t.Run(run.Path, func(t *testing.T) {
			p, err := eventlog.ReadFile(context.Background(), dataset.Path(t, "recordings", run.Path, run.EventLog))
			require.NoError(t, err)
			assert.Equal(t, run.Spark, p.LoggedVersion)
			assert.Empty(t, p.Coverage.Unknown)
			if run.Wall != nil {
				assert.EqualValues(t, *run.Wall, p.Wall().Milliseconds())
			}
			if run.Tasks != nil && *run.Tasks > 0 {
				assert.Equal(t, *run.Tasks, p.Totals.TasksEnded)
				assert.Equal(t, *run.Jobs, p.Totals.JobsStarted)
				assert.Equal(t, *run.NotOK, p.Totals.TasksFailed+p.Totals.TasksKilled)
			}
			byFolder, err := eventlog.ReadFile(context.Background(), dataset.Path(t, "recordings", run.Path))
			require.NoError(t, err, "found in its folder among other files")
			assert.Equal(t, p.Facts(), byFolder.Facts())
		})
	}
	captures, err := filepath.Glob(dataset.Path(t, "recordings", "k8s") + "/*/eventlog")
	require.NoError(t, err)
	for _, folder := range captures {
		t.Run(folder, func(t *testing.T) {
			p, err := eventlog.ReadFile(context.Background(), folder)
			require.NoError(t, err)
			assert.NotEmpty(t, p.App.ID)
			assert.Equal(t, "3.5.6", p.LoggedVersion)
		})
	}
}
