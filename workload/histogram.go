package workload

import (
	"math/bits"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"
)

// bucketBits is how finely a histogram counts: a bucket is at most 1/64 as wide as the values in it are large, so that its
// middle is within 1 % of each.
const bucketBits = 6

// histogram counts milliseconds in buckets that widen with them, as HdrHistogram does. It takes at most 15 kB, and 2 kB for
// times from a millisecond to a day.
type histogram struct {
	n             int
	sum, min, max int64
	first         int // the bucket of counts[0]
	counts        []uint32
}

func bucketOf(value int64) int {
	wide := max(0, bits.Len64(uint64(value))-bucketBits-1)
	return wide<<bucketBits + int(value>>wide)
}

// middleOf returns the value in the middle of a bucket.
func middleOf(bucket int) int64 {
	wide := max(0, bucket>>bucketBits-1)
	return int64(bucket-wide<<bucketBits)<<wide + (1<<wide)/2
}

// add counts a time; a negative one counts as zero.
func (h *histogram) add(millis int64) {
	millis = max(0, millis)
	bucket := bucketOf(millis)
	switch {
	case len(h.counts) == 0:
		h.first, h.min = bucket, millis
	case bucket < h.first:
		h.counts = slices.Insert(h.counts, 0, make([]uint32, h.first-bucket)...)
		h.first = bucket
	}
	if missing := bucket - h.first - len(h.counts) + 1; missing > 0 {
		h.counts = append(h.counts, make([]uint32, missing)...)
	}
	h.counts[bucket-h.first]++
	h.n++
	h.sum += millis
	h.min, h.max = min(h.min, millis), max(h.max, millis)
}

// merge adds the counts of another one.
func (h *histogram) merge(other *histogram) {
	if other.n == 0 {
		return
	}
	if h.n == 0 {
		*h = *other
		h.counts = slices.Clone(other.counts)
		return
	}
	from, to := min(h.first, other.first), max(h.first+len(h.counts), other.first+len(other.counts))
	counts := make([]uint32, to-from)
	copy(counts[h.first-from:], h.counts)
	for i, count := range other.counts {
		counts[other.first-from+i] += count
	}
	h.first, h.counts = from, counts
	h.n, h.sum, h.min, h.max = h.n+other.n, h.sum+other.sum, min(h.min, other.min), max(h.max, other.max)
}

// durations summarises what was counted; N, Min, Max, Mean and Sum are exact.
func (h *histogram) durations() Durations {
	d := Durations{N: h.n}
	if d.N == 0 {
		return d
	}
	values, weights := make([]float64, 0, len(h.counts)), make([]float64, 0, len(h.counts))
	for i, count := range h.counts {
		if count > 0 {
			values, weights = append(values, float64(h.within(h.first+i))), append(weights, float64(count))
		}
	}
	const ms = time.Millisecond
	d.Min, d.Max, d.Sum = time.Duration(h.min)*ms, time.Duration(h.max)*ms, time.Duration(h.sum)*ms
	d.Mean = d.Sum / time.Duration(d.N)
	d.P50, d.P95, d.P99 = h.quantile(0.5), h.quantile(0.95), h.quantile(0.99)
	if d.N > 1 {
		d.StdDev = time.Duration(stat.StdDev(values, weights) * float64(ms))
	}
	if d.N > 2 && len(values) > 1 {
		d.Skewness = stat.Skew(values, weights)
	}
	return d
}

// within is the middle of a bucket, moved to between the smallest and the largest value.
func (h *histogram) within(bucket int) int64 { return min(max(middleOf(bucket), h.min), h.max) }

// quantile is that of [Quantile], to within 1 %.
func (h *histogram) quantile(q float64) time.Duration {
	rank := min(int(q*float64(h.n)), h.n-1)
	for i, count := range h.counts {
		if rank -= int(count); rank < 0 {
			return time.Duration(h.within(h.first+i)) * time.Millisecond
		}
	}
	return time.Duration(h.max) * time.Millisecond
}
