package allocation

import (
	"math"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/spark"
)

// DefaultProfile is the id of the resource profile that the configuration makes. An executor that was heard of before it
// was announced has UnknownProfile (ResourceProfile.UNKNOWN_RESOURCE_PROFILE_ID) and is never removed.
const (
	DefaultProfile = 0
	UnknownProfile = -1
)

// profile is what a manager knows of a resource profile.
type profile struct {
	id, slots int
	// demanded says that it has a target: a stage has brought it.
	demanded bool
	// target is the count of executors that is asked for, before the one ahead of this tick's update.
	target, before int
	// step is how many executors the next round adds.
	step int
	load load
	// executors are those of the monitor; of them leaving were killed and draining decommissioned, and have not gone.
	executors, leaving, draining int
	// staying is a figure of removal: the executors that no one has asked to leave.
	staying int
}

// load is what the tasks of stage attempts ask for.
type load struct{ pending, copies, running, unschedulable int }

func (l *load) add(o load, sign int) {
	l.pending += sign * o.pending
	l.copies += sign * o.copies
	l.running += sign * o.running
	l.unschedulable += sign * o.unschedulable
}

// need is how many executors the load wants, in Spark's order of float64 operations. It can be negative
// (maxNumExecutorsNeededPerResourceProfile).
func (p *profile) need(policy *Policy) int {
	need := policy.Need(p.load.pending+p.load.copies, p.load.running, p.slots)
	if p.slots > 1 && need == 1 && p.load.copies > 0 {
		need = 2 // so that the copy finds another host
	}
	if p.load.unschedulable > 0 {
		need = max(need, p.executors+policy.Need(p.load.unschedulable, 0, p.slots))
	}
	return need
}

// CustomResource is a resource beside cores and memory, such as a GPU, that a resource profile asks for.
type CustomResource struct {
	// Name is Spark's, for example "gpu".
	Name string
	// Executor is the amount that an executor has (spark.executor.resource.{name}.amount).
	Executor int
	// Task is the amount that a task takes: a whole number, or at most 0.5 (spark.task.resource.{name}.amount). 0 is
	// no limit.
	Task float64
}

// slots is how many tasks the resource has room for: a whole number of them on each unit, where a task takes a part.
func (r CustomResource) slots() float64 {
	if r.Task <= 1 {
		return float64(r.Executor) * math.Floor(1/r.Task)
	}
	return math.Floor(float64(r.Executor) / r.Task)
}

// TasksPerExecutor returns how many tasks an executor of a resource profile runs at once: its cores over the CPUs of a
// task, no more than its custom resources allow (ResourceProfile.maxTasksPerExecutor where Spark counts cores, as on
// Kubernetes, 3.5). Whole tasks only. The error is an [*InvalidError] where there is no room for one task, or an amount
// of a task is a fraction that Spark refuses.
func TasksPerExecutor(cores, taskCPUs int, custom ...CustomResource) (int, error) {
	var found field.ErrorList
	if taskCPUs < 1 || cores < taskCPUs {
		found = append(found, field.Invalid(field.NewPath(spark.TaskCPUs.Name), taskCPUs,
			"must be at least 1 and at most "+spark.ExecutorCores.Name))
		taskCPUs = max(1, taskCPUs)
	}
	slots := cores / taskCPUs
	for _, r := range custom {
		path := field.NewPath("spark.task.resource." + r.Name + ".amount")
		switch {
		case r.Task == 0:
		case !(r.Task > 0 && r.Task <= float64(r.Executor)): // NaN too
			found = append(found, field.Invalid(path, r.Task, "must be at most the amount of the executor; raise spark.executor.resource."+r.Name+".amount"))
		case r.Task > 0.5 && r.Task != math.Trunc(r.Task):
			found = append(found, field.Invalid(path, r.Task, "must be a whole number, or at most 0.5"))
		default:
			slots = int(min(float64(slots), r.slots()))
		}
	}
	return slots, invalid(found)
}
