package workload_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/workload"
)

func coverageOf(c workload.Coverage) *workload.Profile { return new(workload.Builder).Build(c) }

func events(name string) map[string]int { return map[string]int{name: 1} }

func describedJob(text string) *workload.Profile {
	return of(func(b *workload.Builder) { b.JobStart(workload.JobStart{At: 1, Description: text}) })
}

// inTurn are jobs of which each begins as the one before it ends.
func inTurn(n int) (calls []func(*workload.Builder)) {
	for i := range n {
		calls = append(calls, job(i, workload.Instant(i+1), workload.Instant(i+2)))
	}
	return calls
}

// sqlJob is a job of a SQL execution.
func sqlJob(id, sql int, from, to workload.Instant) func(*workload.Builder) {
	return func(b *workload.Builder) {
		b.JobStart(workload.JobStart{At: from, ID: id, SQL: sql})
		b.JobEnd(id, to, true)
	}
}

func TestTraits(t *testing.T) {
	const databricks = "spark.databricks.clusterUsageTags."
	for name, c := range map[string]struct {
		run  *workload.Profile
		want []workload.Trait
	}{
		"a batch job":       {of(app(1, 9), conf("spark.master", "k8s://https://x"), job(0, 1, 3, 0), stage(0, 1, 1, 2), task(0, 1, 2)), nil},
		"barrier":           {of(func(b *workload.Builder) { b.StageSubmitted(workload.StageInfo{Submitted: 1, Barrier: true}) }), []workload.Trait{workload.BarrierStages}},
		"jobs at once":      {of(job(0, 1, 9), job(1, 5, 12)), []workload.Trait{workload.ConcurrentJobs}},
		"jobs in turn":      {of(job(0, 1, 5), job(1, 5, 12), job(2, 13, 0), job(3, 14, 20)), nil},
		"many in turn":      {of(inTurn(30)...), nil},
		"one execution":     {of(sqlJob(0, 7, 1, 9), sqlJob(1, 7, 5, 12), sqlJob(2, 7, 12, 13)), nil},
		"two executions":    {of(sqlJob(0, 7, 1, 9), sqlJob(1, 8, 5, 12)), []workload.Trait{workload.ConcurrentJobs}},
		"nested executions": {of(sqlJob(0, 7, 1, 3), sqlJob(1, 8, 3, 5), sqlJob(2, 7, 5, 6)), nil},
		"dstreams":          {describedJob(`Streaming job from <a href="/streaming/batch/?id=5">[output operation 0, batch time 1]</a>`), []workload.Trait{workload.DStreams}},
		"plugin":            {of(conf("spark.plugins", "a.B,com.nvidia.spark.SQLPlugin")), []workload.Trait{workload.GPU}},
		"plugin off":        {of(conf("spark.plugins", "com.nvidia.spark.SQLPlugin", "spark.rapids.sql.enabled", "False")), nil},
		"gpus":              {of(conf("spark.executor.resource.gpu.amount", "1")), []workload.Trait{workload.GPU}},
		"no gpus":           {of(conf("spark.executor.resource.gpu.amount", "0")), nil},
		"local":             {of(conf("spark.master", "local[4]")), []workload.Trait{workload.LocalMode}},
		"local with one":    {of(conf("spark.master", "local")), []workload.Trait{workload.LocalMode}},
		"local cluster":     {of(conf("spark.master", "local-cluster[2,1,1024]")), nil},
		"driver executes":   {of(added(workload.DriverID, 1, 1)), []workload.Trait{workload.LocalMode}},
		"photon":            {of(conf(databricks+"sparkVersion", "13.3.x-photon-scala2.12")), []workload.Trait{workload.Photon}},
		"photon engine":     {of(conf(databricks+"runtimeEngine", "PHOTON")), []workload.Trait{workload.Photon}},
		"not photon":        {of(conf(databricks+"sparkVersion", "13.3.x-scala2.12", databricks+"runtimeEngine", "STANDARD")), nil},
		"profile of a stage": {
			of(func(b *workload.Builder) { b.StageSubmitted(workload.StageInfo{Submitted: 1, ResourceProfile: 1}) }), []workload.Trait{workload.ResourceProfiles},
		},
		"profile of an executor": {
			of(func(b *workload.Builder) { b.ExecutorAdded(workload.ExecutorAdded{ID: "1", ResourceProfile: 2}) }), []workload.Trait{workload.ResourceProfiles},
		},
		"profile that nobody uses": {of(func(b *workload.Builder) { b.ResourceProfileAdded(workload.ResourceProfile{ID: 1}) }), nil},
		"connect":                  {coverageOf(workload.Coverage{Unknown: events("org.apache.spark.sql.connect.service.SparkListenerConnectOperationStarted")}), []workload.Trait{workload.SparkConnect}},
		"speculation":              {of(task(0, 1, 2, func(e *workload.TaskEnd) { e.Speculative = true })), []workload.Trait{workload.Speculation}},
		"speculation allowed":      {of(conf("spark.speculation", "true")), nil},
		"query":                    {coverageOf(workload.Coverage{Skipped: events("org.apache.spark.sql.streaming.StreamingQueryListener$QueryProgressEvent")}), []workload.Trait{workload.StructuredStreaming}},
		"query by its jobs":        {describedJob("lab\nid = a\nrunId = b\nbatch = 0"), []workload.Trait{workload.StructuredStreaming}},
		"several, sorted": {
			of(conf("spark.master", "local[*]", "spark.plugins", "com.nvidia.spark.SQLPlugin"), job(0, 1, 9), job(1, 5, 12)),
			[]workload.Trait{workload.ConcurrentJobs, workload.GPU, workload.LocalMode},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.run.Traits()
			assert.Equal(t, c.want, got)
			assert.True(t, slices.IsSorted(got))
			for _, trait := range got {
				assert.NotEmpty(t, trait.Why())
			}
		})
	}
	assert.Empty(t, workload.Trait("x").Why())
}
