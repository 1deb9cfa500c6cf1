package workload

import (
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"
)

// Durations summarises times. Quantiles follow Spark's rule, which does not interpolate.
type Durations struct {
	// N is how many there are; with 0 all else is 0.
	N                       int
	Min, P50, P95, P99, Max time.Duration
	Mean, StdDev, Sum       time.Duration
	// Skewness is the adjusted third moment, 0 below three values.
	Skewness float64
}

// Summarize returns the summary of the times, in any order.
func Summarize(times []time.Duration) Durations {
	d := Durations{N: len(times)}
	if d.N == 0 {
		return d
	}
	sorted := slices.Sorted(slices.Values(times))
	values := make([]float64, d.N)
	for i, t := range sorted {
		values[i] = float64(t)
		d.Sum += t
	}
	d.Min, d.Max = sorted[0], sorted[d.N-1]
	d.P50, d.P95, d.P99 = Quantile(sorted, 0.5), Quantile(sorted, 0.95), Quantile(sorted, 0.99)
	d.Mean = d.Sum / time.Duration(d.N)
	if d.N > 1 {
		d.StdDev = time.Duration(stat.StdDev(values, nil))
	}
	if d.N > 2 && d.Max > d.Min {
		d.Skewness = stat.Skew(values, nil)
	}
	return d
}

// Quantile returns the value at index min(trunc(q·n), n-1) of sorted values, as Spark's status store and REST API do
// (org.apache.spark.status.AppStatusStore.taskSummary), or the zero value where there is none. q is in [0, 1].
func Quantile[T any](sorted []T, q float64) T {
	var zero T
	if len(sorted) == 0 {
		return zero
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// Skew returns how much longer the longest is than the median, 1 for even ones and 0 for none.
func (d Durations) Skew() float64 {
	if d.P50 <= 0 {
		return 0
	}
	return float64(d.Max) / float64(d.P50)
}

// TaskDurations summarises the times from launch to finish of all tasks that succeeded.
func (p *Profile) TaskDurations() Durations { return p.durations(0, p.Tasks.Len()) }

// StageDurations is the same for the stage attempt at index i of Profile.Stages.
func (p *Profile) StageDurations(i int) Durations {
	return p.durations(p.Stages[i].First, p.Stages[i].Last)
}

func (p *Profile) durations(first, last int) Durations {
	times := make([]time.Duration, 0, last-first)
	for i := first; i < last; i++ {
		if p.Tasks.Status(i) == Succeeded {
			times = append(times, p.Tasks.Duration(i))
		}
	}
	return Summarize(times)
}
