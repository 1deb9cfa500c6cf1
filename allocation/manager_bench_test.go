package allocation_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/workload"
)

// yard is a cluster of executors that always say yes, with jobs to run on them.
type yard struct {
	*allocation.Manager
	executors []allocation.Executor
	now       time.Duration
	job       int
}

func newYard(t require.TestingT, executors int) *yard {
	m, err := allocation.NewManager(policyWith(func(p *allocation.Policy) { p.Min = executors }), 4, nil)
	require.NoError(t, err)
	y := &yard{Manager: m}
	m.Start(0)
	for i := range executors {
		e := m.Executor(strconv.Itoa(i))
		y.executors = append(y.executors, e)
		m.ExecutorAdded(0, e, allocation.DefaultProfile)
	}
	return y
}

// run plays a job of one stage that writes a shuffle, with a wave of one millisecond a task, and returns how many events
// and ticks it took.
func (y *yard) run(tasks int) (calls int) {
	stage := allocation.Stage{ID: y.job % 8}
	writes := [1]allocation.StageShuffle{{Stage: stage.ID, Shuffle: y.job % 8}}
	y.JobStart(y.now, y.job, writes[:])
	y.StageSubmitted(y.now, stage, tasks, allocation.DefaultProfile)
	for i := range tasks {
		task := allocation.Task{Stage: stage, Index: i, Executor: y.executors[i%len(y.executors)]}
		y.TaskStart(y.now, task)
		y.now += time.Millisecond
		calls += 2 + y.ticks()
		y.TaskEnd(y.now, task, workload.Succeeded)
	}
	y.StageCompleted(y.now, stage)
	y.JobEnd(y.now, y.job)
	y.ShuffleCleaned(y.now, stage.ID)
	y.job++
	return calls + 5
}

func (y *yard) ticks() (n int) {
	for next, ok := y.NextTick(); ok && next <= y.now; next, ok = y.NextTick() {
		y.Tick(next)
		n++
	}
	return n
}

// Tasks and ticks allocate nothing; what a job allocates does not grow with its tasks.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	y := newYard(t, 50)
	for range 20 {
		y.run(2000)
	}
	stage := allocation.Stage{ID: 99}
	y.StageSubmitted(y.now, stage, 1<<20, allocation.DefaultProfile)
	task := allocation.Task{Stage: stage, Index: 1, Executor: y.executors[7]}
	assert.Zero(t, testing.AllocsPerRun(1000, func() {
		y.TaskStart(y.now, task)
		y.now += 30 * time.Millisecond
		y.ticks()
		y.TaskEnd(y.now, task, workload.Succeeded)
		y.BlockUpdated(y.now, task.Executor, allocation.ShuffleDataBlock(3), allocation.StorageLevel{Disk: true})
	}))
	small := testing.AllocsPerRun(5, func() { y.run(100) })
	large := testing.AllocsPerRun(5, func() { y.run(2000) })
	assert.LessOrEqual(t, large, small+1)
	assert.LessOrEqual(t, large, 4.0)
}

func BenchmarkManager(b *testing.B) {
	for _, executors := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("executors=%d", executors), func(b *testing.B) {
			y := newYard(b, executors)
			calls := y.run(10_000)
			b.ReportAllocs()
			for b.Loop() {
				calls += y.run(10_000)
			}
			b.ReportMetric(float64(calls)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
