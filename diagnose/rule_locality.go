package diagnose

import (
	"fmt"
	"time"

	"github.com/sparkscale/sparkscale/spark"
)

// Tasks wait spark.locality.wait at each level for a slot near their data. That pays where reading from afar takes longer than
// the wait; with tasks shorter than the wait it cannot.
var locality = Rule{
	Code: "SCALE-UP/LOCALITY", Title: "short tasks wait for slots near their data",
	Doc:   "TaskSetManager.getAllowedLocalityLevel, spark.locality.wait (3 s), Spark 3.5.6",
	Needs: []Part{PartConf, PartRun},
	check: func(v *view) []Finding {
		wait, err := v.conf.Time(spark.LocalityWait)
		if err != nil || wait <= 0 || !v.enoughRun() {
			return nil
		}
		stages, cost := 0, time.Duration(0)
		for _, s := range v.Run.Stages {
			if s.Remote*2 >= s.Succeeded && s.Succeeded > 0 && s.Median < wait {
				stages++
				cost += wait * time.Duration(v.Run.PeakExecutors*v.Run.Slots)
			}
		}
		if cost < v.o.MinLoss {
			return nil
		}
		return []Finding{{
			Severity: Warning, Subject: "tasks", Cost: hours(cost), Basis: "one wait of all slots in each of these stages",
			Message:  fmt.Sprintf("in %d stages most tasks ended up away from their data after waiting %s for a slot near it, and take less than that", stages, brief(wait)),
			Evidence: []Evidence{v.property(spark.LocalityWait), v.ofRun("stages", "%d stages with mostly remote tasks", stages)},
			Fixes:    []Fix{set("do not wait", spark.LocalityWait.Name, "0s").noting("on Kubernetes data mostly lies in object stores, which are near to nobody")},
		}}
	},
}
