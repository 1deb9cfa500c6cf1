package diagnose

import (
	"fmt"

	"github.com/sparkscale/sparkscale/spark"
)

// The ratio scales the need: a lower one asks for fewer executors and trims the target sooner, so it makes scale-down more
// aggressive, not less. It does not touch the idle timers.
var ratio = Rule{
	Code: "SCALE-UP/RATIO", Title: "executorAllocationRatio caps what is asked for, and trims the target",
	Doc:   "ExecutorAllocationManager.maxNumExecutorsNeededPerResourceProfile, Spark 3.5.6",
	Needs: []Part{PartConf, PartRun},
	check: func(v *view) []Finding {
		if !v.known || !v.policy.Dynamic || v.policy.Ratio >= 1 || v.Run.Slots == 0 {
			return nil
		}
		tasks := v.Run.NeededExecutors * v.Run.Slots
		need := v.policy.Need(tasks, 0, v.Run.Slots)
		if need >= min(v.Run.NeededExecutors, v.policy.EffectiveMax()) {
			return nil
		}
		return []Finding{{
			Severity: Warning, Subject: "executors",
			Message: fmt.Sprintf("a ratio of %g asks for %d executors where the tasks could fill %d; it also trims the target sooner as tasks end, so to lower it makes scale-down more aggressive",
				v.policy.Ratio, need, v.Run.NeededExecutors),
			Evidence: []Evidence{v.property(spark.ExecutorAllocationRatio), v.ofRun("running and waiting tasks", "%d executors needed", v.Run.NeededExecutors)},
			Fixes: []Fix{
				set("raise the ratio", spark.ExecutorAllocationRatio.Name, "1.0").noting("how soon idle executors leave is for spark.dynamicAllocation.executorIdleTimeout"),
			},
		}}
	},
}
