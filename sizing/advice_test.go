package sizing_test

import (
	"fmt"
	"time"

	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// job is a made-up run: one stage of equal tasks, spread over executors with their slots full.
type job struct {
	version   string
	conf      map[string]string
	tasks     int
	executors int
	slots     int
	cpu, gc   float64 // shares of the run time of 10 s
	// vary makes every second task that much better and worse in CPU share.
	vary float64
	// spilling of each hundred tasks write that to disk, twice as much of memory.
	spilling int
	spill    units.Bytes
	peak     units.Bytes // execution memory
	heap     units.Bytes // heap peak of tasks
	memory   workload.Memory
	reasons  []string
	failure  string
	profile  int
	cached   units.Bytes
}

// shape is what the job ran in.
var shape = sizing.Shape{Cores: 4, Heap: units.GiB(8)}

func steady() job {
	return job{version: "3.5.6", tasks: 400, executors: 10, slots: 4, cpu: 0.9, gc: 0.01}
}

const began = workload.Instant(1_700_000_000_000)

func (j job) run() *workload.Profile {
	var b workload.Builder
	b.LogStart(j.version)
	b.Environment(map[string]string{"spark.executor.cores": fmt.Sprint(j.slots), "spark.executor.memory": "8g"})
	b.Environment(j.conf)
	b.ApplicationStart(workload.Application{ID: "spark-1"}, began)
	for x := range j.executors {
		id := fmt.Sprint(x + 1)
		b.ExecutorAdded(workload.ExecutorAdded{At: began, ID: id, Host: "host", Cores: j.slots, ResourceProfile: j.profile})
		b.Measured(id, j.memory)
	}
	b.StageSubmitted(workload.StageInfo{ID: 1, NumTasks: j.tasks, Submitted: began, ResourceProfile: j.profile})
	for i := range j.tasks {
		b.TaskEnd(j.task(i))
	}
	for i, reason := range j.reasons {
		b.ExecutorRemoved(fmt.Sprint(i+1), began+1, reason)
	}
	stage := workload.StageInfo{ID: 1, NumTasks: j.tasks, Submitted: began, Completed: began + 1, Failure: j.failure}
	if j.cached > 0 {
		stage.RDDs = []workload.RDD{{ID: 7, Cached: true, Memory: j.cached}}
	}
	b.StageCompleted(stage)
	b.ApplicationEnd(began.Add(time.Hour))
	return b.Build(workload.Coverage{})
}

func (j job) task(i int) *workload.TaskEnd {
	const run = 10 * time.Second
	wave := i / max(1, j.executors*j.slots)
	launch := began.Add(time.Duration(wave) * run)
	share := j.cpu + j.vary*float64(1-2*(i%2))
	e := &workload.TaskEnd{
		TaskStart: workload.TaskStart{Stage: 1, ID: int64(i), Index: i, Launch: launch, Executor: fmt.Sprint(i%max(1, j.executors) + 1)},
		Finish:    launch.Add(run), HasMetrics: true, Memory: workload.Memory{Heap: j.heap},
	}
	e.Metrics = workload.Metrics{
		Run: run, CPU: time.Duration(share * float64(run)), GC: time.Duration(j.gc * float64(run)), PeakExecution: j.peak,
	}
	if i%100 < j.spilling {
		e.Metrics.DiskSpill, e.Metrics.MemorySpill = j.spill, 2*j.spill
	}
	return e
}
