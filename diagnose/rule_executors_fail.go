package diagnose

import "fmt"

// Executors that end with 143 at the end of a good job are no failures; Spark's own tracker counts what failed.
var executorsFail = Rule{
	Code: "SCALE-UP/EXECUTORS-FAIL", Title: "executors fail one after the other",
	Doc:   "ExecutorFailureTracker and ExecutorPodsAllocator (\"new failed executors\", \"Max number of executor failures\"), spark.executor.maxNumFailures, Spark 3.5.6",
	Needs: []Part{PartDriverLog},
	Hides: []Code{"SCALE-UP/NO-EXECUTORS", "RISK/APP-FAILED"},
	check: func(v *view) []Finding {
		failed := 0
		for _, f := range v.facts(LogFailedExecutors) {
			failed += f.Int("count") * f.Count
		}
		over := v.facts(LogTooManyFailures)
		if len(over) == 0 && failed < v.o.Episodes {
			return nil
		}
		f := Finding{
			Severity: Warning, Subject: "executors", Message: fmt.Sprintf("%d executors failed and were asked for anew", failed),
			Fixes: []Fix{do(NextRun, "remove the cause of the failures").noting("the exit codes are findings of their own; a higher spark.executor.maxNumFailures only buys time")},
		}
		if len(over) > 0 {
			f.Severity, f.Message = Error, fmt.Sprintf("the application ended because too many executors failed: %s", over[0].Text)
		}
		for _, fact := range first(append(over, v.facts(LogFailedExecutors)...), 3) {
			f.Evidence = append(f.Evidence, seen(fact.Place, "%s", fact.Text))
		}
		return []Finding{f}
	},
}
