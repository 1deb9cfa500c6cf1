package workload

import (
	"github.com/sparkscale/sparkscale/units"
)

// ExecutorAdded is SparkListenerExecutorAdded.
type ExecutorAdded struct {
	At                    Instant
	ID, Host              string
	Cores                 int
	ResourceProfile       int
	Requested, Registered Instant
}

// StageInfo is the part of org.apache.spark.scheduler.StageInfo that submission and completion share.
type StageInfo struct {
	ID, Attempt          int
	Name                 string
	NumTasks             int
	Parents              []int
	Submitted, Completed Instant
	Failure              string
	ResourceProfile      int
	Barrier              bool
	RDDs                 []RDD
}

// JobStart is SparkListenerJobStart.
type JobStart struct {
	At                       Instant
	ID                       int
	StageIDs                 []int
	Stages                   []JobStage
	SQL                      int // -1 for none
	Pool, Group, Description string
}

// TaskStart is SparkListenerTaskStart.
type TaskStart struct {
	Stage, StageAttempt int
	ID                  int64
	Index, Attempt      int
	Launch              Instant
	Executor            string
	Locality            Locality
	Speculative         bool
}

// TaskEnd is SparkListenerTaskEnd.
type TaskEnd struct {
	TaskStart
	Finish, GettingResult Instant
	Status                Status
	ShuffleMap            bool
	// HasMetrics is false where the event carried no task metrics.
	HasMetrics bool
	Metrics    Metrics
	// Memory are the executor's peaks while the task ran.
	Memory Memory
}

// BlockManagerAdded is SparkListenerBlockManagerAdded.
type BlockManagerAdded struct {
	Executor string
	// Storage is "Maximum Memory": unified memory, not the heap.
	Storage units.Bytes
}
