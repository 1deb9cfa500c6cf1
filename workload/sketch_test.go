package workload_test

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/workload"
)

// TestSketches builds random runs with rows and with sketches: what is exact is the same, quantiles are near.
func TestSketches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events, beyond := drawRun(t), rapid.IntRange(1, 40).Draw(t, "beyond")
		want := build(events)
		var b workload.Builder
		b.SketchBeyond(beyond)
		for _, e := range events {
			e.feed(&b)
		}
		p := b.Build(workload.Coverage{})
		if want.Tasks.Len() <= beyond {
			require.Equal(t, want, p)
			return
		}
		require.Equal(t, want.Totals, p.Totals)
		require.Equal(t, want.Executors, p.Executors)
		require.Equal(t, want.Jobs, p.Jobs)
		require.Equal(t, want.Since(), p.Since())
		require.Equal(t, want.Until(), p.Until())
		require.Zero(t, p.Tasks.Len())
		require.Equal(t, want.Tasks.Len(), p.Coverage.Sketched)
		require.Contains(t, strings.Join(p.Coverage.Notes, "\n"), fmt.Sprintf("the %d task attempts are kept as sketches", want.Tasks.Len()))
		requireNear(t, want.TaskDurations(), p.TaskDurations())
		for i := range want.Stages {
			requireSketch(t, want, p, i)
		}
		requireSketchedStats(t, want.Stats(), p.Stats())
	})
}

func requireSketch(t *rapid.T, want, p *workload.Profile, i int) {
	requireNear(t, want.StageDurations(i), p.StageDurations(i))
	w, s := want.Stages[i], p.Stages[i]
	require.Equal(t, w.Last-w.First > 0, s.Sketch != nil)
	counts := map[workload.Status]int{}
	for row := w.First; row < w.Last; row++ {
		counts[want.Tasks.Status(row)]++
	}
	for status, n := range counts {
		require.Equal(t, n, s.Sketch.N(status))
	}
	w.First, w.Last, s.Sketch = 0, 0, nil
	require.Equal(t, w, s)
}

func requireSketchedStats(t *rapid.T, want, s workload.Stats) {
	require.Equal(t, want.LostTime, s.LostTime)
	require.Equal(t, want.SpillShare, s.SpillShare)
	require.Equal(t, want.CoreTime, s.CoreTime)
	require.LessOrEqual(t, s.BusyTime, s.CoreTime)
	require.LessOrEqual(t, want.BusyTime, s.CoreTime)
	require.Zero(t, s.Starved)
	requireNear(t, want.Delay, s.Delay)
}

func requireNear(t *rapid.T, want, got workload.Durations) {
	for _, pair := range [][2]*time.Duration{{&want.P50, &got.P50}, {&want.P95, &got.P95}, {&want.P99, &got.P99}} {
		require.InDelta(t, *pair[0], *pair[1], 0.01*float64(*pair[0]))
		*pair[1] = *pair[0]
	}
	require.InDelta(t, want.StdDev, got.StdDev, 0.01*float64(want.Max)+float64(time.Millisecond))
	want.StdDev, want.Skewness, got.StdDev, got.Skewness = 0, 0, 0, 0
	require.Equal(t, want, got)
}

// TestSketchOfAnyTime counts the largest and the smallest times there are.
func TestSketchOfAnyTime(t *testing.T) {
	var b workload.Builder
	b.SketchBeyond(1)
	for i, finish := range []workload.Instant{5, 6, 127, 128, 129, 255, 256, 1 << 40, math.MaxInt64} {
		b.TaskEnd(&workload.TaskEnd{TaskStart: workload.TaskStart{ID: int64(i), Launch: 5}, Finish: finish})
	}
	d := b.Build(workload.Coverage{}).TaskDurations()
	assert.Equal(t, 9, d.N)
	assert.Zero(t, d.Min)
	assert.InDelta(t, 124*time.Millisecond, d.P50, 0.01*124e6)
}

// TestSketchesAreSmall feeds tasks whose rows would take 5 MB.
func TestSketchesAreSmall(t *testing.T) {
	held := func(tasks int) int64 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		var b workload.Builder
		b.SketchBeyond(1000)
		run(&b, tasks)
		p := b.Build(workload.Coverage{})
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(p)
		require.Equal(t, tasks, p.Coverage.Sketched)
		return int64(after.HeapAlloc) - int64(before.HeapAlloc)
	}
	many := held(200_000)
	t.Logf("%d bytes for 200,000 tasks", many)
	assert.Less(t, many, int64(500_000), "some kB for each stage, none for a task")
}

func BenchmarkSketches(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		var build workload.Builder
		build.SketchBeyond(1000)
		run(&build, 100_000)
		build.Build(workload.Coverage{})
	}
}

// Two hundred tasks, of which a builder may keep a hundred.
func ExampleBuilder_SketchBeyond() {
	var b workload.Builder
	b.SketchBeyond(100)
	for i := range 200 {
		b.TaskEnd(&workload.TaskEnd{TaskStart: workload.TaskStart{ID: int64(i), Launch: 1000}, Finish: workload.Instant(2000 + i)})
	}
	p := b.Build(workload.Coverage{})
	d := p.StageDurations(0)
	fmt.Println(p.Tasks.Len(), "rows,", p.Coverage.Sketched, "sketched,", p.Stages[0].Sketch.N(workload.Succeeded), "succeeded")
	fmt.Println(d.N, d.Min, d.Max, "p50 near 1.1s:", d.P50)
	// Output:
	// 0 rows, 200 sketched, 200 succeeded
	// 200 1s 1.199s p50 near 1.1s: 1.096s
}
