package allocation_test

import (
	"fmt"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// printing is a backend that says yes and shows what it was asked.
type printing struct{}

func (printing) RequestTotal(targets []allocation.Target) bool {
	fmt.Printf("  want %d\n", targets[0].Executors)
	return true
}

func (printing) Remove(executors []allocation.Executor) []allocation.Executor {
	fmt.Printf("  %d may go\n", len(executors))
	return executors
}

func (printing) Active(allocation.Executor) bool { return true }

// A stage of ten tasks on executors of two slots: the target doubles its step up to five, and falls when the work is done.
func ExampleNewManager() {
	m, err := allocation.NewManager(allocation.Default(spark.V35), 2, printing{})
	if err != nil {
		fmt.Println(err)
		return
	}
	run := func(until time.Duration) { // skips the ticks at which nothing can happen
		for next, ok := m.NextTick(); ok && next < until; next, ok = m.NextTick() {
			m.Tick(next)
		}
	}
	fmt.Println("start")
	m.Start(0)

	fmt.Println("stage")
	stage, now := allocation.Stage{ID: 0}, 250*time.Millisecond
	m.StageSubmitted(now, stage, 10, allocation.DefaultProfile)
	run(4 * time.Second)

	fmt.Println("one executor runs it all")
	now = 4 * time.Second
	one := m.Executor("1")
	m.ExecutorAdded(now, one, allocation.DefaultProfile)
	for i := range 10 {
		m.TaskStart(now, allocation.Task{Stage: stage, Index: i, Executor: one})
		m.TaskEnd(now, allocation.Task{Stage: stage, Index: i, Executor: one}, workload.Succeeded)
	}
	m.StageCompleted(now, stage)
	run(2 * time.Minute)
	// Output:
	// start
	//   want 0
	// stage
	//   want 1
	//   want 3
	//   want 5
	// one executor runs it all
	//   want 0
	//   1 may go
	//   want 0
}
