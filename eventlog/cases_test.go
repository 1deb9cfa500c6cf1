package eventlog_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/workload"
)

// aCase is one entry of cases.json.
type aCase struct {
	Name, Kind, Level string
	Log               logs
	Expected          json.RawMessage
	File              string `json:"expected_file"`
}

// logs are one path or several.
type logs []string

func (l *logs) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, (*[]string)(l))
	}
	var one string
	err := json.Unmarshal(data, &one)
	*l = logs{one}
	return err
}

// kinds are the cases that a Profile answers. Those of other kinds belong to other packages.
var kinds = map[string]func(*testing.T, aCase){
	"app-summary":        appSummary,
	"app-totals":         appTotals,
	"attempt-selection":  attemptSelection,
	"cluster-info":       clusterInfo,
	"core-usage":         coreUsage,
	"event-counts":       eventCounts,
	"event-facts":        eventFacts,
	"executor-info":      executorInfo,
	"failures":           failures,
	"incomplete-attempt": incompleteAttempt,
	"io-metrics":         ioMetrics,
	"job-info":           jobInfo,
	"log-status":         logStatus,
	"properties":         properties,
	"resource-profiles":  resourceProfiles,
	"sql-durations":      sqlDurations,
	"stage-timeline":     stageTimeline,
	"task-metric-sums":   taskMetricSums,
}

// untold are the published values, by kind and name, that a Profile does not hold. Only they are passed over; the
// rest of their case is compared.
var untold = map[string]string{
	"app-totals tasks":                 "counts the tasks of skipped stages too; a Profile has those that ran",
	"cluster-info vendor":              "is named on that tool's command line",
	"cluster-info numExecsPerNode":     "comes from that tool's table of machine types; -1 is unknown",
	"event-counts query_id":            "streaming progress is counted, not read",
	"event-counts run_id":              "streaming progress is counted, not read",
	"event-counts avg_input_per_sec":   "streaming progress is counted, not read",
	"event-counts avg_process_per_sec": "streaming progress is counted, not read",
	"task-metric-sums resultSizeMax":   "task rows hold no size of their result; Stage.Sums has the sum",
	"failures taskId":                  "task rows hold no task id; stage, attempts and reason identify them",
	"failures reason of a job":         "Job holds no reason; Stage.Failure of its stage does",
	"failures reason of a task":        "task rows hold a status; the text behind it is not kept",
	photon + " peakExecutionMemoryMax": "Photon reports it by accumulables and 0 in the task metrics",
	photon + " swWriteTimeSum":         "Photon reports it by accumulables and 0 in the task metrics",
}

const photon = "photon"

// TestCases compares Profiles with what other tools and Spark's own servers have published of the same logs.
func TestCases(t *testing.T) {
	var all []aCase
	dataset.JSON(t, "thirdparty/cases.json", &all)
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		t.Run(kind, func(t *testing.T) {
			total, passed := 0, 0
			for _, c := range all {
				if c.Kind != kind {
					continue
				}
				total++
				if t.Run(c.Name, func(t *testing.T) { kinds[kind](t, c) }) {
					passed++
				}
			}
			t.Logf("%s: %d of %d cases agree", kind, passed, total)
		})
	}
}

// read reads the one log of a case.
func read(t *testing.T, c aCase) *workload.Profile {
	t.Helper()
	require.Len(t, c.Log, 1)
	return readLog(t, c.Log[0])
}

func readLog(t *testing.T, path string) *workload.Profile {
	t.Helper()
	p, err := eventlog.ReadFile(context.Background(), dataset.Path(t, "thirdparty", path))
	require.NoError(t, err)
	return p
}

// expect takes what is expected into v.
func expect(t *testing.T, c aCase, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(c.Expected, v))
}

// compare compares each expected value with the one of the same name, and fails for names that got lacks.
func compare(t *testing.T, c aCase, got map[string]any) {
	t.Helper()
	var want map[string]any
	expect(t, c, &want)
	compareValues(t, c.Kind, want, got)
}

func compareValues(t *testing.T, kind string, want, got map[string]any) {
	t.Helper()
	for name, value := range want {
		if untold[kind+" "+name] != "" {
			continue
		}
		have, known := got[name]
		if assert.True(t, known, "nothing to compare with %s = %v", name, value) {
			assert.EqualValues(t, value, plain(t, have), name)
		}
	}
}

// plain turns a value into what encoding/json makes of it.
func plain(t *testing.T, value any) (out any) {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &out))
	return out
}

// table reads the CSV of a case: one map a row.
func table(t *testing.T, c aCase) (rows []map[string]string) {
	t.Helper()
	text, err := os.ReadFile(dataset.Path(t, "thirdparty", c.File))
	require.NoError(t, err)
	return rowsFrom(t, string(text))
}

func rowsFrom(t *testing.T, text string) (rows []map[string]string) {
	t.Helper()
	in := csv.NewReader(strings.NewReader(text))
	in.LazyQuotes = true
	records, err := in.ReadAll()
	require.NoError(t, err)
	require.NotEmpty(t, records)
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}
