package workload

import (
	"time"

	"github.com/sparkscale/sparkscale/units"
)

// Status is how a task attempt ended.
type Status uint8

// The ways in which a task attempt ends, after org.apache.spark.TaskEndReason.
const (
	// Succeeded is Success.
	Succeeded Status = iota
	// Failed is any failure that is not named below: an exception, a commit denied, a result lost, an unknown reason.
	Failed
	// Killed is TaskKilled: a speculative loser or a cancelled stage.
	Killed
	// Lost is ExecutorLostFailure.
	Lost
	// FetchFailed is FetchFailed.
	FetchFailed
	// Resubmitted is a map task that had succeeded and whose output was lost with its executor. The row repeats the
	// launch and the finish of the success, which has a row of its own: it tells of no slot time but of lost work.
	Resubmitted
	// Running is an attempt without an end in the source. It is taken to run until the end of the run.
	Running
)

var statuses = [...]string{"succeeded", "failed", "killed", "lost", "fetch failed", "resubmitted", "running"}

// String returns the status in lower case, and "unknown" for a number that is none.
func (s Status) String() string {
	if int(s) >= len(statuses) {
		return "unknown"
	}
	return statuses[s]
}

// Locality is how near to its data a task ran.
type Locality uint8

// The localities of org.apache.spark.scheduler.TaskLocality.
const (
	ProcessLocal Locality = iota
	NodeLocal
	NoPref
	RackLocal
	Any
)

// The columns of Tasks. Times are in milliseconds and sizes in bytes where nothing else is said.
const (
	colIndex = iota
	colAttempt
	colExecutor // index in Profile.Executors, plus one
	colLaunch   // since the first launch
	colDuration
	colResultAt // when fetching of the result began, since the launch; 0 where it was not fetched
	colRun
	colCPU // in microseconds
	colDeserialize
	colDeserializeCPU // in microseconds
	colSerialize
	colGC
	colFetchWait
	colWriteTime // in microseconds
	colInput
	colOutput
	colLocal
	colRemote
	colWrite
	colMemorySpill
	colDiskSpill
	colPeakExecution
	colHeap
	colFlags // status, speculative, locality
	columns  // how many there are
)

const (
	statusMask      = 0x07
	speculativeFlag = 0x08
	localityShift   = 4
)

// Tasks are task attempts in columns, some 15 to 55 bytes each. Row i is one attempt; the rows of one stage attempt
// are contiguous (Stage.First to Stage.Last) and ordered by launch time, then task id. Rows are numbered as the
// elements of a slice are: a method that is called for another one than 0 ≤ i < Len may panic.
//
// Times but those of processors and WriteTime are whole milliseconds, as Spark measures them. What was not measured is 0, and so is
// what the source states as negative. An attempt that ended without metrics has zeros for all of them.
type Tasks struct {
	n       int
	base    Instant // the first launch
	columns [columns]column
}

// Len returns the number of task attempts.
func (t *Tasks) Len() int { return t.n }

// Index returns the attempt's index in its stage.
func (t *Tasks) Index(i int) int { return int(t.columns[colIndex].at(i)) }

// Attempt returns which attempt of the index it was in its stage attempt, from 0.
func (t *Tasks) Attempt(i int) int { return int(t.columns[colAttempt].at(i)) }

// Executor returns the index in Profile.Executors of where it ran, or -1 where the source does not say.
func (t *Tasks) Executor(i int) int { return int(t.columns[colExecutor].at(i)) - 1 }

// Launch returns when the driver launched it.
func (t *Tasks) Launch(i int) Instant { return t.base + Instant(t.columns[colLaunch].at(i)) }

// Finish returns when the driver had its result, which is later than its slot was free.
func (t *Tasks) Finish(i int) Instant { return t.Launch(i) + Instant(t.columns[colDuration].at(i)) }

// Duration returns the time from launch to finish.
func (t *Tasks) Duration(i int) time.Duration { return t.millis(colDuration, i) }

// GettingResult returns the time that fetching a large result took after the slot was free
// (org.apache.spark.status.AppStatusUtils.gettingResultTime).
func (t *Tasks) GettingResult(i int) time.Duration { return t.Duration(i) - t.Occupied(i) }

// Occupied returns how long it held its slot: the duration without the fetching of a large result.
func (t *Tasks) Occupied(i int) time.Duration {
	if at := t.millis(colResultAt, i); at > 0 {
		return at
	}
	return t.Duration(i)
}

// SchedulerDelay returns what is left of the duration after all parts that were measured, never negative
// (org.apache.spark.status.AppStatusUtils.schedulerDelay).
func (t *Tasks) SchedulerDelay(i int) time.Duration {
	return max(0, t.Occupied(i)-t.Run(i)-t.Deserialize(i)-t.Serialize(i))
}

// Run returns the executor run time.
func (t *Tasks) Run(i int) time.Duration { return t.millis(colRun, i) }

// CPU returns the processor time of the task's thread, in whole microseconds; 0 before Spark 2.1.
func (t *Tasks) CPU(i int) time.Duration { return t.micros(colCPU, i) }

// Deserialize returns the time before the task could run.
func (t *Tasks) Deserialize(i int) time.Duration { return t.millis(colDeserialize, i) }

// DeserializeCPU returns the processor time in Deserialize, in whole microseconds; 0 before Spark 2.1.
func (t *Tasks) DeserializeCPU(i int) time.Duration { return t.micros(colDeserializeCPU, i) }

// Serialize returns the time for serializing the result.
func (t *Tasks) Serialize(i int) time.Duration { return t.millis(colSerialize, i) }

// GC returns the collection time of the whole JVM while the task ran.
func (t *Tasks) GC(i int) time.Duration { return t.millis(colGC, i) }

// FetchWait returns the time spent waiting for shuffle blocks.
func (t *Tasks) FetchWait(i int) time.Duration { return t.millis(colFetchWait, i) }

// WriteTime returns the time spent writing shuffle blocks, in whole microseconds.
func (t *Tasks) WriteTime(i int) time.Duration { return t.micros(colWriteTime, i) }

// Input returns the bytes read from storage.
func (t *Tasks) Input(i int) units.Bytes { return t.bytes(colInput, i) }

// Output returns the bytes written to storage.
func (t *Tasks) Output(i int) units.Bytes { return t.bytes(colOutput, i) }

// ShuffleLocal returns the shuffle bytes read from the same executor or node.
func (t *Tasks) ShuffleLocal(i int) units.Bytes { return t.bytes(colLocal, i) }

// ShuffleRemote returns the shuffle bytes read over the network.
func (t *Tasks) ShuffleRemote(i int) units.Bytes { return t.bytes(colRemote, i) }

// ShuffleWrite returns the shuffle bytes written.
func (t *Tasks) ShuffleWrite(i int) units.Bytes { return t.bytes(colWrite, i) }

// MemorySpill returns the size in memory of what was spilled.
func (t *Tasks) MemorySpill(i int) units.Bytes { return t.bytes(colMemorySpill, i) }

// DiskSpill returns the size on disk of what was spilled.
func (t *Tasks) DiskSpill(i int) units.Bytes { return t.bytes(colDiskSpill, i) }

// PeakExecution returns the highest execution memory of its sorts, aggregations and joins.
func (t *Tasks) PeakExecution(i int) units.Bytes { return t.bytes(colPeakExecution, i) }

// Heap returns the peak of the executor's whole JVM heap while the task ran, 0 where it was not measured.
func (t *Tasks) Heap(i int) units.Bytes { return t.bytes(colHeap, i) }

// Status returns how the attempt ended.
func (t *Tasks) Status(i int) Status { return Status(t.columns[colFlags].at(i) & statusMask) }

// Speculative reports whether it was a speculative copy.
func (t *Tasks) Speculative(i int) bool { return t.columns[colFlags].at(i)&speculativeFlag != 0 }

// Locality returns how near to its data it ran.
func (t *Tasks) Locality(i int) Locality { return Locality(t.columns[colFlags].at(i) >> localityShift) }

func (t *Tasks) millis(column, i int) time.Duration {
	return time.Duration(t.columns[column].at(i)) * time.Millisecond
}

func (t *Tasks) micros(column, i int) time.Duration {
	return time.Duration(t.columns[column].at(i)) * time.Microsecond
}

func (t *Tasks) bytes(column, i int) units.Bytes { return units.Bytes(t.columns[column].at(i)) }
