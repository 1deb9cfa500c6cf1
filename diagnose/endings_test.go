package diagnose_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/diagnose"
)

// Pods are deleted when they end, so that often only the event log, or the operator's events, tell how.
func TestEndingsThatOnlyTheLogTells(t *testing.T) {
	s := healthy()
	s.Run.Executors[1].Removed = at(600e9)
	s.Run.Executors[1].Reason = "\nThe executor with id 2 exited with exit code 137(SIGKILL, possible container OOM).\n\n\n\nThe API gave the following container statuses:\n\t container name: c\n\t exit code: 137\n\t termination reason: OOMKilled\n      "
	found := findingsOf(s, "RISK/OOM-CONTAINER")
	require.Len(t, found, 1)
	assert.Equal(t, "ExecutorRemoved 2", found[0].Evidence[0].Path)

	s = healthy()
	event(s, "SparkExecutorFailed", "SparkApplication", "job", "Executor job-exec-1 failed with ExitCode: 137, Reason: OOMKilled, Pod Message: ")
	require.Len(t, findingsOf(s, "RISK/OOM-CONTAINER"), 1)

	// What the operator says of executors that are stopped at the end of a good job is noise.
	s = healthy()
	event(s, "SparkExecutorFailed", "SparkApplication", "job", "Executor job-exec-1 failed with ExitCode: 143, Reason: Error, Pod Message: ")
	event(s, "FailedPreStopHook", "Pod", "job-exec-1", "PreStopHook failed")
	s.App.Executors = map[string]string{"job-exec-1": "FAILED"}
	s.App.State = "COMPLETED"
	assert.Empty(t, diagnose.Run(s, diagnose.Options{}))
}

func TestRightsForTheScaleSubresource(t *testing.T) {
	s := healthy()
	says(s, diagnose.LogForbidden, `statefulsets.apps "spark-s-spark-1-0" is forbidden: User "system:serviceaccount:spark:spark" cannot get resource "statefulsets/scale" in API group "apps" in the namespace "spark"`)
	found := findingsOf(s, "SCALE-UP/RBAC")
	require.Len(t, found, 1)
	assert.Contains(t, found[0].Fixes[0].Command, "--verb=get,update,patch --resource=statefulsets.apps/scale")
}

// A quota on limits refuses pods that have none, which are all of Spark's by default.
func TestAQuotaOfLimits(t *testing.T) {
	s := healthy()
	says(s, diagnose.LogForbidden, `pods "job-exec-1" is forbidden: failed quota: limits: must specify limits.cpu for: spark-kubernetes-executor`)
	found := findingsOf(s, "SCALE-UP/PENDING-QUOTA")
	require.Len(t, found, 1)
	assert.Equal(t, "1", found[0].Fixes[0].Conf["spark.kubernetes.executor.limit.cores"])
}

func TestTheLimitThatIsEnough(t *testing.T) {
	s := healthy()
	s.Run.Executors = s.Run.Executors[:1]
	says(s, diagnose.LogForbidden, exceeded)
	found := findingsOf(s, "SCALE-UP/PENDING-QUOTA")
	require.Len(t, found, 1)
	assert.JSONEq(t, `{"spec":{"hard":{"requests.cpu":"5"}}}`, found[0].Fixes[0].Patch, "used 2, and three more of 1")
	assert.Equal(t, "1", found[0].Fixes[1].Conf["spark.dynamicAllocation.maxExecutors"])
}
