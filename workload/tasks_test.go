package workload_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

func TestStatus(t *testing.T) {
	for s, want := range []string{"succeeded", "failed", "killed", "lost", "fetch failed", "resubmitted", "running", "unknown", "unknown"} {
		assert.Equal(t, want, workload.Status(s).String())
	}
}

// wholeTask is a task with every number drawn, small or as large as it can be.
func wholeTask(t *rapid.T, id int64) workload.TaskEnd {
	number := func(name string, most int64) int64 {
		return rapid.OneOf(rapid.Int64Range(0, 9), rapid.Int64Range(0, most)).Draw(t, name)
	}
	millis := func(name string) time.Duration { return time.Duration(number(name, 1<<40)) * time.Millisecond }
	micros := func(name string) time.Duration { return time.Duration(number(name, 1<<50)) * time.Microsecond }
	size := func(name string) units.Bytes { return units.Bytes(number(name, 1<<62)) }
	launch := workload.Instant(number("launch", 1<<41) + 1)
	e := workload.TaskEnd{
		TaskStart: workload.TaskStart{
			ID: id, Index: int(number("index", 1<<40)), Attempt: int(number("attempt", 9)), Launch: launch, Executor: "1",
			Locality: workload.Locality(rapid.IntRange(0, 4).Draw(t, "locality")), Speculative: rapid.Bool().Draw(t, "speculative"),
		},
		Finish: launch + workload.Instant(number("duration", 1<<40)), Status: workload.Status(rapid.IntRange(0, 5).Draw(t, "status")),
		HasMetrics: true, Memory: workload.Memory{Heap: size("heap")},
		Metrics: workload.Metrics{
			Run: millis("run"), CPU: micros("cpu"), Deserialize: millis("deserialize"), DeserializeCPU: micros("deserialize cpu"),
			Serialize: millis("serialize"), GC: millis("gc"), FetchWait: millis("wait"), WriteTime: micros("write time"),
			Input: size("input"), Output: size("output"), ShuffleLocal: size("local"), ShuffleRemote: size("remote"),
			ShuffleWrite: size("write"), MemorySpill: size("memory spill"), DiskSpill: size("disk spill"), PeakExecution: size("peak"),
		},
	}
	if e.Finish > launch && rapid.Bool().Draw(t, "large result") {
		e.GettingResult = launch + 1 + workload.Instant(rapid.Int64Range(0, int64(e.Finish-launch)-1).Draw(t, "getting"))
	}
	return e
}

// TestTasksTellWhatTheEventsTold reads every number back.
func TestTasksTellWhatTheEventsTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b workload.Builder
		var want []workload.TaskEnd
		added("1", 1, 1)(&b)
		for id := range rapid.Int64Range(0, 5).Draw(t, "tasks") {
			e := wholeTask(t, id)
			want = append(want, e)
			b.TaskEnd(&e)
		}
		tasks := &b.Build(workload.Coverage{}).Tasks
		slices.SortFunc(want, func(x, y workload.TaskEnd) int {
			return cmp.Or(cmp.Compare(x.Launch, y.Launch), cmp.Compare(x.ID, y.ID))
		})
		assert.Equal(t, len(want), tasks.Len())
		for i := range want {
			sameTask(t, &want[i], tasks, i)
		}
	})
}

func sameTask(t *rapid.T, e *workload.TaskEnd, tasks *workload.Tasks, i int) {
	m := &e.Metrics
	assert.Equal(t, []int{e.Index, e.Attempt, 0}, []int{tasks.Index(i), tasks.Attempt(i), tasks.Executor(i)})
	assert.Equal(t, []workload.Instant{e.Launch, e.Finish}, []workload.Instant{tasks.Launch(i), tasks.Finish(i)})
	assert.Equal(t, e.Status, tasks.Status(i))
	assert.Equal(t, e.Locality, tasks.Locality(i))
	assert.Equal(t, e.Speculative, tasks.Speculative(i))
	assert.Equal(t,
		[]time.Duration{m.Run, m.CPU, m.Deserialize, m.DeserializeCPU, m.Serialize, m.GC, m.FetchWait, m.WriteTime},
		[]time.Duration{
			tasks.Run(i), tasks.CPU(i), tasks.Deserialize(i), tasks.DeserializeCPU(i), tasks.Serialize(i), tasks.GC(i), tasks.FetchWait(i), tasks.WriteTime(i),
		})
	assert.Equal(t,
		[]units.Bytes{m.Input, m.Output, m.ShuffleLocal, m.ShuffleRemote, m.ShuffleWrite, m.MemorySpill, m.DiskSpill, m.PeakExecution, e.Memory.Heap},
		[]units.Bytes{
			tasks.Input(i), tasks.Output(i), tasks.ShuffleLocal(i), tasks.ShuffleRemote(i), tasks.ShuffleWrite(i), tasks.MemorySpill(i),
			tasks.DiskSpill(i), tasks.PeakExecution(i), tasks.Heap(i),
		})
	duration, getting := e.Finish.Sub(e.Launch), time.Duration(0)
	if e.GettingResult.Known() {
		getting = e.Finish.Sub(e.GettingResult)
	}
	assert.Equal(t, []time.Duration{duration, getting, duration - getting}, []time.Duration{tasks.Duration(i), tasks.GettingResult(i), tasks.Occupied(i)})
	assert.Equal(t, max(0, duration-getting-m.Run-m.Deserialize-m.Serialize), tasks.SchedulerDelay(i))
}

func TestTasksOfNonsense(t *testing.T) {
	ran := func(e *workload.TaskEnd) { e.Metrics.Run = 5 * time.Millisecond }
	for name, c := range map[string]struct {
		task           func(*workload.Builder)
		launch, finish workload.Instant
		occupied       time.Duration
		status         workload.Status
		locality       workload.Locality
	}{
		"no launch":            {task(0, 0, 30, ran), 25, 30, 5 * time.Millisecond, 0, 0},
		"nothing but a finish": {task(0, -1, 30), 30, 30, 0, 0, 0},
		"no finish":            {task(0, 30, 0), 30, 30, 0, 0, 0},
		"clock that went back": {task(0, 30, 20), 30, 30, 0, 0, 0},
		"result before launch": {task(0, 30, 40, func(e *workload.TaskEnd) { e.GettingResult = 20 }), 30, 40, 10 * time.Millisecond, 0, 0},
		"result after finish":  {task(0, 30, 40, func(e *workload.TaskEnd) { e.GettingResult = 50 }), 30, 40, 10 * time.Millisecond, 0, 0},
		"beyond the names": {
			task(0, 30, 40, status(99), func(e *workload.TaskEnd) { e.Locality = 99 }), 30, 40, 10 * time.Millisecond, workload.Failed, workload.Any,
		},
		"negative": {task(0, 30, 40, func(e *workload.TaskEnd) { e.Metrics.Run, e.Metrics.Input, e.Memory.Heap = -1, -1, -1 }), 30, 40, 10 * time.Millisecond, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tasks := &of(c.task).Tasks
			assert.Equal(t, []workload.Instant{c.launch, c.finish}, []workload.Instant{tasks.Launch(0), tasks.Finish(0)})
			assert.Equal(t, c.occupied, tasks.Occupied(0))
			assert.Equal(t, c.status, tasks.Status(0))
			assert.Equal(t, c.locality, tasks.Locality(0))
			assert.GreaterOrEqual(t, tasks.Run(0), time.Duration(0))
			assert.Zero(t, tasks.Input(0)+tasks.Heap(0))
			assert.False(t, tasks.Speculative(0))
		})
	}
}

// TestDuplicatesOfATask orders rows that agree in stage, launch and id.
func TestDuplicatesOfATask(t *testing.T) {
	success, again := task(0, 5, 9), task(0, 5, 9, status(workload.Resubmitted))
	longer := task(0, 5, 10)
	want := of(success, again, longer).Tasks
	assert.Equal(t, want, of(longer, again, success).Tasks)
	assert.Equal(t, []workload.Status{workload.Succeeded, workload.Resubmitted, workload.Succeeded},
		[]workload.Status{want.Status(0), want.Status(1), want.Status(2)})
}
