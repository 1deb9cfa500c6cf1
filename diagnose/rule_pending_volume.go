package diagnose

import (
	"fmt"
	"slices"
)

// A FailedMount before the configmap is there comes with nearly every driver and is none; one of a pod that still waits is.
var pendingVolume = Rule{
	Code: "SCALE-UP/PENDING-VOLUME", Title: "pods wait for a volume",
	Doc:    "events FailedScheduling, FailedMount, FailedAttachVolume, ProvisioningFailed, Kubernetes 1.34; ExecutorPodsAllocator (PVCs), Spark 3.5.6",
	Either: []Part{PartPods, PartEvents}, Hides: symptomsOfNoExecutors,
	check: func(v *view) []Finding {
		fixes := []Fix{
			do(Live, "make the claim and its storage class exist, in the zone of the nodes").noting("kubectl describe pvc CLAIM says what it waits for"),
			do(NextRun, "correct spark.kubernetes.executor.volumes.*: claimName OnDemand asks for a claim of its own for each executor"),
		}
		if found := stuckFinding(v.because(contains("persistentvolume", "volume node affinity", "available volume", "volume")), "they wait for a volume", fixes...); found != nil {
			return found
		}
		var proof []Evidence
		for _, e := range v.events("FailedMount", "FailedAttachVolume", "ProvisioningFailed") {
			if v.stillWaits(e.Name) {
				proof = append(proof, ofEvent(e))
			}
		}
		if len(proof) == 0 {
			return nil
		}
		return []Finding{{
			Severity: Error, Subject: "executors", Evidence: first(proof, 4), Fixes: fixes,
			Message: fmt.Sprintf("pods are placed and do not start, because a volume cannot be mounted (%d events)", len(proof)),
		}}
	},
}

// stillWaits reports whether the pod of the name is pending, long enough for a mount.
func (v *view) stillWaits(name string) bool {
	pods := v.Executors
	if v.Driver != nil {
		pods = append(slices.Clone(pods), *v.Driver)
	}
	return v.App.State != "COMPLETED" && slices.ContainsFunc(pods, func(p Pod) bool {
		age, ok := v.age(p.Created)
		return p.Name == name && p.Phase == "Pending" && (!ok || age >= v.o.Pending)
	})
}
