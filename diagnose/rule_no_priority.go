package diagnose

import (
	"strings"
)

var noPriority = Rule{
	Code: "RISK/NO-PRIORITY", Title: "the driver has no priority, although the cluster has classes",
	Doc:   "PriorityClass, Kubernetes 1.34; a preempted driver loses the whole application",
	Needs: []Part{PartPods, PartPriorities},
	check: func(v *view) []Finding {
		if v.Driver == nil || v.Driver.PriorityClass != "" || v.Driver.Priority != 0 {
			return nil
		}
		for _, c := range v.Priorities {
			if strings.HasPrefix(c.Name, "system-") || c.Value <= 0 {
				continue
			}
			at := v.Driver.Place
			at.Path = "spec.priorityClassName"
			return []Finding{{
				Severity: Info, Subject: "driver",
				Message:  "pods of class " + c.Name + " may drive the driver out, and with it the application",
				Evidence: []Evidence{seen(at, "no priority class, priority 0")},
				Fixes:    []Fix{do(NextRun, "set spec.driver.priorityClassName")},
			}}
		}
		return nil
	},
}
