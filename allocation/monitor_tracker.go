package allocation

import "time"

// tracker is what the monitor knows of an executor (ExecutorMonitor.Tracker).
type tracker struct {
	id string
	// profile is nil while the executor is not tracked.
	profile *profile
	// place is the index in monitor.live.
	place int

	running int
	// idle says that idleSince counts: no task has run from then on.
	idle      bool
	idleSince time.Duration
	// deadline is when it will have been idle for too long.
	deadline time.Duration
	// timedOut says that it was on the last list that considered it.
	timedOut bool
	// leaving: it was killed, and draining: decommissioned, and has not gone yet.
	leaving, draining bool

	// cached are the blocks that it holds of each cached RDD; shuffles those of which it has files.
	cached   map[int]*indexSet
	shuffles indexSet
	// activeShuffle says that a running job may need those files.
	activeShuffle bool
}

// begin clears what is left of an earlier executor of the id.
func (t *tracker) begin(place int) {
	t.place, t.running, t.idle, t.deadline = place, 0, false, never
	t.timedOut, t.leaving, t.draining, t.activeShuffle = false, false, false, false
	clear(t.cached)
	t.shuffles.drop()
}

// moveTo takes the executor from its profile to another, or to none.
func (t *tracker) moveTo(p *profile) {
	t.countIn(t.profile, -1)
	if t.profile = p; p != nil {
		t.countIn(p, +1)
	}
}

func (t *tracker) countIn(p *profile, sign int) {
	p.executors += sign
	if t.leaving {
		p.leaving += sign
	}
	if t.draining {
		p.draining += sign
	}
}

// runs counts tasks that started or ended. Whenever none is left the idle timer starts again
// (Tracker.updateRunningTasks).
func (m *monitor) runs(t *tracker, delta int, now time.Duration) {
	t.running = max(0, t.running+delta)
	t.idle, t.idleSince = t.running == 0, now
	m.updateTimeout(t)
}

// updateTimeout sets the deadline. Where it moves later for an executor on the list, the list is void.
func (m *monitor) updateTimeout(t *tracker) {
	before := t.deadline
	t.deadline = never
	if t.idle {
		t.deadline = later(t.idleSince, m.timeout(t))
	}
	if t.deadline > before && t.timedOut {
		m.nextTimeout = atOnce
	} else {
		m.nextTimeout = min(m.nextTimeout, t.deadline)
	}
}

// timeout is how long the executor may idle: the longest of the timeouts that apply.
func (m *monitor) timeout(t *tracker) time.Duration {
	timeout := m.idle
	if len(t.cached) > 0 {
		timeout = max(timeout, m.cachedIdle)
	}
	if t.shuffles.size > 0 {
		timeout = max(timeout, m.shuffleFor)
	}
	return timeout
}

// addShuffle notes that the executor has files of a shuffle. The deadline stays as it is until something updates it.
func (t *tracker) addShuffle(id int) {
	if t.shuffles.add(id) {
		t.activeShuffle = true
	}
}

// removeShuffle forgets a shuffle; with the last one the executor is only idle.
func (m *monitor) removeShuffle(t *tracker, id int) {
	if t.shuffles.remove(id) && t.shuffles.size == 0 {
		t.activeShuffle = false
		if t.idle {
			m.updateTimeout(t)
		}
	}
}
