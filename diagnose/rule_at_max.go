package diagnose

import (
	"fmt"
	"time"

	"github.com/sparkscale/sparkscale/spark"
)

// At the maximum with tasks waiting is what a maximum is for; it is worth knowing when it lasts and the run could have used
// more. A fixed count is such a maximum too, unless somebody scales from outside.
var atMax = Rule{
	Code: "SCALE-UP/MAX-BELOW-WIDTH", Title: "the maximum is below what the stages could use",
	Doc:   "ExecutorAllocationManager.addExecutors (target at max), Spark 3.5.6; the run's own running and waiting tasks",
	Needs: []Part{PartRun, PartConf},
	check: func(v *view) []Finding {
		if !v.known || !v.enoughRun() || v.asks() >= v.Run.NeededExecutors || v.Run.PeakExecutors > v.asks() {
			return nil
		}
		waited, most := time.Duration(0), 0
		for _, w := range v.Run.Waiting {
			if w.Executors >= v.asks() {
				waited, most = waited+w.For, max(most, w.Tasks)
			}
		}
		if waited < v.o.MinWall {
			return nil
		}
		key := spark.MaxExecutors
		if !v.policy.Dynamic {
			key = spark.ExecutorInstances
		}
		return []Finding{{
			Severity: Info, Subject: "executors",
			Message: fmt.Sprintf("tasks waited %s while all %d allowed executors were there: up to %d tasks at once would fill %d executors",
				brief(waited), v.asks(), most, v.Run.NeededExecutors),
			Evidence: []Evidence{v.property(key), v.ofRun("running and waiting tasks", "%d executors needed, %d at peak", v.Run.NeededExecutors, v.Run.PeakExecutors)},
			Fixes: []Fix{
				set("raise the maximum", key.Name, fmt.Sprint(v.Run.NeededExecutors)).noting("what each more wins is for a replay to say (plan.Engine); quota and nodes must hold them"),
			},
		}}
	},
}

// targetAtMax looks at a run that goes on, of which only the log tells.
var targetAtMax = Rule{
	Code: "SCALE-UP/AT-MAX", Title: "the target stands at the maximum",
	Doc:   "ExecutorAllocationManager (\"new desired total will be\"), Spark 3.5.6",
	Needs: []Part{PartDriverLog, PartConf},
	check: func(v *view) []Finding {
		if !v.known || !v.policy.Dynamic || v.policy.Max < 0 || v.App.Over() || v.Run != nil && v.Run.Ended {
			return nil
		}
		for _, f := range v.facts(LogBacklog) {
			if f.Int("target") >= v.policy.Max {
				return []Finding{{
					Severity: Info, Subject: "executors",
					Message:  fmt.Sprintf("the target reached the maximum of %d; more is not asked for however many tasks wait", v.policy.Max),
					Evidence: []Evidence{seen(f.Place, "%s", f.Text), v.property(spark.MaxExecutors)},
					Fixes:    []Fix{set("raise the maximum", spark.MaxExecutors.Name, fmt.Sprint(2*v.policy.Max))},
				}}
			}
		}
		return nil
	},
}
