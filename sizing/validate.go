package sizing

import (
	"fmt"
	"math"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/internal/faults"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// InvalidError says everything that is wrong with a shape, a configuration or options. Each error names the key
// or field, its value, the rule and the remedy.
type InvalidError struct {
	// Errors are in the order of the checks.
	Errors field.ErrorList
}

// Error implements error.
func (e *InvalidError) Error() string { return faults.Text("sizing", e.Errors) }

// Unwrap returns the errors, so that errors.As finds a *field.Error.
func (e *InvalidError) Unwrap() []error { return faults.Each(e.Errors) }

func invalid(errs field.ErrorList) error {
	if len(errs) == 0 {
		return nil
	}
	return &InvalidError{Errors: errs}
}

// problems collects what is wrong.
type problems struct{ errs field.ErrorList }

func (p *problems) add(name string, value any, why string) {
	p.errs = append(p.errs, field.Invalid(field.NewPath(name), value, why))
}

func (p *problems) when(bad bool, name string, value any, why string) {
	if bad {
		p.add(name, value, why)
	}
}

// Validate says what that release of Spark would refuse, and what no container can be asked for: it returns nil
// or an *[InvalidError]. What Spark accepts and then ignores is for [Shape.Warnings].
func (s Shape) Validate(v spark.Version) error {
	p := &problems{}
	s.check(p, executor)
	p.when(s.taskCPUs() < 1, spark.TaskCPUs.Name, s.TaskCPUs, "must be at least 1")
	p.when(s.taskCPUs() > s.cores(), spark.TaskCPUs.Name, s.TaskCPUs, fmt.Sprintf(
		"no task would fit into an executor of %d cores; Spark refuses it; raise spark.executor.cores or lower spark.task.cpus", s.cores()))
	p.whole(spark.OffHeapSize, s.OffHeap)
	p.whole(spark.PySparkMemory, s.PySpark)
	p.when(s.Language != JVM && s.Language != Python && s.Language != R, spark.KubernetesResourceType.Name, string(s.Language),
		`Spark knows java, python and r; use JVM, Python or R`)
	p.when(s.throttled() && v.AtLeast(4, 1), spark.ExecutorLimitCores.Name, s.LimitCPU.String(), fmt.Sprintf(
		"the limit is below the request of %s and Spark %s fails for it (BasicExecutorFeatureStep); raise the limit or lower %s",
		s.request(), v, spark.ExecutorRequestCores.Name))
	return invalid(p.errs)
}

// throttled reports whether the CPU limit is below the request.
func (s Shape) throttled() bool { return s.LimitCPU > 0 && s.LimitCPU < s.request() }

// check finds what is wrong in the part that a driver has too.
func (s Shape) check(p *problems, r role) {
	p.when(s.cores() < 1 || s.cores() > math.MaxInt32, r.cores.Name, s.Cores, "must be at least 1 and fit into 32 bits")
	p.whole(r.heap, s.Heap)
	p.when(s.Heap >= 0 && s.heap() < minHeap, r.heap.Name, s.Heap.JVM(),
		"Spark refuses heaps below 450m, one and a half times the 300 MiB that it reserves (UnifiedMemoryManager); write at least 450m")
	p.whole(r.overhead, s.Overhead)
	p.when(!(s.factor() > 0) || math.IsInf(s.factor(), 0), r.factor.Name, s.OverheadFactor, "must be a number above 0, for example 0.1")
	p.whole(r.minimum, s.MinOverhead)
	p.when(s.RequestCPU < 0, r.request.Name, s.RequestCPU.String(), "must not be negative")
	p.when(s.LimitCPU < 0, r.limit.Name, s.LimitCPU.String(), "must not be negative")
}

func (p *problems) whole(k spark.Key, b units.Bytes) {
	p.when(b < 0, k.Name, b.JVM(), "must not be negative")
	p.when(b > 0 && b%mib != 0, k.Name, b.JVM(), fmt.Sprintf(
		"Spark counts containers in whole MiB and would cut it; write %dm", (b+mib-1)/mib))
}

// Warnings says what that release of Spark accepts although it does not do what it seems to, in a fixed order.
func (s Shape) Warnings(v spark.Version) []string {
	var texts []string
	warn := func(when bool, format string, args ...any) {
		if when {
			texts = append(texts, fmt.Sprintf(format, args...))
		}
	}
	warn(s.throttled() && !v.AtLeast(4, 1), "%s %s is below the request of %s: the API server refuses every executor pod and the "+
		"application waits for ever; raise the limit (Spark 4.1 fails at once)", spark.ExecutorLimitCores.Name, s.LimitCPU, s.request())
	warn(s.cores() > 0 && s.taskCPUs() > 0 && s.cores()%s.taskCPUs() != 0, "%d of %d cores can take no task: %s is %d; make the cores a multiple of it",
		s.cores()%max(1, s.taskCPUs()), s.cores(), spark.TaskCPUs.Name, s.taskCPUs())
	warn(s.PySpark > 0 && s.Language != Python, "%s counts only for Python: it adds nothing to the pod", spark.PySparkMemory.Name)
	warn(s.MinOverhead > 0 && !spark.ExecutorMinMemoryOverhead.In(v), "%s is unknown before Spark 4.0: 384 MiB applies; set %s instead",
		spark.ExecutorMinMemoryOverhead.Name, spark.ExecutorMemoryOverhead.Name)
	warn(s.Overhead > 0 && s.Overhead < s.minimum(v), "%s %s is below the %s that Spark would take itself: no minimum applies to a set value",
		spark.ExecutorMemoryOverhead.Name, s.Overhead.JVM(), s.minimum(v))
	warn(s.Overhead > 0 && (s.OverheadFactor > 0 || s.MinOverhead > 0), "the overhead factor and minimum count for nothing: %s is set",
		spark.ExecutorMemoryOverhead.Name)
	return texts
}
