package observe

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/diagnose"
)

func logOf(t *testing.T, text string) *logFile {
	l, err := readLog(t.Context(), "driver.log", strings.NewReader(text), 1<<20, 100)
	require.NoError(t, err)
	return l
}

// Each text stands in the log of the release beside it, or is put together from its template in the source.
func TestLogLines(t *testing.T) {
	for _, c := range []struct {
		line   string
		kind   diagnose.LogKind
		fields map[string]string
	}{
		{"INFO SparkContext: Running Spark version 3.5.6", diagnose.LogVersion, map[string]string{"version": "3.5.6"}},
		{
			"INFO ExecutorAllocationManager: Requesting 2 new executors because tasks are backlogged (new desired total will be 4 for resource profile id: 0)",
			diagnose.LogBacklog,
			map[string]string{"added": "2", "target": "4", "profile": "0"},
		},
		{"INFO ExecutorAllocationManager: Executors 2,3 removed due to idle timeout.", diagnose.LogIdle, map[string]string{"executors": "2,3"}},
		{"INFO ExecutorAllocationManager: Executors 1,2removed due to idle timeout.", diagnose.LogIdle, map[string]string{"executors": "1,2"}},
		{
			"INFO ExecutorPodsAllocator: Going to request 2 executors from Kubernetes for ResourceProfile Id: 0, target: 2, known: 0, sharedSlotFromPendingPods: 2147483647.",
			diagnose.LogPods,
			map[string]string{"count": "2", "profile": "0", "target": "2", "known": "0", "slots": "2147483647"},
		},
		{
			"INFO KubernetesClusterSchedulerBackend$KubernetesDriverEndpoint: Registered executor NettyRpcEndpointRef(spark-client://Executor) (10.244.0.6:57720) with ID 1,  ResourceProfileId 0",
			diagnose.LogRegistered,
			map[string]string{"host": "10.244.0.6:57720", "executor": "1"},
		},
		{
			"ERROR TaskSchedulerImpl: Lost executor 3 on 10.244.0.9: The executor with id 3 was deleted by a user or the framework.",
			diagnose.LogLost,
			map[string]string{"executor": "3", "host": "10.244.0.9", "reason": "The executor with id 3 was deleted by a user or the framework."},
		},
		{"INFO TaskSchedulerImpl: Executor 3 on 10.244.0.8 is decommissioned after 29.8 s.", diagnose.LogDecommissioned, map[string]string{"executor": "3", "host": "10.244.0.8", "after": "29.8"}},
		{"WARN KubernetesClusterSchedulerBackend$KubernetesDriverEndpoint: Received executor 4 decommissioned message", diagnose.LogAnnounced, map[string]string{"executor": "4"}},
		{"INFO DAGScheduler: Resubmitted ShuffleMapTask(0, 13), so marking it as still running.", diagnose.LogResubmitted, map[string]string{"stage": "0"}},
		{"ERROR TaskSetManager: Task 1 in stage 0.0 failed 4 times; aborting job", diagnose.LogAborted, map[string]string{"task": "1", "stage": "0.0", "times": "4"}},
		{"ERROR ExecutorPodsAllocator: Max number of executor failures (8) reached", diagnose.LogTooManyFailures, map[string]string{"count": "8"}},
		{"WARN ExecutorAllocationManager: Unable to reach the cluster manager to request more executors!", diagnose.LogUnreachable, map[string]string{"what": "request"}},
	} {
		l := logOf(t, "26/11/23 16:49:14 "+c.line+"\n")
		require.Len(t, l.facts, 1, c.line)
		assert.Equal(t, c.kind, l.facts[0].Kind)
		assert.Equal(t, c.fields, l.facts[0].Fields)
		assert.Equal(t, diagnose.Place{Source: "driver.log", Line: 1}, l.facts[0].Place)
		assert.Equal(t, "2026-11-23T16:49:14.000Z", l.facts[0].At.String())
	}
}

func TestWhatIsNoFact(t *testing.T) {
	for _, line := range []string{
		"26/11/23 16:49:14 WARN Utils: spark.dynamicAllocation.initialExecutors less than spark.dynamicAllocation.minExecutors is invalid, ignoring its setting, please update your configs.",
		"26/11/23 16:49:14 INFO MyApp: someone wrote that Lost executor 3 may happen",
		"Lost executor 3 on host: in a line that is no entry",
		"26/11/23 16:49:14 WARN ExecutorPodsWatchSnapshotSource: Kubernetes client has been closed.",
	} {
		assert.Empty(t, logOf(t, line).facts, line)
	}
}

func TestFormsOfALog(t *testing.T) {
	for name, line := range map[string]string{
		"plain":                 `26/11/23 17:12:11 ERROR TaskSetManager: Task 1 in stage 0.0 failed 4 times; aborting job`,
		"kubectl --timestamps":  `2026-11-23T17:12:11.000000001Z 26/11/23 17:12:11 ERROR TaskSetManager: Task 1 in stage 0.0 failed 4 times; aborting job`,
		"structured":            `{"ts":"2026-11-23T17:12:11.000Z","level":"ERROR","msg":"Task 1 in stage 0.0 failed 4 times; aborting job","context":{"task_id":"1"},"logger":"org.apache.spark.scheduler.TaskSetManager"}`,
		"ISO time, own pattern": `2026-11-23 17:12:11,000 ERROR [task-result-getter-1] org.apache.spark.scheduler.TaskSetManager - Task 1 in stage 0.0 failed 4 times; aborting job`,
		"ISO time, short":       `2026-11-23T17:12:11.000Z ERROR TaskSetManager: Task 1 in stage 0.0 failed 4 times; aborting job`,
	} {
		l := logOf(t, line+"\n")
		require.Len(t, l.facts, 1, name)
		assert.Equal(t, diagnose.LogAborted, l.facts[0].Kind, name)
		assert.Equal(t, "2026-11-23T17:12:11.000Z", l.facts[0].At.String(), name)
		assert.True(t, l.isDriver(), name)
		assert.True(t, isLog([]byte(line)), name)
	}
}

func TestAReasonOnTheNextLine(t *testing.T) {
	l := logOf(t, `26/11/23 17:15:23 ERROR TaskSchedulerImpl: Lost executor 1 on 10.244.0.6: 
The executor with id 1 exited with exit code 137(SIGKILL, possible container OOM).

	 exit code: 137
	 termination reason: OOMKilled
      
26/11/23 17:15:23 INFO MyApp: next
`)
	require.Len(t, l.facts, 2)
	assert.Contains(t, l.facts[0].Text, "exited with exit code 137")
	assert.Equal(t, map[string]string{"executor": "1", "code": "137", "reason": "OOMKilled"}, l.facts[1].Fields)
	assert.Equal(t, 2, l.facts[1].Place.Line)
}

func TestStructuredLinesWithAnException(t *testing.T) {
	l := logOf(t, `{"ts":"2026-11-23T16:46:11.000Z","level":"ERROR","msg":"Error initializing SparkContext.","exception":{"class":"io.fabric8.kubernetes.client.KubernetesClientException","msg":"Message: Forbidden! statefulsets.apps is forbidden: User \"system:serviceaccount:spark:spark\" cannot create resource \"statefulsets\" in API group \"apps\" in the namespace \"spark\"","stacktrace":[]},"logger":"org.apache.spark.SparkContext"}`+"\n")
	require.Len(t, l.facts, 2)
	assert.Equal(t, diagnose.LogContextFailed, l.facts[0].Kind)
	assert.Equal(t, diagnose.LogForbidden, l.facts[1].Kind)
	assert.Equal(t, 1, l.facts[1].Place.Line)
}

func TestLogsAreBounded(t *testing.T) {
	long := "26/11/23 17:15:23 ERROR TaskSchedulerImpl: Lost executor 1 on h: " + strings.Repeat("x", 1<<20) + "\n26/11/23 17:15:24 ERROR TaskSetManager: Task 1 in stage 0.0 failed 4 times; aborting job\n"
	l := logOf(t, long)
	require.Len(t, l.facts, 1, "the log is cut at its limit")
	assert.Contains(t, l.notes[0], "only the first")
	assert.Less(t, len(l.facts[0].Text), 2*maxText)
	l, err := readLog(t.Context(), "driver.log", strings.NewReader(long), 1<<30, 1)
	require.NoError(t, err)
	assert.Len(t, l.facts, 1)
	assert.Contains(t, l.notes[0], "more than 1 different facts")
}

func FuzzLog(f *testing.F) {
	f.Add("26/11/23 17:15:23 ERROR TaskSchedulerImpl: Lost executor 1 on 10.244.0.6: \nThe executor with id 1 exited with exit code 137(\n termination reason: OOMKilled\n")
	f.Add(`{"ts":"2026-11-23T17:12:11.000Z","level":"ERROR","msg":"a\nb","exception":{}}` + "\n")
	f.Add("2026-11-23T17:12:11.1Z 2026-11-23T17:12:11.1Z 2026-11-23 17:12:11,000 ERROR x - y")
	f.Fuzz(func(t *testing.T, text string) {
		isLog([]byte(text))
		l, err := readLog(t.Context(), "x", strings.NewReader(text), 1<<16, 50)
		if err != nil {
			t.Fatal(err)
		}
		if len(l.facts) > 50 {
			t.Fatal("more facts than allowed")
		}
		for _, fact := range l.facts {
			if fact.Count < 1 || fact.Place.Line < 1 || strings.ContainsAny(fact.Text, "\n\x1b") {
				t.Fatalf("%+v", fact)
			}
		}
	})
}
