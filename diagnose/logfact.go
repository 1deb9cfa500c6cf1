package diagnose

import (
	"strconv"

	"github.com/sparkscale/sparkscale/workload"
)

// LogFact is something that a log says, of a kind that a rule may use. Equal ones come once, with their count.
type LogFact struct {
	Kind LogKind `json:"kind"`
	// Pod is the pod whose log it is; empty for the driver's.
	Pod string `json:"pod,omitempty"`
	// At is the first time, Last the last one; both by the clock of the log, read as UTC.
	At   workload.Instant `json:"at,omitempty"`
	Last workload.Instant `json:"last,omitempty"`
	// Count is how many lines say so, at least 1.
	Count int `json:"count"`
	// Text is the first of these lines, without time and level.
	Text string `json:"text"`
	// Fields are the parts of it, named at the kind.
	Fields map[string]string `json:"fields,omitempty"`
	// Place is the first of these lines.
	Place Place `json:"place"`
}

// LogKind is what a line of a log says.
type LogKind string

// The kinds, with their fields in parentheses. The texts are Spark's own, see package observe.
const (
	// LogVersion: the driver says which release it is (version).
	LogVersion LogKind = "version"
	// LogForbidden: the API server refused something to the driver; quota, or right: see Text.
	LogForbidden LogKind = "forbidden"
	// LogContextFailed: the SparkContext did not start.
	LogContextFailed LogKind = "context-failed"
	// LogStarved: "Initial job has not accepted any resources".
	LogStarved LogKind = "starved"
	// LogMonitored: dynamic allocation took notice of a new executor (executor, total).
	LogMonitored LogKind = "monitored"
	// LogBacklog: more executors are asked for because tasks wait (added, target, profile).
	LogBacklog LogKind = "backlog"
	// LogIdle: executors were removed because they were idle (executors).
	LogIdle LogKind = "idle"
	// LogPods: pods are asked for (count, target, known, slots, profile).
	LogPods LogKind = "pods"
	// LogRegistered: an executor registered (executor, host).
	LogRegistered LogKind = "registered"
	// LogLost: an executor was lost (executor, host, reason).
	LogLost LogKind = "lost"
	// LogExit: the container of an executor ended (executor, code, reason).
	LogExit LogKind = "exit"
	// LogAnnounced: an executor told the driver that it is being decommissioned from outside (executor).
	LogAnnounced LogKind = "announced"
	// LogDecommissioned: an executor is gone after its decommission (executor, after in seconds).
	LogDecommissioned LogKind = "decommissioned"
	// LogResubmitted: a finished map task runs again, for its output is lost (stage).
	LogResubmitted LogKind = "resubmitted"
	// LogFetchFailed: a task could not fetch shuffle data (stage).
	LogFetchFailed LogKind = "fetch-failed"
	// LogAborted: a task failed too often and ended its job (task, stage, times).
	LogAborted LogKind = "aborted"
	// LogFailedExecutors: executors failed (count). LogTooManyFailures: so many that the application ends (count).
	LogFailedExecutors LogKind = "failed-executors"
	LogTooManyFailures LogKind = "too-many-failures"
	// LogInitialBounds: the initial number of executors is not within min and max (initial, min, max).
	LogInitialBounds LogKind = "initial-bounds"
	// LogRefusedSetting: dynamic allocation refuses its settings.
	LogRefusedSetting LogKind = "refused-setting"
	// LogKillRefused: killExecutors() was called under dynamic allocation.
	LogKillRefused LogKind = "kill-refused"
	// LogUnreachable: the cluster manager could not be reached for executors.
	LogUnreachable LogKind = "unreachable"
	// LogOutOfMemory: a JVM had no memory left (what).
	LogOutOfMemory LogKind = "out-of-memory"
	// LogUnmigrated: a decommissioned executor had not migrated all its blocks.
	LogUnmigrated LogKind = "unmigrated"
	// LogUnschedulable: a task set can be scheduled nowhere, because executors and nodes are excluded.
	LogUnschedulable LogKind = "unschedulable"
	// LogUndetected: pods that were asked for were not seen in the cluster.
	LogUndetected LogKind = "undetected"
)

// Int returns a field as a number, 0 where it is none.
func (f LogFact) Int(field string) int { return atoi(f.Fields[field]) }

func atoi(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}
