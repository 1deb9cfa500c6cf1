package sparkrest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/sparkrest"
)

func TestSnapshotOfADriver(t *testing.T) {
	for _, name := range []string{"driver-3.5.6", "driver-4.2.0"} {
		t.Run(name, func(t *testing.T) {
			tape := openCassette(t, "testdata/"+name+".zip")
			s, err := client(t, tape).App(tape.app()).Snapshot(t.Context())
			require.NoError(t, err)
			assert.Equal(t, strings.TrimPrefix(name, "driver-"), s.Version)
			assert.Equal(t, `live "quoted" app`, s.AppName)
			require.NotEmpty(t, s.Executors)
			assert.Equal(t, "driver", s.Executors[0].ID)
			require.NotNil(t, s.Allocation, s.Missing)
			assert.Equal(t, 2, s.Allocation.Target)
			assert.Equal(t, 2, s.Allocation.All)
			assert.NotZero(t, s.Allocation.MaxNeeded)
			require.NotNil(t, s.Scheduler)
			assert.NotZero(t, s.Scheduler.RunningStages)
			assert.NotEmpty(t, s.Stages)
			assert.GreaterOrEqual(t, s.PendingTasks(), 8, "twelve tasks that sleep, on four cores")
		})
	}
}

// TestPagesOfMetricsAgreeWithTheAPI compares both ways to ask one driver: what the page tells is what the API told.
func TestPagesOfMetricsAgreeWithTheAPI(t *testing.T) {
	for _, name := range []string{"driver-3.5.6", "driver-4.2.0"} {
		tape := openCassette(t, "testdata/"+name+".zip")
		c := client(t, tape)
		fromPage, err := c.Metrics(t.Context())
		require.NoError(t, err)
		fromAPI, err := c.App(tape.app()).Snapshot(t.Context())
		require.NoError(t, err)
		assert.Equal(t, fromAPI.AppID, fromPage.AppID)
		assert.Equal(t, fromAPI.AppName, fromPage.AppName, "a quote in it makes the page invalid")
		require.Equal(t, len(fromAPI.Executors), len(fromPage.Executors))
		for i, e := range fromAPI.Executors {
			p := fromPage.Executors[i]
			assert.Equal(t, e.ID, p.ID)
			assert.Equal(t, []int{e.TotalCores, e.MaxTasks, e.ActiveTasks, e.FailedTasks, e.CompletedTasks, e.TotalTasks, e.RDDBlocks}, []int{p.TotalCores, p.MaxTasks, p.ActiveTasks, p.FailedTasks, p.CompletedTasks, p.TotalTasks, p.RDDBlocks})
			assert.Equal(t, e.MaxMemory, p.MaxMemory)
			assert.Equal(t, e.TotalShuffleWrite, p.TotalShuffleWrite)
			if !e.IsDriver() { // whose own times go on
				assert.Equal(t, e.TotalDuration, p.TotalDuration)
				assert.Equal(t, e.TotalGCTime, p.TotalGCTime)
			}
			for metric := range p.PeakMemoryMetrics {
				assert.Contains(t, e.PeakMemoryMetrics, metric)
			}
			assert.Equal(t, e.MemoryMetrics.TotalOnHeapStorageMemory, p.MemoryMetrics.TotalOnHeapStorageMemory)
		}
	}
}

func TestEveryRecordedPageOfMetricsIsRead(t *testing.T) {
	executors, allocations := 0, 0
	for _, file := range pages(t) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if bytes.HasPrefix(text, []byte("HTTP ")) || bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) {
			continue // an error that the recorder noted
		}
		var s sparkrest.Snapshot
		require.NoError(t, s.AddPrometheus(bytes.NewReader(text)), file)
		if len(s.Executors) > 0 {
			executors++
		}
		if s.Allocation != nil {
			allocations++
		}
		// The page that is always there tells the same.
		json, err := os.ReadFile(filepath.Join(filepath.Dir(file), "metrics-json.json"))
		if err != nil || s.Allocation == nil {
			continue
		}
		c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/metrics/json/"):
				_, _ = w.Write(json)
			case strings.HasSuffix(r.URL.Path, "/a"):
				_, _ = w.Write([]byte(`{"id":"a"}`))
			case strings.Contains(r.URL.Path, "prometheus"):
				http.NotFound(w, r)
			default:
				_, _ = w.Write([]byte("[]"))
			}
		}))
		other, err := c.App("a").Snapshot(t.Context())
		require.NoError(t, err)
		assert.Equal(t, s.Allocation, other.Allocation, file)
		assert.Empty(t, other.Missing)
	}
	t.Logf("%d pages of executors, %d of drivers with dynamic allocation", executors, allocations)
	assert.NotZero(t, executors)
	assert.NotZero(t, allocations)
}

func TestSnapshotWithoutMetrics(t *testing.T) {
	c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "/metrics/"):
			http.Redirect(w, r, "/jobs/", http.StatusFound)
		case strings.HasSuffix(r.URL.Path, "/a"):
			_, _ = w.Write([]byte(`{"id":"a"}`))
		default:
			_, _ = w.Write([]byte("[]"))
		}
	}))
	s, err := c.App("a").Snapshot(t.Context())
	require.NoError(t, err)
	assert.Nil(t, s.Allocation)
	require.Len(t, s.Missing, 2)
	assert.Contains(t, s.Missing[1], "PrometheusServlet")
	assert.Zero(t, s.PendingTasks())
}

func TestPagesThatAreNone(t *testing.T) {
	var s sparkrest.Snapshot
	for _, text := range []string{"", "# nothing\n", "up 1\n", "<html>", "metrics_executor_rddBlocks{executor_id=\"1\"", "a b c d\n"} {
		assert.Error(t, s.AddPrometheus(strings.NewReader(text)), text)
	}
	assert.ErrorIs(t, s.AddPrometheus(broken{}), errUnexpected)
	tape := openCassette(t, "testdata/history-3.5.6-failures.zip")
	_, err := client(t, tape).Metrics(t.Context())
	assert.ErrorIs(t, err, sparkrest.ErrNotFound)
	assert.Contains(t, err.Error(), "spark.ui.prometheus.enabled=true")
}

var errUnexpected = func() error { _, err := broken{}.Read(nil); return err }()

func TestNamesThatAPageDoesNotEscape(t *testing.T) {
	for _, name := range []string{`plain`, `a "b" c`, `back\slash`, `a", executor_id="9`, `x", application_name="y`} {
		page := `metrics_executor_activeTasks{application_id="app-1", application_name="` + name + `", executor_id="3"} 2` + "\n"
		var s sparkrest.Snapshot
		require.NoError(t, s.AddPrometheus(strings.NewReader(page)), name)
		require.Len(t, s.Executors, 1)
		assert.Equal(t, "3", s.Executors[0].ID)
		assert.Equal(t, name, s.AppName)
		assert.Equal(t, 2, s.Executors[0].ActiveTasks)
	}
}

func TestNamespacesThatLookLikeOthers(t *testing.T) {
	page := `metrics_my_driver_job_driver_ExecutorAllocationManager_executors_numberTargetExecutors_Number{type="gauges"} 7` + "\n"
	var s sparkrest.Snapshot
	require.NoError(t, s.AddPrometheus(strings.NewReader(page)))
	require.NotNil(t, s.Allocation)
	assert.Equal(t, 7, s.Allocation.Target)
	assert.Nil(t, s.Scheduler)
}

func TestErrorsAreTyped(t *testing.T) {
	tape := openCassette(t, "testdata/history-3.5.6-failures.zip")
	_, err := client(t, tape).App("foobar").Info(t.Context())
	var status *sparkrest.StatusError
	require.True(t, errors.As(err, &status))
	assert.Equal(t, http.StatusNotFound, status.Status)
	assert.Equal(t, "unknown app: foobar", status.Message)
	assert.Equal(t, http.MethodGet, status.Method)
	assert.NotEmpty(t, status.Remedy)
	_, err = json.Marshal(status)
	assert.NoError(t, err)
}
