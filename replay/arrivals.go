package replay

import (
	"cmp"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"

	"github.com/sparkscale/sparkscale/workload"
)

// Arrivals is how long executors take from their request to their registration.
type Arrivals struct {
	// First is when the first executor is requested, since the start of the application.
	First time.Duration
	// Each are the times of the executors in the order of their requests; those beyond it follow Base and PerStart.
	Each []time.Duration
	// Base and PerStart are the time of an executor that starts alone, and what each further one that starts at the
	// same time adds to all of them.
	Base, PerStart time.Duration
	// Basis says what they rest on.
	Basis workload.Basis
}

// assumedLatency stands in where a run tells nothing of its executors' start: a pod on a node that has the image.
const assumedLatency = 8 * time.Second

// NewArrivals takes the arrivals out of a run, from Spark's request and registration times (3.4 and later, and only for
// executors that dynamic allocation or Kubernetes requested), or from the registrations alone.
func NewArrivals(p *workload.Profile) Arrivals {
	starts := startsOf(p)
	if len(starts) == 0 {
		return Arrivals{Base: assumedLatency, Basis: workload.Assumed("the run had no executor but the driver; a pod is taken to start in " + assumedLatency.String())}
	}
	a := Arrivals{First: starts[0].requested}
	for _, j := range p.Jobs {
		a.First = min(a.First, max(0, j.Submitted.Sub(p.Since()))) // dynamic allocation was there before it requested any
	}
	for _, s := range starts {
		a.Each = append(a.Each, s.took())
	}
	a.Base, a.PerStart = fitStarts(starts)
	a.Basis = workload.Measured(len(starts), "executors, request to registration")
	if !p.Coverage.Requests {
		a.Basis = workload.Measured(len(starts), "executors, application start to registration: the log has no request times")
	}
	return a
}

// start is the start of one executor, since the start of the application.
type start struct{ requested, registered time.Duration }

func (s start) took() time.Duration { return s.registered - s.requested }

// startsOf returns the starts in the order of their requests. Where a log has request times Spark may still not have
// matched some executors with one; they are taken to have been requested with the last one before.
func startsOf(p *workload.Profile) []start {
	var starts []start
	var last time.Duration
	executors := slices.SortedStableFunc(slices.Values(p.Executors), func(a, b workload.Executor) int { return cmp.Compare(a.Added, b.Added) })
	for _, e := range executors {
		s := start{registered: min(p.Wall(), max(0, e.Added.Sub(p.Since())))} // a clock may be wrong
		if latency, ok := e.StartLatency(); ok {
			s.requested = max(0, s.registered-latency)
			last = max(last, s.requested)
		} else {
			s.requested = last
		}
		if !e.IsDriver() {
			starts = append(starts, s)
		}
	}
	slices.SortStableFunc(starts, func(a, b start) int {
		return cmp.Or(cmp.Compare(a.requested, b.requested), cmp.Compare(a.registered, b.registered))
	})
	return starts
}

// fitStarts fits time = base + perStart × (executors that started at the same time - 1).
func fitStarts(starts []start) (base, perStart time.Duration) {
	var beside, took []float64
	for _, s := range starts {
		n := -1.0
		for _, other := range starts {
			if other.requested <= s.requested && other.registered > s.requested {
				n++
			}
		}
		beside, took = append(beside, n), append(took, s.took().Seconds())
	}
	if stat.Variance(beside, nil) > 0 {
		if a, b := stat.LinearRegression(beside, took, nil, false); b > 0 && a > 0 && !math.IsNaN(b) {
			return seconds(a), seconds(b)
		}
	}
	slices.Sort(took)
	return seconds(workload.Quantile(took, 0.5)), 0
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func (a *Arrivals) median() ms {
	each := slices.Sorted(slices.Values(a.Each))
	return toMS(workload.Quantile(each, 0.5))
}

// of returns the time of the n-th executor of the run, requested while so many others start.
func (a *Arrivals) of(n, beside int, given bool) ms {
	if given && n < len(a.Each) {
		return toMS(a.Each[n])
	}
	return toMS(a.Base + time.Duration(beside)*a.PerStart)
}

func toMS(d time.Duration) ms { return ms(d / time.Millisecond) }

// Latency returns the time from request to registration of an executor that starts alone, and what it rests on.
func (w *Work) Latency() (time.Duration, workload.Basis) { return w.arrivals.Base, w.arrivals.Basis }
