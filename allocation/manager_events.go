package allocation

import (
	"time"

	"github.com/sparkscale/sparkscale/workload"
)

// Task is one attempt of a task.
type Task struct {
	Stage Stage
	// Index is the task's index in its stage, the same for each attempt and copy.
	Index    int
	Executor Executor
	// Speculative is true for a copy of a slow task.
	Speculative bool
}

// StageSubmitted takes a stage attempt of so many tasks that need executors of the resource profile. The first one ends
// the wait for the initial executors. A new profile gets the initial target, requested at once if it is not 0.
func (m *Manager) StageSubmitted(now time.Duration, stage Stage, tasks, profile int) {
	m.advance(now)
	m.initializing = false
	m.backlogged()
	p, a := m.profile(profile), m.attempt(stage)
	m.withdraw(a)
	a.submitted, a.tasks = true, tasks
	a.enterProfile(p)
	m.contribute(a)
	if m.demand(p) && p.target > 0 {
		m.request()
	}
}

// StageCompleted takes the end of a stage attempt, whose tasks may still run. With the last one the backlog ends.
func (m *Manager) StageCompleted(now time.Duration, stage Stage) {
	m.advance(now)
	if a := m.attempts[stage]; a != nil {
		m.withdraw(a)
		a.complete()
		a.leaveProfile()
		m.contribute(a)
	}
	if m.open == 0 {
		m.queueEmpty()
	}
}

// TaskStart takes the start of a task. When no task is left to start the backlog ends.
func (m *Manager) TaskStart(now time.Duration, task Task) {
	m.advance(now)
	a := m.attempt(task.Stage)
	m.withdraw(a)
	a.running++
	if task.Speculative {
		a.startedCopies.add(task.Index)
		a.pendingCopies.remove(task.Index)
	} else {
		a.started.add(task.Index)
	}
	m.contribute(a)
	if m.waiting == 0 {
		m.queueEmpty()
	}
	m.taskStartedOn(task.Executor)
}

// TaskEnd takes the end of a task. Any end but success and killing is a failure, after which the task will run again.
// [workload.Running] is no end and is ignored.
func (m *Manager) TaskEnd(now time.Duration, task Task, status workload.Status) {
	m.advance(now)
	switch status {
	case workload.Running:
		return
	case workload.Succeeded, workload.Killed:
		m.endTask(task, status)
	default:
		m.failTask(task)
	}
	m.taskEndedOn(task, status == workload.Succeeded)
}

func (m *Manager) endTask(task Task, status workload.Status) {
	if a := m.attempts[task.Stage]; a != nil {
		m.withdraw(a)
		a.end(task)
		if status == workload.Succeeded {
			a.pendingCopies.remove(task.Index)
		}
		m.contribute(a)
	}
}

// failTask looks for a backlog before the index is free, as Spark does.
func (m *Manager) failTask(task Task) {
	a := m.attempts[task.Stage]
	if a != nil {
		m.withdraw(a)
		a.end(task)
		m.count(a, +1)
	}
	if m.waiting == 0 {
		m.backlogged()
	}
	if a != nil {
		m.withdraw(a)
		if !task.Speculative {
			a.started.remove(task.Index)
		}
		m.contribute(a)
	}
}

// end counts the task as no longer running.
func (a *attempt) end(task Task) {
	if a.running > 0 {
		if a.running--; a.running == 0 {
			a.leaveProfile()
		}
	}
	if task.Speculative {
		a.startedCopies.remove(task.Index)
	}
}

// SpeculativeTaskSubmitted takes the wish for a copy of the task of that index.
func (m *Manager) SpeculativeTaskSubmitted(now time.Duration, stage Stage, index int) {
	m.advance(now)
	a := m.attempt(stage)
	m.withdraw(a)
	a.pendingCopies.add(index)
	m.contribute(a)
	m.backlogged()
}

// UnschedulableTaskSetAdded takes that a stage attempt has a task that no executor may run, because of exclusion after
// failures. Such an attempt asks for executors beyond those that exist.
func (m *Manager) UnschedulableTaskSetAdded(now time.Duration, stage Stage) {
	m.advance(now)
	a := m.attempt(stage)
	m.withdraw(a)
	a.unschedulable = true
	m.contribute(a)
	m.backlogged()
}

// UnschedulableTaskSetRemoved takes that it is no longer so.
func (m *Manager) UnschedulableTaskSetRemoved(now time.Duration, stage Stage) {
	m.advance(now)
	if a := m.attempts[stage]; a != nil {
		m.withdraw(a)
		a.unschedulable = false
		a.leaveProfile()
		m.contribute(a)
	}
}
