package replay

import (
	"cmp"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/workload"
)

// Arrivals is how long executors take from their request to their registration.
type Arrivals struct {
	// First is when the first executor is requested, since the start of the application.
	First time.Duration
	// Each are the times of the executors in the order of their requests; those beyond it follow Alone and AtOnce.
	Each []time.Duration
	// Alone is the time of an executor that starts while no other does; 0 in a Setting leaves it and AtOnce as in the
	// recorded run.
	Alone time.Duration
	// AtOnce is how many executors start at once without slowing each other: of n, each goes on at the rate AtOnce/n,
	// as they share processors, the network or an image registry. 0 means any number.
	AtOnce float64
	// Basis says what they rest on.
	Basis workload.Basis
}

// assumedLatency stands in where a run tells nothing of its executors' start: a pod on a node that has the image.
const assumedLatency = 8 * time.Second

// arrivalsOf takes the arrivals out of a run, from Spark's request and registration times (3.4 and later, and only for
// executors that dynamic allocation or Kubernetes requested), or from the registrations alone.
func arrivalsOf(p *workload.Profile) Arrivals {
	starts := startsOf(p)
	if len(starts) == 0 {
		return Arrivals{Alone: assumedLatency, Basis: workload.Assumed("the run had no executor but the driver; a pod is taken to start in " + assumedLatency.String())}
	}
	a := Arrivals{First: starts[0].requested}
	for _, j := range p.Jobs {
		a.First = min(a.First, max(0, j.Submitted.Sub(p.Since()))) // dynamic allocation was there before it requested any
	}
	for _, s := range starts {
		a.Each = append(a.Each, s.took())
	}
	a.fit(p, starts, nil)
	a.Basis = workload.Measured(len(starts), "executors, request to registration")
	if !p.Coverage.Requests {
		a.Basis = workload.Measured(len(starts), "executors, driver start to registration: the log has no request times")
	}
	return a
}

// start is the start of one executor, since the start of the application.
type start struct {
	requested, registered time.Duration
	// known says that the log has the request, or that it has none at all.
	known bool
}

func (s start) took() time.Duration { return s.registered - s.requested }

// startsOf returns the starts in the order of their requests. Where a log has request times Spark may still not have
// matched some executors with one; they are taken to have been requested with the last one before.
func startsOf(p *workload.Profile) []start {
	var starts []start
	var last time.Duration
	if p.DriverUp.Known() {
		last = max(0, p.DriverUp.Sub(p.Since()))
	}
	executors := slices.SortedStableFunc(slices.Values(p.Executors), func(a, b workload.Executor) int { return cmp.Compare(a.Added, b.Added) })
	for _, e := range executors {
		s := start{registered: min(p.Wall(), max(0, e.Added.Sub(p.Since())))} // a clock may be wrong
		if latency, ok := e.StartLatency(); ok {
			s.requested = max(0, s.registered-latency)
			last = max(last, s.requested)
			s.known = true
		} else {
			s.requested = min(last, s.registered)
			s.known = !p.Coverage.Requests
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

// fit learns Alone and AtOnce from starts, beside which cold tasks ran.
func (a *Arrivals) fit(p *workload.Profile, list []start, cold []span) load {
	starts, all := spansOf(list)
	l := loadOf(all, cold)
	expected := 0.0
	if oneMachine(p) {
		expected = loopbackAtOnce
	}
	a.AtOnce = fitAtOnce(&l, starts, expected)
	var alone []float64
	for _, s := range starts {
		alone = append(alone, l.alone(s, a.AtOnce))
	}
	if len(alone) > 0 {
		a.Alone = time.Duration(medianOf(alone) * float64(time.Millisecond))
	}
	return l
}

func spansOf(starts []start) (known, all []span) {
	for _, s := range starts {
		all = append(all, span{toMS(s.requested), toMS(s.registered)})
		if s.known {
			known = append(known, all[len(all)-1])
		}
	}
	return known, all
}

func toMS(d time.Duration) ms { return ms(d / time.Millisecond) }

func toMilliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// Arrivals returns how long executors took to start in the recorded run.
func (w *Work) Arrivals() Arrivals {
	a := w.arrivals
	a.Each = slices.Clone(a.Each)
	return a
}
