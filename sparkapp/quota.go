package sparkapp

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/units"
)

// Quota makes the ResourceQuota of a namespace from its limits; a limit of 0 is left out, one below 0 allows nothing. What is in
// use is not part of it. The error is an [*InvalidError].
//
// With LimitsCPU Kubernetes refuses every pod of the namespace that has no CPU limit. Spark sets none by default, so driver and
// executors then need a coreLimit, or the namespace a LimitRange with a default. [QuotaFor] leaves it out for pods without one.
func Quota(name, namespace string, limits allocation.Quota) (*corev1.ResourceQuota, error) {
	hard := corev1.ResourceList{}
	add := func(name corev1.ResourceName, amount int64, q resource.Quantity) {
		if amount < 0 {
			q = *resource.NewQuantity(0, q.Format)
		}
		if amount != 0 {
			hard[name] = q
		}
	}
	add(corev1.ResourceRequestsCPU, int64(limits.CPU), limits.CPU.Quantity())
	add(corev1.ResourceLimitsCPU, int64(limits.LimitsCPU), limits.LimitsCPU.Quantity())
	add(corev1.ResourceRequestsMemory, int64(limits.Memory), limits.Memory.Quantity())
	add(corev1.ResourceLimitsMemory, int64(limits.LimitsMemory), limits.LimitsMemory.Quantity())
	add(corev1.ResourcePods, int64(limits.Pods), *resource.NewQuantity(int64(limits.Pods), resource.DecimalSI))
	if len(hard) == 0 {
		return nil, wrong(field.NewPath("spec", "hard"), nil, "a quota without limits limits nothing; set one")
	}
	if err := named(name); err != nil {
		return nil, err
	}
	return &corev1.ResourceQuota{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ResourceQuota"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
		Spec:       corev1.ResourceQuotaSpec{Hard: hard},
	}, nil
}

// QuotaFor gives the limits under which a driver and so many executors just fit. Memory is limited as it is requested, because
// Spark sets both alike. LimitsCPU is set only where both pods have a CPU limit. allocation.Unlimited executors are a [*Refusal];
// other errors are an [*InvalidError] and units.ErrOverflow.
func QuotaFor(driver, executor sizing.Pod, executors int) (allocation.Quota, error) {
	if executors == allocation.Unlimited {
		return allocation.Quota{}, &Refusal{RefuseUnlimited, "executors without a bound fit into no quota", "set maxExecutors"}
	}
	if executors < 0 {
		return allocation.Quota{}, wrong(field.NewPath("executors"), executors, "must not be negative")
	}
	cpu, err := total(driver.CPU, executor.CPU, executors)
	if err != nil {
		return allocation.Quota{}, err
	}
	memory, err := total(driver.Memory, executor.Memory, executors)
	if err != nil {
		return allocation.Quota{}, err
	}
	q := allocation.Quota{CPU: cpu, Memory: memory, LimitsMemory: memory, Pods: executors + 1}
	if driver.CPULimit > 0 && executor.CPULimit > 0 {
		q.LimitsCPU, err = total(driver.CPULimit, executor.CPULimit, executors)
	}
	return q, err
}

// amount is a quantity that scales with a count.
type amount[T any] interface {
	units.Bytes | units.MilliCPU
	Scale(n int64) (T, error)
	Add(T) (T, error)
}

func total[T amount[T]](driver, executor T, executors int) (T, error) {
	all, err := executor.Scale(int64(executors))
	if err != nil {
		return all, fmt.Errorf("sparkapp: %d executors: %w", executors, err)
	}
	return all.Add(driver)
}

func named(name string) error {
	var list field.ErrorList
	for _, problem := range validation.IsDNS1123Subdomain(name) {
		list = append(list, field.Invalid(field.NewPath("metadata", "name"), name, problem))
	}
	if len(list) > 0 {
		return &InvalidError{list}
	}
	return nil
}
