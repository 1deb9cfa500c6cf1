package diagnose

import (
	"fmt"
	"slices"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// With no peer left a decommissioned executor says "all blocks migrated", which is not true: the driver keeps them as lost.
var toZero = Rule{
	Code: "SCALE-DOWN/TO-ZERO", Title: "no executor was left while a job ran, so all shuffle files and cached blocks were lost",
	Doc:   "MapOutputTracker (MetadataFetchFailedException) and BlockManagerDecommissioner (\"No available peers\"), Spark 3.5.6",
	Needs: []Part{PartRun},
	check: func(v *view) []Finding {
		at, was := v.emptied()
		if !was || !v.losses().any() || !v.takenAt(at) {
			return nil
		}
		f := Finding{
			Severity: Warning, Subject: "executors",
			Message: fmt.Sprintf("at %s the last executor left while a job was running: what its stages had written or cached is gone, and is computed again", at),
			Fixes: []Fix{
				do(Live, "let whoever scales keep at least one executor").noting("minReplicaCount 1 of the ScaledObject, minReplicas 1 of the HPA"),
				set("keep at least one executor", spark.MinExecutors.Name, "1").noting("with dynamic allocation"),
			},
		}
		for _, e := range v.Run.Executors {
			if e.Removed == at {
				f.Evidence = append(f.Evidence, v.ofRun("ExecutorRemoved "+e.ID, "%s", e.Reason))
			}
		}
		for _, fact := range first(v.facts(LogFetchFailed), 1) {
			f.Evidence = append(f.Evidence, seen(fact.Place, "%s", fact.Text))
		}
		return []Finding{f}
	},
}

// takenAt reports whether somebody outside of Spark took an executor at that time: one that crashes is another matter.
func (v *view) takenAt(at workload.Instant) bool {
	return slices.ContainsFunc(v.Run.Executors, func(e RunExecutor) bool { return e.Removed == at && deletedOutside(e.Reason) })
}
