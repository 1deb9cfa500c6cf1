package workload

import (
	"time"

	"github.com/sparkscale/sparkscale/units"
)

// Metrics are the task metrics of org.apache.spark.executor.TaskMetrics, of one task or summed over many. Spark counts
// CPU, DeserializeCPU and WriteTime in nanoseconds and the other times in milliseconds.
type Metrics struct {
	// Run is time on the executor: computing, garbage collection, shuffle reads and writes, spilling.
	Run time.Duration
	// CPU is processor time of the task's thread; DeserializeCPU the same before it ran. Both are 0 before Spark 2.1,
	// and hold nothing of what Python or R workers compute.
	CPU, DeserializeCPU time.Duration
	// Deserialize and Serialize are the times for the task itself and for its result.
	Deserialize, Serialize time.Duration
	// GC is collection time of the whole JVM while the task ran; tasks that run together count it twice.
	GC time.Duration
	// FetchWait is time spent waiting for shuffle blocks, WriteTime for writing them.
	FetchWait, WriteTime time.Duration

	// Input and Output are read from and written to storage.
	Input, Output units.Bytes
	// ShuffleLocal and ShuffleRemote are the shuffle bytes read from the same node and over the network;
	// ShuffleRemoteToDisk is the part of the latter that went to disk at once.
	ShuffleLocal, ShuffleRemote, ShuffleRemoteToDisk units.Bytes
	// ShuffleWrite are the shuffle bytes written.
	ShuffleWrite units.Bytes
	// MemorySpill is the size in memory of what was spilled, DiskSpill its size on disk.
	MemorySpill, DiskSpill units.Bytes
	// ResultSize is what the task sent to the driver.
	ResultSize units.Bytes
	// PeakExecution is the highest execution memory of its sorts, aggregations and joins.
	PeakExecution units.Bytes

	// The records that belong to Input, Output, shuffle read and ShuffleWrite, and the shuffle blocks fetched.
	InputRecords, OutputRecords             int64
	ShuffleReadRecords, ShuffleWriteRecords int64
	LocalBlocks, RemoteBlocks               int64
}

// ShuffleRead is all shuffle data read, local and remote.
func (m Metrics) ShuffleRead() units.Bytes { return m.ShuffleLocal + m.ShuffleRemote }

// Add adds other to m. PeakExecution is added too, as Spark's own accumulator is.
func (m *Metrics) Add(other *Metrics) {
	m.Run += other.Run
	m.CPU += other.CPU
	m.DeserializeCPU += other.DeserializeCPU
	m.Deserialize += other.Deserialize
	m.Serialize += other.Serialize
	m.GC += other.GC
	m.FetchWait += other.FetchWait
	m.WriteTime += other.WriteTime
	m.Input += other.Input
	m.Output += other.Output
	m.ShuffleLocal += other.ShuffleLocal
	m.ShuffleRemote += other.ShuffleRemote
	m.ShuffleRemoteToDisk += other.ShuffleRemoteToDisk
	m.ShuffleWrite += other.ShuffleWrite
	m.MemorySpill += other.MemorySpill
	m.DiskSpill += other.DiskSpill
	m.ResultSize += other.ResultSize
	m.PeakExecution += other.PeakExecution
	m.InputRecords += other.InputRecords
	m.OutputRecords += other.OutputRecords
	m.ShuffleReadRecords += other.ShuffleReadRecords
	m.ShuffleWriteRecords += other.ShuffleWriteRecords
	m.LocalBlocks += other.LocalBlocks
	m.RemoteBlocks += other.RemoteBlocks
}
