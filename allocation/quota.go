package allocation

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/units"
)

// AllowNone is the hard limit of a [Quota] that allows nothing, because 0 there means that there is no limit.
const AllowNone = -1

// Quota is what a namespace may take in all, as a ResourceQuota states it. A limit of 0 is none: the zero Quota allows
// everything. A limit below 0 allows nothing ([AllowNone]).
type Quota struct {
	// CPU and Memory limit the requests of all pods, LimitsCPU and LimitsMemory their limits, Pods their count. With
	// LimitsCPU a pod without a CPU limit is refused.
	CPU, LimitsCPU       units.MilliCPU
	Memory, LimitsMemory units.Bytes
	Pods                 int
	// The Used amounts are what the others in the namespace take of each.
	UsedCPU, UsedLimitsCPU       units.MilliCPU
	UsedMemory, UsedLimitsMemory units.Bytes
	UsedPods                     int
	// Notes say what was left out and why, in the order of the source.
	Notes []string
}

// quotaLine is one limit of a quota with what a driver and an executor take of it.
type quotaLine struct {
	bound                        Bound
	hard, used, driver, executor int64
	unit                         func(int64) string
	// refused says that the driver or an executor does not state what this limit counts, and so is refused.
	refused bool
}

// lines returns the limits that the quota has.
func (q Quota) lines(driver, executor podSize) []quotaLine {
	cpu := func(n int64) string { return units.MilliCPU(n).String() + " cpu" }
	memory := func(n int64) string { return units.Bytes(n).String() }
	pods := func(n int64) string { return wording.Count(int(n), "pod") }
	limitless := driver.limitless() || executor.limitless()
	all := []quotaLine{
		{ByQuotaCPU, int64(q.CPU), int64(q.UsedCPU), int64(driver.cpu), int64(executor.cpu), cpu, false},
		{ByQuotaMemory, int64(q.Memory), int64(q.UsedMemory), int64(driver.memory), int64(executor.memory), memory, false},
		{ByQuotaLimitsCPU, int64(q.LimitsCPU), int64(q.UsedLimitsCPU), int64(driver.limitCPU), int64(executor.limitCPU), cpu, limitless},
		{ByQuotaLimitsMemory, int64(q.LimitsMemory), int64(q.UsedLimitsMemory), int64(driver.memory), int64(executor.memory), memory, false},
		{ByQuotaPods, int64(q.Pods), int64(q.UsedPods), int64(driver.pods), int64(executor.pods), pods, false},
	}
	return slices.DeleteFunc(all, func(l quotaLine) bool { return l.hard == 0 })
}

// limitless reports whether it is a pod without a CPU limit.
func (p podSize) limitless() bool { return p.pods > 0 && p.limitCPU == 0 }

// fits returns how many executors the limit allows beside the driver.
func (l quotaLine) fits() int64 {
	if l.refused {
		return 0
	}
	left := max(0, l.hard)
	for _, taken := range []int64{l.used, l.driver} {
		if taken > left {
			return 0
		}
		left -= taken
	}
	return left / max(1, l.executor)
}

// ParseQuota reads what `kubectl get resourcequota -o yaml` (or json) writes, a list, documents or one ResourceQuota,
// of one namespace. Of each, status.hard and status.used count, or spec.hard where there is no status yet. Several
// quotas bind together: of each amount the line with the least left is taken. An empty list is no limit. Quotas whose
// scopes never or not surely hold executors are left out with a note. Errors are those of the syntax, and an
// [*InvalidError] with each path that cannot be used.
func ParseQuota(yamlOrJSON []byte) (Quota, error) {
	var q Quota
	m := manifest{kind: "ResourceQuota"}
	m.each = func(at *field.Path, o *object) {
		if why := o.spares(); why != "" {
			q.Notes = append(q.Notes, fmt.Sprintf("quota %s left out: %s", o.Metadata.Name, why))
			return
		}
		m.tighten(at, o, &q)
	}
	if err := m.walk(yamlOrJSON); err != nil {
		return Quota{}, err
	}
	return q, nil
}

// spares says why the quota does not bind executors, or nothing. They have requests and no deadline.
func (o *object) spares() string {
	if o.Spec.ScopeSelector != nil {
		return "it has a scopeSelector, and which pods that selects is unknown"
	}
	for _, scope := range o.Spec.Scopes {
		if scope != "NotTerminating" && scope != "NotBestEffort" {
			return "scope " + scope
		}
	}
	return ""
}

func (m *manifest) tighten(at *field.Path, o *object, q *Quota) {
	hardAt, hard := at.Child("status", "hard"), o.Status.Hard
	if hard == nil {
		hardAt, hard = at.Child("spec", "hard"), o.Spec.Hard
	}
	l := limits{manifest: m, hardAt: hardAt, usedAt: at.Child("status", "used"), hard: hard, used: o.Status.Used}
	for _, name := range []string{"cpu", "requests.cpu"} {
		lower(l, name, units.ParseCPU, &q.CPU, &q.UsedCPU)
	}
	for _, name := range []string{"memory", "requests.memory"} {
		lower(l, name, units.ParseQuantity, &q.Memory, &q.UsedMemory)
	}
	lower(l, "limits.cpu", units.ParseCPU, &q.LimitsCPU, &q.UsedLimitsCPU)
	lower(l, "limits.memory", units.ParseQuantity, &q.LimitsMemory, &q.UsedLimitsMemory)
	for _, name := range []string{"pods", "count/pods"} {
		pods, used := units.Bytes(q.Pods), units.Bytes(q.UsedPods)
		lower(l, name, parseCount, &pods, &used)
		q.Pods, q.UsedPods = int(pods), int(used)
	}
}

// limits are the amounts that one quota states.
type limits struct {
	manifest       *manifest
	hardAt, usedAt *field.Path
	hard, used     map[string]string
}

// lower takes the limit of that name where it leaves less than the one that is there.
func lower[T ~int64](l limits, name string, parse func(string) (T, error), hard, used *T) {
	h, ok := amount(l.manifest, l.hardAt, l.hard, name, parse)
	if !ok {
		return
	}
	u, _ := amount(l.manifest, l.usedAt, l.used, name, parse)
	if *hard == 0 || max(h-u, 0) < max(*hard-*used, 0) {
		*hard, *used = h, u
		if h == 0 {
			*hard = AllowNone
		}
	}
}
