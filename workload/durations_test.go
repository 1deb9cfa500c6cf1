package workload_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/workload"
)

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		sorted []int
		q      float64
		want   int
	}{
		{[]int{1, 2, 3, 4}, 0, 1},
		{[]int{1, 2, 3, 4}, 0.25, 2},
		{[]int{1, 2, 3, 4}, 0.5, 3},
		{[]int{1, 2, 3, 4}, 0.75, 4},
		{[]int{1, 2, 3, 4}, 1, 4},
		{[]int{7}, 0.99, 7},
		{nil, 0.5, 0},
		{[]int{1, 2}, -3, 1},
		{[]int{1, 2}, 3, 2},
		{[]int{1, 2}, math.Inf(1), 2},
		{[]int{1, 2}, math.Inf(-1), 1},
		{[]int{1, 2}, math.NaN(), 1},
	} {
		assert.Equal(t, c.want, workload.Quantile(c.sorted, c.q), "%v at %g", c.sorted, c.q)
	}
}

func TestSummarize(t *testing.T) {
	for name, c := range map[string]struct {
		times []time.Duration
		want  workload.Durations
		skew  float64
	}{
		"none": {nil, workload.Durations{}, 0},
		"one":  {[]time.Duration{7}, workload.Durations{N: 1, Min: 7, P50: 7, P95: 7, P99: 7, Max: 7, Mean: 7, Sum: 7}, 1},
		"even": {[]time.Duration{5, 5, 5}, workload.Durations{N: 3, Min: 5, P50: 5, P95: 5, P99: 5, Max: 5, Mean: 5, Sum: 15}, 1},
		"some": {
			[]time.Duration{4, 1, 3, 2},
			workload.Durations{N: 4, Min: 1, P50: 3, P95: 4, P99: 4, Max: 4, Mean: 2, StdDev: 1, Sum: 10},
			4.0 / 3,
		},
		// By hand: s = 20, and n/((n−1)(n−2))·Σ(d/s)³ = 4/6·(3·(−1/2)³ + (3/2)³) = 2.
		"long tail": {
			[]time.Duration{10, 10, 10, 50},
			workload.Durations{N: 4, Min: 10, P50: 10, P95: 50, P99: 50, Max: 50, Mean: 20, StdDev: 20, Sum: 80, Skewness: 2},
			5,
		},
		"median of nothing": {[]time.Duration{0, 0, 9}, workload.Durations{N: 3, P95: 9, P99: 9, Max: 9, Mean: 3, StdDev: 5, Sum: 9, Skewness: math.Sqrt(3)}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			before := slices.Clone(c.times)
			got := workload.Summarize(c.times)
			assert.Equal(t, before, c.times, "the argument is left alone")
			assert.InDelta(t, c.want.Skewness, got.Skewness, 1e-9)
			got.Skewness = c.want.Skewness
			assert.Equal(t, c.want, got)
			assert.InDelta(t, c.skew, got.Skew(), 1e-9)
		})
	}
}

func TestSummaryIsInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOf(rapid.Map(rapid.Int64Range(0, 1e15), func(n int64) time.Duration { return time.Duration(n) })).Draw(t, "times")
		d := workload.Summarize(times)
		assert.True(t, slices.IsSorted([]time.Duration{d.Min, d.P50, d.P95, d.P99, d.Max}), "%+v", d)
		assert.True(t, d.N == 0 || d.Min <= d.Mean && d.Mean <= d.Max)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(times), func(i, j int) { times[i], times[j] = times[j], times[i] })
		assert.Equal(t, d, workload.Summarize(times))
	})
}
