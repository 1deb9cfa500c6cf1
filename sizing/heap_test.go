package sizing_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

const (
	killed   = "\nThe executor with id 1 exited with exit code 137(SIGKILL, possible container OOM).\n\n"
	evicted  = "The executor with id 2 exited with exit code 143(unexpected)."
	outOfMem = "The executor with id 3 exited with exit code 52(JVM OOM)."
	scaled   = "Executor killed by driver."
	deleted  = "The executor with id 4 was deleted by a user or the framework."
)

func TestHeap(t *testing.T) {
	gib, peak := units.GiB(1), func(b units.Bytes) workload.Memory { return workload.Memory{Heap: b} }
	for name, c := range map[string]struct {
		change  func(*job)
		basis   sizing.HeapBasis
		target  units.Bytes
		pressed bool
		figure  string
	}{
		"peaks far below": {
			func(j *job) { j.memory = peak(3 * gib) }, sizing.FromHeapPeaks, mib(3712), false, "highest of 10 peaks was 3 GiB, with at most 4 tasks at once; plus 20.0 %",
		},
		"peaks of tasks": {
			func(j *job) { j.heap = 3 * gib }, sizing.FromHeapPeaks, mib(3712), false, "highest of 410 peaks was 3 GiB",
		},
		"a peak says nothing of garbage": {
			func(j *job) { j.memory = peak(3 * gib) }, sizing.FromHeapPeaks, mib(3712), false, "a peak holds garbage too",
		},
		"peaks near the heap, no gc": {
			func(j *job) { j.memory = peak(mib(8000)) }, sizing.FromHeapPeaks, 8 * gib, false, "kept: what was seen reaches the configured heap",
		},
		"peaks near the heap, much gc": {
			func(j *job) { j.memory, j.gc = peak(mib(8000)), 0.2 }, sizing.FromHeapPeaks, 10 * gib, true, "1.25 times",
		},
		"much gc in an empty heap": {
			func(j *job) { j.memory, j.gc = peak(2*gib), 0.2 }, sizing.FromHeapPeaks, 8 * gib, false, "never full",
		},
		"a few spills keep it": {
			func(j *job) { j.memory, j.spilling, j.spill = peak(2*gib), 1, gib }, sizing.FromHeapPeaks, 8 * gib, false, "some tasks spilled",
		},
		"peaks just below": {
			func(j *job) { j.memory = peak(mib(6800)) }, sizing.FromHeapPeaks, 8 * gib, false, "kept: it is what was needed, in steps",
		},
		"executors not full": {
			func(j *job) { j.memory, j.tasks, j.executors = peak(2*gib), 20, 10 }, sizing.FromHeapPeaks, mib(4736), false, "with at most 2 tasks at once",
		},
		"managed memory needs more than the peak": {
			func(j *job) { j.memory = workload.Memory{Heap: 2 * gib, OnHeapExecution: 2 * gib, OnHeapStorage: gib} }, sizing.FromHeapPeaks, mib(5504), false, "heap needed",
		},
		"execution and storage peaks": {
			func(j *job) { j.memory = workload.Memory{OnHeapExecution: 2 * gib, OnHeapStorage: gib} }, sizing.FromManagedPeaks, mib(6528), false, "highest execution plus storage memory was 3 GiB",
		},
		"small execution and storage peaks": {
			func(j *job) { j.memory = workload.Memory{OnHeapExecution: gib / 2} }, sizing.FromManagedPeaks, 4 * gib, false, "the job's own objects",
		},
		"execution memory of tasks": {
			func(j *job) { j.peak = gib / 2 }, sizing.FromExecution, mib(4480), false, "in 4 slots",
		},
		"execution memory and cached blocks": {
			func(j *job) { j.peak, j.cached = gib/2, 10*gib }, sizing.FromExecution, mib(6528), false, "with 1 GiB of cached blocks",
		},
		"little gc":           {func(*job) {}, sizing.FromCollections, mib(6554), false, "four fifths"},
		"middling gc":         {func(j *job) { j.gc = 0.05 }, sizing.FromConfiguration, 8 * gib, false, "asks for neither more nor less"},
		"much gc":             {func(j *job) { j.gc = 0.12 }, sizing.FromConfiguration, 10 * gib, true, "1.25 times"},
		"some spill":          {func(j *job) { j.spilling, j.spill = 2, mib(10) }, sizing.FromConfiguration, 8 * gib, false, "some tasks spilled"},
		"much spill":          {func(j *job) { j.spilling, j.spill = 50, mib(10) }, sizing.FromConfiguration, 10 * gib, true, "50.0 % to disk"},
		"spill that wants 7g": {func(j *job) { j.spilling, j.spill = 50, mib(900) }, sizing.FromConfiguration, mib(12300), true, "50.0 % to disk"},
		"spill beyond reason": {func(j *job) { j.spilling, j.spill = 50, 50*gib }, sizing.FromConfiguration, 16 * gib, true, "50.0 % to disk"},
		"no tasks":            {func(j *job) { j.tasks = 0 }, sizing.FromConfiguration, 8 * gib, false, "no task was measured"},
		"another profile":     {func(j *job) { j.profile, j.memory, j.heap = 1, peak(gib), gib }, sizing.FromConfiguration, 8 * gib, false, "no task was measured"},
		"out of heap":         {func(j *job) { j.reasons = []string{scaled, outOfMem} }, sizing.FromConfiguration, 10 * gib, true, "exit code 52 or OutOfMemoryError: " + outOfMem},
		"out of heap in a stage": {
			func(j *job) { j.failure = "Job aborted: java.lang.OutOfMemoryError: Java heap space" }, sizing.FromConfiguration, 10 * gib, true, "1 times",
		},
		"out of heap, empty peaks": {
			func(j *job) { j.reasons, j.memory = []string{outOfMem}, peak(gib) }, sizing.FromHeapPeaks, 10 * gib, true, "out of heap 1 times",
		},
		"a killed pod is not the heap's": {
			func(j *job) { j.reasons, j.memory = []string{killed}, peak(3*gib) }, sizing.FromHeapPeaks, 8 * gib, false, "how much of them was heap is not known",
		},
		"a killed pod, nothing measured": {
			func(j *job) { j.reasons = []string{killed} }, sizing.FromConfiguration, 8 * gib, false, "the overhead grows instead",
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := steady()
			c.change(&j)
			a, err := sizing.Heap(j.run(), shape, sizing.HeapOptions{})
			require.NoError(t, err)
			assert.Equal(t, c.basis, a.Basis, figures(a.Figures))
			assert.Equal(t, c.target, a.Target, figures(a.Figures))
			assert.Equal(t, c.pressed, a.Pressed, figures(a.Figures))
			assert.Contains(t, figures(a.Figures), c.figure)
			assert.True(t, a.Lower <= a.Target && a.Target <= a.Upper)
		})
	}
}

func TestHeapScalesWithSlots(t *testing.T) {
	j := steady()
	j.gc = 0.05
	for slots, want := range map[int]units.Bytes{0: mib(8192), 4: mib(8192), 2: mib(4246), 8: mib(16084), 1: mib(2273)} {
		a, err := sizing.Heap(j.run(), shape, sizing.HeapOptions{Slots: slots})
		require.NoError(t, err)
		assert.Equal(t, want, a.Target, "%d slots: 300 MiB stay, the rest scales", slots)
	}
	j.heap = units.GiB(3)
	a, err := sizing.Heap(j.run(), shape, sizing.HeapOptions{Slots: 2})
	require.NoError(t, err)
	assert.Equal(t, mib(2048), a.Target, figures(a.Figures))
}

func TestHeapOverhead(t *testing.T) {
	gib := units.GiB(1)
	rss := workload.Memory{Heap: 5 * gib, JVMResident: 6 * gib, PythonResident: 2 * gib, OtherRSS: gib / 4}
	for name, c := range map[string]struct {
		change func(*job)
		shape  func(*sizing.Shape)
		want   units.Bytes
		figure string
	}{
		"not measured":            {func(*job) {}, nil, 0, ""},
		"not measured, was set":   {func(*job) {}, func(s *sizing.Shape) { s.Overhead = mib(100) }, mib(100), "kept; resident memory was not measured"},
		"not measured, python":    {func(j *job) { j.conf = python }, func(s *sizing.Shape) { s.Language = sizing.Python }, 0, "40.0 % of the heap for Python and R; resident memory was not measured"},
		"measured":                {func(j *job) { j.memory = rss }, nil, mib(3994), "highest resident memory less the heap peak of the same executor was 3328 MiB"},
		"measured, python memory": {func(j *job) { j.memory = rss }, func(s *sizing.Shape) { s.Language, s.PySpark = sizing.Python, gib }, mib(2970), "less off-heap and PySpark memory"},
		"measured without heap":   {func(j *job) { j.memory = workload.Memory{JVMResident: 10 * gib} }, nil, mib(2458), "was 2 GiB"},
		"little is left to spark": {func(j *job) { j.memory = workload.Memory{Heap: 5 * gib, JVMResident: mib(5300)} }, func(s *sizing.Shape) { s.Overhead = 4 * gib }, 0, "216 MiB is needed, Spark takes 614 MiB"},
		"killed":                  {func(j *job) { j.reasons = []string{killed} }, nil, mib(3072), "a pod of 9011 MiB was too small: kills and evictions: 1; 1.25 times it, the heap unchanged; The executor with id 1 exited with exit code 137"},
		"evicted":                 {func(j *job) { j.reasons = []string{deleted, evicted} }, nil, mib(3072), "exit code 143"},
		"killed by yarn":          {func(j *job) { j.reasons = []string{"Container killed by YARN for exceeding physical memory limits."} }, nil, mib(3072), "by YARN"},
		"killed in a stage":       {func(j *job) { j.failure = "Job aborted, most recent failure: OOMKilled" }, nil, mib(3072), "OOMKilled"},
		"only scaled down":        {func(j *job) { j.reasons = []string{scaled, deleted, "exit code 1370"} }, nil, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			j, s := steady(), shape
			c.change(&j)
			if c.shape != nil {
				c.shape(&s)
			}
			a, err := sizing.Heap(j.run(), s, sizing.HeapOptions{})
			require.NoError(t, err)
			assert.Equal(t, c.want, a.Overhead, figures(a.Figures))
			assert.Contains(t, figures(a.Figures), c.figure)
		})
	}
	j := steady()
	j.memory = rss
	a, err := sizing.Heap(j.run(), shape, sizing.HeapOptions{Slots: 8})
	require.NoError(t, err)
	assert.Equal(t, mib(6452), a.Overhead, "four more Python workers: %s", figures(a.Figures))
}

func TestHeapBandNarrowsWithEvidence(t *testing.T) {
	advise := func(tasks, executors, runs int) sizing.HeapAdvice {
		j := steady()
		j.tasks, j.executors, j.heap = tasks, executors, units.GiB(3)
		a, err := sizing.Heap(j.run(), shape, sizing.HeapOptions{Runs: runs})
		require.NoError(t, err)
		return a
	}
	least := advise(4, 1, 1)
	assert.InDelta(t, 1-(1/2.+1/2.+1/5.)/3, least.Confidence, 1e-9)
	for name, more := range map[string]sizing.HeapAdvice{
		"tasks": advise(400, 1, 1), "executors": advise(40, 10, 1), "runs": advise(4, 1, 5),
	} {
		assert.Greater(t, more.Confidence, least.Confidence, name)
		assert.Less(t, float64(more.Upper)/float64(more.Lower), float64(least.Upper)/float64(least.Lower), name)
	}
	j := steady()
	weak, err := sizing.Heap(j.run(), shape, sizing.HeapOptions{})
	require.NoError(t, err)
	j.heap = units.GiB(3)
	strong, err := sizing.Heap(j.run(), shape, sizing.HeapOptions{})
	require.NoError(t, err)
	assert.InDelta(t, strong.Confidence/8, weak.Confidence, 1e-9, "three steps down the ladder")
}

func TestHeapRefuses(t *testing.T) {
	p := steady().run()
	_, err := sizing.Heap(p, sizing.Shape{Heap: 1}, sizing.HeapOptions{})
	assert.ErrorAs(t, err, new(*sizing.InvalidError))
	_, err = sizing.Heap(p, shape, sizing.HeapOptions{Slots: -1, Runs: -1, Headroom: -1, Growth: 0.5, GCHigh: 2, GCLow: 3, SpillShare: -1})
	var all *sizing.InvalidError
	require.ErrorAs(t, err, &all)
	assert.Len(t, all.Errors, 8)
}

func TestHeapOptions(t *testing.T) {
	j := steady()
	j.gc = 0.05
	for want, o := range map[units.Bytes]sizing.HeapOptions{
		mib(10240): {GCHigh: 0.04}, mib(12288): {GCHigh: 0.04, Growth: 1.5}, mib(6554): {GCLow: 0.06},
	} {
		a, err := sizing.Heap(j.run(), shape, o)
		require.NoError(t, err)
		assert.Equal(t, want, a.Target, figures(a.Figures))
	}
	j.heap = units.GiB(3)
	a, err := sizing.Heap(j.run(), shape, sizing.HeapOptions{Headroom: 0.5})
	require.NoError(t, err)
	assert.Equal(t, mib(4608), a.Target)
}

// Whatever a source claims, the advice is a heap that Spark takes, in its band, and the same each time.
func TestHeapIsAlwaysAHeap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := func(name string) units.Bytes {
			return units.Bytes(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 1<<36), rapid.Just(int64(1<<62))).Draw(t, name))
		}
		j := steady()
		j.tasks, j.executors = rapid.IntRange(0, 60).Draw(t, "tasks"), rapid.IntRange(0, 4).Draw(t, "executors")
		j.gc = rapid.Float64Range(0, 0.3).Draw(t, "gc")
		j.spilling, j.spill, j.peak, j.heap = rapid.IntRange(0, 100).Draw(t, "spilling"), size("spill")/4, size("peak"), size("heap")
		j.memory = workload.Memory{Heap: size("x heap"), OnHeapExecution: size("exec") / 2, OnHeapStorage: size("stored") / 2, JVMResident: size("rss") / 4}
		j.conf = map[string]string{"spark.memory.fraction": rapid.SampledFrom([]string{"0.6", "0", "1", "0.01", "x"}).Draw(t, "fraction")}
		p, o := j.run(), sizing.HeapOptions{Slots: rapid.IntRange(0, 16).Draw(t, "slots")}
		a, err := sizing.Heap(p, shape, o)
		require.NoError(t, err)
		for _, b := range []units.Bytes{a.Lower, a.Target, a.Upper} {
			s := shape
			s.Heap, s.Overhead = b, a.Overhead
			require.NoError(t, s.Validate(spark.V35))
		}
		require.True(t, a.Lower <= a.Target && a.Target <= a.Upper)
		require.True(t, a.Confidence >= 0 && a.Confidence < 1)
		again, err := sizing.Heap(p, shape, o)
		require.NoError(t, err)
		require.Equal(t, a, again)
	})
}

func BenchmarkHeap(b *testing.B) {
	j := steady()
	j.tasks, j.heap = 100_000, units.GiB(3)
	p := j.run()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sizing.Heap(p, shape, sizing.HeapOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleHeap() {
	run := job{version: "3.5.6", tasks: 400, executors: 12, slots: 4, cpu: 0.9, gc: 0.02, heap: units.MiB(3789)}.run()
	a, err := sizing.Heap(run, sizing.Shape{Cores: 4, Heap: units.GiB(14)}, sizing.HeapOptions{})
	fmt.Println(a.Target.JVM(), a.Lower.JVM(), a.Upper.JVM(), a.Basis, err)
	for _, f := range a.Figures {
		fmt.Println(f.Name(), f.Value(), "—", f.Basis())
	}
	// Output:
	// 4608m 3863m 5498m heap peaks <nil>
	// configured heap 14 GiB — given by spark.executor.memory
	// GC share 2.0 % — measured over 400 tasks
	// tasks that spilled 0 — measured over 400 tasks
	// heap needed 4.44 GiB — measured over 412 peaks
	// executor heap 4608 MiB — computed from the heap peaks
	// confidence 0.81 — computed from runs (1), executors (12) and tasks (400)
}
