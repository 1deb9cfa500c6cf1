package allocation

import "slices"

// Stage names one attempt of a stage.
type Stage struct{ ID, Attempt int }

// attempt is what the manager's listener (ExecutorAllocationListener) keeps of a stage attempt, in Spark in a map each. That
// a map has a key is a fact of its own: indexSet.exists and submitted.
type attempt struct {
	stage Stage
	// submitted says that tasks, the count of tasks, is known.
	submitted      bool
	tasks, running int
	// started are the indices with a started task; pendingCopies and startedCopies those of speculative ones.
	started, pendingCopies, startedCopies indexSet
	unschedulable                         bool
	// profiles list the attempt: one, unless it was submitted with several.
	profiles []*profile
}

// load is the attempt's part of the load of its profiles. Pending falls below 0 where a task started after the
// completion.
func (a *attempt) load() load {
	l := load{pending: a.tasks - a.started.size, copies: a.pendingCopies.size, running: a.running}
	if a.unschedulable {
		l.unschedulable = 1
	}
	return l
}

// waits reports whether tasks of a listed attempt wait for a slot.
func (a *attempt) waits() bool {
	return len(a.profiles) > 0 && (a.tasks > a.started.size || a.pendingCopies.size > 0)
}

// open reports whether the attempt keeps the queue from being empty when stages complete.
func (a *attempt) open() bool {
	return a.submitted || a.pendingCopies.exists || a.startedCopies.exists
}

// over reports whether nothing more can come from the attempt.
func (a *attempt) over() bool { return !a.open() && !a.started.exists && a.running == 0 }

// complete forgets all but the running tasks.
func (a *attempt) complete() {
	a.submitted, a.tasks = false, 0
	a.started.drop()
	a.pendingCopies.drop()
	a.startedCopies.drop()
}

// attempt finds or makes an attempt.
func (m *Manager) attempt(stage Stage) *attempt {
	a := m.attempts[stage]
	if a != nil {
		return a
	}
	if last := len(m.unused) - 1; last >= 0 {
		a, m.unused = m.unused[last], m.unused[:last]
	} else {
		a = &attempt{}
	}
	a.stage = stage
	m.attempts[stage] = a
	return a
}

// withdraw takes the attempt's part out of all sums, so that it may change. Afterwards contribute puts it back.
func (m *Manager) withdraw(a *attempt) { m.count(a, -1) }

func (m *Manager) contribute(a *attempt) {
	m.count(a, +1)
	if a.over() && !a.unschedulable && len(a.profiles) == 0 {
		delete(m.attempts, a.stage)
		m.unused = append(m.unused, a)
	}
}

func (m *Manager) count(a *attempt, sign int) {
	if a.waits() {
		m.waiting += sign
	}
	if a.open() {
		m.open += sign
	}
	for _, p := range a.profiles {
		p.load.add(a.load(), sign)
	}
}

// leaveProfile takes an attempt that is over off its profile. One that two profiles list stays with both, as in Spark
// (removeStageFromResourceProfileIfUnused).
func (a *attempt) leaveProfile() {
	if a.over() && len(a.profiles) == 1 {
		a.profiles = a.profiles[:0]
	}
}

// enterProfile lists the attempt with a profile.
func (a *attempt) enterProfile(p *profile) {
	if !slices.Contains(a.profiles, p) {
		a.profiles = append(a.profiles, p)
	}
}
