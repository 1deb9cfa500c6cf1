package replay

import (
	"cmp"
	"math"

	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// heapFactor is by how much the time of a warm task changes with the heap that falls to it: collecting garbage takes as
// much longer as there is less room, and as much shorter as there is more. It is 1 where the heap is the same.
func (w *Work) heapFactor(s Setting) float64 {
	const least, most = 0.25, 8
	ran, now := w.ranHeap(), heapOfTask(s.Shape)
	if ran <= 0 || now <= 0 || ran == now {
		return 1
	}
	return 1 + w.gc*(max(least, min(most, float64(ran)/float64(now)))-1)
}

// heapNoise is as uncertain as the change is large.
func (w *Work) heapNoise(s Setting) float64 { return math.Abs(w.heapFactor(s) - 1) }

// ranHeap is the heap that fell to a task of the recorded run, 0 where its configuration does not tell.
func (w *Work) ranHeap() units.Bytes {
	heap, err := w.profile.Conf.Size(spark.ExecutorMemory)
	slots := w.profile.Slots()
	if err != nil || slots < 1 {
		return 0
	}
	return heap / units.Bytes(slots)
}

// heapOf is the heap of an executor, by default 1g as Spark's.
func heapOf(s sizing.Shape) units.Bytes { return cmp.Or(s.Heap, units.GiB(1)) }

func heapOfTask(s sizing.Shape) units.Bytes {
	return heapOf(s) / units.Bytes(max(1, s.Slots()))
}

// judgeHeap speaks against a heap that may not hold what the run's executors held.
func (w *Work) judgeHeap(s Setting, against func(verdict Verdict, format string, args ...any)) {
	ran, now := w.ranHeap(), heapOfTask(s.Shape)
	if ran <= 0 || now <= 0 || now >= ran {
		return
	}
	if w.peakHeap > heapOf(s.Shape) {
		against(Caution, "an executor held %s of heap at its peak and has %s now; what of it was garbage is not known", w.peakHeap, heapOf(s.Shape))
	}
	unified, err := sizing.Unified(heapOf(s.Shape), w.profile.Conf)
	if err != nil {
		return
	}
	if room := unified.Total / units.Bytes(s.Shape.Slots()); w.peakExecution > room {
		against(Caution, "a task held %s of execution memory at its peak and %s fall to each now: it would spill, which is not in the time", w.peakExecution, room)
	}
}

// learnMemory keeps what the run tells of memory.
func (w *Work) learnMemory() {
	p := w.profile
	w.gc = min(1, float64(p.Totals.Sums.GC)/float64(max(1, p.Totals.Sums.Run)))
	for i := range p.Tasks.Len() {
		w.peakExecution = max(w.peakExecution, p.Tasks.PeakExecution(i))
	}
	for _, e := range p.Executors {
		w.peakHeap = max(w.peakHeap, e.Peak.Heap)
	}
}
