package diagnose

import "fmt"

var idleCores = Rule{
	Code: "WASTE/IDLE-CORES", Title: "most of the held cores had no task",
	Doc:   "executor cores over time against task time; DataFlint warns at half, spark-advisor at 40 % used",
	Needs: []Part{PartRun},
	check: func(v *view) []Finding {
		idle := v.Run.CoreTime - v.Run.BusyTime
		if !v.enoughRun() || v.Run.CoreTime <= 0 || idle < v.o.MinLoss || float64(idle) < v.o.IdleShare*float64(v.Run.CoreTime) {
			return nil
		}
		return []Finding{{
			Severity: Warning, Subject: "executors", Cost: hours(idle), Basis: "core time in which no task ran",
			Message:  fmt.Sprintf("%s of the core time had no task: %.2f of %.2f core-hours", percent(float64(idle)/float64(v.Run.CoreTime)), hours(idle), hours(v.Run.CoreTime)),
			Evidence: []Evidence{v.ofRun("core time", "%s held, %s busy", brief(v.Run.CoreTime), brief(v.Run.BusyTime))},
			Fixes: []Fix{
				do(NextRun, "let plan.Engine choose the number of executors from this run").noting("go run ./examples/plan"),
				set("let idle executors go", "spark.dynamicAllocation.enabled", "true", "spark.dynamicAllocation.shuffleTracking.timeout", "120s"),
			},
		}}
	},
}
