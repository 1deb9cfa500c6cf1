package diagnose

import (
	"fmt"
	"time"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// At the defaults both the interval and the grace period are 30 s: output of tasks that end after the first round waits for a
// second one that never comes. With an interval of 2 s executors were seen to leave within 5 s with all blocks moved.
var decommissionCut = Rule{
	Code: "SCALE-DOWN/DECOMMISSION-CUT", Title: "decommissioning is cut short by the pod's grace period",
	Doc:    "BlockManagerDecommissioner, spark.storage.decommission.replicationReattemptInterval (30 s), terminationGracePeriodSeconds (30 s), Spark 3.5.6",
	Needs:  []Part{PartConf},
	Either: []Part{PartDriverLog},
	check: func(v *view) []Finding {
		interval := v.interval()
		grace := v.grace()
		if !v.policy.Decommission || !v.policy.StorageDecommission || interval < grace {
			return nil
		}
		var proof []Evidence
		for _, r := range outside(v.removals()) {
			if r.after >= grace-2*time.Second {
				proof = append(proof, r.proof...)
			}
		}
		if len(proof) == 0 {
			return nil
		}
		proof = append(first(proof, 4), seen(v.placeOf(reattempt), "%s is %s", reattempt, brief(interval)).rather("well below the grace period of %s", brief(grace)))
		for _, f := range first(v.facts(LogUnmigrated), 1) {
			proof = append(proof, seen(f.Place, "%s", f.Text))
		}
		return []Finding{{
			Severity: Warning, Subject: "executors", Evidence: proof,
			Message: fmt.Sprintf("decommissioned executors held their pods for the whole grace period of %s and lost the output of their last tasks: blocks are looked for every %s only", brief(grace), brief(interval)),
			Fixes: []Fix{
				set("look for blocks more often", reattempt, "2s"),
				{Title: "give pods more time", Object: "SparkApplication/" + v.App.Name, Effect: NextRun, Patch: `{"spec":{"executor":{"template":{"spec":{"terminationGracePeriodSeconds":90,"containers":[{"name":"spark-kubernetes-executor"}]}}}}}`, Note: "Spark 4.1 has spark.kubernetes.executor.terminationGracePeriodSeconds"},
			},
		}}
	},
}

// interval is in which a decommissioned executor looks for blocks.
func (v *view) interval() time.Duration {
	if text, ok := v.conf.Lookup(reattempt); ok {
		if d, err := units.ParseTime(text, time.Millisecond); err == nil {
			return d
		}
	}
	return 30 * time.Second
}

// grace is the grace period of the executors' pods; Kubernetes' default where no object tells.
func (v *view) grace() time.Duration {
	for _, s := range v.Sets {
		if s.Grace > 0 {
			return time.Duration(s.Grace) * time.Second
		}
	}
	for _, p := range v.Executors {
		if p.Grace > 0 {
			return time.Duration(p.Grace) * time.Second
		}
	}
	return 30 * time.Second
}

// decommissionOff is about executors that dynamic allocation itself removes, or that may be taken, with what they hold.
var decommissionOff = Rule{
	Code: "SCALE-DOWN/NO-DECOMMISSION", Title: "executors leave without handing over shuffle files and cached blocks",
	Doc:    "spark.decommission.enabled, spark.storage.decommission.enabled, Spark 3.5.6",
	Needs:  []Part{PartConf},
	Either: []Part{PartDriverLog, PartRun},
	check: func(v *view) []Finding {
		on := v.policy.Decommission && v.policy.StorageDecommission && (v.policy.DecommissionShuffle || v.policy.DecommissionRDD)
		lost := v.losses()
		if !v.known || on || lost.resubmitted+lost.again == 0 || len(outside(v.removals())) == 0 {
			return nil
		}
		return []Finding{{
			Severity: Warning, Subject: "spark.decommission.enabled",
			Message:  fmt.Sprintf("decommissioning is off, or off for blocks, and executors were taken away: %s", lost.text()),
			Evidence: []Evidence{v.property(spark.Decommission), v.property(spark.StorageDecommission)},
			Fixes:    first(v.softer(), 1),
		}}
	},
}
