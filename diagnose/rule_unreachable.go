package diagnose

var unreachable = Rule{
	Code: "SCALE-UP/UNREACHABLE", Title: "the driver cannot reach the API server, or does not see the pods that it asked for",
	Doc:   "ExecutorAllocationManager (\"Unable to reach the cluster manager\") and ExecutorPodsAllocator (\"were not detected in the Kubernetes cluster\"), Spark 3.5.6",
	Needs: []Part{PartDriverLog},
	Hides: []Code{"SCALE-UP/NO-EXECUTORS"},
	check: func(v *view) []Finding {
		facts := v.facts(LogUnreachable, LogUndetected)
		if len(facts) == 0 {
			return nil
		}
		f := Finding{
			Severity: Warning, Subject: "driver", Message: "requests for executors get lost: " + facts[0].Text,
			Fixes: []Fix{do(Live, "let the driver's pod reach the API server").noting("a network policy, a proxy, or an overloaded API server; quotas and missing rights are findings of their own")},
		}
		for _, fact := range first(facts, 3) {
			f.Evidence = append(f.Evidence, seen(fact.Place, "%s (%d times)", fact.Text, fact.Count))
		}
		return []Finding{f}
	},
}
