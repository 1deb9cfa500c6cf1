package diagnose

import (
	"fmt"
	"time"
)

var skew = Rule{
	Code: "WASTE/SKEW", Title: "a stage waits for a few tasks that are much longer than the others",
	Doc:   "task times of a stage; DataFlint max above 10 × median, spark-advisor 5 ×",
	Needs: []Part{PartRun},
	check: func(v *view) []Finding {
		var found []Finding
		for _, s := range v.Run.Stages {
			over := s.Longest - s.Median
			idle := over * time.Duration(max(0, min(s.Succeeded, v.Run.PeakExecutors*v.Run.Slots)-1))
			if s.Succeeded < 10 || s.Median <= 0 || float64(s.Longest) < v.o.SkewRatio*float64(s.Median) || over < v.o.SkewTime || idle < v.o.MinLoss {
				continue
			}
			found = append(found, Finding{
				Severity: Warning, Subject: fmt.Sprintf("stage %d", s.ID), Cost: hours(idle), Basis: "slots beside the longest task, for what it is longer than the median",
				Message:  fmt.Sprintf("stage %d (%s): the longest of %d tasks takes %s, %.0f times the median of %s", s.ID, s.Name, s.Succeeded, brief(s.Longest), float64(s.Longest)/float64(s.Median), brief(s.Median)),
				Evidence: []Evidence{v.ofRun(fmt.Sprintf("stage %d.%d", s.ID, s.Attempt), "longest %s", brief(s.Longest)).rather("below %g × %s", v.o.SkewRatio, brief(s.Median))},
				Fixes: []Fix{
					set("let adaptive execution split joins", "spark.sql.adaptive.enabled", "true", "spark.sql.adaptive.skewJoin.enabled", "true"),
					do(NextRun, "salt the key, or aggregate in two steps"),
				},
			})
		}
		return first(found, 3)
	},
}
