package sparkapp

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// PriorityOptions says what a PriorityClass does beyond its value. The zero value may preempt, and is not the default of the cluster.
type PriorityOptions struct {
	// Description is for people.
	Description string
	// GlobalDefault makes it the class of pods that name none; a cluster may have one such class.
	GlobalDefault bool
	// NeverPreempt lets pods go ahead in the queue without driving others out.
	NeverPreempt bool
}

// highestPriority is the largest value that Kubernetes leaves to its users (scheduling.HighestUserDefinablePriority).
const highestPriority = 1_000_000_000

// Priority makes the PriorityClass that a [Pod] names; the higher value goes first. Values above 1000000000 and names that begin
// with "system-" belong to Kubernetes: these and unusable names are an [*InvalidError].
func Priority(name string, value int32, o PriorityOptions) (*schedulingv1.PriorityClass, error) {
	if value > highestPriority {
		return nil, wrong(field.NewPath("value"), value, "must be at most %d; Kubernetes keeps what is above for itself", highestPriority)
	}
	if strings.HasPrefix(name, "system-") {
		return nil, wrong(field.NewPath("metadata", "name"), name, `must not begin with "system-", which Kubernetes keeps for itself`)
	}
	if err := named(name); err != nil {
		return nil, err
	}
	class := &schedulingv1.PriorityClass{
		TypeMeta:   metav1.TypeMeta{APIVersion: schedulingv1.SchemeGroupVersion.String(), Kind: "PriorityClass"},
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Value:      value, Description: o.Description, GlobalDefault: o.GlobalDefault,
	}
	if o.NeverPreempt {
		class.PreemptionPolicy = new(corev1.PreemptNever)
	}
	return class, nil
}
