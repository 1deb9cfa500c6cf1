package diagnose

import "fmt"

var pendingPriority = Rule{
	Code: "SCALE-UP/PENDING-PRIORITY", Title: "pods were driven out by others of higher priority",
	Doc:    "event Preempted and pod reason Preempting, Kubernetes 1.34",
	Either: []Part{PartPods, PartEvents},
	Hides:  []Code{"SCALE-UP/NO-EXECUTORS", "RISK/JOB-FAILED"},
	check: func(v *view) []Finding {
		var proof []Evidence
		for _, e := range v.events("Preempted") {
			proof = append(proof, ofEvent(e))
		}
		for _, p := range v.Executors {
			if p.Reason == "Preempting" || p.Reason == "Preempted" {
				proof = append(proof, seen(p.Place, "pod %s: %s %s", p.Name, p.Reason, p.Message))
			}
		}
		if len(proof) == 0 {
			return nil
		}
		return []Finding{{
			Severity: Warning, Subject: "executors", Evidence: first(proof, 4),
			Message: fmt.Sprintf("%d pods of the application made room for pods of higher priority; their tasks, shuffle files and cached blocks are lost", len(proof)),
			Fixes: []Fix{
				do(NextRun, "give executors a priorityClassName that the others do not preempt").noting("sparkapp.Priority makes the class, spec.executor.priorityClassName names it"),
				do(Live, "add nodes"),
			},
		}}
	},
}
