package diagnose

import (
	"fmt"
)

var resourceProfile = Rule{
	Code: "SCALE-UP/RESOURCE-PROFILE", Title: "executors of a resource profile cannot be had",
	Doc:    "ResourceProfileManager, TaskSchedulerImpl (unschedulable task sets), Spark 3.5.6",
	Either: []Part{PartPods, PartDriverLog},
	check: func(v *view) []Finding {
		f := Finding{Severity: Error, Subject: "executors", Fixes: []Fix{
			do(NextRun, "ask for less in the profile, or for resources that nodes have").noting("an overhead that a profile does not name is derived from the default profile's heap"),
		}}
		for _, s := range v.stuck {
			if s.pod != nil && s.pod.Profile != "" && s.pod.Profile != "0" {
				f.Message = fmt.Sprintf("pods of resource profile %s cannot be scheduled: %s", s.pod.Profile, s.message)
				f.Evidence = append(f.Evidence, s.proof...)
			}
		}
		for _, fact := range v.facts(LogUnschedulable) {
			f.Message = "a task set can run nowhere, because all executors and nodes are excluded for it"
			f.Evidence = append(f.Evidence, seen(fact.Place, "%s", fact.Text))
		}
		if len(f.Evidence) == 0 {
			return nil
		}
		f.Evidence = first(f.Evidence, 4)
		return []Finding{f}
	},
}
