package diagnose

import (
	"fmt"
	"time"
)

var queue = Rule{
	Code: "RISK/QUEUE-TIME", Title: "the application waited long for its driver",
	Doc:   "creation of the SparkApplication against the start of the application, kubeflow/spark-operator v2.5.2",
	Needs: []Part{PartApplication, PartRun},
	check: func(v *view) []Finding {
		since := max(v.App.Submitted, v.App.Created)
		if !since.Known() || !v.Run.Start.Known() {
			return nil
		}
		waited := v.Run.Start.Sub(since)
		if waited < v.o.Queue || waited > 30*24*time.Hour {
			return nil
		}
		at := v.App.Place
		at.Path = "status.lastSubmissionAttemptTime"
		return []Finding{{
			Severity: Warning, Subject: "driver",
			Message:  fmt.Sprintf("from the submission to the start of the driver passed %s", brief(waited)),
			Evidence: []Evidence{seen(at, "%s", since), v.ofRun("ApplicationStart", "%s", v.Run.Start)},
			Fixes: []Fix{
				do(Live, "look why the driver's pod waited: quota, nodes, image, a queue such as Kueue"),
				do(NextRun, "give the driver a priorityClassName"),
			},
		}}
	},
}
