package diagnose

import (
	"slices"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// Structured streaming has no allocation of its own: a trigger interval shorter than the idle timeout keeps every executor.
var pinnedStreaming = Rule{
	Code: "NOT-RELEASING/STREAMING", Title: "a streaming query keeps executors from being idle for long enough",
	Doc:   "ExecutorAllocationManager sees micro-batches as ordinary stages; spark.streaming.dynamicAllocation for DStreams, Spark 3.5.6",
	Needs: []Part{PartConf, PartRun},
	check: func(v *view) []Finding {
		streams := slices.ContainsFunc(v.Run.Traits, func(t workload.Trait) bool {
			return t == workload.StructuredStreaming || t == workload.DStreams
		})
		idle := v.Run.CoreTime - v.Run.BusyTime
		if !streams || !v.known || !v.policy.Dynamic || idle < v.o.MinLoss || float64(idle) < v.o.IdleShare*float64(v.Run.CoreTime) {
			return nil
		}
		return []Finding{{
			Severity: Warning, Subject: "executors", Cost: hours(idle), Basis: "core time in which no task ran",
			Message: "micro-batches come before executors have been idle for " + forever(v.policy.Idle) + ", so none is removed although " +
				percent(float64(idle)/float64(v.Run.CoreTime)) + " of the core time is idle",
			Evidence: []Evidence{v.property(spark.ExecutorIdleTimeout), v.ofRun("core time", "%s held, %s busy", brief(v.Run.CoreTime), brief(v.Run.BusyTime))},
			Fixes: []Fix{
				set("fix the number of executors to what a batch needs", spark.DynamicAllocation.Name, "false").noting("dynamic allocation and stateful queries do each other harm"),
				do(NextRun, "trigger less often than the idle timeout"),
			},
		}}
	},
}
