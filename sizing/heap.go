package sizing

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// HeapOptions are the thresholds of [Heap], and what is to change. A zero value means the default.
type HeapOptions struct {
	// Slots are the tasks that the executor is to run at once; 0 means as many as in the run. The heap scales by
	// memory per slot: all of it but the 300 MiB that Spark reserves once.
	Slots int
	// Runs are the runs of the job that the profile is the hungriest of; 0 means 1.
	Runs int
	// Headroom is added to what was seen, as a share of it; 0 means 0.2: DataFlint advises 20 % over the highest
	// heap, KRR and the VPA add 15 % to containers that may be restarted for less than a job costs.
	Headroom float64
	// Growth is by what a heap, or a pod, that was too small is multiplied; 0 means 1.25: the VPA takes 1.2 and can
	// correct itself within minutes, while a batch job pays for each step with a run.
	Growth float64
	// GCHigh is the GC share of run time from which the heap is too small; 0 means 0.10 (Dr. Elephant's second step).
	GCHigh float64
	// GCLow is the GC share below which a heap without spill may shrink where nothing better is known; 0 means 0.03
	// (Dr. Elephant's third step of "too much memory").
	GCLow float64
	// SpillShare is the share of tasks spilling to disk from which the heap is too small; 0 means 0.05.
	SpillShare float64
}

func (o HeapOptions) filled(s Shape) (HeapOptions, error) {
	p := &problems{}
	p.when(o.Slots < 0, "Slots", o.Slots, "must not be negative")
	p.when(o.Runs < 0, "Runs", o.Runs, "must not be negative")
	o.Slots, o.Runs = cmp.Or(o.Slots, s.Slots()), cmp.Or(o.Runs, 1)
	o.Headroom, o.Growth = cmp.Or(o.Headroom, 0.2), cmp.Or(o.Growth, 1.25)
	o.GCHigh, o.GCLow, o.SpillShare = cmp.Or(o.GCHigh, 0.10), cmp.Or(o.GCLow, 0.03), cmp.Or(o.SpillShare, 0.05)
	p.share("Headroom", o.Headroom)
	p.when(!(o.Growth > 1 && o.Growth <= 4), "Growth", o.Growth, "must be above 1 and at most 4")
	p.share("GCHigh", o.GCHigh)
	p.share("GCLow", o.GCLow)
	p.when(o.GCLow > o.GCHigh, "GCLow", o.GCLow, "must not be above GCHigh")
	p.share("SpillShare", o.SpillShare)
	return o, invalid(p.errs)
}

// HeapBasis is what a heap rests on, from strong to weak.
type HeapBasis string

// What a heap can rest on.
const (
	// FromHeapPeaks is the highest JVM heap of executors and tasks.
	FromHeapPeaks HeapBasis = "heap peaks"
	// FromManagedPeaks is the highest execution and storage memory of executors.
	FromManagedPeaks HeapBasis = "execution and storage peaks"
	// FromExecution is the execution memory of tasks, and the blocks that were cached.
	FromExecution HeapBasis = "execution memory of tasks"
	// FromCollections is that the heap collected little garbage, and nothing spilled.
	FromCollections HeapBasis = "garbage collection and spill"
	// FromConfiguration is the heap that the run had, for want of evidence.
	FromConfiguration HeapBasis = "configuration"
)

// weakness is how many steps down the basis is.
func (b HeapBasis) weakness() int {
	return slices.Index([]HeapBasis{FromHeapPeaks, FromManagedPeaks, FromExecution, FromCollections, FromConfiguration}, b)
}

// HeapAdvice is the heap, and where measured the overhead, that an executor should have.
type HeapAdvice struct {
	// Target is the advice for spark.executor.memory, Lower and Upper the band in which it may as well lie; whole MiB.
	Target, Lower, Upper units.Bytes
	// Overhead is the advice for spark.executor.memoryOverhead in whole MiB; 0 leaves it to Spark.
	Overhead units.Bytes
	// Basis is what Target rests on.
	Basis HeapBasis
	// Pressed is true where the heap of the run was too small: it ended executors, collected too much while full, or
	// spilled too much.
	Pressed bool
	// Confidence is between 0 and 1. It is 1 less the mean of 1/(n+1) over runs, executors and tasks: among n
	// alike, that is the chance that the next one exceeds the highest so far. Each step down from heap peaks to a
	// weaker basis halves it. The band reaches from Target / (2 − Confidence) to Target × (2 − Confidence).
	Confidence float64
	// Figures are the evidence, and the rules that made the advice of it.
	Figures []workload.Figure
}

// Heap advises the heap of an executor from the run of a profile in the shape s. It rests on the best that the
// source has: heap peaks; else peaks of execution and storage memory; else execution memory per task; else garbage
// collection and spill; else it keeps the heap of the run and says why. A heap that was too small (exit code 52,
// OutOfMemoryError, GC share, spill) grows; a pod that was killed (exit codes 137 and 143) gets more overhead,
// because a JVM never exceeds its heap. The error is an *[InvalidError] for an invalid shape or option.
func Heap(p *workload.Profile, s Shape, o HeapOptions) (HeapAdvice, error) {
	if err := s.Validate(p.Conf.Version()); err != nil {
		return HeapAdvice{}, err
	}
	o, err := o.filled(s)
	if err != nil {
		return HeapAdvice{}, err
	}
	h := newHeapCase(p, s, o)
	h.pressure()
	need := h.need()
	h.relieve(need)
	h.decide(need)
	h.spread()
	h.overhead()
	return h.advice, nil
}

// heapCase is one advice in the making.
type heapCase struct {
	p        *workload.Profile
	s        Shape
	o        HeapOptions
	e        evidence
	ends     ends
	fraction float64
	// had is the heap of the run, scaled to the new slots.
	had units.Bytes
	// busy is true where the heap collected much although it was never full.
	busy   bool
	advice HeapAdvice
}

func newHeapCase(p *workload.Profile, s Shape, o HeapOptions) *heapCase {
	h := &heapCase{p: p, s: s, o: o, e: evidenceOf(p), ends: endsOf(p)}
	if f, err := p.Conf.Float(spark.MemoryFraction); err == nil && f >= 0.01 && f <= 1 {
		h.fraction = f
	} else {
		h.fraction = 0.6
	}
	h.had = h.scaled(s.heap(), s.Slots())
	rule, basis := "as the run had it", basis(spark.ExecutorMemory, p.Conf.Version(), s.heap() == units.GiB(1))
	if o.Slots != s.Slots() {
		rule = fmt.Sprintf("%s for %d slots; 300 MiB stay, the rest scales to %d slots", s.heap(), s.Slots(), o.Slots)
	}
	h.note("configured heap", h.had.String(), basis, rule)
	return h
}

func (h *heapCase) note(name, value string, basis workload.Basis, rule string) {
	h.advice.Figures = append(h.advice.Figures, workload.NewFigure(name, value, basis, rule))
}

// scaled is a heap that was right for so many slots, for the new slots, in whole MiB.
func (h *heapCase) scaled(heap units.Bytes, slots int) units.Bytes {
	if slots == h.o.Slots || heap <= reserved {
		return heap
	}
	return wholeMiB(reserved + times(heap-reserved, float64(h.o.Slots)/float64(max(1, slots))))
}

// wholeMiB rounds up, to no less than the smallest heap.
func wholeMiB(b units.Bytes) units.Bytes { return max(minHeap, (b+mib-1)/mib*mib) }

// pressure decides whether the heap of the run was too small.
func (h *heapCase) pressure() {
	if n := len(h.e.rows); n > 0 {
		h.note("GC share", percent(h.e.gc.value), workload.Measured(n, "tasks"), fmt.Sprintf(
			"garbage collection over run time; from %s on the heap is too small, below %s it may be too large", percent(h.o.GCHigh), percent(h.o.GCLow)))
		h.note("tasks that spilled", fmt.Sprintf("%d", h.e.spilled), workload.Measured(n, "tasks"), fmt.Sprintf(
			"%s to disk; from %s on the heap is too small", percent(h.e.spill.value), percent(h.o.SpillShare)))
	}
	if h.ends.heap > 0 {
		h.note("out of heap", fmt.Sprintf("%d times", h.ends.heap), workload.Measured(h.ends.looked, "ends of executors and stages"),
			"exit code 52 or OutOfMemoryError: "+h.ends.heapExample)
	}
	h.advice.Pressed = h.ends.heap > 0 || h.e.gc.value >= h.o.GCHigh || h.spilling()
}

func (h *heapCase) spilling() bool { return h.e.spill.n > 0 && h.e.spill.value >= h.o.SpillShare }

// relieve takes the pressure back where it is garbage collection alone and the heap was never full.
func (h *heapCase) relieve(need units.Bytes) {
	a := &h.advice
	if a.Pressed && h.ends.heap == 0 && !h.spilling() && a.Basis == FromHeapPeaks && need < times(h.had, 0.7) {
		a.Pressed, h.busy = false, true
	}
}

// decide sets the target from what was needed, 0 where nothing tells.
func (h *heapCase) decide(need units.Bytes) {
	a := &h.advice
	a.Target = h.had
	switch {
	case a.Pressed:
		a.Target = max(wholeMiB(need), h.grown())
		h.conclude("the heap was too small: %g times the configured one, or what was needed if that is more", h.o.Growth)
	case h.ends.pod > 0:
		h.conclude("kept: pods were killed or evicted, and how much of them was heap is not known; the overhead grows instead, because a JVM does not exceed its heap")
	case h.busy:
		h.conclude("kept: it collected much but was never full, so that a larger one would hardly help; look at the allocation rate, the collector and its CPUs")
	case need > 0 && h.e.spilled > 0:
		h.conclude("kept: some tasks spilled, too few to grow it for them")
	case need > 0 && step(need) < h.had:
		a.Target = step(need)
		h.conclude("what was needed, in steps of 128 MiB; the heap collected and spilled little, so that the configured one was more than enough")
	case need > 0 && need < h.had:
		h.conclude("kept: it is what was needed, in steps of 128 MiB and no less than 512 MiB")
	case need > 0:
		h.conclude("kept: what was seen reaches the configured heap with headroom, but it collected and spilled little, so that it is enough")
	case a.Basis == FromCollections:
		a.Target = wholeMiB(times(h.had, 0.8))
		h.conclude("four fifths of the configured one: little garbage collection and no spill; shrink in steps, and look again")
	default:
		h.conclude("kept, because %s", h.lacks())
	}
}

func (h *heapCase) conclude(rule string, args ...any) {
	from := workload.Computed("the " + string(h.advice.Basis))
	switch {
	case h.advice.Basis == FromConfiguration && h.advice.Pressed:
		from = workload.Computed("the configured heap and the pressure on it")
	case h.advice.Basis == FromConfiguration:
		from = workload.Assumed("the configured heap stands for what is not known")
	}
	h.note("executor heap", h.advice.Target.String(), from, fmt.Sprintf(rule, args...))
}

// grown is the configured heap times the growth, or where tasks spilled what they wanted, at most twice the heap:
// more partitions end spill as well, and cost no memory.
func (h *heapCase) grown() units.Bytes {
	least := wholeMiB(times(h.had, h.o.Growth))
	if !h.spilling() {
		return least
	}
	wanted := heapFor(times(quantile(h.e.wanted, 0.95), float64(h.o.Slots)), h.fraction)
	return min(max(least, wanted), max(least, 2*h.had))
}

// step rounds up to 128 MiB: measurements are no finer.
func step(b units.Bytes) units.Bytes { return max(512*mib, (b+128*mib-1)/(128*mib)*(128*mib)) }

func (h *heapCase) lacks() string {
	const remedy = "no memory was measured: set spark.eventLog.logStageExecutorMetrics=true and spark.executor.metrics.pollingInterval=1s"
	switch {
	case len(h.e.rows) == 0:
		return "no task was measured"
	case h.e.spilled > 0:
		return "some tasks spilled, and " + remedy
	}
	return fmt.Sprintf("a GC share of %s asks for neither more nor less, and %s", percent(h.e.gc.value), remedy)
}

// spread sets confidence and band.
func (h *heapCase) spread() {
	a := &h.advice
	doubt := 0.0
	for _, n := range []int{h.o.Runs, h.e.executors, len(h.e.rows)} {
		doubt += 1 / float64(n+1) / 3
	}
	a.Confidence = (1 - doubt) / float64(int(1)<<a.Basis.weakness())
	width := 2 - a.Confidence
	a.Lower, a.Upper = wholeMiB(times(a.Target, 1/width)), max(a.Target, wholeMiB(times(a.Target, width)))
	if a.Pressed || h.ends.pod > 0 {
		a.Lower = min(a.Target, max(a.Lower, h.had))
	}
	a.Lower = min(a.Lower, a.Target)
	h.note("confidence", fmt.Sprintf("%.2f", a.Confidence), workload.Computed(fmt.Sprintf("runs (%d), executors (%d) and tasks (%d)", h.o.Runs, h.e.executors, len(h.e.rows))),
		fmt.Sprintf("1 less the mean of 1/(n+1), halved %d times for the basis; the band is %s to %s", a.Basis.weakness(), a.Lower, a.Upper))
}
