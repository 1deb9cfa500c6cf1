package diagnose

import (
	"fmt"

	"github.com/sparkscale/sparkscale/internal/wording"
)

var evicted = Rule{
	Code: "RISK/EVICTED", Title: "pods were evicted from their nodes",
	Doc:    "pod reason Evicted and event Evicted of the kubelet, TaintManagerEviction, Kubernetes 1.34",
	Either: []Part{PartPods, PartEvents},
	Hides:  []Code{"SCALE-DOWN/SHUFFLE-LOST", "RISK/FETCH-FAILURES"},
	check: func(v *view) []Finding {
		var names []string
		var proof []Evidence
		for _, p := range v.Executors {
			if p.Reason == "Evicted" || p.Reason == "NodeLost" || p.Reason == "Terminated" {
				names = append(names, p.Name)
				proof = append(proof, seen(p.Place, "pod %s: %s %s", p.Name, p.Reason, p.Message))
			}
		}
		if len(names) == 0 {
			for _, e := range v.events("Evicted", "TaintManagerEviction") {
				names = append(names, e.Name)
				proof = append(proof, ofEvent(e))
			}
		}
		if len(names) == 0 {
			return nil
		}
		lost := v.losses()
		return []Finding{{
			Severity: Warning, Subject: "executors", Cost: hours(lost.time), Basis: "task time of attempts that were lost or done again",
			Message:  fmt.Sprintf("%s evicted (%s): %s", wording.Count(len(names), "pod"), some(names, 3), lost.text()),
			Evidence: first(proof, 4),
			Fixes: []Fix{
				do(NextRun, "where the node was low on ephemeral storage, give executors a volume for spark.local.dir").noting("spark.kubernetes.executor.volumes.persistentVolumeClaim.spark-local-dir-1.*"),
				do(Live, "look at what the message names: memory or disk of the node, a taint, a drain"),
			},
		}}
	},
}
