package diagnose

import (
	"fmt"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/spark"
)

var cacheLost = Rule{
	Code: "SCALE-DOWN/CACHE-LOST", Title: "executors left with cached blocks that were still in use",
	Doc:   "BlockManagerMasterEndpoint.removeExecutor; cachedExecutorIdleTimeout, spark.storage.decommission.rddBlocks.enabled, Spark 3.5.6",
	Needs: []Part{PartRun, PartConf},
	check: func(v *view) []Finding {
		var ids []string
		var proof []Evidence
		for _, e := range v.Run.Executors {
			if e.Removed.Known() && e.Cached > 0 && v.usedAfter(e) {
				ids = append(ids, e.ID)
				proof = append(proof, v.ofRun("ExecutorRemoved "+e.ID, "%s at %s, after %d tasks of stages that cache", e.Reason, e.Removed, e.Cached))
			}
		}
		if len(ids) == 0 || v.policy.StorageDecommission && v.policy.DecommissionRDD {
			return nil
		}
		return []Finding{{
			Severity: Warning, Subject: "executors",
			Message:  fmt.Sprintf("%s (%s) left with cached blocks, and jobs came after: what was cached there is computed again", wording.Count(len(ids), "executor"), some(ids, 6)),
			Evidence: append(first(proof, 3), v.property(spark.CachedExecutorIdleTimeout)),
			Fixes: []Fix{
				set("hand cached blocks over", spark.Decommission.Name, "true", spark.StorageDecommission.Name, "true"),
				set("keep executors with cached blocks longer", spark.CachedExecutorIdleTimeout.Name, "1200s"),
				do(NextRun, "cache with a replica: StorageLevel.MEMORY_AND_DISK_2"),
			},
		}}
	},
}

// usedAfter reports whether a dataset was still cached when the executor left, and a job came after.
func (v *view) usedAfter(e RunExecutor) bool {
	for _, r := range v.Run.Cached {
		if r.Dropped.Known() && r.Dropped <= e.Removed || !r.Since.Known() || r.Since > e.Removed {
			continue
		}
		for _, j := range v.Run.Jobs {
			if j.Submitted > e.Removed {
				return true
			}
		}
	}
	return false
}
