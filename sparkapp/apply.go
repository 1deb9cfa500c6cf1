package sparkapp

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// shapeKeys are what a shape decides.
var shapeKeys = []spark.Key{
	spark.ExecutorCores, spark.TaskCPUs, spark.ExecutorMemory, spark.ExecutorMemoryOverhead, spark.ExecutorMemoryOverheadFactor,
	spark.ExecutorMinMemoryOverhead, spark.OffHeapEnabled, spark.OffHeapSize, spark.PySparkMemory, spark.ExecutorRequestCores,
	spark.ExecutorLimitCores,
}

const (
	byShape   = "the shape decides it"
	byPolicy  = "the policy decides it"
	byDefault = "Spark's default is what was decided"
)

// Apply makes the application ask for executors of that shape under that policy, and returns what it changed, sorted by path.
// Everything else stays. Where the operator has a field the value goes there, else into sparkConf; the same key in sparkConf is
// removed where a field overrides it, and so is what contradicts the decision: executor.instances beside dynamic allocation
// (Spark would start with the larger), keys in the wrong case, fields that the operator does not have, a memoryLimit below the
// memory of the pod. Values that mean the same ("14336m" for "14g") are left as they are written.
//
// The driver is not touched, except that before Spark 3.3 an overhead factor is one for both. A shape for another language is a
// [*Refusal]; an application without a readable sparkVersion, or a shape or policy that Spark refuses, is an [*InvalidError].
// After an error the application is as before. For a running application see [App.MergePatch] about the restart.
func (a *App) Apply(shape sizing.Shape, policy allocation.Policy) ([]Change, error) {
	pod, err := a.admit(shape, policy)
	if err != nil {
		return nil, err
	}
	d := a.draft()
	d.clear(policy.Dynamic)
	conf := d.decisions(shape, policy)
	d.decide(shapeKeys, conf, byShape)
	d.decide(allocation.Keys(), conf, byPolicy)
	d.decide(others(conf), conf, byShape)
	d.keepOverhead(pod)
	d.limit(pod)
	d.confirm(pod, policy)
	return a.commit(d)
}

// admit gives the pod of a shape that can be applied together with the policy.
func (a *App) admit(shape sizing.Shape, policy allocation.Policy) (sizing.Pod, error) {
	v := a.Version()
	if !v.Known() {
		return sizing.Pod{}, &InvalidError{field.ErrorList{field.Invalid(
			pathOf(a.path("sparkVersion")), a.spec().text("sparkVersion"), "defaults depend on the release of Spark; write for example 3.5.6",
		)}}
	}
	if own := a.Language(); shape.Language != own {
		return sizing.Pod{}, &Refusal{
			RefuseLanguage,
			fmt.Sprintf("the shape is for %q, the application is %q, and the memory of executors depends on it", shape.Language, own),
			"set Shape.Language to the Language of the application",
		}
	}
	pod, err := shape.Pod(v)
	if err != nil {
		return pod, a.relocate(err)
	}
	return pod, a.relocate(policy.Validate(v, allocation.ValidateOptions{}))
}

// decisions are the keys that the application shall have, of those that a shape and a policy decide.
func (d *draft) decisions(shape sizing.Shape, policy allocation.Policy) map[string]string {
	conf := shape.Conf(d.Version())
	maps.Copy(conf, policy.Conf(d.Version()))
	delete(conf, spark.KubernetesResourceType.Name) // spark-submit writes it itself
	if policy.Dynamic && !policy.ShuffleTracking {
		conf[spark.ShuffleTracking.Name] = "false" // the operator passes true unless the field says false
	}
	return conf
}

// others are decided keys of neither list, as the overhead factor of old releases.
func others(conf map[string]string) (keys []spark.Key) {
	for _, name := range sortedKeys(conf) {
		listed := func(k spark.Key) bool { return k.Name == name }
		if !slices.ContainsFunc(shapeKeys, listed) && !slices.ContainsFunc(allocation.Keys(), listed) {
			keys = append(keys, spark.Key{Name: name})
		}
	}
	return keys
}

// clear removes what would contradict any decision, or looks as if it were one.
func (d *draft) clear(dynamic bool) {
	if !dynamic {
		d.remove(d.path(dynamicBlock), "the policy is a fixed count")
	}
	for _, unknown := range d.conformity().Unknown {
		block := pathOf(d.path(dynamicBlock)).String()
		if strings.HasPrefix(unknown.Path.String(), block+".") {
			d.remove(d.path(dynamicBlock, unknown.Name), "the operator has no such field")
		}
	}
	for _, name := range sortedKeys(d.spec().texts("sparkConf")) {
		right := spelled(name)
		governed := func(k spark.Key) bool { return k.Name == right }
		if right != name && slices.ContainsFunc(slices.Concat(shapeKeys, allocation.Keys()), governed) {
			d.remove(d.path("sparkConf", name), "Spark's keys are case-sensitive: it is "+right)
		}
	}
}

// decide gives each key its decided value, or none.
func (d *draft) decide(keys []spark.Key, conf map[string]string, reason string) {
	for _, key := range keys {
		inConf := d.path("sparkConf", key.Name)
		text, decided := conf[key.Name]
		f, typed := fieldOf(key.Name)
		switch {
		case typed && decided:
			d.write(f, text, reason)
			d.remove(inConf, pathOf(d.path(f.below()...)).String()+" decides it")
		case typed:
			d.remove(d.path(f.below()...), because(key, byDefault))
			d.remove(inConf, because(key, byDefault))
		case decided:
			if old, set := d.spec().texts("sparkConf")[key.Name]; !set || !same(key.Name, old, text) {
				d.set(inConf, text, reason)
			}
		default:
			d.remove(inConf, because(key, byDefault))
		}
	}
}

func because(key spark.Key, reason string) string {
	if key.Name == spark.ExecutorInstances.Name {
		return "dynamic allocation would start with it where it is more than the initial count"
	}
	return reason
}

// write sets a field of the operator.
func (d *draft) write(f crdField, text, reason string) {
	if old, set := d.spec().at(f.below()...); set && same(f.key, fmt.Sprint(old), text) {
		return
	}
	value, err := f.value(text)
	if d.err = errors.Join(d.err, err); d.err == nil {
		d.set(d.path(f.below()...), value, reason)
	}
}

// keepOverhead writes out the overhead where a factor for driver and executors, which stays, would make it another.
func (d *draft) keepOverhead(pod sizing.Pod) {
	if got, err := d.Shape(); err == nil && d.err == nil {
		if other, err := got.Pod(d.Version()); err == nil && other.Overhead != pod.Overhead {
			overhead, _ := fieldOf(spark.ExecutorMemoryOverhead.Name)
			d.write(overhead, pod.Overhead.JVM(), "memoryOverheadFactor stays as it is for the driver")
		}
	}
}

// limit removes a memory limit that would be below the request.
func (d *draft) limit(pod sizing.Pod) {
	if limit, err := memoryLimit(d.spec().text("executor", "memoryLimit")); err == nil && limit < pod.Memory {
		reason := fmt.Sprintf("it is below the memory of the pod, %s, and Kubernetes would refuse the pod", pod.Memory)
		d.remove(d.path("executor", "memoryLimit"), reason)
	}
}

// confirm makes sure that what was written reads as what was decided.
func (d *draft) confirm(pod sizing.Pod, policy allocation.Policy) {
	if d.err != nil {
		return
	}
	shape, errShape := d.Shape()
	got, errPolicy := d.Policy()
	if d.err = errors.Join(errShape, errPolicy); d.err != nil {
		return
	}
	other, err := shape.Pod(d.Version())
	if err != nil || other.Memory != pod.Memory || other.Heap != pod.Heap || other.CPU != pod.CPU || other.CPULimit != pod.CPULimit {
		d.err = fmt.Errorf("sparkapp: other settings of the manifest make the executor %s with %s instead of %s with %s",
			other.CPU, other.Memory, pod.CPU, pod.Memory)
	}
	if !maps.Equal(got.Conf(d.Version()), policy.Conf(d.Version())) {
		d.err = fmt.Errorf("sparkapp: other settings of the manifest make the policy %s instead of %s", got, policy)
	}
}

// memoryLimit reads a memoryLimit as the operator's pod webhook does (ConvertJavaMemoryStringToK8sMemoryString): Spark's suffixes
// in lower case, else a quantity.
func memoryLimit(text string) (units.Bytes, error) {
	lower := strings.ToLower(text)
	for _, suffix := range []string{"kb", "mb", "gb", "tb", "pb", "k", "m", "g", "t", "p"} {
		if number, ok := strings.CutSuffix(lower, suffix); ok {
			if !strings.HasSuffix(text, suffix) {
				return 0, fmt.Errorf("the operator reads the suffix in lower case only; write %s", lower)
			}
			return units.ParseQuantity(number + strings.ToUpper(suffix[:1]) + "i")
		}
	}
	return units.ParseQuantity(text)
}
