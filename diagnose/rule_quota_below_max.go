package diagnose

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/units"
)

// The operator's own check, if it is on at all, counts executor.instances and not the maximum.
var quotaBelowMax = Rule{
	Code: "RISK/QUOTA-BELOW-MAX", Title: "the quota is too small for the executors that may be asked for",
	Doc:   "admission plugin ResourceQuota, Kubernetes 1.34; Shape.Pod",
	Needs: []Part{PartQuotas, PartConf},
	check: func(v *view) []Finding {
		pod, err := v.shape.Pod(v.conf.Version())
		driver, errDriver := sizing.DriverPod(v.conf, v.shape.Language)
		if !v.known || err != nil || errDriver != nil || v.policy.Dynamic && v.policy.Max < 0 {
			return nil
		}
		var found []Finding
		for _, q := range v.Quotas {
			for _, line := range slices.Sorted(maps.Keys(q.Hard)) {
				fit, ok := fits(line, q.Hard[line], driver, pod)
				if !ok || fit >= v.asks() {
					continue
				}
				found = append(found, Finding{
					Severity: Warning, Subject: "ResourceQuota " + q.Name,
					Message:  fmt.Sprintf("quota %s allows %s %s: with the driver that is room for %d executors of %d", q.Name, line, q.Hard[line], fit, v.asks()),
					Evidence: []Evidence{seen(q.Place, "%s=%s", line, q.Hard[line])},
					Fixes: []Fix{
						{Title: "raise " + line + " of quota " + q.Name, Object: "ResourceQuota/" + q.Name, Effect: Live},
						set("ask for no more than fit", v.countKey(), fmt.Sprint(max(1, fit))),
					},
				})
			}
		}
		return found
	},
}

// fits is how many executors a line of a quota leaves room for beside the driver; false for lines of other things.
func fits(line, hard string, driver, pod sizing.Pod) (int, bool) {
	switch strings.TrimPrefix(line, "requests.") {
	case "cpu":
		h, err := units.ParseCPU(hard)
		return int(max(0, h-driver.CPU) / max(1, pod.CPU)), err == nil
	case "memory", "limits.memory":
		h, err := units.ParseQuantity(hard)
		return int(max(0, h-driver.Memory) / max(1, pod.Memory)), err == nil
	case "pods":
		h, err := units.ParseQuantity(hard)
		return int(max(0, h-1)), err == nil
	}
	return 0, false
}
