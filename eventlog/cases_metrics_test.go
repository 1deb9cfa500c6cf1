package eventlog_test

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// taskMetricSums compares sums over the tasks of each stage, job or SQL execution.
func taskMetricSums(t *testing.T, c aCase) {
	p := read(t, c)
	rows := table(t, c)
	require.NotEmpty(t, rows)
	for _, row := range rows {
		id := number(t, row["id"]+row["sqlId"])
		var of []workload.Stage
		var took time.Duration
		switch c.Level {
		case "stage":
			of = stagesOf(p, func(s workload.Stage) bool { return s.ID == id })
			require.NotEmpty(t, of)
			took = of[0].Completed.Sub(of[0].Submitted)
		case "job":
			job := jobOf(t, p, id)
			of, took = stagesOfJobs(p, func(j workload.Job) bool { return j.ID == id }), job.Completed.Sub(job.Submitted)
		case "sql":
			of, took = stagesOfJobs(p, func(j workload.Job) bool { return j.SQL == id }), sqlDuration(executionOf(t, p, id))
		default:
			t.Fatalf("unknown level %q", c.Level)
		}
		compareRow(t, p, row, sumsOf(p, of), map[string]any{
			"appId": p.App.ID, "id": id, "sqlId": id, "duration": took.Milliseconds(), "description": description(p, id),
		})
	}
}

func description(p *workload.Profile, sql int) string {
	i := slices.IndexFunc(p.SQL, func(e workload.Execution) bool { return e.ID == sql })
	if i < 0 {
		return ""
	}
	return p.SQL[i].Description
}

// compareRow compares each column of a row.
func compareRow(t *testing.T, p *workload.Profile, row map[string]string, got ...map[string]any) {
	t.Helper()
	runtime, _ := p.Conf.Lookup("spark.databricks.clusterUsageTags.sparkVersion")
	for name, want := range row {
		if untold["task-metric-sums "+name] != "" || strings.Contains(runtime, photon) && untold[photon+" "+name] != "" {
			continue
		}
		found := false
		for _, values := range got {
			if value, ok := values[name]; ok {
				found = true
				assert.Equal(t, want, text(value), "%s of %s%s", name, row["id"], row["sqlId"])
			}
		}
		assert.True(t, found, "nothing to compare with %s = %s", name, want)
	}
}

// text writes a value as the CSVs do: a float with at least one digit behind the point.
func text(value any) string {
	switch v := value.(type) {
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case units.Bytes:
		return strconv.FormatInt(int64(v), 10)
	case float64:
		if s := strconv.FormatFloat(v, 'f', -1, 64); v != math.Trunc(v) {
			return s
		}
		return strconv.FormatFloat(v, 'f', 1, 64)
	case bool:
		return strconv.FormatBool(v)
	case string:
		return v
	}
	panic("unknown type")
}

func stagesOf(p *workload.Profile, want func(workload.Stage) bool) (found []workload.Stage) {
	for _, s := range p.Stages {
		if want(s) {
			found = append(found, s)
		}
	}
	return found
}

// stagesOfJobs returns the stages in the graphs of some jobs, each once.
func stagesOfJobs(p *workload.Profile, want func(workload.Job) bool) []workload.Stage {
	return stagesOf(p, func(s workload.Stage) bool {
		return slices.ContainsFunc(p.Jobs, func(j workload.Job) bool { return want(j) && slices.Contains(j.StageIDs, s.ID) })
	})
}

func jobOf(t *testing.T, p *workload.Profile, id int) workload.Job {
	t.Helper()
	i := slices.IndexFunc(p.Jobs, func(j workload.Job) bool { return j.ID == id })
	require.GreaterOrEqual(t, i, 0, "job %d", id)
	return p.Jobs[i]
}

func executionOf(t *testing.T, p *workload.Profile, id int) workload.Execution {
	t.Helper()
	i := slices.IndexFunc(p.SQL, func(e workload.Execution) bool { return e.ID == id })
	require.GreaterOrEqual(t, i, 0, "SQL execution %d", id)
	return p.SQL[i]
}

// sqlDuration is 0 for an execution without an end.
func sqlDuration(e workload.Execution) time.Duration {
	if !e.End.Known() {
		return 0
	}
	return e.End.Sub(e.Start)
}

// add adds a stage's sums, times cut to milliseconds as the tool that wrote the tables does for each stage.
func add(to *workload.Metrics, s workload.Stage) {
	m := s.Sums
	m.CPU, m.DeserializeCPU, m.WriteTime = m.CPU.Truncate(time.Millisecond), m.DeserializeCPU.Truncate(time.Millisecond), m.WriteTime.Truncate(time.Millisecond)
	to.Add(&m)
}

// sumsOf names the sums over all ended tasks of some stages as the CSVs do; times are ms.
func sumsOf(p *workload.Profile, stages []workload.Stage) map[string]any {
	var m workload.Metrics
	var total, longest time.Duration
	var peak, input units.Bytes
	shortest, tasks := time.Duration(math.MaxInt64), 0
	for _, s := range stages {
		add(&m, s)
		for i := s.First; i < s.Last; i++ {
			if p.Tasks.Status(i) == workload.Running {
				continue
			}
			tasks++
			total += p.Tasks.Duration(i)
			longest, shortest = max(longest, p.Tasks.Duration(i)), min(shortest, p.Tasks.Duration(i))
			peak, input = max(peak, p.Tasks.PeakExecution(i)), max(input, p.Tasks.Input(i))
		}
	}
	if tasks == 0 {
		shortest = 0
	}
	return map[string]any{
		"numTasks": tasks, "durationSum": total.Milliseconds(), "durationMax": longest.Milliseconds(), "durationMin": shortest.Milliseconds(),
		"durationAvg": rounded(float64(total.Milliseconds())/float64(max(tasks, 1)), 1), "executorCpuRatio": percent(m.CPU, m.Run),
		"diskBytesSpilledSum": m.DiskSpill, "executorCPUTimeSum": m.CPU.Milliseconds(), "executorDeserializeCpuTimeSum": m.DeserializeCPU.Milliseconds(),
		"executorDeserializeTimeSum": m.Deserialize.Milliseconds(), "executorRunTimeSum": m.Run.Milliseconds(),
		"inputBytesReadSum": m.Input, "inputBytesReadMax": input, "inputRecordsReadSum": m.InputRecords, "jvmGCTimeSum": m.GC.Milliseconds(),
		"memoryBytesSpilledSum": m.MemorySpill, "outputBytesWrittenSum": m.Output, "outputRecordsWrittenSum": m.OutputRecords,
		"peakExecutionMemoryMax": peak, "resultSerializationTimeSum": m.Serialize.Milliseconds(), "srFetchWaitTimeSum": m.FetchWait.Milliseconds(),
		"srLocalBlocksFetchedSum": m.LocalBlocks, "srcLocalBytesReadSum": m.ShuffleLocal, "srRemoteBlocksFetchSum": m.RemoteBlocks,
		"srRemoteBytesReadSum": m.ShuffleRemote, "srRemoteBytesReadToDiskSum": m.ShuffleRemoteToDisk, "srTotalBytesReadSum": m.ShuffleRead(),
		"swBytesWrittenSum": m.ShuffleWrite, "swRecordsWrittenSum": m.ShuffleWriteRecords, "swWriteTimeSum": m.WriteTime.Milliseconds(),
	}
}

func rounded(value float64, digits int) float64 {
	scale := math.Pow10(digits)
	return math.Round(value*scale) / scale
}

// percent is the share of run time that was spent on a processor.
func percent(cpu, run time.Duration) float64 {
	if run == 0 {
		return 0
	}
	return min(100, rounded(100*float64(cpu.Milliseconds())/float64(run.Milliseconds()), 2))
}

// sqlDurations compares each SQL execution's duration and share of processor time.
func sqlDurations(t *testing.T, c aCase) {
	p := read(t, c)
	rows := table(t, c)
	assert.Len(t, rows, len(p.SQL))
	for _, row := range rows {
		id := number(t, row["sqlID"])
		e := executionOf(t, p, id)
		var m workload.Metrics
		for _, s := range stagesOfJobs(p, func(j workload.Job) bool { return j.SQL == id }) {
			add(&m, s)
		}
		assert.Equal(t, row["App ID"], p.App.ID)
		assert.Equal(t, row["SQL Duration"], text(sqlDuration(e).Milliseconds()), "duration of SQL %d", id)
		assert.Equal(t, row["App Duration"], text(p.Wall().Milliseconds()))
		assert.Equal(t, row["Executor CPU Time Percent"], text(percent(m.CPU, m.Run)), "processor time of SQL %d", id)
	}
}

// ioMetrics compares sums of single SQL executions.
func ioMetrics(t *testing.T, c aCase) {
	p := read(t, c)
	got := map[string]any{"sql_ids": len(p.SQL)}
	for _, e := range p.SQL {
		var m workload.Metrics
		for _, s := range stagesOfJobs(p, func(j workload.Job) bool { return j.SQL == e.ID }) {
			add(&m, s)
		}
		got["sql_"+strconv.Itoa(e.ID)] = map[string]any{
			"input_bytes": m.Input, "input_records": m.InputRecords, "output_bytes": m.Output, "spill_disk": m.DiskSpill,
			"spill_memory": m.MemorySpill, "shuffle_read": m.ShuffleRead(), "shuffle_write": m.ShuffleWrite,
		}
	}
	compare(t, c, got)
}

// appSummary compares a run's summary.
func appSummary(t *testing.T, c aCase) {
	p := read(t, c)
	attempt := 1
	if p.App.AttemptID != "" {
		attempt = number(t, p.App.AttemptID)
	}
	coreTime := int64(0)
	for _, e := range p.Executors {
		coreTime += lifetime(p, e).Milliseconds() * int64(e.Cores)
	}
	var m workload.Metrics
	var stages, longest time.Duration
	for _, s := range stagesOfJobs(p, func(j workload.Job) bool { return j.SQL >= 0 }) {
		m.Add(&s.Sums)
		stages += s.Completed.Sub(s.Submitted)
	}
	for _, e := range p.SQL {
		longest = max(longest, sqlDuration(e))
	}
	var want map[string]any
	expect(t, c, &want)
	const share = "sql_executor_cpu_time_percent"
	assert.InDelta(t, want[share], percent(m.CPU, m.Run), 0.0101, "%s: that tool's rounding is not stated", share)
	delete(want, share)
	compareValues(t, c.Kind, want, map[string]any{
		"app_name": p.App.Name, "app_id": p.App.ID, "attempt_id": attempt, "app_duration_ms": p.Wall().Milliseconds(),
		"app_duration_estimated": !p.Coverage.Ended(), "total_core_seconds": (coreTime + 999) / 1000,
		"longest_sql_duration_ms": longest.Milliseconds(), "sql_stage_durations_sum_ms": stages.Milliseconds(),
	})
}

func lifetime(p *workload.Profile, e workload.Executor) time.Duration {
	if e.Removed.Known() {
		return e.Removed.Sub(e.Added)
	}
	return p.Until().Sub(e.Added)
}

// coreUsage compares how long how many tasks ran at once. The tool counts in buckets: the finest of its resolutions
// of which a thousand cover the time from the first launch to the last finish. Whenever it takes a coarser one it puts
// a task into a neighbouring bucket, so that its times can be off by one bucket.
func coreUsage(t *testing.T, c aCase) {
	p := read(t, c)
	first, last := workload.Instant(math.MaxInt64), workload.Instant(0)
	for i := range p.Tasks.Len() {
		first, last = min(first, p.Tasks.Launch(i)), max(last, p.Tasks.Finish(i))
	}
	usage, bucket := bucketUsage(p, first, last)
	busiest := 0
	for tasks := range usage {
		busiest = max(busiest, number(t, tasks))
	}
	assert.GreaterOrEqual(t, p.Totals.MaxTasks, busiest, "counted exactly")
	var want map[string]any
	expect(t, c, &want)
	waited := first.Sub(p.Start).Milliseconds()
	for name, value := range map[string]any{
		"idle_time_ms": waited + usage["0"], "idle_time_since_first_task_ms": usage["0"], "cumulative_core_usage_ms": usage,
	} {
		assertNear(t, want[name], plain(t, value), float64(bucket), name)
		delete(want, name)
	}
	compareValues(t, c.Kind, want, map[string]any{
		"app_name": p.App.Name, "spark_version": p.LoggedVersion, "start": p.Start, "time_until_first_task_ms": waited,
		"max_concurrent_tasks": busiest, "max_allocated_cores": p.Totals.MaxCores,
	})
}

// assertNear compares numbers, or maps of numbers with the same keys.
func assertNear(t *testing.T, want, got any, delta float64, name string) {
	t.Helper()
	many, ok := want.(map[string]any)
	if !ok {
		assert.InDelta(t, want, got, delta, name)
		return
	}
	assert.InDeltaMapValues(t, many, got, delta, name)
}

// bucketUsage gives, by the rounded mean number of tasks in a bucket, the milliseconds of such buckets, and the size of
// a bucket.
func bucketUsage(p *workload.Profile, first, last workload.Instant) (usage map[string]int64, size workload.Instant) {
	size = 1
	for _, s := range []workload.Instant{5, 20, 100, 500, 1000, 5000, 10000, 30000, 60000, 300000, 600000, 1800000} {
		if (last-first/size*size)/size >= 1000 {
			size = s
		}
	}
	origin := first / size * size
	busy := make([]int64, (last-origin)/size+1)
	for i := range p.Tasks.Len() {
		for b := range busy {
			from := origin + workload.Instant(b)*size
			busy[b] += max(0, int64(min(p.Tasks.Finish(i), from+size)-max(p.Tasks.Launch(i), from)))
		}
	}
	usage = map[string]int64{}
	for b, sum := range busy {
		took := int64(size)
		switch b {
		case 0:
			took = int64(size - first%size)
		case len(busy) - 1:
			took = int64(last%size + 1)
		}
		usage[strconv.FormatInt(int64(math.Floor(float64(sum)/float64(took)+0.5)), 10)] += took
	}
	return usage, size
}
