package diagnose

import (
	"fmt"

	"github.com/sparkscale/sparkscale/spark"
)

var shuffleLost = Rule{
	Code: "SCALE-DOWN/SHUFFLE-LOST", Title: "shuffle files were lost with executors and computed again",
	Doc:    "DAGScheduler (Resubmitted, \"Resubmitting … due to fetch failure\"), Spark 3.5.6",
	Either: []Part{PartDriverLog, PartRun},
	Hides:  []Code{"RISK/FETCH-FAILURES"},
	check: func(v *view) []Finding {
		lost := v.losses()
		if lost.resubmitted+lost.again == 0 {
			return nil
		}
		f := Finding{
			Severity: Warning, Subject: "executors", Cost: hours(lost.time), Basis: "task time of attempts that were lost or done again",
			Message: "executors took shuffle files with them: " + lost.text(),
			Fixes: []Fix{
				set("keep executors that hold shuffle files of running jobs", spark.ShuffleTracking.Name, "true"),
				set("let executors hand over their blocks", spark.Decommission.Name, "true", spark.StorageDecommission.Name, "true", reattempt, "2s"),
			},
		}
		if v.Run != nil {
			f.Evidence = append(f.Evidence, v.ofRun("TaskEnd", "%s", fmt.Sprintf("%d Resubmitted, %d FetchFailed", lost.resubmitted, lost.fetchFailed)))
		}
		for _, fact := range first(v.facts(LogResubmitted, LogFetchFailed), 3) {
			f.Evidence = append(f.Evidence, seen(fact.Place, "%s (%d times)", fact.Text, fact.Count))
		}
		return []Finding{f}
	},
}
