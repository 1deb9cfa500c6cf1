package sizing

import (
	"cmp"
	"fmt"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// ProfilePod returns the container for an executor of a resource profile, where s is the shape of the default
// profile. What the profile does not name comes from s; CPU request and limit of s do not apply.
//
// The trap (Spark 3.5 and 4.x, ResourceProfile.getResourcesForClusterManager): the overhead is derived from the
// heap of the default profile, not of this one. The working says so where it changes anything.
func ProfilePod(s Shape, rp workload.ResourceProfile, v spark.Version) (Pod, error) {
	if rp.ID == 0 {
		return s.Pod(v)
	}
	if err := s.Validate(v); err != nil {
		return Pod{}, err
	}
	own := s.within(rp)
	if err := own.Validate(v); err != nil {
		return Pod{}, fmt.Errorf("resource profile %d: %w", rp.ID, err)
	}
	p := Pod{
		Heap: own.heap(), Overhead: cmp.Or(rp.Overhead, s.overhead(v)), OffHeap: own.OffHeap, PySpark: own.pySpark(), CPU: own.request(),
	}
	from := func(named bool) workload.Basis {
		if named {
			return workload.Given(fmt.Sprintf("resource profile %d", rp.ID))
		}
		return workload.Given("the default resource profile")
	}
	p.note("executor heap", p.Heap, from(rp.Memory > 0), "the JVM's -Xmx")
	p.note("executor overhead", p.Overhead, from(rp.Overhead > 0), own.trap(s, rp, v))
	if p.OffHeap > 0 {
		p.note("off-heap memory", p.OffHeap, from(rp.OffHeap > 0), "counts because spark.memory.offHeap.enabled is true")
	}
	if p.PySpark > 0 {
		p.note("PySpark memory", p.PySpark, from(rp.PySpark > 0), "added to the pod, for Python alone")
	}
	p.Working = append(p.Working, workload.NewFigure("executor cpu request", p.CPU.String(), from(rp.Cores > 0),
		"one CPU for each core; request.cores and limit.cores count for the default profile alone"))
	return p, p.total("executor")
}

// within returns the shape of a profile's own executors.
func (s Shape) within(rp workload.ResourceProfile) Shape {
	s.Cores, s.TaskCPUs = cmp.Or(rp.Cores, s.cores()), 0
	s.Heap, s.Overhead = cmp.Or(rp.Memory, s.heap()), cmp.Or(rp.Overhead, s.Overhead)
	s.PySpark = cmp.Or(rp.PySpark, s.PySpark)
	if s.OffHeap > 0 {
		s.OffHeap = cmp.Or(rp.OffHeap, s.OffHeap)
	}
	s.RequestCPU, s.LimitCPU = 0, 0
	return s
}

// trap is the rule of the overhead of own, a profile beside the default one.
func (s Shape) trap(byDefault Shape, rp workload.ResourceProfile, v spark.Version) string {
	switch derived := s.overhead(v); {
	case rp.Overhead > 0:
		return "as the profile names it"
	case s.Overhead > 0 || derived == byDefault.overhead(v):
		return "as the default profile's"
	default:
		return fmt.Sprintf("derived from the default profile's heap of %s, not from this one's %s, for which it would be %s: name memoryOverhead in the profile",
			byDefault.heap(), s.heap(), derived)
	}
}
