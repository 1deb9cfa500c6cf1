package diagnose

import (
	"fmt"
	"time"

	"github.com/sparkscale/sparkscale/spark"
)

// From a target T the rounds add 1, 2, 4, 8 … executors, the first after the backlog timeout, the others after the sustained
// one; an empty queue starts them anew.
var backlogTimeout = Rule{
	Code: "SCALE-UP/BACKLOG-TIMEOUT", Title: "the backlog timeouts are long for the stages",
	Doc:   "ExecutorAllocationManager.updateAndSyncNumExecutorsTarget, Spark 3.5.6",
	Needs: []Part{PartConf, PartRun},
	check: func(v *view) []Finding {
		if !v.known || !v.policy.Dynamic || !v.enoughRun() {
			return nil
		}
		rounds := 0
		for n := 1; n <= v.Run.NeededExecutors-v.policy.InitialTarget() && rounds < 31; n *= 2 {
			rounds++
		}
		ramp := v.policy.Backlog
		if rounds > 1 {
			ramp += v.policy.Sustained * time.Duration(rounds-1)
		}
		typical := v.typicalStage()
		if rounds == 0 || typical == 0 || ramp < typical || v.Run.PeakExecutors >= v.Run.NeededExecutors {
			return nil
		}
		return []Finding{{
			Severity: Warning, Subject: "executors",
			Message:  fmt.Sprintf("%d executors take %d rounds of requests, %s in all, and a typical stage ends after %s", v.Run.NeededExecutors, rounds, brief(ramp), brief(typical)),
			Evidence: []Evidence{v.property(spark.SchedulerBacklogTimeout), v.property(spark.SustainedBacklogTimeout), v.ofRun("stages", "typical span %s", brief(typical))},
			Fixes: []Fix{
				set("ask sooner", spark.SchedulerBacklogTimeout.Name, "1s", spark.SustainedBacklogTimeout.Name, "1s").noting("whole seconds; below one Spark refuses"),
				set("start with what the first stage needs", spark.InitialExecutors.Name, fmt.Sprint(v.Run.NeededExecutors)).noting("holds until the first stage is submitted; minExecutors keeps a pool"),
			},
		}}
	},
}
