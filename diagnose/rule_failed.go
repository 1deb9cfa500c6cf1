package diagnose

import (
	"fmt"
	"slices"
)

// An application that was stopped from outside says "cancelled because SparkContext was shut down": nothing failed.
var jobFailed = Rule{
	Code: "RISK/JOB-FAILED", Title: "a job failed",
	Doc:    "TaskSetManager (\"failed N times; aborting job\"), spark.task.maxFailures, Spark 3.5.6",
	Either: []Part{PartDriverLog, PartRun},
	Hides:  []Code{"RISK/APP-FAILED"},
	check: func(v *view) []Finding {
		facts := v.facts(LogAborted)
		if len(facts) == 0 {
			return nil
		}
		return []Finding{{
			Severity: Error, Subject: "stage " + facts[0].Fields["stage"],
			Message:  fmt.Sprintf("task %s of stage %s failed %s times and ended its job", facts[0].Fields["task"], facts[0].Fields["stage"], facts[0].Fields["times"]),
			Evidence: []Evidence{seen(facts[0].Place, "%s", facts[0].Text)},
			Fixes:    []Fix{do(NextRun, "remove the cause that the log names above this line").noting("a higher spark.task.maxFailures helps only against chance")},
		}}
	},
}

var appFailed = Rule{
	Code: "RISK/APP-FAILED", Title: "the application failed",
	Doc:   "status.applicationState of kubeflow/spark-operator v2.5.2; exit code of the driver",
	Needs: []Part{PartApplication},
	check: func(v *view) []Finding {
		if !v.App.Failed() {
			return nil
		}
		at := v.App.Place
		at.Path = "status.applicationState"
		f := Finding{
			Severity: Error, Subject: "driver", Message: fmt.Sprintf("the application is %s: %s", v.App.State, orNone(v.App.Message)),
			Evidence: []Evidence{seen(at, "%s %s", v.App.State, v.App.Message)},
			Fixes:    []Fix{do(NextRun, "read the driver's log from its first ERROR on")},
		}
		if v.Driver != nil {
			i := slices.IndexFunc(v.Driver.Containers, func(c Container) bool { return c.State == "terminated" && c.ExitCode != 0 })
			if i >= 0 {
				c := v.Driver.Containers[i]
				f.Evidence = append(f.Evidence, seen(c.Place, "exit code %d, reason %s", c.ExitCode, c.Reason))
			}
		}
		return []Finding{f}
	},
}

func orNone(text string) string {
	if text == "" {
		return "no reason is given"
	}
	return text
}
