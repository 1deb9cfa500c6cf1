package diagnose

import (
	"fmt"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// By default an executor with one cached block never leaves: cachedExecutorIdleTimeout is about 68 years, and the timeouts
// combine by max. killExecutors is refused under dynamic allocation, so unpersist is the only way on the running application.
var pinnedCache = Rule{
	Code: "NOT-RELEASING/CACHE", Title: "cached blocks hold idle executors",
	Doc:   "ExecutorMonitor.Tracker (cachedExecutorIdleTimeout, combined by max), Spark 3.5.6",
	Needs: []Part{PartConf, PartRun},
	Hides: []Code{"WASTE/IDLE-CORES"},
	check: func(v *view) []Finding {
		list := slices.DeleteFunc(v.pinnedExecutors(), func(p pinned) bool { return !p.cached })
		if !v.tooLong(v.policy.CachedIdle, list) {
			return nil
		}
		what, proof := v.datasets()
		return pinnedBy(list, fmt.Sprintf("they hold blocks of %s, and cachedExecutorIdleTimeout is %s", what, forever(v.policy.CachedIdle)),
			append(proof, v.property(spark.CachedExecutorIdleTimeout)),
			do(Live, "unpersist what is no longer needed, in the application").noting("killExecutors is refused under dynamic allocation; deleting pods only makes Spark start others"),
			set("let them go after a while", spark.CachedExecutorIdleTimeout.Name, "600s").noting("what was cached on them is computed again when it is needed"),
			set("keep blocks while executors leave", spark.Decommission.Name, "true", spark.StorageDecommission.Name, "true"))
	},
}

// datasets names what is cached, with its evidence.
func (v *view) datasets() (string, []Evidence) {
	var names []string
	var proof []Evidence
	if v.Live != nil {
		for _, r := range first(v.Live.RDDs, 20) {
			names = append(names, fmt.Sprintf("RDD %d %s (%s)", r.ID, r.Name, r.Memory+r.Disk))
			proof = append(proof, seen(r.Place, "RDD %d %s: %d partitions, %s in memory, %s on disk, on executors %s%s",
				r.ID, r.Name, r.Partitions, r.Memory, r.Disk, some(r.Executors, 6), v.since(r.ID)))
		}
	}
	if len(names) == 0 {
		for _, r := range first(v.Run.Cached, 20) {
			names = append(names, fmt.Sprintf("RDD %d %s", r.ID, r.Name))
			proof = append(proof, v.ofRun(fmt.Sprintf("RDD %d", r.ID), "%s, %d partitions, to be kept since %s", r.Name, r.Partitions, r.Since))
		}
	}
	return some(names, 3), first(proof, 3)
}

func forever(d time.Duration) string {
	if d == units.Forever {
		return "infinite"
	}
	return units.FormatTime(d)
}

// since says when the stage that filled a dataset was complete, where the event log tells.
func (v *view) since(rdd int) string {
	for _, r := range v.Run.Cached {
		if r.ID == rdd && r.Since.Known() {
			return ", since " + r.Since.String()
		}
	}
	return ""
}
