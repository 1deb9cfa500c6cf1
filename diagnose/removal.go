package diagnose

import (
	"slices"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/workload"
)

// removal is an executor that left, or was taken, before the end.
type removal struct {
	id string
	at workload.Instant
	// outside says that neither Spark nor the end of the job took it, but somebody who deleted its pod; announced that it
	// told the driver of its decommission first.
	outside, announced bool
	// after is how long the decommission took, 0 without one.
	after time.Duration
	proof []Evidence
}

// removals are the executors that left while the run went on, by the log of the driver and the event log; each once, though
// Kubernetes tells of many twice.
func (v *view) removals() []removal {
	byID := map[string]*removal{}
	var order []string
	get := func(id string, at workload.Instant) *removal {
		if byID[id] == nil {
			byID[id] = &removal{id: id, at: at}
			order = append(order, id)
		}
		return byID[id]
	}
	for _, f := range v.facts(LogAnnounced, LogDecommissioned, LogLost) {
		r := get(f.Fields["executor"], f.At)
		r.learn(f)
	}
	if v.Run != nil {
		for _, e := range v.Run.Executors {
			if !e.Removed.Known() {
				continue
			}
			r := get(e.ID, e.Removed)
			r.outside = r.outside || deletedOutside(e.Reason)
			r.proof = append(r.proof, v.ofRun("ExecutorRemoved "+e.ID, "%s", e.Reason))
		}
	}
	list := make([]removal, len(order))
	for i, id := range order {
		list[i] = *byID[id]
	}
	return list
}

func (r *removal) learn(f LogFact) {
	switch f.Kind {
	case LogAnnounced:
		r.announced, r.outside = true, true
	case LogDecommissioned:
		seconds, err := time.ParseDuration(f.Fields["after"] + "s")
		if err == nil {
			r.after = seconds
		}
	case LogLost:
		r.outside = r.outside || deletedOutside(f.Text)
	}
	r.proof = append(r.proof, seen(f.Place, "%s", f.Text))
}

// deletedOutside reads Spark's reason: what the pod's end looks like where Spark did not ask for it
// (ExecutorPodsLifecycleManager, CoarseGrainedSchedulerBackend of Spark 3.5.6).
func deletedOutside(reason string) bool {
	return strings.Contains(reason, "deleted by a user or the framework") ||
		strings.Contains(reason, "Executor decommission: Executor ") && strings.Contains(reason, " is decommissioned")
}

func outside(list []removal) []removal {
	return slices.DeleteFunc(slices.Clone(list), func(r removal) bool { return !r.outside })
}

// losses is what executors took with them.
type losses struct {
	// resubmitted map tasks had finished; lost tasks were running; fetchFailed ones found shuffle data gone; again are tasks of
	// map stages that ran a further time.
	resubmitted, lost, fetchFailed, again int
	// time is the task time of the work that was done a second time.
	time time.Duration
}

func (l losses) any() bool { return l.resubmitted+l.lost+l.fetchFailed+l.again > 0 }

// losses adds up what was lost; without an event log, what the driver's log tells.
func (v *view) losses() losses {
	if v.Run == nil {
		return losses{resubmitted: v.count(LogResubmitted), fetchFailed: v.count(LogFetchFailed)}
	}
	l := losses{time: v.Run.LostTime}
	for _, s := range v.Run.Stages {
		l.resubmitted += s.Resubmitted
		l.lost += s.Lost
		l.fetchFailed += s.FetchFailed
		if s.Attempt > 0 && s.ShuffleMap {
			l.again += s.Succeeded
			l.time += s.Sum
		}
	}
	return l
}

// emptied is when no executor was left while a stage ran, and whether that happened after there had been one.
func (v *view) emptied() (workload.Instant, bool) {
	if v.Run == nil {
		return 0, false
	}
	for _, e := range v.Run.Executors {
		at := e.Removed
		left := slices.ContainsFunc(v.Run.Executors, func(o RunExecutor) bool {
			return o.Added <= at && (!o.Removed.Known() || o.Removed > at)
		})
		active := slices.ContainsFunc(v.Run.Jobs, func(j RunJob) bool { return j.Submitted <= at && (!j.Completed.Known() || j.Completed > at) })
		if at.Known() && !left && active {
			return at, true
		}
	}
	return 0, false
}
