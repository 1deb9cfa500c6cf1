package replay

import (
	"math/bits"

	"github.com/sparkscale/sparkscale/workload"
)

// account keeps the books of a replay.
type account struct {
	firstJob ms // submission
	lastEnd  ms // of a job
	busy     ms // slot time of tasks
	lived    ms // executor time
	peak     int32
	bound    [bounds]ms
	idle     [bounds]ms // slot time without a task
	// tailIdle is the idle slot time in tails, divided by the stages that were active.
	tailIdle float64
	waits    waits
	timeline []workload.Level
}

// The states of a replay, by what holds it up.
const (
	byDriver = iota
	byArrival
	byCapacity
	byTail
	bounds
)

func (a *account) start(e *engine) {
	a.firstJob = -1
	a.level(e)
}

// advance moves the clock and books the time that passed under the state that held.
func (e *engine) advance(to ms) {
	if to <= e.now {
		return
	}
	e.account.passed(e, to-e.now)
	e.now = to
}

// passed books time under the state that held.
func (a *account) passed(e *engine, t ms) {
	state := e.state()
	idle := max(0, ms(e.pods.live)*ms(e.slots)-ms(e.running)) * t
	a.bound[state] += t
	a.idle[state] += idle
	if state == byTail {
		a.tailIdle += float64(idle) / float64(max(1, e.active))
	}
}

// state says what holds the replay up: the driver, where no stage is active; executors on their way, where tasks wait
// and fewer are there than asked for; the count of executors, where tasks wait for a slot; and the last tasks of
// stages, where none waits.
func (e *engine) state() int {
	switch {
	case e.active == 0:
		return byDriver
	case e.pending == 0:
		return byTail
	case e.pods.live < e.pods.asked || e.pods.live == 0 || e.manager.growing():
		return byArrival
	}
	return byCapacity
}

// level writes a step of the timeline.
func (a *account) level(e *engine) {
	live := int32(e.pods.live)
	a.peak = max(a.peak, live)
	l := workload.Level{
		At: e.profile.Since() + workload.Instant(e.now), Executors: int(live), Cores: int(live) * max(1, e.Shape.Cores),
		Running: int(e.running), Pending: int(e.pending), Stages: int(e.active),
	}
	if n := len(a.timeline); n > 0 && a.timeline[n-1].At == l.At {
		a.timeline[n-1] = l
		return
	}
	a.timeline = append(a.timeline, l)
}

// left books the life of an executor that goes.
func (a *account) left(e *engine, x int32) { a.lived += e.now - e.executors[x].up }

func (a *account) waited(t ms) { a.waits.add(t) }

// waits is a histogram of milliseconds: exact below 128, then with 64 steps to each doubling.
type waits struct {
	n      int
	counts [64 * 48]int32
}

func bucket(t ms) int {
	if t < 128 {
		return int(max(t, 0))
	}
	shift := bits.Len64(uint64(t)) - 7
	return 64*shift + int(t>>shift)
}

func (w *waits) add(t ms) {
	w.n++
	w.counts[min(bucket(t), len(w.counts)-1)]++
}

// quantile returns the lower edge of the bucket that holds it.
func (w *waits) quantile(q float64) ms {
	rank := min(int(q*float64(w.n)), w.n-1)
	for b, n := range w.counts {
		if rank -= int(n); rank < 0 {
			if b < 128 {
				return ms(b)
			}
			shift := b/64 - 1
			return ms(b-64*shift) << shift
		}
	}
	return 0
}
