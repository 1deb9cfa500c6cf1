package eventlog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/eventlog/internal/codec"
	"github.com/sparkscale/sparkscale/internal/dataset"
)

// object is a JSON object; its methods give the zero value for what is missing or of another kind.
type object map[string]any

func (o object) object(name string) object {
	inner, _ := o[name].(map[string]any)
	return inner
}

func (o object) text(name string) string {
	text, _ := o[name].(string)
	return text
}

func (o object) number(name string) int64 {
	n, _ := o[name].(json.Number)
	if i, err := n.Int64(); err == nil {
		return i
	}
	f, _ := n.Float64()
	switch {
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

// decode gives the event in a line, or nil where it is none.
func decode(line []byte) object {
	var o map[string]any
	in := json.NewDecoder(bytes.NewReader(line))
	in.UseNumber()
	if in.Decode(&o) != nil || object(o).text("Event") == "" {
		return nil
	}
	if _, err := in.Token(); err != io.EOF {
		return nil
	}
	return o
}

// oracle computes workload.Facts the slow and plain way: each line is decoded by encoding/json into a map.
type oracle struct {
	facts   map[string]any
	alive   map[string]int64
	running map[int64]bool
	heap    map[string]int64
	conf    map[string]string
}

func newOracle() *oracle {
	o := &oracle{facts: map[string]any{}, alive: map[string]int64{}, running: map[int64]bool{}, heap: map[string]int64{}, conf: map[string]string{}}
	for _, name := range strings.Fields(`jobs_started jobs_ended jobs_failed stages_submitted stages_completed stages_failed tasks_started tasks_ended
		tasks_failed tasks_killed speculative_tasks_ended sql_executions executors_added executors_removed max_concurrent_executors max_concurrent_cores
		max_concurrent_tasks executor_run_time_ms executor_cpu_time_ns jvm_gc_time_ms input_bytes output_bytes shuffle_read_bytes shuffle_write_bytes
		memory_bytes_spilled disk_bytes_spilled bad_lines lines`) {
		o.facts[name] = int64(0)
	}
	for _, name := range strings.Fields("app_id app_attempt_id app_name spark_version start end duration_ms last_job_or_sql_end_time peak_jvm_heap_executors peak_jvm_heap_driver") {
		o.facts[name] = nil
	}
	return o
}

func (o *oracle) add(name string, n int64) { o.facts[name] = o.facts[name].(int64) + n }

func (o *oracle) raise(name string, n int64) {
	if old, known := o.facts[name].(int64); n > 0 && (!known || n > old) {
		o.facts[name] = n
	}
}

func (o *oracle) text(name, value string) {
	o.facts[name] = nil
	if value != "" {
		o.facts[name] = value
	}
}

func (o *oracle) time(name string, at int64) {
	o.facts[name] = nil
	if at != 0 {
		o.facts[name] = at
	}
}

// read takes a whole log and returns the facts as Facts is in JSON.
func (o *oracle) read(log []byte) map[string]any {
	o.facts["uncompressed_bytes"] = int64(len(log))
	for line := range bytes.Lines(log) {
		o.add("lines", 1)
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if e := decode(line); e != nil {
			o.event(e)
		} else {
			o.add("bad_lines", 1)
		}
	}
	o.facts["active_executors_at_end"] = int64(len(o.alive))
	if start, ok := o.facts["start"].(int64); ok {
		if end, ok := o.facts["end"].(int64); ok {
			o.facts["duration_ms"] = end - start
		}
	}
	for id, heap := range o.heap {
		if id == "driver" {
			o.raise("peak_jvm_heap_driver", heap)
		} else {
			o.raise("peak_jvm_heap_executors", heap)
		}
	}
	return o.facts
}

func (o *oracle) event(e object) {
	name := e.text("Event")
	switch name[strings.LastIndex(name, ".")+1:] {
	case "SparkListenerLogStart":
		if o.facts["spark_version"] == nil {
			o.text("spark_version", e.text("Spark Version"))
		}
	case "SparkListenerApplicationStart":
		o.text("app_id", e.text("App ID"))
		o.text("app_attempt_id", e.text("App Attempt ID"))
		o.text("app_name", e.text("App Name"))
		o.time("start", e.number("Timestamp"))
	case "SparkListenerApplicationEnd":
		o.time("end", e.number("Timestamp"))
	case "SparkListenerEnvironmentUpdate":
		for name := range e.object("Spark Properties") {
			o.conf[name] = e.object("Spark Properties").text(name)
		}
	case "SparkListenerExecutorAdded":
		o.add("executors_added", 1)
		o.alive[e.text("Executor ID")] = e.object("Executor Info").number("Total Cores")
		cores := int64(0)
		for _, n := range o.alive {
			cores += n
		}
		o.raise("max_concurrent_executors", int64(len(o.alive)))
		o.raise("max_concurrent_cores", cores)
	case "SparkListenerExecutorRemoved":
		o.add("executors_removed", 1)
		delete(o.alive, e.text("Executor ID"))
	default:
		o.work(e, name[strings.LastIndex(name, ".")+1:])
	}
}

func (o *oracle) work(e object, name string) {
	switch name {
	case "SparkListenerJobStart":
		o.add("jobs_started", 1)
	case "SparkListenerJobEnd":
		o.add("jobs_ended", 1)
		if e.object("Job Result").text("Result") != "JobSucceeded" {
			o.add("jobs_failed", 1)
		}
		o.raise("last_job_or_sql_end_time", e.number("Completion Time"))
	case "SparkListenerStageSubmitted":
		o.add("stages_submitted", 1)
	case "SparkListenerStageCompleted":
		o.add("stages_completed", 1)
		if e.object("Stage Info").text("Failure Reason") != "" {
			o.add("stages_failed", 1)
		}
	case "SparkListenerSQLExecutionStart":
		o.add("sql_executions", 1)
	case "SparkListenerSQLExecutionEnd":
		o.raise("last_job_or_sql_end_time", e.number("time"))
	case "SparkListenerTaskStart":
		o.add("tasks_started", 1)
		o.running[e.object("Task Info").number("Task ID")] = true
		o.raise("max_concurrent_tasks", int64(len(o.running)))
	case "SparkListenerTaskEnd":
		o.task(e, e.object("Task Info"))
	case "SparkListenerStageExecutorMetrics":
		o.peak(e.text("Executor ID"), e.object("Executor Metrics"))
	case "SparkListenerExecutorMetricsUpdate":
		list, _ := e["Executor Metrics Updated"].([]any)
		for _, update := range list {
			inner, _ := update.(map[string]any)
			o.peak(e.text("Executor ID"), object(inner).object("Executor Metrics"))
		}
	}
}

func (o *oracle) peak(id string, metrics object) {
	o.heap[id] = max(o.heap[id], metrics.number("JVMHeapMemory"))
}

func (o *oracle) task(e, info object) {
	o.add("tasks_ended", 1)
	delete(o.running, info.number("Task ID"))
	switch e.object("Task End Reason").text("Reason") {
	case "Success":
	case "TaskKilled":
		o.add("tasks_killed", 1)
	default:
		o.add("tasks_failed", 1)
	}
	if speculative, _ := info["Speculative"].(bool); speculative {
		o.add("speculative_tasks_ended", 1)
	}
	o.peak(info.text("Executor ID"), e.object("Task Executor Metrics"))
	m := e.object("Task Metrics")
	o.add("executor_run_time_ms", m.number("Executor Run Time"))
	o.add("executor_cpu_time_ns", m.number("Executor CPU Time"))
	o.add("jvm_gc_time_ms", m.number("JVM GC Time"))
	o.add("memory_bytes_spilled", m.number("Memory Bytes Spilled"))
	o.add("disk_bytes_spilled", m.number("Disk Bytes Spilled"))
	o.add("input_bytes", m.object("Input Metrics").number("Bytes Read"))
	o.add("output_bytes", m.object("Output Metrics").number("Bytes Written"))
	read := m.object("Shuffle Read Metrics")
	o.add("shuffle_read_bytes", read.number("Remote Bytes Read")+read.number("Local Bytes Read"))
	o.add("shuffle_write_bytes", m.object("Shuffle Write Metrics").number("Shuffle Bytes Written"))
}

// assertOracle reads a log both ways.
func assertOracle(t *testing.T, log []byte) {
	t.Helper()
	p, err := eventlog.Read(context.Background(), "x", bytes.NewReader(log))
	if err != nil {
		require.ErrorIs(t, err, eventlog.ErrNoEvents)
	}
	o := newOracle()
	want := o.read(log)
	assert.Equal(t, plain(t, want), plain(t, p.Facts()))
	conf := map[string]string{}
	for _, name := range p.Conf.Keys() {
		conf[name], _ = p.Conf.Lookup(name)
	}
	assert.Equal(t, o.conf, conf)
}

// uncompressed reads a file, to where it is cut.
func uncompressed(t testing.TB, path string) []byte {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	stream, err := codec.NewReader(file, codec.Limits{})
	require.NoError(t, err)
	text, err := io.ReadAll(stream)
	if err != nil {
		require.ErrorIs(t, err, codec.ErrTruncated)
	}
	return text
}

// ownRuns are the files of the recordings that belong to the package.
func ownRuns(t testing.TB) (paths []string) {
	t.Helper()
	for _, pattern := range []string{"testdata/runs/spark-*", "testdata/runs/app-*", "testdata/runs/eventlog_v2_*/events_*"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, found, pattern)
		paths = append(paths, found...)
	}
	return paths
}

// TestOracle reads the package's own recordings both ways.
func TestOracle(t *testing.T) {
	for _, path := range ownRuns(t) {
		assertOracle(t, uncompressed(t, path))
	}
}

// TestOracleRecordings reads all recorded runs of one file both ways.
func TestOracleRecordings(t *testing.T) {
	var index []struct{ Path, EventLog string }
	dataset.JSON(t, "recordings/index.json", &index)
	read := 0
	for _, run := range index {
		path := dataset.Path(t, "recordings", run.Path, run.EventLog)
		info, err := os.Stat(path)
		require.NoError(t, err)
		if info.IsDir() || testing.Short() && info.Size() > 1<<20 {
			continue
		}
		assertOracle(t, uncompressed(t, path))
		read++
	}
	t.Logf("%d runs read both ways", read)
}
