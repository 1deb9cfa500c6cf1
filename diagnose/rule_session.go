package diagnose

import (
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/workload"
)

var session = Rule{
	Code: "NOT-RELEASING/SESSION", Title: "an open session holds the application",
	Doc:   "SparkConnectService, notebooks and spark-shell (application names), Spark 3.5.6",
	Needs: []Part{PartRun},
	check: func(v *view) []Finding {
		open := slices.Contains(v.Run.Traits, workload.SparkConnect) ||
			slices.ContainsFunc([]string{"spark shell", "pysparkshell", "jupyter", "zeppelin", "livy", "spark connect server", "thrift"}, func(n string) bool {
				return contains(n)(v.Run.Name)
			})
		var last workload.Instant
		for _, j := range v.Run.Jobs {
			last = max(last, j.Completed, j.Submitted)
		}
		quiet := v.end().Sub(last)
		held := time.Duration(0)
		for _, e := range v.Run.Executors {
			if !e.Removed.Known() {
				held += quiet * time.Duration(max(1, e.Cores))
			}
		}
		if !open || !last.Known() || held < v.o.MinLoss {
			return nil
		}
		return []Finding{{
			Severity: Warning, Subject: "application", Cost: hours(held), Basis: "core time of executors after the last job",
			Message:  "a session without work since " + brief(quiet) + " still holds executors",
			Evidence: []Evidence{v.ofRun("last job", "%s", last)},
			Fixes: []Fix{
				do(Live, "close the session, or end the kernel"),
				set("let idle executors go", "spark.dynamicAllocation.enabled", "true", "spark.dynamicAllocation.minExecutors", "0", "spark.dynamicAllocation.shuffleTracking.timeout", "120s"),
			},
		}}
	},
}
