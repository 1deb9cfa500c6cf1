package diagnose

var pendingAffinity = Rule{
	Code: "SCALE-UP/PENDING-AFFINITY", Title: "no node matches the selector, the affinity or the spread that pods ask for",
	Doc:    "event FailedScheduling: node affinity/selector, pod affinity rules, topology spread constraints, Kubernetes 1.34",
	Either: []Part{PartPods, PartEvents}, Hides: symptomsOfNoExecutors,
	check: func(v *view) []Finding {
		pods := v.because(func(why string) bool {
			return contains("affinity", "selector", "topology spread")(why) && !contains("volume")(why)
		})
		return stuckFinding(pods, "no node matches their node selector, affinity or topology spread",
			do(NextRun, "correct nodeSelector or affinity of the application, also spark.kubernetes.node.selector.* in sparkConf"),
			do(Live, "label the nodes that are meant").noting("kubectl label nodes NODE KEY=VALUE"))
	},
}
