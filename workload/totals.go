package workload

import (
	"github.com/sparkscale/sparkscale/units"
)

// Totals counts events and adds up metrics over the whole run. Counts are of events, in the order of the source:
// an executor that is reported as removed twice counts twice in ExecutorsRemoved. High-water marks by the times of the
// events are in [Stats].
type Totals struct {
	// JobsFailed are ends without success.
	JobsStarted, JobsEnded, JobsFailed int
	// StagesFailed are completions with a reason of failure; they count in StagesCompleted too.
	StagesSubmitted, StagesCompleted, StagesFailed int
	// TasksFailed are ends that are neither Succeeded nor Killed, TasksKilled those that are Killed. Ends of
	// speculative copies, TasksSpeculative, and those without task metrics, TasksWithoutMetric, have any status.
	TasksStarted, TasksEnded, TasksFailed             int
	TasksKilled, TasksSpeculative, TasksWithoutMetric int
	// SQLExecutions are those that started.
	SQLExecutions                    int
	ExecutorsAdded, ExecutorsRemoved int
	// ActiveExecutors are those alive at the end of the source.
	ActiveExecutors int
	// MaxExecutors and MaxCores are high-water marks of executors and their cores.
	MaxExecutors, MaxCores int
	// MaxTasks is the high-water mark of tasks between their start and end events; it can exceed the cores,
	// because the driver learns of an end later than the slot is free.
	MaxTasks int
	// LastJobOrSQLEnd is the later of the last job end and the last SQL end.
	LastJobOrSQLEnd Instant
	// LastEvent is the latest time that any event states.
	LastEvent Instant
	// Sums adds up the metrics of every task that reported any, failed ones included.
	Sums Metrics
	// PeakHeapExecutors and PeakHeapDriver are the largest JVM heaps seen, 0 where none was measured.
	PeakHeapExecutors, PeakHeapDriver units.Bytes
}
