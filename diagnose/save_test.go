package diagnose_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/diagnose"
)

func TestASavedSnapshotGivesTheSameFindings(t *testing.T) {
	for code, c := range cases() {
		s := with(c.fire)
		var saved bytes.Buffer
		require.NoError(t, s.Save(&saved))
		text := saved.String()
		loaded, err := diagnose.Load(&saved)
		require.NoError(t, err)
		want, err := json.Marshal(diagnose.Run(s, diagnose.Options{}))
		require.NoError(t, err)
		got, err := json.Marshal(diagnose.Run(loaded, diagnose.Options{}))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), "%s", code)
		var again bytes.Buffer
		require.NoError(t, loaded.Save(&again))
		assert.Equal(t, text, again.String(), "%s", code)
	}
}

func TestLoadRefuses(t *testing.T) {
	for text, says := range map[string]string{
		"":                      "no snapshot",
		"apiVersion: v1":        "no snapshot",
		`{"schema":"other/v9"}`: `"other/v9"`,
		`{}`:                    "gather it again",
	} {
		_, err := diagnose.Load(strings.NewReader(text))
		assert.ErrorContains(t, err, says)
	}
}

func TestErrorsComeFirstAndTheCostlyBeforeTheCheap(t *testing.T) {
	s := healthy()
	taken(s, 20)
	s.Run.BusyTime = 10 * 60 * 1e9
	says(s, diagnose.LogAborted, "Task 1 in stage 0.0 failed 4 times; aborting job", "task", "1", "stage", "0.0", "times", "4")
	found := diagnose.Run(s, diagnose.Options{})
	require.Greater(t, len(found), 2)
	rank := map[diagnose.Severity]int{diagnose.Error: 0, diagnose.Warning: 1, diagnose.Info: 2}
	for i := 1; i < len(found); i++ {
		before, after := found[i-1], found[i]
		assert.LessOrEqual(t, rank[before.Severity], rank[after.Severity])
		if before.Severity == after.Severity {
			assert.GreaterOrEqual(t, before.Cost, after.Cost)
		}
	}
}

func TestACauseHidesItsSymptoms(t *testing.T) {
	s := healthy()
	ended(s, 137, "OOMKilled")
	says(s, diagnose.LogAborted, "Task 1 in stage 0.0 failed 4 times; aborting job", "task", "1", "stage", "0.0", "times", "4")
	s.App.State = "FAILED"
	found := diagnose.Run(s, diagnose.Options{})
	require.Len(t, found, 1)
	assert.Equal(t, diagnose.Code("RISK/OOM-CONTAINER"), found[0].Code)
	assert.Equal(t, []diagnose.Code{"RISK/APP-FAILED", "RISK/JOB-FAILED"}, found[0].Symptoms)
	assert.True(t, diagnose.Failing(found))
	assert.False(t, diagnose.Failing(nil))
}

func FuzzLoad(f *testing.F) {
	var saved bytes.Buffer
	if err := healthy().Save(&saved); err != nil {
		f.Fatal(err)
	}
	f.Add(saved.Bytes())
	f.Add([]byte(`{"schema":"sparkscale/snapshot/v1","run":{"executors":[{"cores":-1}],"stages":[{"tasks":-5}]},"conf":[{"key":"spark.dynamicAllocation.enabled","value":"true"}]}`))
	f.Add([]byte(`{"schema":"sparkscale/snapshot/v1","executors":[{"phase":"Pending","unschedulable":"9 Insufficient cpu"}],"driver":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := diagnose.Load(bytes.NewReader(data))
		if err != nil {
			return
		}
		one, err := json.Marshal(diagnose.Run(s, diagnose.Options{}))
		if err != nil {
			t.Fatal(err)
		}
		two, _ := json.Marshal(diagnose.Run(s, diagnose.Options{}))
		if !bytes.Equal(one, two) {
			t.Fatal("the same snapshot gave other findings")
		}
		diagnose.Unchecked(s)
		s.Health()
	})
}
