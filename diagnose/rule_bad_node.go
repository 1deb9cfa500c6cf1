package diagnose

import (
	"fmt"
	"maps"
	"slices"
)

var badNode = Rule{
	Code: "RISK/BAD-NODE", Title: "tasks fail on one host far more often than on the others",
	Doc:   "failed tasks by host; spark.excludeOnFailure, Spark 3.5.6",
	Needs: []Part{PartRun},
	check: func(v *view) []Finding {
		failed, all := map[string]int{}, map[string]int{}
		totalFailed, total := 0, 0
		for _, e := range v.Run.Executors {
			failed[e.Host] += e.Failed
			all[e.Host] += e.Tasks
			totalFailed, total = totalFailed+e.Failed, total+e.Tasks
		}
		var found []Finding
		for _, host := range slices.Sorted(maps.Keys(failed)) {
			rest := float64(totalFailed-failed[host]+1) / float64(max(1, total-all[host]))
			rate := float64(failed[host]) / float64(max(1, all[host]))
			if failed[host] < 5 || len(all) < 2 || rate < v.o.BadNode*rest {
				continue
			}
			found = append(found, Finding{
				Severity: Warning, Subject: "host " + host,
				Message:  fmt.Sprintf("%d of %d tasks failed on host %s, %d of %d on all others", failed[host], all[host], host, totalFailed-failed[host], total-all[host]),
				Evidence: []Evidence{v.ofRun("TaskEnd on "+host, "%s failed", percent(rate))},
				Fixes: []Fix{
					do(Live, "cordon the node and look at its disks and its log").noting("kubectl cordon NODE"),
					set("let Spark avoid hosts on which tasks fail", "spark.excludeOnFailure.enabled", "true"),
				},
			})
		}
		return found
	},
}
