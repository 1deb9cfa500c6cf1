package allocation

import (
	"math"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// TickInterval is the grid on which Spark's manager looks at its timers (ExecutorAllocationManager.intervalMillis).
const TickInterval = 100 * time.Millisecond

// Backend carries out what a [Manager] asks for. It is Spark's ExecutorAllocationClient, of which a manager with its
// monitor uses this much. The slices are the manager's own and hold until the call returns.
type Backend interface {
	// RequestTotal asks for so many executors in all, of each profile that a stage has brought, by rising id. What is
	// not acknowledged is taken back and asked again at the next tick (requestTotalExecutors).
	RequestTotal(targets []Target) (acknowledged bool)
	// Remove asks idle executors to leave, in the order of their id strings, and returns those that will: all, or
	// some, for which the slice may be filtered in place. With Policy.Decommission it is decommissionExecutors,
	// else killExecutors, which refuses the busy ones.
	Remove(executors []Executor) (accepted []Executor)
	// Active reports whether an executor is registered and not on its way out: events of others come too late and
	// are ignored (isExecutorActive).
	Active(executor Executor) bool
}

// Target is how many executors a resource profile should have.
type Target struct{ Profile, Executors int }

// Manager decides how many executors a running application has: when to ask for more, how many, and which idle ones to
// let go. It is an exact model of org.apache.spark.ExecutorAllocationManager with its
// scheduler.dynalloc.ExecutorMonitor, one model for Spark 3.5, 4.0, 4.1 and 4.2, whose rules are the same.
//
// It is a state machine without clock, thread or network. Events go in by the methods that bear the names of Spark's
// listener events, requests come out through a [Backend], and time is an argument: what has passed since an origin
// of the caller's choice, at least 0, never going back (an earlier time counts as the latest one given). The same
// events give the same requests. Who has live events feeds them and calls [Manager.Tick] every [TickInterval]; a
// simulation asks [Manager.NextTick] and skips the ticks between, in which nothing can happen.
//
// Events may come in any order, as they may on Spark's listener bus: late, twice or never. The manager draws Spark's
// conclusions from them, wrong ones included: the start of a task that arrives after the completion of a stage that
// still runs others makes the need one too small for good.
//
// It does not model locality preferences, which do not change the targets, nor the metrics source. Once stages,
// executors and cached RDDs are known, no event of a task or block and no tick allocates memory. It is not safe for concurrent use.
type Manager struct {
	policy  Policy
	backend Backend
	// monitor knows the executors.
	monitor monitor

	origin, now, ticked time.Duration
	// settled says that the last tick changed nothing: until an event comes or a timer runs out, the next will not either.
	settled      bool
	initializing bool
	// addTime is when the next add is due, or never.
	addTime time.Duration

	// profiles are all that were named, requested those with a target, by rising id.
	profiles  map[int]*profile
	requested []*profile

	attempts map[Stage]*attempt
	unused   []*attempt
	// waiting counts attempts with tasks that wait, open those that keep the queue from being empty.
	waiting, open int

	targets []Target
	leaving []Executor
}

// never is the time of what is not set, Long.MaxValue in Spark.
const never = units.Forever

// NewManager returns the manager of an application whose executors run so many tasks at once in the default resource
// profile ([TasksPerExecutor], spark.executor.cores over spark.task.cpus); further profiles follow by
// [Manager.Profile]. Without a backend, nil, every request is acknowledged, every removal accepted and every
// executor active, as under spark.dynamicAllocation.testing. The error is an [*InvalidError] with what
// ExecutorAllocationManager.validateSettings refuses; that the initial count may exceed the maximum is Spark's.
func NewManager(p Policy, slots int, b Backend) (*Manager, error) {
	found := p.violations(spark.Version{}, ValidateOptions{ManagerOnly: true})
	if !p.Dynamic {
		found = append(found, field.Invalid(field.NewPath(spark.DynamicAllocation.Name), false,
			"a manager needs dynamic allocation; a fixed count is asked for once"))
	}
	if b == nil {
		b = yes{}
	}
	m := &Manager{
		policy: p, backend: b, monitor: newMonitor(p), ticked: -1, initializing: true, addTime: never,
		profiles: map[int]*profile{}, attempts: map[Stage]*attempt{},
	}
	if err := invalid(append(found, m.declare(DefaultProfile, slots)...)); err != nil {
		return nil, err
	}
	m.demand(m.profile(DefaultProfile))
	return m, nil
}

// Profile declares a resource profile and how many tasks one of its executors runs at once. It must stand before the
// first stage of the profile; one that is never declared counts as one task an executor. The error is an
// [*InvalidError].
func (m *Manager) Profile(id, slots int) error { return invalid(m.declare(id, slots)) }

func (m *Manager) declare(id, slots int) (found field.ErrorList) {
	if id < DefaultProfile {
		found = append(found, field.Invalid(field.NewPath("profile"), id, "must be the id of a resource profile, which is not negative"))
	}
	if slots < 1 {
		found = append(found, field.Invalid(field.NewPath("slots"), slots,
			"must be at least 1: an executor that runs no task is never asked for; give it cores for one"))
	}
	if len(found) == 0 {
		m.profile(id).slots = slots
	}
	return found
}

// Start sends the initial request, for a target of 0 too. The grid of ticks begins here.
func (m *Manager) Start(now time.Duration) {
	m.advance(now)
	m.origin = m.now
	m.request()
}

// Reset forgets the executors and starts again from the initial targets, at the next tick. Stages and shuffles stay.
// Spark does this where a YARN application master is started anew.
func (m *Manager) Reset(now time.Duration) {
	m.advance(now)
	m.addTime = 0
	for _, p := range m.requested {
		p.target, p.step = m.policy.InitialTarget(), 1
	}
	m.monitor.reset()
}

// Tick is one round of Spark's schedule(): targets follow the need down at once and up in steps, and idle executors
// that min and target do not hold are asked to leave. Spark calls it every [TickInterval], the first time at the
// start.
func (m *Manager) Tick(now time.Duration) {
	m.advance(now)
	m.ticked = m.now
	changed := m.monitor.listTimedOut(m.now)
	if len(m.monitor.timedOut) > 0 {
		m.initializing = false
	}
	if !m.initializing && m.updateTargets() {
		changed = true
	}
	if m.removeTimedOut() {
		changed = true
	}
	m.settled = !changed
}

// NextTick returns the next time of the grid at which a [Manager.Tick] can do anything if no event comes before, and
// whether there is one. It is after the last tick and not before the last event, which so comes first where it has the
// time of a tick. Who wants the tick first calls [Manager.Tick] before the event.
func (m *Manager) NextTick() (time.Duration, bool) {
	at := m.now
	if m.settled { // then only the two timers tell one tick from another
		at = max(at, min(m.monitor.nextTimeout, m.nextAdd()))
	}
	if at > never-TickInterval {
		return 0, false
	}
	next := m.origin + (at-m.origin+TickInterval-1)/TickInterval*TickInterval
	if next <= m.ticked {
		next += TickInterval
	}
	return next, true
}

// nextAdd is when the add timer will run out; one that has run out was seen by the last tick.
func (m *Manager) nextAdd() time.Duration {
	if m.addTime <= m.ticked {
		return never
	}
	return m.addTime
}

// advance sets the clock for an event, after which the next tick is due.
func (m *Manager) advance(now time.Duration) {
	m.now = max(m.now, now)
	m.settled = false
}

// request sends the targets of all profiles.
func (m *Manager) request() (acknowledged bool) {
	m.targets = m.targets[:0]
	for _, p := range m.requested {
		m.targets = append(m.targets, Target{Profile: p.id, Executors: p.target})
	}
	return m.backend.RequestTotal(m.targets)
}

// backlogged starts the timer of the next add, unless it runs (onSchedulerBacklogged).
func (m *Manager) backlogged() {
	if m.addTime == never {
		m.addTime = later(m.now, finite(m.policy.Backlog))
	}
}

// queueEmpty stops it and ends the ramp (onSchedulerQueueEmpty).
func (m *Manager) queueEmpty() {
	m.addTime = never
	for _, p := range m.requested {
		p.step = 1
	}
}

// profile finds or makes a profile.
func (m *Manager) profile(id int) *profile {
	p := m.profiles[id]
	if p == nil {
		p = &profile{id: id, slots: 1}
		m.profiles[id] = p
	}
	return p
}

// demand gives a profile its initial target, unless it has one, and reports whether it is new.
func (m *Manager) demand(p *profile) bool {
	if p.demanded {
		return false
	}
	p.demanded, p.target, p.step = true, m.policy.InitialTarget(), 1
	at, _ := slices.BinarySearchFunc(m.requested, p.id, func(p *profile, id int) int { return p.id - id })
	m.requested = slices.Insert(m.requested, at, p)
	return true
}

// finite reads a timeout of units.Forever as Policy.Conf writes it: Int.MaxValue seconds.
func finite(d time.Duration) time.Duration { return min(d, math.MaxInt32*time.Second) }

// later is t plus d, or never where that is too far.
func later(t, d time.Duration) time.Duration {
	if d > never-t {
		return never
	}
	return t + d
}

// yes is the backend of a manager without one.
type yes struct{}

func (yes) RequestTotal([]Target) bool     { return true }
func (yes) Remove(e []Executor) []Executor { return e }
func (yes) Active(Executor) bool           { return true }
