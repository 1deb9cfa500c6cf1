package sizing

import (
	"cmp"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// Language is what the application is written in, in the spelling of spark.kubernetes.resource.type. It decides
// the overhead factor and whether PySpark memory counts.
type Language string

// The languages. Java and Scala are both JVM.
const (
	JVM    Language = ""
	Python Language = "python"
	R      Language = "r"
)

// overheadFactor is what BasicDriverFeatureStep writes for its executors in cluster mode where nobody set a factor.
func (l Language) overheadFactor() float64 {
	if l == JVM {
		return 0.1
	}
	return 0.4
}

// Shape is an executor as Spark is asked for it. It is resolved: a zero value means the documented default.
type Shape struct {
	// Cores is spark.executor.cores; 0 means 1.
	Cores int
	// TaskCPUs is spark.task.cpus; 0 means 1.
	TaskCPUs int
	// Heap is spark.executor.memory in whole MiB; 0 means 1g.
	Heap units.Bytes
	// Overhead is spark.executor.memoryOverhead in whole MiB; 0 means that Spark derives it.
	Overhead units.Bytes
	// OverheadFactor is spark.executor.memoryOverheadFactor (before Spark 3.3 spark.kubernetes.memoryOverheadFactor);
	// 0 means Spark's own: 0.1, or 0.4 for Python and R.
	OverheadFactor float64
	// MinOverhead is spark.executor.minMemoryOverhead in whole MiB (Spark 4.0); 0 means 384 MiB, which older
	// releases always take.
	MinOverhead units.Bytes
	// OffHeap is spark.memory.offHeap.size in whole MiB where it is enabled; 0 means disabled.
	OffHeap units.Bytes
	// PySpark is spark.executor.pyspark.memory in whole MiB; it counts only for Python.
	PySpark units.Bytes
	// Language is what the application is written in.
	Language Language
	// RequestCPU is spark.kubernetes.executor.request.cores; 0 means Cores.
	RequestCPU units.MilliCPU
	// LimitCPU is spark.kubernetes.executor.limit.cores; 0 means no limit, which is Spark's default.
	LimitCPU units.MilliCPU
}

const mib = units.Bytes(1 << 20)

// reserved and minHeap are UnifiedMemoryManager's RESERVED_SYSTEM_MEMORY_BYTES and one and a half times it.
const (
	reserved = 300 * mib
	minHeap  = 450 * mib
)

func (s Shape) cores() int              { return cmp.Or(s.Cores, 1) }
func (s Shape) taskCPUs() int           { return cmp.Or(s.TaskCPUs, 1) }
func (s Shape) heap() units.Bytes       { return cmp.Or(s.Heap, units.GiB(1)) }
func (s Shape) factor() float64         { return cmp.Or(s.OverheadFactor, s.Language.overheadFactor()) }
func (s Shape) request() units.MilliCPU { return cmp.Or(s.RequestCPU, units.Cores(s.cores())) }

func (s Shape) minimum(v spark.Version) units.Bytes {
	if s.MinOverhead != 0 && spark.ExecutorMinMemoryOverhead.In(v) {
		return s.MinOverhead
	}
	return 384 * mib
}

func (s Shape) pySpark() units.Bytes {
	if s.Language == Python {
		return s.PySpark
	}
	return 0
}

// Slots returns how many tasks run at once: the cores divided by the cores of a task, rounded down. It is 0 for
// a shape that Validate refuses.
func (s Shape) Slots() int { return max(0, s.cores()) / max(1, s.taskCPUs()) }
