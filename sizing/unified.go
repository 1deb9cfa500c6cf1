package sizing

import (
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// UnifiedMemory is how Spark divides the heap of an executor (org.apache.spark.memory.UnifiedMemoryManager, the
// same in 3.5 and 4.x): what is left after 300 MiB, times spark.memory.fraction, is shared by execution (sorts,
// joins, aggregations) and storage (cached and broadcast blocks).
type UnifiedMemory struct {
	// Total is what execution and storage share, in bytes. BlockManagerAdded reports it, off-heap memory added.
	Total units.Bytes
	// Storage is the part of it from which execution does not evict blocks.
	Storage units.Bytes
}

// Unified divides a heap in bytes by spark.memory.fraction and spark.memory.storageFraction of the configuration,
// whose zero value means the defaults of 0.6 and 0.5. The heap is what the JVM offers (Runtime.maxMemory), which
// with some collectors is a little less than -Xmx. It fails with an *[InvalidError] for a heap below 450 MiB, with
// which no executor starts, and for unreadable fractions.
func Unified(heap units.Bytes, c spark.Conf) (UnifiedMemory, error) {
	r := &reader{conf: c}
	fraction, storage := r.float(spark.MemoryFraction), r.float(spark.MemoryStorageFraction)
	r.when(heap < minHeap, spark.ExecutorMemory.Name, heap.JVM(), "Spark refuses heaps below 450m; write at least 450m")
	r.when(!(fraction >= 0 && fraction <= 1), spark.MemoryFraction.Name, fraction, "must be between 0 and 1")
	r.when(!(storage >= 0 && storage < 1), spark.MemoryStorageFraction.Name, storage, "must be at least 0 and below 1")
	if len(r.errs) > 0 {
		return UnifiedMemory{}, invalid(r.errs)
	}
	return unified(heap, fraction, storage), nil
}

func unified(heap units.Bytes, fraction, storage float64) UnifiedMemory {
	total := units.Bytes(float64(heap-reserved) * fraction)
	return UnifiedMemory{Total: total, Storage: units.Bytes(float64(total) * storage)}
}

// Execution returns the most that execution can get, in bytes, while blocks of that size are stored: all but the
// blocks that it may not evict.
func (u UnifiedMemory) Execution(stored units.Bytes) units.Bytes {
	return u.Total - min(max(0, stored), u.Storage)
}

// TaskCap returns the most execution memory that one of the active tasks can hold
// (org.apache.spark.memory.ExecutionMemoryPool: the pool divided by the tasks that hold or ask for memory).
// Beyond it a task spills.
func (u UnifiedMemory) TaskCap(active int, stored units.Bytes) units.Bytes {
	return u.Execution(stored) / units.Bytes(max(1, active))
}

// TaskFloor returns the execution memory that each of the active tasks is sure to get, waiting for it where others
// hold it: half of the cap, where the pool has grown to its most.
func (u UnifiedMemory) TaskFloor(active int, stored units.Bytes) units.Bytes {
	return u.Execution(stored) / units.Bytes(2*max(1, active))
}

// heapFor returns the smallest heap in whole MiB whose unified memory is at least that, up to 1 PiB.
func heapFor(total units.Bytes, fraction float64) units.Bytes {
	total = bounded(total)
	heap := max(minHeap, (units.Bytes(float64(total)/fraction)+reserved)/mib*mib)
	for unified(heap, fraction, 0).Total < total {
		heap += mib
	}
	return heap
}
