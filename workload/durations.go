package workload

import (
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"
)

// Durations summarises times. Quantiles follow Spark's rule, which does not interpolate; see [Quantile].
type Durations struct {
	// N is how many there are; with 0 all else is 0.
	N                       int
	Min, P50, P95, P99, Max time.Duration
	// StdDev is the sample standard deviation, 0 below two values.
	Mean, StdDev, Sum time.Duration
	// Skewness is the adjusted third moment (gonum stat.Skew): 0 where the times lie evenly around their mean, below
	// three values, and where all are equal; above 0 where few are much longer than the others.
	Skewness float64
}

// Summarize returns the summary of the times, in any order.
func Summarize(times []time.Duration) Durations { return summarize(slices.Clone(times)) }

// summarize sorts the times.
func summarize(times []time.Duration) Durations {
	d := Durations{N: len(times)}
	if d.N == 0 {
		return d
	}
	slices.Sort(times)
	values := make([]float64, d.N)
	for i, t := range times {
		values[i] = float64(t)
		d.Sum += t
	}
	d.Min, d.Max = times[0], times[d.N-1]
	d.P50, d.P95, d.P99 = Quantile(times, 0.5), Quantile(times, 0.95), Quantile(times, 0.99)
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
// (org.apache.spark.status.AppStatusStore.taskSummary, Spark 3.5.6), or the zero value where there is none. A q below 0
// counts as 0, one above 1 as 1.
func Quantile[T any](sorted []T, q float64) T {
	var zero T
	n := len(sorted)
	if n == 0 {
		return zero
	}
	index := int(min(max(q, 0), 1) * float64(n))
	return sorted[min(max(index, 0), n-1)] // an index below 0 comes from a q that is not a number
}

// Skew returns how much longer the longest is than the median, 1 for even ones, and 0 where there is none or the median
// is 0.
func (d Durations) Skew() float64 {
	if d.P50 <= 0 {
		return 0
	}
	return float64(d.Max) / float64(d.P50)
}

// TaskDurations summarises the times from launch to finish of all tasks that succeeded.
func (p *Profile) TaskDurations() Durations {
	if p.Coverage.Sketched == 0 {
		return p.durations(0, p.Tasks.Len())
	}
	var all histogram
	for i := range p.Stages {
		if s := p.Stages[i].Sketch; s != nil {
			all.merge(&s.durations)
		}
	}
	return all.durations()
}

// StageDurations is the same for the stage attempt at index i of Profile.Stages.
func (p *Profile) StageDurations(i int) Durations {
	if s := p.Stages[i].Sketch; s != nil {
		return s.durations.durations()
	}
	return p.durations(p.Stages[i].First, p.Stages[i].Last)
}

func (p *Profile) durations(first, last int) Durations {
	times := make([]time.Duration, 0, last-first)
	for i := first; i < last; i++ {
		if p.Tasks.Status(i) == Succeeded {
			times = append(times, p.Tasks.Duration(i))
		}
	}
	return summarize(times)
}
