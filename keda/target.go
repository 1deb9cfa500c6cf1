package keda

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/sparkapp"
)

// Allocator is how Spark makes executor pods (spark.kubernetes.allocation.pods.allocator).
type Allocator string

// The allocators that make something with a count.
const (
	// AllocatorStatefulSet makes a StatefulSet for each resource profile (Spark 3.3). Everything here was seen with it on a cluster,
	// with Spark 3.5.6.
	AllocatorStatefulSet Allocator = "statefulset"
	// AllocatorDeployment makes a Deployment for each (Spark 4.2), whose least loaded pods go first. What is said of it comes from
	// sources and is not proven: see [Target].Unproven.
	AllocatorDeployment Allocator = "deployment"
)

// since gives the first release with the allocator.
func (a Allocator) since() spark.Version {
	if a == AllocatorDeployment {
		return spark.Version{Major: 4, Minor: 2}
	}
	return spark.Version{Major: 3, Minor: 3}
}

// Keys that the allocators and decommissioning add to those of package spark.
const (
	keyReattempt = "spark.storage.decommission.replicationReattemptInterval"
	keySignal    = "spark.executor.decommission.signal"
	keyScript    = "spark.kubernetes.decommission.script"
	keyGrace     = "spark.kubernetes.executor.terminationGracePeriodSeconds"
	keyAccount   = "spark.kubernetes.authenticate.driver.serviceAccountName"
)

// Target is an application whose executors somebody else counts: Spark makes a set of them at its start and never writes the count
// again, and those that are added or taken away register and leave. The zero value is a StatefulSet of one executor of which nothing
// is known; [Target.Apply] writes it into an application, [TargetFor] reads it out of one.
type Target struct {
	// Allocator is AllocatorStatefulSet where it is empty.
	Allocator Allocator
	// Instances is how many executors there are at the start, before KEDA counts: 1 where it is 0.
	Instances int
	// Load is what a scale-down has to wait for and to move; see [LoadOf].
	Load Load
	// Term is for images without /opt/decom.sh (Spark's own have it): executors then leave at SIGTERM.
	Term bool
	// Grace is how long an executor has to leave, in whole seconds; [Target.Apply] computes it from Load, [TargetFor] reads it.
	Grace int
}

// Unproven says what nobody has seen of the target on a cluster, "" where all of it was.
func (t Target) Unproven() string {
	if t.Allocator == AllocatorDeployment {
		return "the deployment allocator of Spark 4.2 is known from its sources (SPARK-54173): that the driver leaves the count alone and that " +
			"executors leave without loss was not seen"
	}
	return ""
}

// TargetFor says whether KEDA can own the number of executors of an application, as it is written. The error is a [*Refusal] with the
// reason and the ways that do work. What the application lacks to be scaled down without loss is among [Target.Lacks].
func TargetFor(app *sparkapp.App) (Target, error) {
	conf := app.Conf()
	name, _ := conf.Value(spark.PodsAllocator)
	allocator := Allocator(name)
	dynamic, _ := conf.Bool(spark.DynamicAllocation)
	mode, _ := conf.Value(spark.DeployMode)
	sets := allocator == AllocatorStatefulSet || allocator == AllocatorDeployment
	switch {
	case allocator == "direct" && dynamic:
		return Target{}, refuseDynamic("dynamic allocation makes and removes the executors, which are bare pods; a SparkApplication has no /scale " +
			"subresource, and a change of its bounds restarts it")
	case allocator == "direct":
		return Target{}, &Refusal{RefuseNoScale, "a SparkApplication has no /scale subresource, a change of executor.instances restarts it, and its " +
			"executors are bare pods, which the driver makes anew", ways}
	case !sets:
		return Target{}, &Refusal{RefuseAllocator, fmt.Sprintf("nobody can say what allocator %s does with its count", name), ways}
	case dynamic:
		return Target{}, refuseDynamic(fmt.Sprintf("the driver writes the count of its %s at nearly every end of a stage, and deletes busy executors "+
			"when its own target falls", allocator))
	case mode != "cluster":
		return Target{}, &Refusal{RefuseClientMode, "the set's owner is the driver pod, and in client mode there is none", "use deploy mode cluster"}
	}
	if err := allocator.in(app.Version()); err != nil {
		return Target{}, err
	}
	return read(app, allocator), nil
}

func refuseDynamic(reason string) *Refusal { return &Refusal{RefuseDynamic, reason, ways} }

// in refuses releases without the allocator. A release that is not known is none to build on.
func (a Allocator) in(v spark.Version) error {
	since := a.since()
	if v.Known() && v.AtLeast(since.Major, since.Minor) {
		return nil
	}
	found := "a release that is not known"
	if v.Known() {
		found = v.String()
	}
	return &Refusal{
		RefuseSpark, fmt.Sprintf("allocator %s came with Spark %d.%d, the application says %s", a, since.Major, since.Minor, found),
		"move the application to a release that has it, or use dynamic allocation with bounds from a plan",
	}
}

// read gives the target that an application already is.
func read(app *sparkapp.App, a Allocator) Target {
	conf := app.Conf()
	instances, _ := conf.Int(spark.ExecutorInstances)
	signal, _ := conf.Lookup(keySignal)
	t := Target{Allocator: a, Instances: instances, Term: signal == "TERM", Grace: defaultGrace}
	if template := app.Spec().Executor.Template; template != nil && template.Spec.TerminationGracePeriodSeconds != nil {
		t.Grace = int(*template.Spec.TerminationGracePeriodSeconds)
	}
	return t
}

// Conf are the keys of Spark that make the application a target, in a release that has them.
func (t Target) Conf(v spark.Version) map[string]string {
	t = t.filled()
	conf := map[string]string{
		spark.PodsAllocator.Name:       string(t.Allocator),
		spark.DynamicAllocation.Name:   "false",
		spark.Decommission.Name:        "true",
		spark.StorageDecommission.Name: "true",
		spark.DecommissionShuffle.Name: "true",
		spark.DecommissionRDD.Name:     "true",
		keyReattempt:                   "2s", // the default, 30s, is the pod's grace: the blocks of the last tasks would be lost
	}
	if t.Term {
		conf[keySignal], conf[keyScript] = "TERM", "/bin/true"
	}
	if v.AtLeast(4, 1) {
		conf[keyGrace] = strconv.Itoa(t.Grace) + "s"
	}
	return conf
}

// filled gives the target with its defaults.
func (t Target) filled() Target {
	if t.Allocator == "" {
		t.Allocator = AllocatorStatefulSet
	}
	if t.Instances == 0 {
		t.Instances = 1
	}
	if t.Grace == 0 {
		t.Grace = t.Load.grace()
	}
	return t
}

// isDynamic reports whether a key says something about dynamic allocation, which then is off.
func isDynamic(key string) bool { return strings.HasPrefix(key, "spark.dynamicAllocation.") }
