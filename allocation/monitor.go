package allocation

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Executor is the handle of an executor id in one [Manager]: 0, 1, 2 … in the order of [Manager.Executor].
type Executor int32

// atOnce is a next timeout that has always come, Long.MinValue in Spark.
const atOnce time.Duration = math.MinInt64

// monitor tells which executors have been idle for too long. It is Spark's ExecutorMonitor, whose list of timed-out
// executors is cached: only what sets nextTimeout has it made anew.
type monitor struct {
	tracking, fetchRDD           bool
	idle, cachedIdle, shuffleFor time.Duration

	handles  map[string]Executor
	trackers []tracker
	// live are the tracked executors, in no order.
	live              []Executor
	leaving, draining int

	// timedOut is the list, sorted by id string; nextTimeout is when to look again.
	timedOut    []timedOut
	nextTimeout time.Duration

	shuffles shuffles
}

// timedOut is an executor on the list, with the profile that it had when it was listed.
type timedOut struct {
	executor Executor
	profile  *profile
}

func newMonitor(p Policy) monitor {
	return monitor{
		tracking: p.TracksShuffle(), fetchRDD: p.ShuffleService && p.ShuffleServiceFetchRDD,
		idle: p.Idle, cachedIdle: p.CachedIdle, shuffleFor: p.ShuffleTimeout,
		handles: map[string]Executor{}, nextTimeout: never, shuffles: newShuffles(),
	}
}

// Executor returns the handle of the executor of that id, which is the same for the life of the manager. It is no event:
// any id has one. Handles are for speed; the id decides in which order executors leave.
func (m *Manager) Executor(id string) Executor {
	e, ok := m.monitor.handles[id]
	if !ok {
		e = Executor(len(m.monitor.trackers))
		m.monitor.handles[id] = e
		m.monitor.trackers = append(m.monitor.trackers, tracker{id: id})
	}
	return e
}

// ID returns the id of an executor.
func (m *Manager) ID(e Executor) string { return m.monitor.trackers[e].id }

// ExecutorAdded takes that an executor has registered. Its idle timer starts, or starts again.
func (m *Manager) ExecutorAdded(now time.Duration, e Executor, profile int) {
	m.advance(now)
	t := m.track(e, profile)
	m.monitor.runs(t, 0, m.now)
}

// ExecutorRemoved takes that an executor is gone, for whatever reason.
func (m *Manager) ExecutorRemoved(now time.Duration, e Executor) {
	m.advance(now)
	if t := &m.monitor.trackers[e]; t.profile != nil {
		m.monitor.forget(t)
		m.monitor.nextTimeout = atOnce
	}
}

// taskStartedOn counts a task, unless the backend says that the executor is not active any more.
func (m *Manager) taskStartedOn(e Executor) {
	if m.backend.Active(e) {
		m.monitor.runs(m.track(e, UnknownProfile), +1, m.now)
	}
}

func (m *Manager) taskEndedOn(task Task, success bool) {
	t := &m.monitor.trackers[task.Executor]
	if t.profile == nil {
		return
	}
	if shuffle, ok := m.monitor.shuffles.byStage[task.Stage.ID]; ok && success && m.monitor.tracking {
		t.addShuffle(shuffle)
	}
	m.monitor.runs(t, -1, m.now)
}

// track begins to track an executor, or gives it the profile that it lacked (ensureExecutorIsTracked).
func (m *Manager) track(e Executor, profile int) *tracker {
	t := &m.monitor.trackers[e]
	switch {
	case t.profile == nil:
		t.profile = m.profile(profile)
		t.profile.executors++
		t.begin(len(m.monitor.live))
		m.monitor.live = append(m.monitor.live, e)
	case t.profile.id == UnknownProfile && profile != UnknownProfile:
		t.moveTo(m.profile(profile))
	}
	return t
}

// forget ends the tracking of an executor; the last of the live ones takes its place.
func (m *monitor) forget(t *tracker) {
	last := m.live[len(m.live)-1]
	m.live[t.place] = last
	m.trackers[last].place = t.place
	m.live = m.live[:len(m.live)-1]
	if t.leaving {
		m.leaving--
	}
	if t.draining {
		m.draining--
	}
	t.moveTo(nil)
}

// reset forgets all executors, but not the shuffles.
func (m *monitor) reset() {
	for len(m.live) > 0 {
		m.forget(&m.trackers[m.live[0]])
	}
	m.timedOut, m.nextTimeout = m.timedOut[:0], never
}

// listTimedOut makes the list anew when the time has come, and reports whether it has (timedOutExecutors).
func (m *monitor) listTimedOut(now time.Duration) bool {
	if now < m.nextTimeout {
		return false
	}
	m.timedOut, m.nextTimeout = m.timedOut[:0], never
	for _, e := range m.live {
		t := &m.trackers[e]
		if t.leaving || t.draining || t.activeShuffle {
			continue
		}
		t.timedOut = t.deadline <= now
		if t.timedOut {
			m.timedOut = append(m.timedOut, timedOut{executor: e, profile: t.profile})
		} else {
			m.nextTimeout = min(m.nextTimeout, t.deadline)
		}
	}
	slices.SortFunc(m.timedOut, func(a, b timedOut) int {
		return cmp.Compare(m.trackers[a.executor].id, m.trackers[b.executor].id)
	})
	return true
}

// markLeaving notes the executors whose removal was accepted, which makes the list void (executorsKilled,
// executorsDecommissioned).
func (m *monitor) markLeaving(accepted []Executor, decommission bool) {
	for _, e := range accepted {
		switch t := &m.trackers[e]; {
		case t.profile == nil || t.leaving || t.draining:
		case decommission:
			t.draining = true
			t.profile.draining++
			m.draining++
		default:
			t.leaving = true
			t.profile.leaving++
			m.leaving++
		}
	}
	m.nextTimeout = atOnce
}
