package allocation

// updateTargets moves the targets towards the need, sends them if one moved, and reports whether
// (updateAndSyncNumExecutorsTarget). Where none moves, steps may go back to 1, which moves none at the next tick either.
func (m *Manager) updateTargets() (moved bool) {
	for _, p := range m.requested {
		p.before = p.target
		switch need := p.need(&m.policy); {
		case need < p.target:
			p.target, p.step = max(need, m.policy.Min), 1
		case m.now >= m.addTime:
			p.grow(&m.policy, need)
		}
		moved = moved || p.target != p.before
	}
	if moved {
		m.sync()
	}
	return moved
}

// grow raises the target by the step, from the executors that exist if they are more, up to need and maximum
// (addExecutors).
func (p *profile) grow(policy *Policy, need int) {
	limit := policy.EffectiveMax()
	if p.target >= limit {
		p.step = 1
		return
	}
	p.target = max(min(max(p.target, p.executors)+p.step, need, limit), policy.Min)
	if p.target == p.before {
		p.step = 1
	}
}

// sync sends the new targets. Acknowledged, a full step doubles the next one and the timer of the sustained backlog
// starts; refused, the targets go back and all else stays (doUpdateRequest).
func (m *Manager) sync() {
	acknowledged := m.request()
	for _, p := range m.requested {
		switch delta := p.target - p.before; {
		case !acknowledged:
			p.target = p.before
		case delta > 0:
			if delta == p.step {
				p.step *= 2
			} else {
				p.step = 1
			}
			m.addTime = later(m.now, finite(m.policy.Sustained))
		}
	}
}

// removeTimedOut asks the timed-out executors to leave that minimum and target do not keep, and reports whether it asked
// any (removeExecutors).
func (m *Manager) removeTimedOut() (asked bool) {
	if m.leaving = m.removable(m.leaving[:0]); len(m.leaving) == 0 {
		return false
	}
	accepted := m.backend.Remove(m.leaving)
	m.request() // killing lowers the backend's target, which this puts right
	if len(accepted) > 0 {
		m.monitor.markLeaving(accepted, m.policy.Decommission)
	}
	return true
}

// removable appends the executors to ask, in the order of the list.
func (m *Manager) removable(ids []Executor) []Executor {
	for _, e := range m.monitor.timedOut {
		e.profile.staying = e.profile.executors - e.profile.leaving - e.profile.draining
	}
	for _, e := range m.monitor.timedOut {
		p := e.profile
		switch {
		case p.id == UnknownProfile || p.staying-1 < m.policy.Min:
		case !p.demanded: // Spark looks for its target in vain, and the round ends with that
			return nil
		case p.staying-1 >= p.target:
			ids = append(ids, e.executor)
			p.staying--
		}
	}
	return ids
}
