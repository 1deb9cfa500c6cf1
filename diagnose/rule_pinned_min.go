package diagnose

import (
	"fmt"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/spark"
)

var pinnedMin = Rule{
	Code: "NOT-RELEASING/MIN-EXECUTORS", Title: "the minimum holds idle executors",
	Doc:   "ExecutorAllocationManager.removeExecutors (minimum number of executor limit), Spark 3.5.6",
	Needs: []Part{PartConf, PartRun},
	check: func(v *view) []Finding {
		list := slices.DeleteFunc(v.pinnedExecutors(), func(p pinned) bool { return p.cached || p.shuffle })
		var cost time.Duration
		for _, p := range list {
			cost += p.beyond
		}
		if v.policy.Min < 2 || len(list) == 0 || cost < v.o.MinLoss {
			return nil
		}
		return pinnedBy(list, fmt.Sprintf("minExecutors is %d, below which Spark removes none", v.policy.Min),
			[]Evidence{v.property(spark.MinExecutors)},
			set("lower the minimum", spark.MinExecutors.Name, "0").noting("the first stage after a pause then waits for executors to start; initialExecutors does not keep a pool, it is trimmed with the first stage"))
	},
}
