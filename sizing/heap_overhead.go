package sizing

import (
	"fmt"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// overhead advises the overhead: from resident memory where it was measured, and more than the run had where pods
// were killed.
func (h *heapCase) overhead() {
	own := h.s
	own.Heap, own.Overhead = h.advice.Target, 0
	derived := own.overhead(h.p.Conf.Version())
	need, measured := h.resident()
	if h.ends.pod > 0 {
		need, measured = max(need, h.killed()), true
	}
	switch {
	case !measured:
		h.advice.Overhead = h.unmeasured()
	case need > derived:
		h.advice.Overhead = need
	default:
		h.note("executor overhead", "as Spark derives it", workload.Computed("the overhead needed"), fmt.Sprintf("%s is needed, Spark takes %s", need, derived))
	}
}

func wholeUp(b units.Bytes) units.Bytes { return (b + mib - 1) / mib * mib }

// resident is the most that an executor's processes held beside the JVM's heap and beside what the pod has for
// off-heap and PySpark memory, with headroom. Python workers come one for each slot.
func (h *heapCase) resident() (need units.Bytes, measured bool) {
	var highest, python units.Bytes
	n := 0
	for _, x := range processes(h.p) {
		if x.Peak.Resident() == 0 {
			continue
		}
		n++
		inHeap := x.Peak.Heap
		if inHeap == 0 {
			inHeap = h.s.heap()
		}
		workers := times(x.Peak.PythonResident, float64(h.o.Slots)/float64(max(1, h.seenSlots())))
		if beside := bounded(x.Peak.JVMResident) + bounded(x.Peak.OtherRSS) + workers - bounded(inHeap); beside > highest {
			highest, python = beside, workers
		}
	}
	if n == 0 {
		return 0, false
	}
	need = wholeUp(max(0, times(highest, 1+h.o.Headroom)-h.s.OffHeap-h.s.pySpark()))
	h.note("overhead needed", need.String(), workload.Measured(n, "executors"), fmt.Sprintf(
		"highest resident memory less the heap peak of the same executor was %s, %s of it Python for %d slots; plus %s, less off-heap and PySpark memory; peaks of both may be at different times",
		highest, python, h.o.Slots, percent(h.o.Headroom)))
	return need, true
}

// killed is the overhead of a pod that is larger than the killed one by the growth: its heap was not the cause,
// because a JVM does not exceed it, so all of it goes to the overhead.
func (h *heapCase) killed() units.Bytes {
	pod, err := h.s.Pod(h.p.Conf.Version())
	if err != nil {
		return 0
	}
	need := wholeUp(pod.Overhead + times(pod.Memory, h.o.Growth-1))
	h.note("overhead needed", need.String(), workload.Measured(h.ends.looked, "ends of executors and stages"), fmt.Sprintf(
		"a pod of %s was too small: kills and evictions: %d; %g times it, the heap unchanged; %s", pod.Memory, h.ends.pod, h.o.Growth, h.ends.podExample))
	return need
}

// unmeasured keeps an overhead that was set, and leaves it to Spark else.
func (h *heapCase) unmeasured() units.Bytes {
	const remedy = "resident memory was not measured: set spark.executor.processTreeMetrics.enabled=true and spark.executor.metrics.pollingInterval=1s"
	switch {
	case h.s.Overhead > 0:
		h.note("executor overhead", h.s.Overhead.String(), workload.Given("spark.executor.memoryOverhead"), "kept; "+remedy)
	case h.s.Language != JVM:
		h.note("executor overhead", "as Spark derives it", workload.Assumed("no measurement"), fmt.Sprintf("%s of the heap for Python and R; %s", percent(h.s.factor()), remedy))
	}
	return h.s.Overhead
}
