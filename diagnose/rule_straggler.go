package diagnose

import (
	"fmt"
	"time"
)

var straggler = Rule{
	Code: "NOT-RELEASING/STRAGGLER", Title: "one long task holds its executor, and the stage all others",
	Doc:   "ExecutorMonitor (idle since the last task), spark.speculation, Spark 3.5.6",
	Needs: []Part{PartRun},
	check: func(v *view) []Finding {
		var found []Finding
		for _, s := range v.Run.Stages {
			tail := s.Longest - s.P95
			idle := tail * time.Duration(max(0, v.Run.PeakExecutors*v.Run.Slots-1))
			if s.Succeeded < 20 || float64(s.Longest) < v.o.Straggle*float64(s.Median) || idle < v.o.MinLoss {
				continue
			}
			found = append(found, Finding{
				Severity: Warning, Subject: fmt.Sprintf("stage %d", s.ID), Cost: hours(idle), Basis: "slots that waited for the longest task after nineteen of twenty had ended",
				Message:  fmt.Sprintf("one task of stage %d (%s) ran %s, the median %s: the slots of the others waited %s", s.ID, s.Name, brief(s.Longest), brief(s.Median), brief(tail)),
				Evidence: []Evidence{v.ofRun(fmt.Sprintf("stage %d.%d", s.ID, s.Attempt), "longest %s", brief(s.Longest)).rather("near the median of %s", brief(s.Median))},
				Fixes: []Fix{
					set("run a second copy of slow tasks", "spark.speculation", "true").noting("helps against a slow node, not against a large partition"),
					do(NextRun, "split the partition: another key, or more partitions"),
				},
			})
		}
		return first(found, 3)
	},
}
