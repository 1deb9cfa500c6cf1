package workload_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// TestFactNames holds the names and values, which other programs read.
func TestFactNames(t *testing.T) {
	var b workload.Builder
	b.LogStart("3.5.6")
	b.ApplicationStart(workload.Application{ID: "a", AttemptID: "2", Name: "etl"}, 10)
	added("1", 11, 4)(&b)
	added("2", 12, 4)(&b)
	removed("2", 13, "")(&b)
	b.SQLStart(0, "", 14)
	b.JobStart(workload.JobStart{At: 14})
	stage(0, 3, 15, 90)(&b)
	b.StageCompleted(workload.StageInfo{ID: 1, Completed: 16, Failure: "x"})
	metrics := workload.Metrics{
		Run: 7 * time.Millisecond, CPU: 6, GC: 5 * time.Millisecond, Input: 21, Output: 22, ShuffleLocal: 20, ShuffleRemote: 3, ShuffleWrite: 24,
		MemorySpill: 25, DiskSpill: 26,
	}
	task(0, 16, 20, func(e *workload.TaskEnd) { e.Metrics, e.Memory.Heap = metrics, units.Bytes(27) })(&b)
	task(1, 16, 20, status(workload.Failed), func(e *workload.TaskEnd) { e.Metrics.Run = time.Second })(&b)
	task(2, 16, 20, status(workload.Killed), func(e *workload.TaskEnd) { e.Speculative, e.HasMetrics = true, false })(&b)
	b.Measured(workload.DriverID, workload.Memory{Heap: 28})
	b.JobEnd(0, 91, false)
	b.SQLEnd(0, 92)
	b.ApplicationEnd(110)
	data, err := json.Marshal(b.Build(workload.Coverage{Lines: 31, BadLines: 1, Bytes: 32}).Facts())
	require.NoError(t, err)
	assert.JSONEq(t, `{
		"app_id": "a", "app_attempt_id": "2", "app_name": "etl", "spark_version": "3.5.6",
		"start": 10, "end": 110, "duration_ms": 100, "last_job_or_sql_end_time": 92,
		"jobs_started": 1, "jobs_ended": 1, "jobs_failed": 1, "stages_submitted": 1, "stages_completed": 2, "stages_failed": 1,
		"tasks_started": 3, "tasks_ended": 3, "tasks_failed": 1, "tasks_killed": 1, "speculative_tasks_ended": 1, "sql_executions": 1,
		"executors_added": 2, "executors_removed": 1, "active_executors_at_end": 1,
		"max_concurrent_executors": 2, "max_concurrent_cores": 8, "max_concurrent_tasks": 1,
		"executor_run_time_ms": 1007, "executor_cpu_time_ns": 6, "jvm_gc_time_ms": 5, "input_bytes": 21, "output_bytes": 22,
		"shuffle_read_bytes": 23, "shuffle_write_bytes": 24, "memory_bytes_spilled": 25, "disk_bytes_spilled": 26,
		"peak_jvm_heap_executors": 27, "peak_jvm_heap_driver": 28, "bad_lines": 1, "lines": 31, "uncompressed_bytes": 32
	}`, string(data))
}

func TestFactsOfNothing(t *testing.T) {
	f := of().Facts()
	assert.Nil(t, f.AppID)
	assert.Nil(t, f.Start)
	assert.Nil(t, f.DurationMS)
	assert.Nil(t, f.PeakJVMHeapDriver)
	assert.Nil(t, of(func(b *workload.Builder) { b.ApplicationEnd(5) }).Facts().DurationMS)
}
