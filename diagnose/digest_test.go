package diagnose_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/workload"
)

// oneStage is a run of one executor with two tasks and a pause of a minute behind them.
func oneStage(name string) *workload.Profile {
	b := &workload.Builder{}
	b.LogStart("3.5.6")
	b.ApplicationStart(workload.Application{ID: "spark-1", Name: name}, start)
	b.ExecutorAdded(workload.ExecutorAdded{At: at(time.Second), ID: "1", Host: "h", Cores: 1, Requested: start, Registered: at(time.Second)})
	b.JobStart(workload.JobStart{At: at(2 * time.Second), ID: 0, StageIDs: []int{0}, SQL: -1})
	info := workload.StageInfo{ID: 0, Name: name, NumTasks: 2, Submitted: at(2 * time.Second), RDDs: []workload.RDD{{ID: 7, Name: name, Cached: true, Partitions: 2}}}
	b.StageSubmitted(info)
	for i := range 2 {
		launch := at(time.Duration(2+10*i) * time.Second)
		task := workload.TaskStart{Stage: 0, ID: int64(i), Index: i, Launch: launch, Executor: "1"}
		b.TaskStart(&task)
		b.TaskEnd(&workload.TaskEnd{TaskStart: task, Finish: launch.Add(10 * time.Second), HasMetrics: true, Metrics: workload.Metrics{ShuffleWrite: 5}})
	}
	info.Completed = at(22 * time.Second)
	b.StageCompleted(info)
	b.JobEnd(0, at(22*time.Second), true)
	b.ExecutorRemoved("1", at(82*time.Second), name)
	b.ApplicationEnd(at(90 * time.Second))
	return b.Build(workload.Coverage{Source: "log"})
}

func TestDigest(t *testing.T) {
	d := diagnose.DigestOf(oneStage("job"))
	assert.Equal(t, 90*time.Second, d.Wall())
	assert.True(t, d.Ended)
	require.Len(t, d.Executors, 1)
	e := d.Executors[0]
	assert.Equal(t, time.Minute, e.Idle)
	assert.Equal(t, at(22*time.Second), e.IdleFrom)
	assert.Equal(t, 2, e.Tasks)
	assert.Equal(t, 2, e.Cached)
	assert.EqualValues(t, 10, e.Shuffle)
	assert.Equal(t, 81*time.Second, e.Life(d.End))
	require.Len(t, d.Stages, 1)
	assert.Equal(t, 20*time.Second, d.Stages[0].Span())
	assert.Equal(t, 10*time.Second, d.Stages[0].Median)
	assert.Equal(t, 2, d.Stages[0].Succeeded)
	require.Len(t, d.Cached, 1)
	assert.Equal(t, at(22*time.Second), d.Cached[0].Since)
	assert.Equal(t, 10*time.Second, d.Waiting[0].For, "the second task waits for the first")
	assert.Equal(t, d, diagnose.DigestOf(oneStage("job")))
}

func TestADigestIsBounded(t *testing.T) {
	d := diagnose.DigestOf(oneStage(strings.Repeat("evil\n\x1b", 5000)))
	for _, text := range []string{d.Name, d.Stages[0].Name, d.Executors[0].Reason, d.Cached[0].Name} {
		assert.Less(t, len(text), 9000)
		assert.NotContains(t, text, "\x1b")
		assert.NotContains(t, text, "\n")
	}
}
