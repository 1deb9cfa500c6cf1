package diagnose

import "fmt"

var contextFailed = Rule{
	Code: "SCALE-UP/CONTEXT-FAILED", Title: "the SparkContext does not start",
	Doc:   "SparkContext (\"Error initializing SparkContext\"), Spark 3.5.6",
	Needs: []Part{PartDriverLog},
	Hides: []Code{"RISK/APP-FAILED", "SCALE-UP/NO-EXECUTORS"},
	check: func(v *view) []Finding {
		failed := v.facts(LogContextFailed)
		if len(failed) == 0 {
			return nil
		}
		return []Finding{{
			Severity: Error, Subject: "driver",
			Message:  fmt.Sprintf("the driver ends before it has executors: %s", failed[0].Text),
			Evidence: []Evidence{seen(failed[0].Place, "%s", failed[0].Text)},
			Fixes:    []Fix{do(NextRun, "remove the cause that the log names below this line")},
		}}
	},
}
