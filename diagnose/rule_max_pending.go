package diagnose

import (
	"fmt"

	"github.com/sparkscale/sparkscale/spark"
)

var maxPending = Rule{
	Code: "SCALE-UP/MAX-PENDING-PODS", Title: "maxPendingPods holds requests for executors back",
	Doc:   "ExecutorPodsAllocator (sharedSlotFromPendingPods), spark.kubernetes.allocation.maxPendingPods, Spark 3.5.6",
	Needs: []Part{PartDriverLog, PartConf},
	check: func(v *view) []Finding {
		if !v.conf.IsSet(spark.AllocationMaxPendingPods) {
			return nil
		}
		for _, f := range v.facts(LogPods) {
			missing := f.Int("target") - f.Int("known")
			if f.Int("count") != f.Int("slots") || missing <= f.Int("count") {
				continue
			}
			return []Finding{{
				Severity: Warning, Subject: "executors",
				Message:  fmt.Sprintf("%d executors were missing and %d could be asked for, because so many pods may be pending at once", missing, f.Int("count")),
				Evidence: []Evidence{seen(f.Place, "%s", f.Text), v.property(spark.AllocationMaxPendingPods)},
				Fixes:    []Fix{set("let more pods be pending", spark.AllocationMaxPendingPods.Name, fmt.Sprint(missing)).noting("the limit protects the scheduler where pods cannot start anyway; look for pending pods first")},
			}}
		}
		return nil
	},
}
