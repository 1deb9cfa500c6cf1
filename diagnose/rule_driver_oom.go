package diagnose

import (
	"fmt"

	"github.com/sparkscale/sparkscale/spark"
)

var driverOOM = Rule{
	Code: "RISK/DRIVER-OOM", Title: "the driver was killed for exceeding the memory of its pod",
	Doc:   "container state terminated, reason OOMKilled, Kubernetes 1.34; BasicDriverFeatureStep, Spark 3.5.6",
	Needs: []Part{PartPods},
	Hides: []Code{"RISK/APP-FAILED"},
	check: func(v *view) []Finding {
		if v.Driver == nil {
			return nil
		}
		for _, c := range v.Driver.Containers {
			if c.State != "terminated" || c.Reason != "OOMKilled" {
				continue
			}
			return []Finding{{
				Severity: Error, Subject: "driver",
				Message:  fmt.Sprintf("the driver ended with exit code %d, reason OOMKilled: its processes took more than the pod's %s", c.ExitCode, v.Driver.MemoryLimit),
				Evidence: []Evidence{seen(c.Place, "exit code %d, reason %s", c.ExitCode, c.Reason), v.property(spark.DriverMemory), v.property(spark.DriverMemoryOverhead)},
				Fixes:    []Fix{set("give the pod more memory beside the heap", spark.DriverMemoryOverhead.Name, "1g").noting("for Python the interpreter lives there too")},
			}}
		}
		return nil
	},
}
