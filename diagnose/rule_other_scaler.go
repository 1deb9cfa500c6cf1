package diagnose

import (
	"fmt"
	"slices"

	"github.com/sparkscale/sparkscale/spark"
)

// With dynamic allocation the driver writes the replicas itself at every change of its target, and a lower target makes the
// controller delete the highest ordinals, busy or not: the driver harms itself even without another scaler.
var statefulDynamic = Rule{
	Code: "SCALE-DOWN/STATEFULSET-DYNAMIC", Title: "dynamic allocation with the StatefulSet allocator deletes busy executors",
	Doc:   "StatefulSetPodsAllocator.setTotalExpectedExecutors, Spark 3.5.6; seen on Kubernetes 1.34",
	Needs: []Part{PartConf},
	Hides: []Code{"SCALE-DOWN/OUTSIDE", "SCALE-DOWN/SHUFFLE-LOST", "SCALE-DOWN/NO-DECOMMISSION", "SCALE-DOWN/TO-ZERO", "RISK/FETCH-FAILURES", "SCALE-UP/OTHER-SCALER"},
	check: func(v *view) []Finding {
		allocator, _ := v.conf.Value(spark.PodsAllocator)
		on, err := v.conf.Bool(spark.DynamicAllocation)
		if allocator != "statefulset" || err != nil || !on {
			return nil
		}
		lost := v.losses()
		f := Finding{
			Severity: Warning, Subject: "executors", Cost: hours(lost.time), Basis: "task time of attempts that were lost or done again",
			Message:  fmt.Sprintf("the driver scales its StatefulSet at every change of its target, and the controller deletes the highest ordinals whether busy or not (%s); who scales it from outside is overwritten", lost.text()),
			Evidence: []Evidence{v.property(spark.PodsAllocator), v.property(spark.DynamicAllocation)},
			Fixes: []Fix{
				set("use the direct allocator", spark.PodsAllocator.Name, "direct"),
				set("or let only an outside scaler decide", spark.DynamicAllocation.Name, "false", spark.Decommission.Name, "true", spark.StorageDecommission.Name, "true", reattempt, "2s"),
			},
		}
		if lost.any() {
			f.Severity = Error
		}
		for _, s := range first(v.Sets, 1) {
			f.Evidence = append(f.Evidence, seen(s.Place, "StatefulSet %s: replicas %d, changed %d times", s.Name, s.Replicas, max(0, s.Generation-1)))
		}
		for _, r := range first(outside(v.removals()), 2) {
			f.Evidence = append(f.Evidence, first(r.proof, 1)...)
		}
		return []Finding{f}
	},
}

// A SparkApplication has no /scale, and a change of its instances restarts it.
var otherScaler = Rule{
	Code: "SCALE-UP/OTHER-SCALER", Title: "another scaler works on the executors",
	Doc:   "ScaledObject (KEDA 2.20) and HorizontalPodAutoscaler; the CRD SparkApplication v2.5.2 has the subresource status only",
	Needs: []Part{PartScalers, PartConf},
	check: func(v *view) []Finding {
		var found []Finding
		for _, s := range v.Scalers {
			f := Finding{Severity: Error, Subject: s.Kind + " " + s.Name, Evidence: []Evidence{seen(s.Place, "target %s %s", s.TargetKind, s.TargetName)}}
			switch {
			case s.TargetKind == "SparkApplication":
				f.Message = "a SparkApplication cannot be scaled: it has no /scale, and a change of its instances restarts it and loses its work"
				f.Fixes = []Fix{set("scale the executors' StatefulSet instead, with dynamic allocation off", spark.PodsAllocator.Name, "statefulset", spark.DynamicAllocation.Name, "false")}
			case s.TargetKind == "StatefulSet" && v.policy.Dynamic:
				f.Severity = Warning
				f.Message = "the driver's dynamic allocation and " + s.Kind + " " + s.Name + " write the same replicas; the driver's next change wins"
				f.Fixes = []Fix{set("switch dynamic allocation off", spark.DynamicAllocation.Name, "false")}
			default:
				i := slices.IndexFunc(s.Conditions, func(c Condition) bool { return c.Type == "Ready" && c.Status == "False" })
				if i < 0 {
					continue
				}
				f.Severity, f.Message = Warning, fmt.Sprintf("%s %s does not work: %s: %s", s.Kind, s.Name, s.Conditions[i].Reason, s.Conditions[i].Message)
				f.Fixes = []Fix{do(Live, "correct the trigger or the target that the message names")}
			}
			found = append(found, f)
		}
		return found
	},
}
