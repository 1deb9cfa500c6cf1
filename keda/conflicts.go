package keda

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/sparkapp"
)

// owner is somebody who writes a count.
type owner struct {
	kind, name string
	how        string
}

func (o owner) String() string { return fmt.Sprintf("%s %s (%s)", o.kind, o.name, o.how) }

// count is what is written: the /scale subresource of something.
type count struct{ namespace, group, kind, name string }

// Conflicts finds every count that two programs write, among the objects of a cluster: *v1alpha1.ScaledObject,
// *autoscalingv2.HorizontalPodAutoscaler and *v1beta2.SparkApplication with its status; others are passed over. The owners are KEDA,
// an HPA that is not KEDA's own for the same object, the driver (dynamic allocation with an allocator that makes sets writes their
// count), and Spark's operator (the executors of a SparkApplication). Two ScaledObjects with one HPA name are a conflict too.
//
// The path of an issue is the name of the count; its message names the owners. Sorted, all are errors; those that KEDA's webhook
// would refuse are not Silent.
func Conflicts(objects ...runtime.Object) []Issue {
	w := writers{counts: map[count][]owner{}, hpas: map[count][]owner{}}
	for _, object := range objects {
		switch o := object.(type) {
		case *v1alpha1.ScaledObject:
			w.scaledObject(o)
		case *autoscalingv2.HorizontalPodAutoscaler:
			w.hpa(o)
		}
	}
	for _, object := range objects { // last, because a driver owns what the others name
		if o, ok := object.(*v1beta2.SparkApplication); ok {
			w.application(o)
		}
	}
	var found issues
	report(w.counts, "write", &found)
	report(w.hpas, "own", &found)
	return found.sorted()
}

func report(of map[count][]owner, verb string, found *issues) {
	for c, owners := range of {
		if len(owners) < 2 {
			continue
		}
		slices.SortFunc(owners, func(a, b owner) int { return cmp.Compare(a.String(), b.String()) })
		texts := make([]string, len(owners))
		kedas := 0
		for i, o := range owners {
			texts[i] = o.String()
			if o.kind == kindObject || strings.HasPrefix(o.kind, "Horizontal") {
				kedas++
			}
		}
		found.add(Issue{
			Code: TwoOwners, Severity: Error, Path: c.namespace + "/" + c.kind + "/" + c.name,
			Message: strings.Join(texts, " and ") + " " + verb + " it", Instead: "leave one of them", Silent: kedas < 2,
		})
	}
}

type writers struct{ counts, hpas map[count][]owner }

func (w writers) scaledObject(o *v1alpha1.ScaledObject) {
	by := owner{kindObject, o.Name, "KEDA"}
	if ref := o.Spec.ScaleTargetRef; ref != nil {
		w.add(o.Namespace, ref.APIVersion, ref.Kind, ref.Name, by)
	}
	hpa := count{o.Namespace, "autoscaling", "HorizontalPodAutoscaler", hpaOf(o)}
	w.hpas[hpa] = append(w.hpas[hpa], by)
}

// hpa leaves out those that a ScaledObject owns, and those that the webhook is told to leave out.
func (w writers) hpa(o *autoscalingv2.HorizontalPodAutoscaler) {
	for _, ref := range o.OwnerReferences {
		if ref.Kind == kindObject {
			return
		}
	}
	if ref := o.Spec.ScaleTargetRef; o.Annotations[v1alpha1.ValidationsHpaOwnershipAnnotation] != "false" {
		w.add(o.Namespace, ref.APIVersion, ref.Kind, ref.Name, owner{"HorizontalPodAutoscaler", o.Name, "HPA"})
	}
}

// application: the operator owns the executors of its object, and a driver with dynamic allocation its set.
func (w writers) application(o *v1beta2.SparkApplication) {
	w.add(o.Namespace, v1beta2.GroupVersion.String(), "SparkApplication", o.Name, owner{"SparkApplication", o.Name, "Spark's operator"})
	app, err := sparkapp.From(o)
	if err != nil || o.Status.SparkApplicationID == "" {
		return
	}
	conf := app.Conf()
	name, _ := conf.Value(spark.PodsAllocator)
	dynamic, _ := conf.Bool(spark.DynamicAllocation)
	a := Allocator(name)
	if !dynamic || a != AllocatorStatefulSet && a != AllocatorDeployment {
		return
	}
	for c := range w.counts {
		set := sparkSet.FindStringSubmatch(c.name)
		if c.namespace == o.Namespace && set != nil && set[2] == o.Status.SparkApplicationID {
			w.counts[c] = append(w.counts[c], owner{"SparkApplication", o.Name, "dynamic allocation"})
		}
	}
}

func (w writers) add(namespace, apiVersion, kind, name string, by owner) {
	group, _, _ := strings.Cut(cmp.Or(apiVersion, "apps/v1"), "/")
	c := count{namespace, group, cmp.Or(kind, "Deployment"), name}
	w.counts[c] = append(w.counts[c], by)
}
