package workload_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// ladder is how many tasks the benchmarks take.
var ladder = []int{1_000, 10_000, 100_000, 1_000_000}

const (
	benchExecutors = 50
	benchCores     = 4
	benchStage     = 10_000 // tasks of a stage
)

// run feeds a run of so many tasks into a Builder: stages one behind the other on 200 slots.
func run(b *workload.Builder, tasks int) {
	b.ApplicationStart(workload.Application{ID: "spark-1", Name: "bench"}, start)
	for x := range benchExecutors {
		b.ExecutorAdded(workload.ExecutorAdded{At: start + workload.Instant(x), ID: fmt.Sprint(x + 1), Host: "node", Cores: benchCores})
	}
	random := rand.New(rand.NewPCG(1, 2))
	now, end := start+1000, workload.TaskEnd{}
	for stage := 0; stage*benchStage < tasks; stage++ {
		n := min(benchStage, tasks-stage*benchStage)
		b.JobStart(workload.JobStart{ID: stage, At: now, StageIDs: []int{stage}, SQL: -1})
		info := workload.StageInfo{ID: stage, NumTasks: n, Submitted: now}
		b.StageSubmitted(info)
		var free [benchExecutors * benchCores]workload.Instant
		for i := range n {
			slot := i % len(free)
			fill(&end, stage, i, slot%benchExecutors, random)
			end.ID, end.Launch = int64(stage*benchStage+i), max(now, free[slot])
			end.Finish = end.Launch + 20 + workload.Instant(end.Metrics.Run.Milliseconds())
			free[slot] = end.Finish
			b.TaskStart(&end.TaskStart)
			b.TaskEnd(&end)
		}
		for _, at := range free {
			now = max(now, at)
		}
		info.Completed = now
		b.StageCompleted(info)
		b.JobEnd(stage, now, true)
	}
	b.ApplicationEnd(now + 500)
}

const start = workload.Instant(1_700_000_000_000)

var names = func() (names []string) {
	for x := range benchExecutors {
		names = append(names, fmt.Sprint(x+1))
	}
	return names
}()

// fill makes a typical task: even stages read a file and write a shuffle, odd ones read a shuffle.
func fill(e *workload.TaskEnd, stage, index, executor int, random *rand.Rand) {
	run := time.Duration(500+random.ExpFloat64()*2000) * time.Millisecond
	*e = workload.TaskEnd{
		TaskStart:  workload.TaskStart{Stage: stage, Index: index, Executor: names[executor], Locality: workload.NodeLocal},
		HasMetrics: true, ShuffleMap: stage%2 == 0,
		Metrics: workload.Metrics{
			Run: run, CPU: run * 8 / 10, Deserialize: 5 * time.Millisecond, Serialize: time.Millisecond, GC: run / 50,
			ResultSize: 2000, PeakExecution: units.MiB(random.Int64N(256)),
		},
		Memory: workload.Memory{Heap: units.MiB(1000 + random.Int64N(4000))},
	}
	if m := &e.Metrics; stage%2 == 0 {
		m.Input, m.ShuffleWrite, m.WriteTime = units.MiB(120)+units.Bytes(random.Int64N(1<<20)), units.MiB(random.Int64N(40)), 20*time.Millisecond
	} else {
		m.ShuffleLocal, m.ShuffleRemote, m.FetchWait = units.MiB(random.Int64N(4)), units.MiB(random.Int64N(40)), 30*time.Millisecond
	}
}

// overLadder runs a benchmark for each count of tasks, and reports the time for each task.
func overLadder(b *testing.B, run func(b *testing.B, tasks int)) {
	for _, tasks := range ladder {
		b.Run(fmt.Sprint(tasks), func(b *testing.B) {
			b.ReportAllocs()
			run(b, tasks)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(tasks), "ns/task")
		})
	}
}

// BenchmarkTask takes the start and the end of one task; what it allocates is the growth of columns.
func BenchmarkTask(b *testing.B) {
	var build workload.Builder
	run(&build, 1000)
	feed := taskFeed(&build)
	b.ReportAllocs()
	for b.Loop() {
		feed()
	}
}

// taskFeed returns a function that feeds one more task into the builder.
func taskFeed(build *workload.Builder) func() {
	random := rand.New(rand.NewPCG(1, 2))
	var end workload.TaskEnd
	id := int64(1_000_000)
	return func() {
		fill(&end, 0, int(id)%benchStage, int(id)%benchExecutors, random)
		end.ID, end.Launch = id, start+workload.Instant(id)
		end.Finish = end.Launch + 5000
		id++
		build.TaskStart(&end.TaskStart)
		build.TaskEnd(&end)
	}
}

func TestTasksAllocateNothingEach(t *testing.T) {
	var build workload.Builder
	run(&build, 1000)
	assert.Zero(t, testing.AllocsPerRun(10_000, taskFeed(&build)), "on average, but for the growth of columns")
}

func BenchmarkBuild(b *testing.B) {
	overLadder(b, func(b *testing.B, tasks int) {
		for b.Loop() {
			var build workload.Builder
			run(&build, tasks)
			build.Build(workload.Coverage{})
		}
	})
}

func BenchmarkStats(b *testing.B) {
	overLadder(b, func(b *testing.B, tasks int) {
		var build workload.Builder
		run(&build, tasks)
		p := build.Build(workload.Coverage{})
		for b.Loop() {
			p.Stats()
		}
	})
}

func BenchmarkTimeline(b *testing.B) {
	overLadder(b, func(b *testing.B, tasks int) {
		var build workload.Builder
		run(&build, tasks)
		p := build.Build(workload.Coverage{})
		for b.Loop() {
			p.Timeline()
		}
	})
}
