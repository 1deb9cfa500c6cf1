package objectscaler

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// The defaults of a scaler.
const (
	DefaultInterval = 30 * time.Second // KEDA's polling interval
	DefaultTimeout  = 20 * time.Second
	DefaultLimit    = 1_000_000
	DefaultListings = 8
)

// Option changes a scaler.
type Option func(*Scaler) error

// WithInterval sets for how long a listing answers, where the trigger names no pollingInterval: by default 30 s, KEDA's own.
func WithInterval(d time.Duration) Option {
	return func(s *Scaler) error {
		s.interval = d
		return positive("the interval", d >= MinInterval && d <= MaxInterval, d)
	}
}

// WithTimeout sets how long a listing may take, the wait for its turn included: by default 20 s. Over it is an error.
func WithTimeout(d time.Duration) Option {
	return func(s *Scaler) error {
		s.cache.timeout = d
		return positive("the timeout", d > 0, d)
	}
}

// WithLimit sets how many objects a listing may name: by default 1,000,000. More are an error, never a part of the count.
func WithLimit(objects int64) Option {
	return func(s *Scaler) error {
		s.cache.limit = objects
		return positive("the limit", objects > 0, objects)
	}
}

// WithListings sets how many listings may run at once: by default 8. Others wait for their turn.
func WithListings(n int) Option {
	return func(s *Scaler) error {
		if n < 1 || n > 1000 {
			return positive("the listings at once", false, n)
		}
		s.cache.turns = make(chan struct{}, n)
		return nil
	}
}

// WithOpener sets what opens buckets: by default [OpenURL].
func WithOpener(open Opener) Option {
	return func(s *Scaler) error {
		s.cache.buckets.open = open
		return positive("the opener", open != nil, "nil")
	}
}

// WithParameters adds parameters to the URLs of a provider's buckets, as gocloud.dev documents them: for S3 for example
// endpoint and use_path_style, for a store that is not Amazon's. They are the operator's; a trigger cannot set them.
func WithParameters(p Provider, params url.Values) Option {
	return func(s *Scaler) error {
		s.cache.buckets.params[p] = params
		return positive("the provider", schemes[p] != "", p)
	}
}

// WithWork gives the work that triggers of metric planned refer to by the name.
func WithWork(name string, w Work) Option {
	return func(s *Scaler) error {
		if name == "" || w.Slots < 1 || w.Max < 1 || !(w.Each > 0) {
			return fmt.Errorf("objectscaler: the work %q is not complete; make it with NewWork", name)
		}
		s.work[name] = w
		return nil
	}
}

// WithClock sets the clock, which ages and the age of listings are held against: by default time.Now.
func WithClock(now func() time.Time) Option {
	return func(s *Scaler) error {
		s.cache.now = now
		return positive("the clock", now != nil, "nil")
	}
}

// WithRegisterer registers the scaler's metrics. The error is the registerer's, for example of names that it has already.
func WithRegisterer(r prometheus.Registerer) Option {
	return func(s *Scaler) error {
		if r == nil {
			return errors.New("objectscaler: the registerer is nil")
		}
		return s.cache.metrics.register(r)
	}
}

func positive(what string, ok bool, value any) error {
	if ok {
		return nil
	}
	return fmt.Errorf("objectscaler: %s cannot be %v", what, value)
}
