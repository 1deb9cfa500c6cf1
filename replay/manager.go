package replay

import (
	"strconv"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
)

// manager plays dynamic allocation; nil where the count is fixed or the executors are given, and then it does nothing. It is the backend of Spark's
// manager, whose requests go to the pods.
type manager struct {
	*allocation.Manager
	e *engine
	// at is when the next tick is queued, -1 where none is.
	at ms
	// byHandle are the executors by the manager's handle.
	byHandle []int32
}

func newManager(e *engine) (*manager, error) {
	if !e.Policy.Dynamic || len(e.Executors) > 0 {
		return nil, nil
	}
	m := &manager{e: e, at: -1}
	var err error
	m.Manager, err = allocation.NewManager(e.Policy, int(e.slots), m)
	return m, err
}

// RequestTotal is called by the manager.
func (m *manager) RequestTotal(targets []allocation.Target) bool {
	total := 0
	for _, t := range targets {
		total += t.Executors
	}
	m.e.pods.want(total)
	return true
}

// Remove is called by the manager. An executor that is decommissioned looks once a second whether it is done.
func (m *manager) Remove(list []allocation.Executor) []allocation.Executor {
	accepted := list[:0]
	for _, h := range list {
		x := m.byHandle[h]
		if m.e.executors[x].free < m.e.slots && !m.e.Policy.Decommission {
			continue
		}
		m.e.executors[x].leaving = true
		accepted = append(accepted, h)
		delay := ms(0)
		if m.e.Policy.Decommission {
			delay = 1000
		}
		m.e.queue.push(m.e.now+delay, executorGone, x)
	}
	return accepted
}

// Active is called by the manager.
func (m *manager) Active(h allocation.Executor) bool {
	x := &m.e.executors[m.byHandle[h]]
	return x.alive && !x.leaving
}

func (m *manager) now() time.Duration { return m.e.now.duration() }

func (m *manager) start() {
	m.Manager.Start(m.now())
	m.schedule()
}

// schedule queues the next tick at which anything can happen.
func (m *manager) schedule() {
	if m == nil {
		return
	}
	next, ok := m.NextTick()
	if !ok {
		m.at = -1
		return
	}
	if at := ms(next.Milliseconds()); at != m.at {
		m.at = at
		m.e.queue.push(at, tick, 0)
	}
}

func (m *manager) tick() {
	if m.e.now == m.at { // else an event since has moved it
		m.at = -1
		m.Tick(m.now())
	}
}

// growing reports whether fewer executors are asked for than tasks could use.
func (m *manager) growing() bool {
	if m == nil {
		return false
	}
	e := m.e
	return e.pods.target < min(e.Policy.EffectiveMax(), e.Policy.Need(int(e.pending), int(e.running), int(e.slots)))
}

func (m *manager) stage(id int32) allocation.Stage {
	s := &m.e.profile.Stages[m.e.Work.stages[id].index]
	return allocation.Stage{ID: s.ID, Attempt: s.Attempt}
}

func (m *manager) jobStart(id int32) {
	if m == nil {
		return
	}
	var writes []allocation.StageShuffle
	for _, s := range m.e.jobs[id].stages {
		if stage := &m.e.profile.Stages[m.e.Work.stages[s].index]; stage.ShuffleMap {
			writes = append(writes, allocation.StageShuffle{Stage: stage.ID, Shuffle: shuffleOf(stage)})
		}
	}
	m.JobStart(m.now(), int(id), writes)
}

func (m *manager) jobEnd(id int32) {
	if m != nil {
		m.JobEnd(m.now(), int(id))
	}
}

func (m *manager) stageSubmitted(id int32) {
	if m != nil {
		m.StageSubmitted(m.now(), m.stage(id), int(m.e.stages[id].firsts), allocation.DefaultProfile)
	}
}

func (m *manager) stageCompleted(id int32) {
	if m != nil {
		m.StageCompleted(m.now(), m.stage(id))
	}
}

func (m *manager) taskStart(id, x, index int32) {
	if m != nil {
		m.TaskStart(m.now(), m.task(id, x, index))
	}
}

func (m *manager) task(id, x, index int32) allocation.Task {
	return allocation.Task{Stage: m.stage(id), Index: int(m.e.stages[id].tasks[index].partition), Executor: m.e.executors[x].handle}
}

func (m *manager) taskEnd(id, x, index int32) {
	if m != nil {
		m.TaskEnd(m.now(), m.task(id, x, index), m.e.status(id, index))
	}
}

func (m *manager) cached(x, rdd, partition int32) {
	if m != nil {
		m.BlockUpdated(m.now(), m.e.executors[x].handle, allocation.RDDBlock(int(rdd), int(partition)), allocation.StorageLevel{Memory: true})
	}
}

func (m *manager) unpersist(rdd int) {
	if m != nil {
		m.UnpersistRDD(m.now(), rdd)
	}
}

func (m *manager) executorAdded(x int32) {
	if m == nil {
		return
	}
	h := m.Executor(strconv.Itoa(int(x) + 1))
	for len(m.byHandle) <= int(h) {
		m.byHandle = append(m.byHandle, -1)
	}
	m.byHandle[h] = x
	m.e.executors[x].handle = h
	m.ExecutorAdded(m.now(), h, allocation.DefaultProfile)
}

func (m *manager) executorRemoved(x int32) {
	if m != nil {
		m.ExecutorRemoved(m.now(), m.e.executors[x].handle)
	}
}
