package diagnose

import (
	"fmt"
	"slices"
)

// misconfigured are reasons of containers that never start as things are.
var misconfigured = []string{"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CrashLoopBackOff", "StartError"}

var pendingOther = Rule{
	Code: "SCALE-UP/PENDING-OTHER", Title: "pods cannot be scheduled or started, for another reason",
	Doc:    "event FailedScheduling and container state waiting, Kubernetes 1.34",
	Either: []Part{PartPods, PartEvents}, Hides: symptomsOfNoExecutors,
	check: func(v *view) []Finding {
		known := contains("insufficient cpu", "insufficient memory", "taint", "were unschedulable", "affinity", "selector", "topology spread", "volume")
		pods := slices.DeleteFunc(slices.Clone(v.stuck), func(s stuckPod) bool {
			return slices.ContainsFunc(s.reasons, func(r refusal) bool { return known(r.why) })
		})
		if len(pods) > 0 {
			return stuckFinding(pods, "the scheduler says: "+pods[0].message,
				do(Live, "remove what the scheduler names").noting("\"Too many pods\" wants more nodes or a higher maxPods of the kubelet, \"Insufficient\" of another resource nodes that have it"))
		}
		for _, p := range v.Executors {
			for _, c := range p.Containers {
				if c.State == "waiting" && slices.Contains(misconfigured, c.Reason) {
					return []Finding{{
						Severity: Error, Subject: "executors",
						Message:  fmt.Sprintf("the container of pod %s does not start: %s: %s", p.Name, c.Reason, c.Message),
						Evidence: []Evidence{seen(c.Place, "%s: %s", c.Reason, c.Message)},
						Fixes:    []Fix{do(NextRun, "correct what the message names: a secret, a configmap, a command")},
					}}
				}
			}
		}
		return nil
	},
}
