package replay

import (
	"slices"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/workload"
)

// RequestTotal is called by the manager.
func (o *oracle) RequestTotal(targets []allocation.Target) bool {
	o.want(targets[0].Executors)
	return true
}

// Remove is called by the manager. Executors that are decommissioned look after a second whether they are done; others are
// killed at once, unless they are busy.
func (o *oracle) Remove(list []allocation.Executor) (accepted []allocation.Executor) {
	for _, h := range list {
		x := o.byHandle(h)
		if !o.s.Policy.Decommission && !o.isIdle(x) {
			continue
		}
		o.executors[x].leaving = true
		accepted = append(accepted, h)
		left := ms(0)
		if o.s.Policy.Decommission {
			left = 1000
		}
		o.in(left, func() { o.takeAway(x) })
	}
	return accepted
}

// Active is called by the manager.
func (o *oracle) Active(h allocation.Executor) bool {
	e := o.executors[o.byHandle(h)]
	return e.alive && !e.leaving
}

func (o *oracle) byHandle(h allocation.Executor) int32 {
	return int32(slices.IndexFunc(o.executors, func(e *oracleExecutor) bool { return (e.alive || e.gone) && e.handle == h }))
}

func (o *oracle) attempt(s *oracleStage) allocation.Stage {
	of := &o.w.profile.Stages[s.index]
	return allocation.Stage{ID: of.ID, Attempt: of.Attempt}
}

func (o *oracle) managed(s *oracleStage, t *oracleTask) allocation.Task {
	return allocation.Task{Stage: o.attempt(s), Index: int(t.partition), Executor: o.executors[t.on].handle}
}

// writesOf lists the shuffles that stages of a job write.
func (o *oracle) writesOf(j *job) (writes []allocation.StageShuffle) {
	for _, s := range j.stages {
		if of := &o.w.profile.Stages[o.w.stages[s].index]; of.ShuffleMap {
			writes = append(writes, allocation.StageShuffle{Stage: of.ID, Shuffle: of.RDDs[0].ID})
		}
	}
	return writes
}

// ended tells the manager of the blocks that a task kept, and of its end.
func (o *oracle) ended(s *oracleStage, t *oracleTask) {
	status := t.status
	if t.succeeded() {
		status = workload.Succeeded
	}
	for _, rdd := range s.cached {
		if status != workload.Succeeded {
			continue
		}
		block := allocation.RDDBlock(int(rdd), int(t.partition))
		o.manager.BlockUpdated(o.now.duration(), o.executors[t.on].handle, block, allocation.StorageLevel{Memory: true})
	}
	o.manager.TaskEnd(o.now.duration(), o.managed(s, t), status)
}
