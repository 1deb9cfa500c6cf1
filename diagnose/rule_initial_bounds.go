package diagnose

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
)

// On Kubernetes Spark refuses to start when the largest of min, initial and spark.executor.instances is above the maximum.
var initialBounds = Rule{
	Code: "SCALE-UP/INITIAL-BOUNDS", Title: "Spark refuses the settings of dynamic allocation, or the bounds contradict each other",
	Doc:    "SchedulerBackendUtils.getInitialTargetExecutorNumber and ExecutorAllocationManager.validateSettings, Spark 3.5.6",
	Either: []Part{PartConf, PartDriverLog},
	Hides:  []Code{"SCALE-UP/CONTEXT-FAILED", "RISK/APP-FAILED", "SCALE-UP/NO-EXECUTORS"},
	check: func(v *view) []Finding {
		f := Finding{Severity: Error, Subject: "spark.dynamicAllocation", Fixes: []Fix{
			set("make min ≤ initial ≤ max hold, and take spark.executor.instances out", spark.ExecutorInstances.Name, "").noting("with dynamic allocation the instances are a part of the initial count"),
		}}
		for _, fact := range v.facts(LogInitialBounds, LogRefusedSetting) {
			f.Evidence = append(f.Evidence, seen(fact.Place, "%s", fact.Text))
			f.Message = fact.Text
		}
		var invalid *allocation.InvalidError
		if v.Knows(PartConf) && v.registered() == 0 && errors.As(v.policyError, &invalid) {
			for _, e := range invalid.Errors {
				f.Evidence = append(f.Evidence, seen(v.placeOf(e.Field), "%s", e.Error()))
				f.Message = e.Error()
			}
		}
		if len(f.Evidence) == 0 {
			return nil
		}
		f.Message = fmt.Sprintf("Spark does not start with these settings: %s", f.Message)
		return []Finding{f}
	},
}

// placeOf is where a key of the configuration was set.
func (v *view) placeOf(key string) Place {
	i := slices.IndexFunc(v.Conf, func(p Property) bool { return p.Key == key })
	if i < 0 {
		return Place{Source: "configuration", Path: key}
	}
	at := v.Conf[i].Place
	if at.Path == "" {
		at.Path = key
	}
	return at
}
