package replay

import (
	"cmp"
	"math"
	"slices"
)

// share is work on the shared processors: of an executor that starts, or of a task that warms one up.
type share struct {
	left    float64
	decided int
	warms   int32 // executor, or none
	then    func()
}

// share gives work to the shared processors.
func (o *oracle) share(work float64, warms int32, then func()) {
	if o.arrivals().AtOnce <= 0 {
		o.in(ms(math.Round(work)), then)
		return
	}
	o.changed()
	o.shares = append(o.shares, &share{work, o.decided, warms, then})
}

// changed notes that the end of the first share is decided anew.
func (o *oracle) changed() {
	o.decided++
	o.bell = o.decided
}

// rate is how fast each share goes on. Executors that start count 1, those that warm up less.
func (o *oracle) rate() float64 {
	load := float64(o.count(func(e *oracleExecutor) bool { return e.starting }))
	var warming []int32
	for _, s := range o.shares {
		switch {
		case s.warms == none:
			load++
		case !slices.Contains(warming, s.warms):
			warming = append(warming, s.warms)
			load += 0.7
		}
	}
	if atOnce := o.arrivals().AtOnce; atOnce > 0 && load > atOnce {
		return atOnce / load
	}
	return 1
}

// oracleSlight is the work that counts as none.
const oracleSlight = 0.001

// rings reports whether a share is done.
func (o *oracle) rings() bool {
	return slices.ContainsFunc(o.shares, func(s *share) bool { return s.left <= oracleSlight })
}

// ring ends the shares that are done, those first that were done first.
func (o *oracle) ring() {
	var done []*share
	o.shares = slices.DeleteFunc(o.shares, func(s *share) bool {
		if s.left <= oracleSlight {
			done = append(done, s)
		}
		return s.left <= oracleSlight
	})
	slices.SortFunc(done, func(a, b *share) int {
		if math.Abs(a.left-b.left) > 1e-6 {
			return cmp.Compare(a.left, b.left)
		}
		return cmp.Compare(a.decided, b.decided)
	})
	for _, s := range done {
		o.in(0, s.then)
	}
	o.changed()
}
