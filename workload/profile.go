package workload

import (
	"time"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// Profile is what one run did. It is immutable and safe for concurrent use.
type Profile struct {
	// App says which application and attempt ran.
	App Application
	// Conf is the configuration in force, bound to the version of Spark that ran.
	Conf spark.Conf
	// LoggedVersion is the version of Spark as the source states it, empty where it does not.
	LoggedVersion string
	// Start and End are the application's; End is zero where the source has no ApplicationEnd.
	Start, End Instant
	// DriverUp is when the driver's block manager was registered: SparkContext has its backend then, and on a fixed count
	// has just requested the executors. It is 0 where the source does not tell.
	DriverUp Instant
	// Jobs are in the order of their submission; those of one time in the order of the source.
	Jobs []Job
	// Stages are the stage attempts that were submitted or ran tasks, in the order of their submission, those of one
	// time by id. Of one whose submission is not known, the first launch stands in for it.
	Stages []Stage
	// SQL are the SQL executions in the order of their start; those of one time in the order of the source.
	SQL []Execution
	// Unpersisted are the datasets that were dropped from the cache, in the order of the source.
	Unpersisted []Unpersisted
	// Executors are the lives of executors in the order in which they were added, those of one time by id. An id can
	// have several, one behind the other. In local mode the driver is one.
	Executors []Executor
	// Driver is the driver's own memory.
	Driver Memory
	// ResourceProfiles are by id; id 0 is the default profile. There are none before Spark 3.1.
	ResourceProfiles []ResourceProfile
	// Tasks are all task attempts, grouped by stage attempt, or none of them where there are too many (Coverage.Sketched).
	Tasks Tasks
	// Totals are sums and high-water marks over the run, counted in the order of the source.
	Totals Totals
	// Coverage says how much of the run the source told.
	Coverage Coverage

	since, until Instant
}

// Since returns the start of the run: Start, or the earliest time that a job, stage, executor or task states.
func (p *Profile) Since() Instant { return p.since }

// Until returns the end of the run: End, or what stands in for it by Coverage.EndRule.
func (p *Profile) Until() Instant { return p.until }

// Wall returns the time from Since to Until, 0 where the clock went back.
func (p *Profile) Wall() time.Duration { return max(0, p.until.Sub(p.since)) }

// Application is an application's identity.
type Application struct {
	// ID is Spark's, for example "spark-4f1c…"; empty where the source has none (before Spark 1.4).
	ID string
	// AttemptID is the cluster manager's attempt; Kubernetes has none.
	AttemptID string
	// Name is spark.app.name.
	Name string
	// User is who ran it.
	User string
}

// Job is one Spark job.
type Job struct {
	ID int
	// Submitted and Completed are the events' times; Completed is 0 for a job whose end was not told.
	Submitted, Completed Instant
	// Succeeded is true for a job that ended well.
	Succeeded bool
	// StageIDs are all stages of the job's graph, skipped ones included.
	StageIDs []int
	// Stages says of the same what the source knows: their parents, and which dataset they make.
	Stages []JobStage
	// SQL is the id of the SQL execution that the job belongs to, or -1. Profile.SQL lacks it where its start was not
	// told.
	SQL int
	// Pool is the scheduler pool, Group the job group, Description what the user called it; each may be empty.
	Pool, Group, Description string
}

// JobStage is a stage of a job's graph, submitted or skipped.
type JobStage struct {
	ID int
	// RDD is the id of the stage's own dataset. A shuffle that several stages stand for, because later jobs skip what
	// an earlier one made, has the same one in each.
	RDD int
	// Parents are the ids of the stages that it reads.
	Parents []int
}

// Stage is one attempt of a stage.
type Stage struct {
	ID, Attempt int
	// Name is the call site, for example "count at Main.scala:12".
	Name string
	// NumTasks is how many tasks the attempt had to run (missing partitions, not all).
	NumTasks int
	// Parents are the ids of the stages that this one reads.
	Parents []int
	// Submitted and Completed are Spark's. Submitted is 0 for an attempt that had nothing to compute, or whose
	// submission was not told; Completed for one whose end was not told.
	Submitted, Completed Instant
	// Failure is the reason of a failed attempt, else empty.
	Failure string
	// ResourceProfile is the id of the resource profile, 0 for the default one.
	ResourceProfile int
	// ShuffleMap is true where the tasks wrote shuffle files (ShuffleMapTask).
	ShuffleMap bool
	// Barrier is true for a barrier stage.
	Barrier bool
	// Job is the index in Profile.Jobs of the job that the attempt ran for, or -1 where no job lists the stage. Of
	// several it is the first one that was active then (org.apache.spark.scheduler.DAGScheduler.activeJobForStage).
	Job int
	// RDDs are those of the stage, its own first; the id of the first one identifies the shuffle that a
	// shuffle map stage writes.
	RDDs []RDD
	// First and Last bound the attempt's rows in Profile.Tasks: First ≤ i < Last. The attempts of all stages together
	// have each row once.
	First, Last int
	// Sketch is what is known of the task attempts where no rows are kept (Coverage.Sketched), else nil.
	Sketch *Sketch
	// Sums adds up the metrics of all its tasks that reported any, failed ones included.
	Sums Metrics
}

// RDD is a dataset of a stage.
type RDD struct {
	ID   int
	Name string
	// Cached is true where the storage level asks Spark to keep it.
	Cached bool
	// Partitions is how many there are, CachedPartitions how many were kept.
	Partitions, CachedPartitions int
	// Memory and Disk are the kept bytes, as known at the completion of the stage.
	Memory, Disk units.Bytes
}

// Unpersisted says that a dataset is no longer cached (SparkListenerUnpersistRDD).
type Unpersisted struct {
	// RDD is its id.
	RDD int
	// After is the latest time that the source told before; the event has none of its own.
	After Instant
}

// Execution is one SQL query.
type Execution struct {
	ID int
	// Description is Spark's, usually the call site.
	Description string
	// Start and End are the events' times; End is 0 for a query whose end was not told.
	Start, End Instant
}

// Executor is the life of one executor.
type Executor struct {
	ID, Host string
	// Cores are those for tasks, as registered.
	Cores int
	// ResourceProfile is the id of its profile.
	ResourceProfile int
	// Requested and Registered are Spark's own (3.4 and later), else 0; Added is the event's time.
	Requested, Registered, Added Instant
	// Removed is 0 for an executor that lived to the end.
	Removed Instant
	// Reason is why it was removed, in Spark's words ("its id registered again" where the source does not say).
	Reason string
	// Storage is the unified memory that it offered (BlockManagerAdded), or 0.
	Storage units.Bytes
	// Peak is the highest of each measure seen of its id; the last life of an id has it.
	Peak Memory
}

// StartLatency is the time from the request to the registration of the executor; false where Spark did not log
// it. Spark matches requests to registrations in order, so it is approximate for each and right on average.
func (e Executor) StartLatency() (time.Duration, bool) {
	if !e.Requested.Known() || !e.Registered.Known() || e.Registered < e.Requested {
		return 0, false
	}
	return e.Registered.Sub(e.Requested), true
}

// Memory is the peaks of one process in bytes (org.apache.spark.metrics.ExecutorMetricType); 0 means not measured. The
// peaks of two measures need not have been at one time.
type Memory struct {
	// Heap and OffHeap are what the JVM used of its heap and beside it (code, classes, threads).
	Heap, OffHeap units.Bytes
	// Execution and storage memory are the parts of unified memory, on the heap and off it.
	OnHeapExecution, OffHeapExecution units.Bytes
	OnHeapStorage, OffHeapStorage     units.Bytes
	// Direct and Mapped are the JVM's buffer pools.
	Direct, Mapped units.Bytes
	// JVMResident, PythonResident and OtherRSS are resident sizes of the processes of an executor, 0 without
	// spark.executor.processTreeMetrics.enabled.
	JVMResident, PythonResident, OtherRSS units.Bytes
	// GC is the time spent collecting since the process started.
	GC time.Duration
}

// Raise sets each measure to the higher of m and other.
func (m *Memory) Raise(other Memory) {
	m.Heap, m.OffHeap = max(m.Heap, other.Heap), max(m.OffHeap, other.OffHeap)
	m.OnHeapExecution, m.OffHeapExecution = max(m.OnHeapExecution, other.OnHeapExecution), max(m.OffHeapExecution, other.OffHeapExecution)
	m.OnHeapStorage, m.OffHeapStorage = max(m.OnHeapStorage, other.OnHeapStorage), max(m.OffHeapStorage, other.OffHeapStorage)
	m.Direct, m.Mapped = max(m.Direct, other.Direct), max(m.Mapped, other.Mapped)
	m.JVMResident, m.PythonResident = max(m.JVMResident, other.JVMResident), max(m.PythonResident, other.PythonResident)
	m.OtherRSS, m.GC = max(m.OtherRSS, other.OtherRSS), max(m.GC, other.GC)
}

// Resident is the resident memory of the executor's processes together, or 0 where the process tree was not measured.
// As the peaks of the processes need not have been at one time, it is an upper bound.
func (m Memory) Resident() units.Bytes { return m.JVMResident + m.PythonResident + m.OtherRSS }

// ResourceProfile is what an executor of the profile asks for and a task takes.
type ResourceProfile struct {
	ID int
	// Cores, Memory, Overhead, OffHeap and PySpark are an executor's, 0 where the profile does not name them.
	Cores                              int
	Memory, Overhead, OffHeap, PySpark units.Bytes
	// TaskCPUs is how many cores one task takes, 0 where the profile does not name it.
	TaskCPUs float64
}
