package sparkapp

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/spark"
)

// Effect is what an action really does to an application that runs.
type Effect string

const (
	// RestartsIt: the operator deletes the driver and submits anew; all work done is lost, and a finished application runs
	// again. That is so for every change of the spec but suspend and timeToLiveSeconds.
	RestartsIt Effect = "restarts the application"
	// StopsIt: the operator deletes the driver; resuming runs the application from its start.
	StopsIt Effect = "stops the application"
	// StartsIt: the operator submits the application, from its start.
	StartsIt Effect = "starts the application"
	// ScalesIt: executors come or go while the application runs.
	ScalesIt Effect = "scales the running application"
	// NextTime: it counts from the next run of a schedule on.
	NextTime Effect = "counts from the next run on"
)

// Action is something that can be done to an application, with what that really does.
type Action struct {
	// Kind, Namespace and Name are the object that the patch is for; Subresource is "scale" or empty.
	Kind, Namespace, Name, Subresource string
	Patch                              Patch
	Effect                             Effect
	// Cost says in a sentence what is lost.
	Cost string
}

// The refusals of actions.
const (
	// RefuseScale: nothing scales the executors of an application that is so configured.
	RefuseScale Code = "NOT-SCALABLE"
	// RefuseKill: executors cannot be killed one by one.
	RefuseKill Code = "KILL-EXECUTORS"
)

// PatchInstances fixes the number of executors at n. It restarts a running application. An application with dynamic allocation is
// a [*Refusal], because its instances are a part of the initial count and nothing else; n below 1 is an [*InvalidError], because
// the CRD refuses it.
func PatchInstances(app *App, n int) (Action, error) {
	if app.dynamic() {
		return Action{}, &Refusal{
			RefuseScale, "with dynamic allocation spec.executor.instances only adds to the initial count, until the first stage",
			"change the bounds with PatchBounds, or App.Edit(Instances(n)) to switch dynamic allocation off",
		}
	}
	if n < 1 {
		return Action{}, wrong(field.NewPath("spec", "executor", "instances"), n, "must be at least 1, as the CRD wants it")
	}
	return app.edited(Instances(n))
}

// PatchBounds changes the least and the most executors of dynamic allocation; nil leaves one as it is. It restarts a running
// application: Spark reads the bounds once. Without dynamic allocation it is a [*Refusal]; bounds that contradict each other are an
// [*InvalidError].
func PatchBounds(app *App, least, most *int) (Action, error) {
	if !app.dynamic() {
		return Action{}, &Refusal{RefuseScale, "dynamic allocation is off, so there are no bounds", "fix the number with PatchInstances"}
	}
	return app.edited(DynamicAllocation(Dynamic{MinExecutors: least, MaxExecutors: most}))
}

// PatchConf sets keys of sparkConf. It restarts a running application, whatever the keys: none is read a second time. A key of
// dynamic allocation that Spark does not have is a [*Refusal].
func PatchConf(app *App, properties map[string]string) (Action, error) {
	return app.edited(Conf(properties))
}

// Suspend stops a running application, and keeps one that was not submitted yet from being so. It is no pause: the driver is
// deleted, and all work is lost.
func Suspend(app *App) (Action, error) {
	act, err := app.edited(suspended(true))
	act.Effect, act.Cost = StopsIt, "suspend is no pause: the driver is deleted, and resuming runs it from its start"
	return act, err
}

// Resume starts a suspended application from its start.
func Resume(app *App) (Action, error) {
	act, err := app.edited(suspended(false))
	act.Effect, act.Cost = StartsIt, "it runs from its start"
	return act, err
}

func suspended(on bool) Option {
	return func(s *v1beta2.SparkApplicationSpec) error {
		s.Suspend = new(on)
		return nil
	}
}

// edited is a merge patch that makes the changes of options. The application itself stays as it is.
func (a *App) edited(options ...Option) (Action, error) {
	next, err := Parse(a.YAML())
	if err != nil {
		return Action{}, err
	}
	if _, err := next.Edit(options...); err != nil {
		return Action{}, err
	}
	if err := next.contradiction(); err != nil {
		return Action{}, err
	}
	patch, err := next.MergePatch()
	if err != nil {
		return Action{}, err
	}
	act := Action{
		Kind: a.Kind(), Namespace: a.Namespace(), Name: a.Name(), Patch: patch,
		Effect: RestartsIt, Cost: "the operator deletes the driver and submits anew: all work done is lost",
	}
	if a.Kind() == kindScheduled {
		act.Effect, act.Cost = NextTime, "runs that are under way go on as they are"
	}
	return act, nil
}

// dynamic reports whether dynamic allocation is on, wherever it was switched.
func (a *App) dynamic() bool {
	on, err := a.Conf().Bool(spark.DynamicAllocation)
	return err == nil && on
}

// contradiction is what Spark would refuse in the bounds.
func (a *App) contradiction() error {
	_, err := a.Policy()
	return err
}

// ScaleExecutors scales the executors of a running application from outside: the StatefulSet of its executors, whose name Spark
// makes of the application's id (status.sparkApplicationId). That works with the allocator "statefulset" and dynamic allocation
// off; everything else is a [*Refusal] that says what would work. To scale to 0 is refused as well: all shuffle files and cached
// blocks would be lost.
//
// The highest ordinals leave, busy or not. What they did is done again, unless they hand it over first (spark.decommission.enabled
// and spark.storage.decommission.enabled).
func ScaleExecutors(app *App, id string, replicas int) (Action, error) {
	conf := app.Conf()
	allocator, _ := conf.Value(spark.PodsAllocator)
	dynamic, err := conf.Bool(spark.DynamicAllocation)
	switch {
	case err != nil:
		return Action{}, err
	case dynamic:
		return Action{}, &Refusal{RefuseScale, "under dynamic allocation the driver writes the number itself, and its next change wins", "change the bounds with PatchBounds, which restarts the application"}
	case allocator != "statefulset":
		return Action{}, &Refusal{
			RefuseScale, "executors are bare pods: a SparkApplication has no /scale, and deleted pods are made anew",
			"for the next run set spark.kubernetes.allocation.pods.allocator=statefulset and dynamic allocation off",
		}
	case replicas < 1:
		return Action{}, &Refusal{RefuseScale, "without executors all shuffle files and cached blocks are lost", "keep at least 1, or Suspend the application"}
	case !strings.HasPrefix(id, "spark-"):
		return Action{}, wrong(field.NewPath("status", "sparkApplicationId"), id, "must be the id that Spark made, as \"spark-0d6cb2a7…\"")
	}
	data, err := json.Marshal(map[string]any{"spec": map[string]any{"replicas": replicas}})
	if err != nil {
		return Action{}, fmt.Errorf("sparkapp: %w", err)
	}
	return Action{
		Kind: "StatefulSet", Namespace: app.Namespace(), Name: "spark-s-" + id + "-0", Subresource: "scale",
		Patch: Patch{Type: types.MergePatchType, Data: data}, Effect: ScalesIt, Cost: lostByScaling(conf),
	}, nil
}

func lostByScaling(c spark.Conf) string {
	on, err := c.Bool(spark.Decommission)
	blocks, errBlocks := c.Bool(spark.StorageDecommission)
	if err == nil && errBlocks == nil && on && blocks {
		return "going down, the highest ordinals finish their tasks and hand over their blocks; a stage that reads from them may start again"
	}
	return "going down, the tasks and the shuffle files of the highest ordinals are lost and done again"
}

// KillExecutors is always a [*Refusal]: Spark has no remote call for it, killExecutors is refused under dynamic allocation, and a
// pod that is deleted is made anew.
func KillExecutors(app *App) error {
	return &Refusal{
		RefuseKill, fmt.Sprintf("executors of %s cannot be killed from outside: the REST API only reads, and a deleted pod is made anew", app.Name()),
		"let timeouts release them (executorIdleTimeout, cachedExecutorIdleTimeout, shuffleTracking.timeout), or unpersist in the application",
	}
}
