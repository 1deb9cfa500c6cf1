package keda

import (
	"maps"
	"strconv"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// annotations adds those of the pause.
func (p Pause) annotations(others map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, others)
	for name, set := range map[string]bool{
		v1alpha1.PausedAnnotation: p.Now, v1alpha1.PausedScaleInAnnotation: p.ScaleIn, v1alpha1.PausedScaleOutAnnotation: p.ScaleOut,
	} {
		if set {
			all[name] = "true"
		}
	}
	if p.At != nil {
		all[v1alpha1.PausedReplicasAnnotation] = strconv.Itoa(*p.At)
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// checkAnnotations looks at those that KEDA reads: another text than true or false means true to it.
func checkAnnotations(annotations map[string]string, found *issues) {
	path := field.NewPath("metadata", "annotations")
	for _, name := range []string{
		v1alpha1.PausedAnnotation, v1alpha1.PausedScaleInAnnotation, v1alpha1.PausedScaleOutAnnotation, v1alpha1.ForceActivationAnnotation,
	} {
		value, set := annotations[name]
		if _, err := strconv.ParseBool(value); set && err != nil {
			found.warn(BadValue, path.Key(name), value, "KEDA takes anything but true and false for true")
		}
	}
	if value, set := annotations[v1alpha1.PausedReplicasAnnotation]; set {
		if n, err := strconv.ParseInt(value, 10, 32); err != nil || n < 0 {
			found.fail(BadValue, path.Key(v1alpha1.PausedReplicasAnnotation), value, "must be a count of replicas")
		}
	}
}
