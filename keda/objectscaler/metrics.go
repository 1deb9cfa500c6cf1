package objectscaler

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/status"
)

// metrics are what the scaler tells of itself. None has a bucket or a prefix as a label: how many there are is for the
// authors of triggers to say.
type metrics struct {
	requests *prometheus.CounterVec
	answers  *prometheus.CounterVec
	listings *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	objects  *prometheus.CounterVec
	running  prometheus.Gauge
}

func newMetrics() *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "objectscaler_" + name, Help: help}, labels)
	}
	return &metrics{
		requests: counter("requests_total", "Calls of KEDA that ended, by method and gRPC code.", "method", "code"),
		answers:  counter("answers_total", "Values that were answered, from the cache or from a listing.", "from"),
		listings: counter("listings_total", "Listings that ended, by provider and result: ok, capped, limit, slow, closed, error.", "provider", "result"),
		objects:  counter("objects_listed_total", "Objects that stores named in listings.", "provider"),
		running:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "objectscaler_listings_running", Help: "Listings that run now."}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "objectscaler_listing_seconds", Help: "Time that listings took, by provider.", Buckets: prometheus.ExponentialBuckets(0.01, 2.5, 9),
		}, []string{"provider"}),
	}
}

func (m *metrics) register(r prometheus.Registerer) error {
	var errs []error
	for _, c := range []prometheus.Collector{m.requests, m.answers, m.listings, m.seconds, m.objects, m.running} {
		errs = append(errs, r.Register(c))
	}
	return errors.Join(errs...)
}

// answered counts a call when it ends.
func (m *metrics) answered(method string, err *error) {
	m.requests.WithLabelValues(method, status.Code(*err).String()).Inc()
}

func (m *metrics) listed(p Provider, t Tally, err error, took time.Duration) {
	m.listings.WithLabelValues(string(p), result(t, err)).Inc()
	m.objects.WithLabelValues(string(p)).Add(float64(t.Listed))
	m.seconds.WithLabelValues(string(p)).Observe(took.Seconds())
}

func result(t Tally, err error) string {
	switch {
	case errors.Is(err, ErrLimit):
		return "limit"
	case errors.Is(err, ErrSlow):
		return "slow"
	case errors.Is(err, ErrClosed):
		return "closed"
	case err != nil:
		return "error"
	case t.Capped:
		return "capped"
	}
	return "ok"
}
