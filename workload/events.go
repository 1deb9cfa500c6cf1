package workload

import (
	"github.com/sparkscale/sparkscale/units"
)

// The events are those parts of org.apache.spark.scheduler.SparkListener's that a Profile needs. What the source does
// not state is left at zero.

// ExecutorAdded is SparkListenerExecutorAdded.
type ExecutorAdded struct {
	// At is the event's time.
	At       Instant
	ID, Host string
	// Cores are "Total Cores", those that tasks can use.
	Cores           int
	ResourceProfile int
	// Requested and Registered are "Request Time" and "Registration Time" (Spark 3.4 and later).
	Requested, Registered Instant
}

// StageInfo is the part of org.apache.spark.scheduler.StageInfo that submission and completion share.
type StageInfo struct {
	ID, Attempt int
	// Name is the call site.
	Name string
	// NumTasks are the tasks of this attempt.
	NumTasks int
	// Parents are the ids of the stages that this one reads.
	Parents []int
	// Submitted and Completed are the attempt's; Completed is 0 at its submission.
	Submitted, Completed Instant
	// Failure is the reason of a failed attempt, else empty.
	Failure         string
	ResourceProfile int
	Barrier         bool
	// RDDs are the stage's, its own first.
	RDDs []RDD
}

// JobStart is SparkListenerJobStart.
type JobStart struct {
	// At is the submission's time.
	At Instant
	ID int
	// StageIDs are all stages of the job's graph, those that will be skipped included.
	StageIDs []int
	// Stages are the same with what the source knows of them.
	Stages []JobStage
	// SQL is the property spark.sql.execution.id, or -1 without one.
	SQL int
	// Pool, Group and Description are the properties spark.scheduler.pool, spark.jobGroup.id and
	// spark.job.description.
	Pool, Group, Description string
}

// TaskStart is SparkListenerTaskStart.
type TaskStart struct {
	Stage, StageAttempt int
	// ID is the attempt's own, unique in the application.
	ID int64
	// Index is the task's in its stage attempt, Attempt counts the attempts of the index from 0.
	Index, Attempt int
	Launch         Instant
	// Executor is the executor's id.
	Executor    string
	Locality    Locality
	Speculative bool
}

// TaskEnd is SparkListenerTaskEnd.
type TaskEnd struct {
	TaskStart
	// Finish is when the driver had the result; GettingResult is when it began to fetch a large one, else 0.
	Finish, GettingResult Instant
	Status                Status
	// ShuffleMap is true for a ShuffleMapTask.
	ShuffleMap bool
	// HasMetrics is false where the event carried no task metrics.
	HasMetrics bool
	Metrics    Metrics
	// Memory are the executor's peaks while the task ran.
	Memory Memory
}

// BlockManagerAdded is SparkListenerBlockManagerAdded.
type BlockManagerAdded struct {
	At Instant
	// Executor is the executor's id.
	Executor string
	// Storage is "Maximum Memory": unified memory, not the heap.
	Storage units.Bytes
}
