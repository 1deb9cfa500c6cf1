package eventlog

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/sparkscale/sparkscale/workload"
)

// ReadAll reads many logs, as many at once as there are workers, and gives their profiles in the order of the logs: for
// each log one pair, with the error of Log.Read where there is one. One log that cannot be read does not end the
// sequence; the end of the context does, with its error, and so do options that are not valid and workers below 1, with
// one. Ranging over it again reads again.
//
// Memory is bounded: beside those that are being read, at most as many profiles again wait for their turn. A log takes a
// goroutine to parse it and one to decompress; all have ended when the loop has, by break too. What is called by
// [WithProgress] is called for one log at a time.
func ReadAll(ctx context.Context, logs []Log, workers int, opts ...Option) iter.Seq2[*workload.Profile, error] {
	return func(yield func(*workload.Profile, error) bool) {
		if workers < 1 {
			yield(nil, fmt.Errorf("eventlog: ReadAll with %d workers: it must be above 0", workers))
			return
		}
		if _, err := newOptions(opts); err != nil {
			yield(nil, err)
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		all := &readers{ctx: ctx, logs: logs, opts: oneAtATime(opts), slots: make(chan struct{}, workers)}
		defer all.running.Wait()
		defer cancel()
		all.yield(yield)
	}
}

// readers read logs beside each other.
type readers struct {
	ctx     context.Context
	logs    []Log // that nobody reads yet
	opts    []Option
	slots   chan struct{} // one for each log that is being read
	waiting []chan result // of those that were begun, in their order
	running sync.WaitGroup
}

type result struct {
	profile *workload.Profile
	err     error
}

func (r *readers) yield(yield func(*workload.Profile, error) bool) {
	for range 2 * cap(r.slots) {
		r.begin()
	}
	for len(r.waiting) > 0 {
		next := <-r.waiting[0]
		r.waiting = r.waiting[1:]
		if err := r.ctx.Err(); err != nil {
			yield(nil, err)
			return
		}
		r.begin()
		if !yield(next.profile, next.err) {
			return
		}
	}
}

// begin lets the next log be read as soon as a slot is free.
func (r *readers) begin() {
	if len(r.logs) == 0 {
		return
	}
	log, done := r.logs[0], make(chan result, 1)
	r.logs, r.waiting = r.logs[1:], append(r.waiting, done)
	r.running.Go(func() {
		select {
		case r.slots <- struct{}{}:
			defer func() { <-r.slots }()
			profile, err := log.Read(r.ctx, r.opts...)
			done <- result{profile, err}
		case <-r.ctx.Done():
			done <- result{nil, r.ctx.Err()}
		}
	})
}

// oneAtATime keeps the calls of the progress function apart.
func oneAtATime(opts []Option) []Option {
	var mutex sync.Mutex
	return append(opts[:len(opts):len(opts)], func(o *options) error {
		if call := o.progress; call != nil {
			o.progress = func(p Progress) {
				mutex.Lock()
				defer mutex.Unlock()
				call(p)
			}
		}
		return nil
	})
}
