package objectscaler

import (
	"context"
	"net/url"
	"sync"
)

// maxBuckets is how many buckets stay open between listings.
const maxBuckets = 256

// buckets keeps stores open between listings: an SDK's client has connections and credentials that are dear to get.
type buckets struct {
	open   Opener
	params map[Provider]url.Values

	mu    sync.Mutex
	known map[Location]*opened
}

// opened is a store that listings share. It is closed when it is out of use after it was dropped.
type opened struct {
	Store
	users   int
	dropped bool
}

// use returns the store of a bucket, for as long as release is not called.
func (b *buckets) use(ctx context.Context, l Location) (*opened, error) {
	l = l.bucket()
	if o := b.find(l); o != nil {
		return o, nil
	}
	// SDKs keep the context with which they were opened, to renew credentials long after this listing
	s, err := b.open(context.WithoutCancel(ctx), l.url(b.params[l.Provider]))
	if err != nil {
		return nil, err
	}
	return b.keep(l, &opened{Store: s, users: 1}), nil
}

func (b *buckets) find(l Location) *opened {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.known[l]
	if o != nil {
		o.users++
	}
	return o
}

// keep remembers a store, in place of one that was opened at the same time for another prefix.
func (b *buckets) keep(l Location, o *opened) *opened {
	b.mu.Lock()
	defer b.mu.Unlock()
	if other := b.known[l]; other != nil {
		b.drop(l, other)
	}
	for at, other := range b.known {
		if len(b.known) < maxBuckets {
			break
		}
		b.drop(at, other)
	}
	b.known[l] = o
	return o
}

// release ends a use. After a failure the next use opens the bucket anew: its credentials may have changed.
func (b *buckets) release(l Location, o *opened, failed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o.users--
	switch {
	case failed && b.known[l.bucket()] == o:
		b.drop(l.bucket(), o)
	case o.dropped && o.users == 0:
		_ = o.Close()
	}
}

// drop forgets a store, and closes it where it is not in use.
func (b *buckets) drop(l Location, o *opened) {
	delete(b.known, l)
	o.dropped = true
	if o.users == 0 {
		_ = o.Close()
	}
}

func (b *buckets) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for l, o := range b.known {
		b.drop(l, o)
	}
}
