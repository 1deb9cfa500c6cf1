package objectscaler

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// maxEntries is how many listings are remembered.
const maxEntries = 10_000

// cache answers queries: from memory while the answer is younger than the interval, by the listing that already runs for the
// same query, or by a new one.
type cache struct {
	buckets buckets
	now     func() time.Time
	timeout time.Duration // for a listing, the wait for its turn included
	limit   int64         // objects of a listing
	turns   chan struct{} // as many as may run at once
	closing chan struct{}
	metrics *metrics

	flights singleflight.Group
	mu      sync.Mutex
	entries map[query]Tally
}

// tally answers the query. A caller that gives up does not end the listing: others may wait for it, and the next poll will.
func (c *cache) tally(ctx context.Context, q query, interval time.Duration) (Tally, error) {
	if t, ok := c.fresh(q, interval); ok {
		c.metrics.answers.WithLabelValues("cache").Inc()
		return t, nil
	}
	bounded, cancel := context.WithTimeoutCause(ctx, c.timeout, ErrSlow)
	defer cancel()
	flight := c.flights.DoChan(q.key(), func() (any, error) {
		if t, ok := c.fresh(q, interval); ok { // a listing ended after the look above
			return t, nil
		}
		return c.list(context.WithoutCancel(ctx), q)
	})
	select {
	case r := <-flight:
		c.metrics.answers.WithLabelValues("listing").Inc()
		t, _ := r.Val.(Tally)
		return t, r.Err
	case <-bounded.Done():
		return Tally{}, storeErrorOrOwn(ctx, q.Location, context.Cause(bounded))
	}
}

// storeErrorOrOwn tells the end of the caller's patience from the end of the scaler's.
func storeErrorOrOwn(caller context.Context, l Location, cause error) error {
	if err := caller.Err(); err != nil {
		return err
	}
	return storeError(l, cause)
}

// fresh looks for an answer whose listing began less than the interval ago. That it counts from the beginning makes sure
// that who asks once an interval gets a new one each time.
func (c *cache) fresh(q query, interval time.Duration) (Tally, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.entries[q]
	return t, ok && c.now().Sub(t.At) < interval
}

// list lists the store, when it is its turn, and remembers the answer. Failures are not remembered.
func (c *cache) list(ctx context.Context, q query) (Tally, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, ErrSlow)
	defer cancel()
	defer c.until(ctx, cancel)()
	select {
	case c.turns <- struct{}{}:
		defer func() { <-c.turns }()
	case <-ctx.Done():
		return Tally{}, storeError(q.Location, fmt.Errorf("%w: %d other listings are running", ErrSlow, cap(c.turns)))
	}
	t, err := c.measured(ctx, q)
	if err == nil {
		c.remember(q, t)
	}
	return t, err
}

// until ends the listing early when the scaler closes.
func (c *cache) until(ctx context.Context, cancel context.CancelFunc) (stop func()) {
	done := make(chan struct{})
	go func() {
		select {
		case <-c.closing:
			cancel()
		case <-done:
		case <-ctx.Done():
		}
	}()
	return func() { close(done) }
}

func (c *cache) measured(ctx context.Context, q query) (Tally, error) {
	c.metrics.running.Inc()
	defer c.metrics.running.Dec()
	began := c.now()
	t, err := c.count(ctx, q, began)
	if err != nil {
		err = storeError(q.Location, cause(ctx, err))
	}
	c.metrics.listed(q.Provider, t, err, c.now().Sub(began))
	return t, err
}

// cause is why a listing failed: the scaler's own reason where it ended it.
func cause(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	if why := context.Cause(ctx); errors.Is(why, ErrSlow) {
		return why
	}
	return ErrClosed
}

func (c *cache) count(ctx context.Context, q query, now time.Time) (t Tally, err error) {
	store, err := c.buckets.use(ctx, q.Location)
	if err != nil {
		return Tally{}, err
	}
	defer func() { c.buckets.release(q.Location, store, err != nil) }()
	return q.count(ctx, store, now, c.limit)
}

// remember keeps an answer.
func (c *cache) remember(q query, t Tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) >= maxEntries {
		c.forget(t.At)
	}
	c.entries[q] = t
}

// forget makes room for many at once: those go that are older than any interval, then others until an eighth is free.
func (c *cache) forget(now time.Time) {
	for q, old := range c.entries {
		if now.Sub(old.At) > MaxInterval {
			delete(c.entries, q)
		}
	}
	for q := range c.entries {
		if len(c.entries) <= maxEntries*7/8 {
			return
		}
		delete(c.entries, q)
	}
}

func (c *cache) close() {
	close(c.closing)
	c.buckets.close()
}
