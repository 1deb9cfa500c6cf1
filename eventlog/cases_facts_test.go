package eventlog_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

func workers(p *workload.Profile) (found []workload.Executor) {
	for _, e := range p.Executors {
		if !e.IsDriver() {
			found = append(found, e)
		}
	}
	return found
}

// highWater is the largest number of different keys that live at once; additions come before removals of the same time.
func highWater(p *workload.Profile, key func(workload.Executor) string) int {
	most := 0
	for _, at := range workers(p) {
		alive := map[string]bool{}
		for _, e := range workers(p) {
			if e.Added <= at.Added && (!e.Removed.Known() || e.Removed >= at.Added) {
				alive[key(e)] = true
			}
		}
		most = max(most, len(alive))
	}
	return most
}

// clusterInfo compares the shape of the cluster. Expected is null for a run without executors of its own.
func clusterInfo(t *testing.T, c aCase) {
	p := read(t, c)
	var want map[string]any
	expect(t, c, &want)
	if want == nil {
		assert.Empty(t, workers(p))
		return
	}
	got := map[string]any{
		"numExecutors":             highWater(p, func(e workload.Executor) string { return e.ID }),
		"numWorkerNodes":           highWater(p, func(e workload.Executor) string { return e.Host }),
		"coresPerExecutor":         slices.MaxFunc(workers(p), func(a, b workload.Executor) int { return a.Cores - b.Cores }).Cores,
		"dynamicAllocationEnabled": false, "executorHeapMemoryMiB": 0,
		"dynamicAllocationMaxExecutors": "N/A", "dynamicAllocationMinExecutors": "N/A", "dynamicAllocationInitialExecutors": "N/A",
	}
	if enabled, err := p.Conf.Bool(spark.DynamicAllocation); err == nil && enabled {
		got["dynamicAllocationEnabled"] = true
		got["dynamicAllocationMaxExecutors"], _ = p.Conf.Value(spark.MaxExecutors)
		got["dynamicAllocationMinExecutors"], _ = p.Conf.Value(spark.MinExecutors)
		initial, err := p.Conf.Int(spark.InitialExecutors)
		require.NoError(t, err)
		instances, err := p.Conf.Int(spark.ExecutorInstances)
		require.NoError(t, err)
		got["dynamicAllocationInitialExecutors"] = strconv.Itoa(max(initial, instances))
	}
	if want["executorHeapMemoryMiB"] == 0.0 { // said where a platform's own default counts, which the log does not tell
		assert.False(t, p.Conf.IsSet(spark.ExecutorMemory))
	} else {
		heap, err := p.Conf.Size(spark.ExecutorMemory)
		require.NoError(t, err)
		got["executorHeapMemoryMiB"] = int64(heap) >> 20
	}
	for name, key := range map[string]string{
		"driverHost": "spark.driver.host", "driverNodeType": "spark.databricks.driverNodeTypeId", "workerNodeType": "spark.databricks.workerNodeTypeId",
		"clusterId": "spark.databricks.clusterUsageTags.clusterId", "clusterName": "spark.databricks.clusterUsageTags.clusterName",
	} {
		if value, ok := p.Conf.Lookup(key); ok {
			got[name] = value
		}
	}
	compareValues(t, c.Kind, want, got)
}

// eventCounts compares how many events of a name there are.
func eventCounts(t *testing.T, c aCase) {
	p := read(t, c)
	n := p.Totals
	got := map[string]any{
		"app_name": p.App.Name, "ended": p.Coverage.Ended(),
		"ApplicationStart": count(p.Start.Known()), "ApplicationEnd": count(p.End.Known()), "EnvironmentUpdate": count(p.Conf.Len() > 0), "LogStart": count(p.LoggedVersion != ""),
		"ExecutorAdded": n.ExecutorsAdded, "ExecutorRemoved": n.ExecutorsRemoved, "JobStart": n.JobsStarted, "JobEnd": n.JobsEnded,
		"StageSubmitted": n.StagesSubmitted, "StageCompleted": n.StagesCompleted, "TaskStart": n.TasksStarted, "TaskEnd": n.TasksEnded,
		"SQLExecutionStart": n.SQLExecutions,
		"streaming_queries": skipped(p, "QueryStartedEvent"), "streaming_progress_events": skipped(p, "QueryProgressEvent"),
		"completed_batches": skipped(p, "QueryProgressEvent"),
	}
	for name, n := range p.Coverage.Skipped {
		got[strings.TrimPrefix(name, "SparkListener")] = n
	}
	compare(t, c, got)
}

func count(there bool) int {
	if there {
		return 1
	}
	return 0
}

func skipped(p *workload.Profile, suffix string) (n int) {
	for name, count := range p.Coverage.Skipped {
		if strings.HasSuffix(name, suffix) {
			n += count
		}
	}
	return n
}

func stageTimeline(t *testing.T, c aCase) {
	p := read(t, c)
	stages := map[string]any{}
	for _, s := range p.Stages {
		stages[strconv.Itoa(s.ID)] = map[string]any{"submitted": s.Submitted, "completed": s.Completed, "tasks": s.NumTasks}
	}
	compare(t, c, map[string]any{"stages": stages})
}

func jobInfo(t *testing.T, c aCase) {
	p := read(t, c)
	got := map[string]any{"jobs": len(p.Jobs)}
	for _, j := range p.Jobs {
		info := map[string]any{"stages": len(j.StageIDs), "sql_id": j.SQL, "start": j.Submitted, "end": j.Completed}
		if j.SQL < 0 {
			info["sql_id"] = nil
		}
		got[strconv.Itoa(j.ID)] = info
	}
	compare(t, c, got)
}

func resourceProfiles(t *testing.T, c aCase) {
	p := read(t, c)
	got := map[string]any{"profiles": len(p.ResourceProfiles)}
	for _, r := range p.ResourceProfiles {
		got[strconv.Itoa(r.ID)] = map[string]any{"memory_mib": int64(r.Memory) >> 20, "cores": r.Cores}
	}
	compare(t, c, got)
}

func executorInfo(t *testing.T, c aCase) {
	p := read(t, c)
	require.NotEmpty(t, p.Executors)
	profiles := map[int]bool{}
	for _, e := range p.Executors {
		profiles[e.ResourceProfile] = true
	}
	compare(t, c, map[string]any{
		"rows": len(profiles), "numExecutors": p.Totals.MaxExecutors, "maxMem": p.Executors[0].Storage, "sparkVersion": p.LoggedVersion,
		"jobs": len(p.Jobs), "stage0_tasks": rowsOf(p, 0), "executorCores": p.Executors[0].Cores,
	})
}

// rowsOf counts the task attempts of a stage.
func rowsOf(p *workload.Profile, stage int) (n int) {
	for _, s := range stagesOf(p, func(s workload.Stage) bool { return s.ID == stage }) {
		n += s.Last - s.First
	}
	return n
}

func eventFacts(t *testing.T, c aCase) {
	p := read(t, c)
	var want struct {
		Job    int   `json:"has_job"`
		Stages []int `json:"stages_present"`
	}
	expect(t, c, &want)
	attempt := 1
	if p.App.AttemptID != "" {
		attempt = number(t, p.App.AttemptID)
	}
	got := map[string]any{
		"sparkVersion": p.LoggedVersion, "has_job": jobOf(t, p, want.Job).ID, "stage0_tasks": rowsOf(p, 0), "attempt_id": attempt,
		"executor_total_cores": p.Totals.MaxCores, "rp_executor_memory_mib": int64(p.ResourceProfiles[0].Memory) >> 20,
	}
	var present []int
	for _, s := range p.Stages {
		if slices.Contains(want.Stages, s.ID) {
			present = append(present, s.ID)
		}
		if s.ID == 1 {
			got["stage1_first_task_end_reason"] = map[workload.Status]string{workload.Succeeded: "Success"}[p.Tasks.Status(s.First)]
		}
	}
	got["stages_present"] = present
	compare(t, c, got)
}

// appTotals compares what a History Server says of a whole application.
func appTotals(t *testing.T, c aCase) {
	p := read(t, c)
	stages := map[int]bool{}
	for _, j := range p.Jobs {
		for _, id := range j.StageIDs {
			stages[id] = true
		}
	}
	cores, memory, dead := 0, int64(0), 0
	for _, e := range workers(p) {
		if e.Removed.Known() {
			dead++
			continue
		}
		cores, memory = cores+e.Cores, memory+int64(e.Storage)
	}
	n, m := p.Totals, p.Totals.Sums
	compare(t, c, map[string]any{
		"app": p.App.ID, "executors": len(workers(p)) - dead, "deadExecutors": dead, "totalCores": cores, "maxMemory": memory,
		"jobs": len(p.Jobs), "failedJobs": n.JobsFailed, "stages": len(stages), "failedStages": n.StagesFailed, "failedTasks": n.TasksFailed,
		"inputBytes": m.Input, "outputBytes": m.Output, "shuffleRead": m.ShuffleRead(), "shuffleWrite": m.ShuffleWrite,
		"spillDisk": m.DiskSpill, "spillMemory": m.MemorySpill, "gcTimeMs": m.GC.Milliseconds(),
	})
}

func properties(t *testing.T, c aCase) {
	p := read(t, c)
	var want struct {
		Properties map[string]string
		Exact      bool
	}
	expect(t, c, &want)
	if want.Exact {
		assert.Equal(t, len(want.Properties), p.Conf.Len())
	}
	for name, value := range want.Properties {
		got, set := p.Conf.Lookup(name)
		assert.True(t, set, name)
		assert.Equal(t, value, got, name)
	}
}

// incompleteAttempt tells which attempt has no end.
func incompleteAttempt(t *testing.T, c aCase) {
	got := map[string]any{"attempts": len(c.Log)}
	for _, path := range c.Log {
		p := readLog(t, path)
		if p.Coverage.Ended() {
			got["complete_attempt"] = p.App.AttemptID
		} else {
			got["incomplete_attempt"] = p.App.AttemptID
		}
	}
	compare(t, c, got)
}

func attemptSelection(t *testing.T, c aCase) {
	var runs []*workload.Profile
	for _, path := range c.Log {
		runs = append(runs, readLog(t, path))
	}
	slices.Reverse(runs)
	kept, superseded := workload.LatestAttempts(runs)
	require.Len(t, kept, 1)
	var earlier []string
	for _, p := range superseded {
		earlier = append(earlier, p.App.AttemptID)
	}
	slices.Sort(earlier)
	compare(t, c, map[string]any{"kept_attempt": kept[0].App.AttemptID, "skipped_attempts": earlier})
}
