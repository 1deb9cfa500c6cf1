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
	// Failed is any failure that counts against the task: an exception, a lost result, an unknown reason.
	Failed
	// Killed is TaskKilled: a speculative loser or a cancelled stage.
	Killed
	// Lost is ExecutorLostFailure.
	Lost
	// FetchFailed is FetchFailed.
	FetchFailed
	// Resubmitted is a finished map task whose output was lost with its executor: the time was spent before.
	Resubmitted
	// Running is an attempt without an end in the source.
	Running
)

// String returns the status in lower case.
func (s Status) String() string {
	return [...]string{"succeeded", "failed", "killed", "lost", "fetch failed", "resubmitted", "running"}[s]
}

// Tasks are task attempts in columns. Row i is one attempt; the rows of one stage attempt are contiguous
// (Stage.First to Stage.Last) and ordered by launch time, then task id. A method called with a row outside of
// 0 ≤ i < Len panics or returns zero.
type Tasks struct {
	n           int
	base, slack Instant

	index, executor, launch, duration, resultAt                                column
	run, cpu, deserialize, deserializeCPU, serialize, gc, fetchWait, writeTime column
	input, output, local, remote, write                                        column
	memorySpill, diskSpill, peakExecution, heap                                column
	attempt                                                                    column
	flags                                                                      []uint8
}

const (
	statusMask      = 0x07
	speculativeFlag = 0x08
	localityShift   = 4
)

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

// Len returns the number of task attempts.
func (t *Tasks) Len() int { return t.n }

// Index returns the attempt's index in its stage.
func (t *Tasks) Index(i int) int { return int(t.index.at(i)) }

// Attempt returns which attempt of the index it was in its stage attempt, from 0.
func (t *Tasks) Attempt(i int) int { return int(t.attempt.at(i)) }

// Executor returns the index in Profile.Executors of where it ran, or -1 where the source does not say.
func (t *Tasks) Executor(i int) int { return int(t.executor.at(i)) - 1 }

// Launch returns when the driver launched it.
func (t *Tasks) Launch(i int) Instant { return t.base + Instant(t.launch.at(i)) }

// Finish returns when the driver had its result.
func (t *Tasks) Finish(i int) Instant { return t.Launch(i) + Instant(t.duration.at(i)) }

// Duration returns the time from launch to finish.
func (t *Tasks) Duration(i int) time.Duration { return ms(t.duration.at(i)) }

// GettingResult returns the time that fetching a large result took after the slot was free.
func (t *Tasks) GettingResult(i int) time.Duration {
	if t.resultAt.at(i) == 0 {
		return 0
	}
	return ms(t.duration.at(i) - t.resultAt.at(i))
}

// Occupied returns how long it held its slot: the duration without the fetching of a large result.
func (t *Tasks) Occupied(i int) time.Duration { return t.Duration(i) - t.GettingResult(i) }

// SchedulerDelay returns what is left of the duration after all parts that were measured, never negative
// (org.apache.spark.status.AppStatusUtils.schedulerDelay).
func (t *Tasks) SchedulerDelay(i int) time.Duration {
	return max(0, t.Occupied(i)-t.Run(i)-t.Deserialize(i)-t.Serialize(i))
}

// Run returns the executor run time.
func (t *Tasks) Run(i int) time.Duration { return ms(t.run.at(i)) }

// CPU returns the processor time, in microseconds' resolution.
func (t *Tasks) CPU(i int) time.Duration { return time.Duration(t.cpu.at(i)) * time.Microsecond }

// Deserialize returns the time before the task could run.
func (t *Tasks) Deserialize(i int) time.Duration { return ms(t.deserialize.at(i)) }

// DeserializeCPU returns the processor time in Deserialize, in microseconds' resolution.
func (t *Tasks) DeserializeCPU(i int) time.Duration {
	return time.Duration(t.deserializeCPU.at(i)) * time.Microsecond
}

// Serialize returns the time for serializing the result.
func (t *Tasks) Serialize(i int) time.Duration { return ms(t.serialize.at(i)) }

// GC returns the JVM's collection time while the task ran.
func (t *Tasks) GC(i int) time.Duration { return ms(t.gc.at(i)) }

// FetchWait returns the time spent waiting for shuffle blocks.
func (t *Tasks) FetchWait(i int) time.Duration { return ms(t.fetchWait.at(i)) }

// WriteTime returns the time spent writing shuffle blocks, in microseconds' resolution.
func (t *Tasks) WriteTime(i int) time.Duration {
	return time.Duration(t.writeTime.at(i)) * time.Microsecond
}

// Input returns the bytes read from storage.
func (t *Tasks) Input(i int) units.Bytes { return units.Bytes(t.input.at(i)) }

// Output returns the bytes written to storage.
func (t *Tasks) Output(i int) units.Bytes { return units.Bytes(t.output.at(i)) }

// ShuffleLocal returns the shuffle bytes read from the same executor or node.
func (t *Tasks) ShuffleLocal(i int) units.Bytes { return units.Bytes(t.local.at(i)) }

// ShuffleRemote returns the shuffle bytes read over the network.
func (t *Tasks) ShuffleRemote(i int) units.Bytes { return units.Bytes(t.remote.at(i)) }

// ShuffleWrite returns the shuffle bytes written.
func (t *Tasks) ShuffleWrite(i int) units.Bytes { return units.Bytes(t.write.at(i)) }

// MemorySpill returns the size in memory of what was spilled.
func (t *Tasks) MemorySpill(i int) units.Bytes { return units.Bytes(t.memorySpill.at(i)) }

// DiskSpill returns the size on disk of what was spilled.
func (t *Tasks) DiskSpill(i int) units.Bytes { return units.Bytes(t.diskSpill.at(i)) }

// PeakExecution returns the highest execution memory of its sorts, aggregations and joins.
func (t *Tasks) PeakExecution(i int) units.Bytes { return units.Bytes(t.peakExecution.at(i)) }

// Heap returns the peak of the executor's whole JVM heap while the task ran, 0 where it was not measured.
func (t *Tasks) Heap(i int) units.Bytes { return units.Bytes(t.heap.at(i)) }

// Status returns how the attempt ended.
func (t *Tasks) Status(i int) Status { return Status(t.flags[i] & statusMask) }

// Speculative reports whether it was a speculative copy.
func (t *Tasks) Speculative(i int) bool { return t.flags[i]&speculativeFlag != 0 }

// Locality returns how near to its data it ran.
func (t *Tasks) Locality(i int) Locality { return Locality(t.flags[i] >> localityShift) }

func ms(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

func (t *Tasks) columns() []*column {
	return []*column{
		&t.index, &t.executor, &t.launch, &t.duration, &t.resultAt, &t.run, &t.cpu, &t.deserialize, &t.deserializeCPU, &t.serialize, &t.gc,
		&t.fetchWait, &t.writeTime, &t.input, &t.output, &t.local, &t.remote, &t.write, &t.memorySpill, &t.diskSpill,
		&t.peakExecution, &t.heap, &t.attempt,
	}
}
