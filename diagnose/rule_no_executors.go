package diagnose

import "fmt"

var noExecutors = Rule{
	Code: "SCALE-UP/NO-EXECUTORS", Title: "tasks wait and no executor takes them",
	Doc:    "TaskSchedulerImpl (\"Initial job has not accepted any resources\", every spark.starvation.timeout of 15 s until the first task), Spark 3.5.6",
	Either: []Part{PartDriverLog, PartRun},
	Hides:  []Code{"RISK/JOB-FAILED"},
	check: func(v *view) []Finding {
		starved := v.facts(LogStarved)
		if len(starved) == 0 || v.registered() > 0 && v.count(LogStarved) < 4 {
			return nil
		}
		return []Finding{{
			Severity: Error, Subject: "executors",
			Message: fmt.Sprintf("no task was accepted: the driver said so %d times, and %d executors registered", v.count(LogStarved), v.registered()),
			Evidence: []Evidence{
				seen(starved[0].Place, "%s", starved[0].Text),
			},
			Fixes: []Fix{do(Live, "look at the executors' pods and events").noting("kubectl get pods -l spark-role=executor and kubectl get events; gather a snapshot with both")},
		}}
	},
}
