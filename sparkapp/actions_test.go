package sparkapp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/sparkapp"
)

const actionBase = `apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: job, namespace: spark}
spec:
  type: Scala
  mode: cluster
  sparkVersion: "3.5.6"
  mainClass: Main
  mainApplicationFile: local:///job.jar
  driver: {cores: 1, memory: 1g}
  executor: {cores: 1, memory: 1g, instances: 2}
`

const dynamicBase = `  dynamicAllocation: {enabled: true, minExecutors: 1, maxExecutors: 4}
`

func actionApp(t *testing.T, more string) *sparkapp.App {
	app, err := sparkapp.Parse([]byte(actionBase + more))
	require.NoError(t, err)
	return app
}

func TestEveryChangeOfTheSpecRestarts(t *testing.T) {
	app := actionApp(t, "")
	act, err := sparkapp.PatchInstances(app, 5)
	require.NoError(t, err)
	assert.JSONEq(t, `{"spec":{"executor":{"instances":5}}}`, string(act.Patch.Data))
	assert.Equal(t, sparkapp.RestartsIt, act.Effect)
	require.Len(t, act.Patch.Warnings, 1)
	assert.Equal(t, sparkapp.Restarts, act.Patch.Warnings[0].Code)
	assert.Equal(t, actionBase, string(app.YAML()), "the application itself is not changed")

	act, err = sparkapp.PatchConf(app, map[string]string{"spark.sql.shuffle.partitions": "400"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"spec":{"sparkConf":{"spark.sql.shuffle.partitions":"400"}}}`, string(act.Patch.Data))
	assert.Equal(t, sparkapp.RestartsIt, act.Effect)

	act, err = sparkapp.PatchBounds(actionApp(t, dynamicBase), nil, new(9))
	require.NoError(t, err)
	assert.Contains(t, string(act.Patch.Data), `"maxExecutors":9`)
	assert.Equal(t, sparkapp.RestartsIt, act.Effect)
}

func TestSuspendIsNoPause(t *testing.T) {
	act, err := sparkapp.Suspend(actionApp(t, ""))
	require.NoError(t, err)
	assert.JSONEq(t, `{"spec":{"suspend":true}}`, string(act.Patch.Data))
	assert.Equal(t, sparkapp.StopsIt, act.Effect)
	assert.Empty(t, act.Patch.Warnings)
	act, err = sparkapp.Resume(actionApp(t, "  suspend: true\n"))
	require.NoError(t, err)
	assert.JSONEq(t, `{"spec":{"suspend":false}}`, string(act.Patch.Data))
	assert.Equal(t, sparkapp.StartsIt, act.Effect)
}

func TestAScheduleCountsFromTheNextRunOn(t *testing.T) {
	text := strings.Replace(actionBase, "kind: SparkApplication", "kind: ScheduledSparkApplication", 1)
	head, spec, _ := strings.Cut(text, "spec:\n")
	app, err := sparkapp.Parse([]byte(head + "spec:\n  schedule: \"@daily\"\n  concurrencyPolicy: Forbid\n  template:\n" + strings.ReplaceAll("  "+strings.TrimSuffix(spec, "\n"), "\n", "\n  ") + "\n"))
	require.NoError(t, err)
	act, err := sparkapp.PatchInstances(app, 3)
	require.NoError(t, err)
	assert.Equal(t, sparkapp.NextTime, act.Effect)
	assert.JSONEq(t, `{"spec":{"template":{"executor":{"instances":3}}}}`, string(act.Patch.Data))
}

func TestScaleExecutors(t *testing.T) {
	stateful := "  sparkConf: {spark.kubernetes.allocation.pods.allocator: statefulset}\n"
	act, err := sparkapp.ScaleExecutors(actionApp(t, stateful), "spark-0d6cb2a720c84741b9e4c321e9adfa86", 3)
	require.NoError(t, err)
	assert.Equal(t, "spark-s-spark-0d6cb2a720c84741b9e4c321e9adfa86-0", act.Name)
	assert.Equal(t, "scale", act.Subresource)
	assert.JSONEq(t, `{"spec":{"replicas":3}}`, string(act.Patch.Data))
	assert.Equal(t, sparkapp.ScalesIt, act.Effect)
	assert.Contains(t, act.Cost, "lost and done again")
	act, err = sparkapp.ScaleExecutors(actionApp(t, `  sparkConf:
    spark.kubernetes.allocation.pods.allocator: statefulset
    spark.decommission.enabled: "true"
    spark.storage.decommission.enabled: "true"
`), "spark-1", 3)
	require.NoError(t, err)
	assert.Contains(t, act.Cost, "hand over their blocks")
}

func TestActionsThatAreRefused(t *testing.T) {
	refusal := func(err error) *sparkapp.Refusal {
		var r *sparkapp.Refusal
		require.ErrorAs(t, err, &r)
		assert.NotEmpty(t, r.Instead)
		return r
	}
	stateful := "  sparkConf: {spark.kubernetes.allocation.pods.allocator: statefulset}\n"
	_, err := sparkapp.PatchInstances(actionApp(t, dynamicBase), 5)
	assert.Equal(t, sparkapp.RefuseScale, refusal(err).Code)
	_, err = sparkapp.PatchInstances(actionApp(t, "  sparkConf: {spark.dynamicAllocation.enabled: \"true\"}\n"), 5)
	assert.Equal(t, sparkapp.RefuseScale, refusal(err).Code)
	_, err = sparkapp.PatchBounds(actionApp(t, ""), nil, new(5))
	assert.Equal(t, sparkapp.RefuseScale, refusal(err).Code)
	_, err = sparkapp.ScaleExecutors(actionApp(t, ""), "spark-1", 3)
	assert.Contains(t, refusal(err).Reason, "no /scale")
	_, err = sparkapp.ScaleExecutors(actionApp(t, stateful+dynamicBase), "spark-1", 3)
	assert.Contains(t, refusal(err).Reason, "the driver writes")
	_, err = sparkapp.ScaleExecutors(actionApp(t, stateful), "spark-1", 0)
	assert.Contains(t, refusal(err).Instead, "at least 1")
	assert.Equal(t, sparkapp.RefuseKill, refusal(sparkapp.KillExecutors(actionApp(t, ""))).Code)

	var invalid *sparkapp.InvalidError
	_, err = sparkapp.PatchInstances(actionApp(t, ""), 0)
	require.ErrorAs(t, err, &invalid)
	_, err = sparkapp.ScaleExecutors(actionApp(t, stateful), "../x", 3)
	require.ErrorAs(t, err, &invalid)
	_, err = sparkapp.PatchBounds(actionApp(t, dynamicBase), new(9), new(2))
	require.Error(t, err)
	_, err = sparkapp.PatchConf(actionApp(t, ""), map[string]string{"spark.dynamicAllocation.shuffleServiceFetchRddTimeout": "60s"})
	assert.Equal(t, sparkapp.RefuseKey, refusal(err).Code)
}

// What a patch really does comes with it.
func ExamplePatchInstances() {
	app, err := sparkapp.Parse([]byte(actionBase))
	if err != nil {
		fmt.Println(err)
		return
	}
	act, err := sparkapp.PatchInstances(app, 5)
	fmt.Println(string(act.Patch.Data), err)
	fmt.Println(act.Effect+":", act.Cost)
	// Output:
	// {"spec":{"executor":{"instances":5}}} <nil>
	// restarts the application: the operator deletes the driver and submits anew: all work done is lost
}
