package sizing

import (
	"fmt"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// need is the heap that the run needed, for the new slots and with headroom, by the best basis that the source
// has; 0 where none tells an amount.
func (h *heapCase) need() units.Bytes {
	for _, rung := range []struct {
		basis HeapBasis
		need  func() units.Bytes
	}{{FromHeapPeaks, h.heapPeaks}, {FromManagedPeaks, h.managedPeaks}, {FromExecution, h.execution}} {
		if need := rung.need(); need > 0 {
			h.advice.Basis = rung.basis
			return need
		}
	}
	h.advice.Basis = FromConfiguration
	if len(h.e.rows) > 0 && h.e.spilled == 0 && h.e.gc.value < h.o.GCLow && h.ends.pod == 0 && !h.advice.Pressed {
		h.advice.Basis = FromCollections
	}
	return 0
}

// processes are the executors whose memory counts: those of the default resource profile, and the driver only
// where it runs the tasks itself.
func processes(p *workload.Profile) []workload.Executor {
	var list []workload.Executor
	for _, x := range p.Executors {
		if x.ResourceProfile == 0 && (!x.IsDriver() || len(p.Executors) == 1) {
			list = append(list, x)
		}
	}
	return list
}

// heapPeaks is the highest JVM heap. It was seen with as many tasks at once as the busiest executor ran.
func (h *heapCase) heapPeaks() units.Bytes {
	var highest units.Bytes
	n := 0
	see := func(b units.Bytes) {
		if b > 0 {
			highest, n = max(highest, bounded(b)), n+1
		}
	}
	for _, x := range processes(h.p) {
		see(x.Peak.Heap)
	}
	for i := range defaultTasks(h.p) {
		see(h.p.Tasks.Heap(i))
	}
	if highest == 0 {
		return 0
	}
	need := h.scaled(times(highest, 1+h.o.Headroom), h.seenSlots())
	h.note("heap needed", need.String(), workload.Measured(n, "peaks"), fmt.Sprintf(
		"highest of %d peaks was %s, with at most %d tasks at once; plus %s, for %d slots; a peak holds garbage too, and how much is not logged: the GC share beside it tells whether it had to be collected",
		n, highest, h.seenSlots(), percent(h.o.Headroom), h.o.Slots))
	return max(need, h.floor())
}

// seenSlots are the tasks at once with which memory was seen.
func (h *heapCase) seenSlots() int {
	if h.e.busiest == 0 {
		return h.s.Slots()
	}
	return min(h.e.busiest, h.s.Slots())
}

// floor is the heap in which the managed memory still fits as it was seen.
func (h *heapCase) floor() units.Bytes {
	if managed := h.highestManaged(); managed > 0 {
		return h.scaled(heapFor(managed, h.fraction), h.seenSlots())
	}
	return 0
}

func (h *heapCase) highestManaged() units.Bytes {
	var highest units.Bytes
	for _, x := range processes(h.p) {
		highest = max(highest, bounded(x.Peak.OnHeapExecution)+bounded(x.Peak.OnHeapStorage))
	}
	return highest
}

// managedPeaks is the highest execution and storage memory of an executor, over the memory fraction.
func (h *heapCase) managedPeaks() units.Bytes {
	managed := h.highestManaged()
	if managed == 0 {
		return 0
	}
	need := h.scaled(heapFor(times(managed, 1+h.o.Headroom), h.fraction), h.seenSlots())
	h.note("heap needed", need.String(), workload.Measured(len(processes(h.p)), "executors"), fmt.Sprintf(
		"highest execution plus storage memory was %s; plus %s, over the memory fraction of %g, plus 300 MiB, for %d slots; what the job's own objects take is not in it",
		managed, percent(h.o.Headroom), h.fraction, h.o.Slots))
	return h.careful(need)
}

// execution is the execution memory of the 95th percentile of tasks in every slot, but of the hungriest task at
// least once, plus what was cached.
func (h *heapCase) execution() units.Bytes {
	peaks := h.e.execution
	if len(peaks) == 0 {
		return 0
	}
	typical, hungriest, stored := quantile(peaks, 0.95), peaks[len(peaks)-1], cached(h.p)
	stored = times(stored, float64(h.o.Slots)/float64(max(1, h.s.Slots())))
	total := max(times(typical, float64(h.o.Slots)), hungriest) + stored
	need := wholeMiB(heapFor(times(total, 1+h.o.Headroom), h.fraction))
	h.note("heap needed", need.String(), workload.Measured(len(peaks), "tasks"), fmt.Sprintf(
		"execution memory of a task was %s in the 95th percentile and at most %s; in %d slots, with %s of cached blocks, plus %s, over the memory fraction of %g, plus 300 MiB",
		typical, hungriest, h.o.Slots, stored, percent(h.o.Headroom), h.fraction))
	return h.careful(need)
}

// careful keeps a heap that rests on managed memory alone at half of the configured one or more: the job's own
// objects were not seen.
func (h *heapCase) careful(need units.Bytes) units.Bytes { return max(need, wholeMiB(h.had/2)) }
