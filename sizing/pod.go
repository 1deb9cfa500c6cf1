package sizing

import (
	"fmt"
	"math"
	"strconv"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Pod is what Spark asks Kubernetes for, for one container.
type Pod struct {
	// Heap is the JVM's -Xmx.
	Heap units.Bytes
	// Overhead is for what lives outside the heap and outside the next two.
	Overhead units.Bytes
	// OffHeap is Spark's own off-heap memory, PySpark the limit of the Python workers.
	OffHeap, PySpark units.Bytes
	// Memory is the sum of the four: the memory request, and the memory limit, of the container.
	Memory units.Bytes
	// CPU is the request, CPULimit the limit; 0 means none.
	CPU, CPULimit units.MilliCPU
	// Working are the figures above with what each rests on and the rule that made it.
	Working []workload.Figure
}

// Pod returns the container that the release requests for an executor of the default resource profile
// (ResourceProfile.getResourcesForClusterManager, BasicExecutorFeatureStep). It fails with an *[InvalidError]
// where Validate does, and with units.ErrOverflow.
func (s Shape) Pod(v spark.Version) (Pod, error) {
	if err := s.Validate(v); err != nil {
		return Pod{}, err
	}
	return s.pod(v, executor)
}

func (s Shape) pod(v spark.Version, r role) (Pod, error) {
	p := Pod{
		Heap: s.heap(), Overhead: s.overhead(v), OffHeap: s.OffHeap, PySpark: s.pySpark(), CPU: s.request(), CPULimit: s.LimitCPU,
	}
	p.note(r.name+" heap", p.Heap, basis(r.heap, v, p.Heap == units.GiB(1)), "the JVM's -Xmx")
	p.Working = append(p.Working, s.overheadFigure(v, r))
	if p.OffHeap > 0 {
		p.note("off-heap memory", p.OffHeap, basis(spark.OffHeapSize, v, false), "added to the pod, not taken from the overhead")
	}
	if p.PySpark > 0 {
		p.note("PySpark memory", p.PySpark, basis(spark.PySparkMemory, v, false), "added to the pod, for Python alone")
	}
	if err := p.total(r.name); err != nil {
		return Pod{}, err
	}
	s.processor(&p, v, r)
	return p, nil
}

func (p *Pod) note(name string, b units.Bytes, basis workload.Basis, rule string) {
	p.Working = append(p.Working, workload.NewFigure(name, b.String(), basis, rule))
}

func (p *Pod) total(name string) (err error) {
	p.Memory, err = sum(p.Heap, p.Overhead, p.OffHeap, p.PySpark)
	p.note(name+" pod memory", p.Memory, workload.Computed("heap, overhead, off-heap and PySpark memory"), "their sum; request = limit")
	return err
}

func sum(parts ...units.Bytes) (units.Bytes, error) {
	var total units.Bytes
	for _, part := range parts {
		var err error
		if total, err = total.Add(part); err != nil {
			return 0, fmt.Errorf("sizing: pod memory: %w", err)
		}
	}
	return total, nil
}

// overhead is ResourceProfile.calculateOverHeadMemory.
func (s Shape) overhead(v spark.Version) units.Bytes {
	if s.Overhead > 0 {
		return s.Overhead
	}
	return max(s.product(), s.minimum(v))
}

// product is trunc(factor × heap) in MiB, a float64 product that Scala's toInt cuts to 32 bits.
func (s Shape) product() units.Bytes {
	return units.MiB(int64(min(s.factor()*float64(s.heap().MiB()), math.MaxInt32)))
}

func (s Shape) overheadFigure(v spark.Version, r role) workload.Figure {
	name := r.name + " overhead"
	if s.Overhead > 0 {
		return workload.NewFigure(name, s.Overhead.String(), basis(r.overhead, v, false), "as set; no minimum applies")
	}
	return workload.NewFigure(name, s.overhead(v).String(), workload.Computed(fmt.Sprintf("the heap, %s and %s", r.factor.Name, r.minimum.Name)),
		fmt.Sprintf("trunc(%s × %d MiB) = %s, at least %s (ResourceProfile.calculateOverHeadMemory)",
			strconv.FormatFloat(s.factor(), 'g', -1, 64), s.heap().MiB(), s.product(), s.minimum(v)))
}

func (s Shape) processor(p *Pod, v spark.Version, r role) {
	request := workload.NewFigure(r.name+" cpu request", p.CPU.String(), basis(r.cores, v, s.cores() == 1), "one CPU for each core")
	if s.RequestCPU > 0 {
		request = workload.NewFigure(r.name+" cpu request", p.CPU.String(), basis(r.request, v, false), "as set; task slots still come from "+r.cores.Name)
	}
	p.Working = append(p.Working, request)
	if p.CPULimit > 0 {
		p.Working = append(p.Working, workload.NewFigure(r.name+" cpu limit", p.CPULimit.String(), basis(r.limit, v, false), "as set; Spark sets none itself"))
	}
}
