package diagnose

var killRefused = Rule{
	Code: "NOT-RELEASING/KILL-REFUSED", Title: "killExecutors was called and is refused under dynamic allocation",
	Doc:   "SparkContext.killExecutors (\"killExecutors() unsupported with Dynamic Allocation turned on\"), Spark 3.5.6",
	Needs: []Part{PartDriverLog},
	check: func(v *view) []Finding {
		facts := v.facts(LogKillRefused)
		if len(facts) == 0 {
			return nil
		}
		return []Finding{{
			Severity: Warning, Subject: "application", Message: "the application calls killExecutors, which Spark refuses while dynamic allocation is on",
			Evidence: []Evidence{seen(facts[0].Place, "%s", facts[0].Text)},
			Fixes:    []Fix{do(NextRun, "take the call out; let timeouts and unpersist release executors")},
		}}
	},
}
