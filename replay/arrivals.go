package replay

import (
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/workload"
)

// arrivals is how long executors took to come in the recorded run.
type arrivals struct {
	// first is when the first one was requested, since the start.
	first ms
	// base is when the driver could go on after the executors that it waited for: the gate, or else first.
	base ms
	// latency are the times from request to registration, in the order of registration; never empty.
	latency []ms
	basis   workload.Basis
}

// assumedLatency stands in where a run tells nothing of its executors' start: a pod on a node that has the image.
const assumedLatency = ms(8000)

func newArrivals(p *workload.Profile) arrivals {
	since := p.Since()
	var measured, initial []workload.Executor
	for _, e := range p.Executors {
		if e.IsDriver() {
			continue
		}
		if _, ok := e.StartLatency(); ok {
			measured = append(measured, e)
		}
		initial = append(initial, e)
	}
	a := arrivals{}
	switch {
	case len(measured) > 0:
		a.first = ms(measured[0].Requested - since)
		for _, e := range measured {
			a.first = min(a.first, ms(e.Requested-since))
			latency, _ := e.StartLatency()
			a.latency = append(a.latency, ms(latency.Milliseconds()))
		}
		a.basis = workload.Measured(len(measured), "executors, request to registration")
	case len(initial) > 0:
		for _, e := range initial {
			a.latency = append(a.latency, ms(e.Added-since))
		}
		a.basis = workload.Measured(len(initial), "executors, application start to registration: the log has no request times")
	default:
		a.latency = []ms{assumedLatency}
		a.basis = workload.Assumed("the run had no executor but the driver; a pod is taken to start in " + assumedLatency.duration().String())
	}
	slices.Sort(a.latency)
	a.first = max(0, a.first)
	a.base = a.gate(p)
	return a
}

// gate returns when the registered-resources gate opened in the recorded run, or first where there was none.
func (a arrivals) gate(p *workload.Profile) ms {
	policy, err := allocation.FromConf(p.Conf)
	if err != nil {
		return a.first
	}
	need := gateCount(p.Conf, policy.InitialTarget())
	var registered []ms
	for _, e := range p.Executors {
		registered = append(registered, ms(e.Added-p.Since()))
	}
	slices.Sort(registered)
	if need <= 0 || need > len(registered) {
		return a.first
	}
	return min(registered[need-1], a.first+maxGate)
}

// of returns the latency of the n-th executor of a batch of size: the quantile of the measured ones at its place, so
// that few executors at once come as the fast ones did.
func (a arrivals) of(n int) ms { return a.latency[min(n, len(a.latency)-1)] }

// Latency returns the median time from request to registration that the recorded run showed, and what it rests on.
func (w *Work) Latency() (time.Duration, workload.Basis) {
	return workload.Quantile(w.arrivals.latency, 0.5).duration(), w.arrivals.basis
}
