package allocation

import (
	"iter"
	"time"
)

// State is what a manager knows beside its resource profiles.
type State struct {
	// AddTime is when executors may next be added, on the clock of the events; units.Forever is none. It can lie in the
	// past.
	AddTime time.Duration
	// Initializing is true while the initial target holds: until a stage is submitted or an executor times out.
	Initializing bool
	// Executors are all that are tracked, those of unknown profile included. Of them Removing have been killed and
	// Decommissioning decommissioned, and are not gone yet.
	Executors, Removing, Decommissioning int
}

// ProfileState is what a manager knows of a resource profile. All are counts of executors.
type ProfileState struct {
	// Profile is its id.
	Profile int
	// Target is how many it asks for, Add how many it would add in the next round.
	Target, Add int
	// Need is how many the tasks would use at this moment. It is not bound by min and max, and negative where tasks
	// started after their stage completed.
	Need int
	// Executors are those that are tracked, whether or not they have been asked to leave.
	Executors int
}

// State returns the state at this moment.
func (m *Manager) State() State {
	return State{
		AddTime: m.addTime, Initializing: m.initializing,
		Executors: len(m.monitor.live), Removing: m.monitor.leaving, Decommissioning: m.monitor.draining,
	}
}

// Profiles yields the resource profiles that have a target, by rising id: the default one, and the others from their
// first stage.
func (m *Manager) Profiles() iter.Seq[ProfileState] {
	return func(yield func(ProfileState) bool) {
		for _, p := range m.requested {
			s := ProfileState{Profile: p.id, Target: p.target, Add: p.step, Need: p.need(&m.policy), Executors: p.executors}
			if !yield(s) {
				return
			}
		}
	}
}
