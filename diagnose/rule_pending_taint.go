package diagnose

var pendingTaint = Rule{
	Code: "SCALE-UP/PENDING-TAINT", Title: "pods do not tolerate the taints of the nodes",
	Doc:    "event FailedScheduling: untolerated taint, node(s) were unschedulable, Kubernetes 1.34",
	Either: []Part{PartPods, PartEvents}, Hides: symptomsOfNoExecutors,
	check: func(v *view) []Finding {
		return stuckFinding(v.because(contains("taint", "were unschedulable")), "the nodes have taints that the pods do not tolerate, or are cordoned",
			Fix{Title: "tolerate the taint", Object: "SparkApplication/" + v.App.Name, Effect: NextRun, Patch: `{"spec":{"executor":{"tolerations":[{"key":"…","operator":"Exists"}]}}}`, Note: "the operator's webhook must be on for spec.executor.tolerations; a change of the spec restarts a running application"},
			do(Live, "take the taint off, or uncordon the nodes").noting("kubectl taint nodes NODE KEY- and kubectl uncordon NODE"))
	},
}
