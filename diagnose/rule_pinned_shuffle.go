package diagnose

import (
	"slices"

	"github.com/sparkscale/sparkscale/spark"
)

// With shuffle tracking, the default since 3.4, and its infinite timeout, an executor that wrote one shuffle file stays until
// the driver's garbage collector has dropped the shuffle, which an idle driver does every 30 minutes.
var pinnedShuffle = Rule{
	Code: "NOT-RELEASING/SHUFFLE", Title: "shuffle files hold idle executors",
	Doc:   "ExecutorMonitor.Tracker (shuffleTracking.timeout), ContextCleaner (spark.cleaner.periodicGC.interval), Spark 3.5.6",
	Needs: []Part{PartConf, PartRun},
	Hides: []Code{"WASTE/IDLE-CORES"},
	check: func(v *view) []Finding {
		list := slices.DeleteFunc(v.pinnedExecutors(), func(p pinned) bool { return p.cached || !p.shuffle })
		if !v.policy.TracksShuffle() || !v.tooLong(v.policy.ShuffleTimeout, list) {
			return nil
		}
		return pinnedBy(list, "they wrote shuffle files, and shuffleTracking.timeout is "+forever(v.policy.ShuffleTimeout),
			[]Evidence{v.property(spark.ShuffleTracking), v.property(spark.ShuffleTrackingTimeout), v.property(spark.CleanerPeriodicGC)},
			set("let them go after a while", spark.ShuffleTrackingTimeout.Name, "120s").noting("a later job that reads the shuffle writes it again"),
			set("hand the files over instead of tracking them", spark.Decommission.Name, "true", spark.StorageDecommission.Name, "true", spark.ShuffleTracking.Name, "false"),
			set("let the driver drop shuffles sooner", spark.CleanerPeriodicGC.Name, "5min"))
	},
}
