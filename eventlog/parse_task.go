package eventlog

import (
	"math"
	"time"

	"github.com/sparkscale/sparkscale/eventlog/internal/jsonscan"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

func (p *parser) taskStarted() {
	v := &values{&p.values}
	v.start(&p.task.TaskStart)
	p.build.TaskStart(&p.task.TaskStart)
}

func (p *parser) taskEnded() {
	v, e := &values{&p.values}, &p.task
	v.start(&e.TaskStart)
	e.Finish, e.GettingResult = v.instant(atFinish), v.instant(atGettingResult)
	e.Status, e.ShuffleMap = status(v.Texts[atReason]), v.Texts[atTaskType] == "ShuffleMapTask"
	e.HasMetrics = v.Numbers[atMetrics] != 0
	v.metrics(&e.Metrics)
	v.io(&e.Metrics)
	v.memory(&e.Memory)
	p.build.TaskEnd(e)
}

// values are what was wanted of a task's start or end.
type values struct{ *jsonscan.Values }

func (v values) number(slot int) int { return int(v.Numbers[slot]) }

func (v values) instant(slot int) workload.Instant { return workload.Instant(v.Numbers[slot]) }

func (v values) millis(slot int) time.Duration { return millis(v.Numbers[slot]) }

func (v values) nanos(slot int) time.Duration { return time.Duration(v.Numbers[slot]) }

func (v values) size(slot int) units.Bytes { return units.Bytes(v.Numbers[slot]) }

// millis is a number of milliseconds, saturated.
func millis(n int64) time.Duration {
	const most = math.MaxInt64 / int64(time.Millisecond)
	return time.Duration(min(max(n, -most), most)) * time.Millisecond
}

func (v values) start(e *workload.TaskStart) {
	e.Stage, e.StageAttempt = v.number(atStage), v.number(atStageAttempt)
	e.ID, e.Index, e.Attempt = v.Numbers[atID], v.number(atIndex), v.number(atAttempt)
	e.Launch, e.Executor = v.instant(atLaunch), v.Texts[atExecutor]
	e.Locality, e.Speculative = locality(v.Texts[atLocality]), v.Numbers[atSpeculative] != 0
}

func (v values) metrics(m *workload.Metrics) {
	m.Run, m.CPU = v.millis(atRun), v.nanos(atCPU)
	m.Deserialize, m.DeserializeCPU = v.millis(atDeserialize), v.nanos(atDeserializeCPU)
	m.Serialize, m.GC = v.millis(atSerialize), v.millis(atGC)
	m.ResultSize, m.PeakExecution = v.size(atResultSize), v.size(atPeakExecution)
	m.MemorySpill, m.DiskSpill = v.size(atMemorySpill), v.size(atDiskSpill)
}

func (v values) io(m *workload.Metrics) {
	m.Input, m.InputRecords = v.size(atInput), v.Numbers[atInputRecords]
	m.Output, m.OutputRecords = v.size(atOutput), v.Numbers[atOutputRecords]
	m.RemoteBlocks, m.LocalBlocks = v.Numbers[atRemoteBlocks], v.Numbers[atLocalBlocks]
	m.FetchWait, m.WriteTime = v.millis(atFetchWait), v.nanos(atWriteTime)
	m.ShuffleRemote, m.ShuffleRemoteToDisk = v.size(atRemote), v.size(atRemoteToDisk)
	m.ShuffleLocal, m.ShuffleReadRecords = v.size(atLocal), v.Numbers[atReadRecords]
	m.ShuffleWrite, m.ShuffleWriteRecords = v.size(atWrite), v.Numbers[atWriteRecords]
}

func (v values) memory(m *workload.Memory) {
	m.Heap, m.OffHeap = v.size(atHeap), v.size(atOffHeap)
	m.OnHeapExecution, m.OffHeapExecution = v.size(atOnHeapExecution), v.size(atOffHeapExecution)
	m.OnHeapStorage, m.OffHeapStorage = v.size(atOnHeapStorage), v.size(atOffHeapStorage)
	m.Direct, m.Mapped = v.size(atDirect), v.size(atMapped)
	m.JVMResident, m.PythonResident, m.OtherRSS = v.size(atJVMResident), v.size(atPythonResident), v.size(atOtherResident)
	m.GC = max(v.millis(atTotalGC), v.millis(atMinorGC)+v.millis(atMajorGC))
}

// status is a reason of org.apache.spark.TaskEndReason; what is not known is a failure.
func status(reason string) workload.Status {
	switch reason {
	case "Success":
		return workload.Succeeded
	case "TaskKilled":
		return workload.Killed
	case "ExecutorLostFailure":
		return workload.Lost
	case "FetchFailed":
		return workload.FetchFailed
	case "Resubmitted":
		return workload.Resubmitted
	}
	return workload.Failed
}

// locality is one of org.apache.spark.scheduler.TaskLocality; what is not known is the first.
func locality(name string) workload.Locality {
	switch name {
	case "NODE_LOCAL":
		return workload.NodeLocal
	case "NO_PREF":
		return workload.NoPref
	case "RACK_LOCAL":
		return workload.RackLocal
	case "ANY":
		return workload.Any
	}
	return workload.ProcessLocal
}
