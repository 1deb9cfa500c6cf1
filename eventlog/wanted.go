package eventlog

import "github.com/sparkscale/sparkscale/eventlog/internal/jsonscan"

// Slots of the numbers of a task's events.
const (
	atStage = iota
	atStageAttempt
	atInfo
	atID
	atIndex
	atAttempt
	atLaunch
	atFinish
	atGettingResult
	atSpeculative
	atEndReason
	atMetrics
	atRun
	atCPU
	atDeserialize
	atDeserializeCPU
	atSerialize
	atGC
	atResultSize
	atMemorySpill
	atDiskSpill
	atPeakExecution
	atReadMetrics
	atRemoteBlocks
	atLocalBlocks
	atFetchWait
	atRemote
	atRemoteToDisk
	atLocal
	atReadRecords
	atWriteMetrics
	atWrite
	atWriteTime
	atWriteRecords
	atInputMetrics
	atInput
	atInputRecords
	atOutputMetrics
	atOutput
	atOutputRecords
	atMemory
	atHeap
	atOffHeap
	atOnHeapExecution
	atOffHeapExecution
	atOnHeapStorage
	atOffHeapStorage
	atDirect
	atMapped
	atJVMResident
	atPythonResident
	atOtherResident
	atMinorGC
	atMajorGC
	atTotalGC
)

// Slots of the texts.
const (
	atExecutor = iota
	atLocality
	atTaskType
	atReason
)

type wants = map[string]*jsonscan.Want

func number(slot int) *jsonscan.Want { return &jsonscan.Want{Slot: slot} }

func text(slot int) *jsonscan.Want { return &jsonscan.Want{Kind: jsonscan.Text, Slot: slot} }

func truth(slot int) *jsonscan.Want { return &jsonscan.Want{Kind: jsonscan.Truth, Slot: slot} }

func object(slot int, members wants) *jsonscan.Want {
	return &jsonscan.Want{Kind: jsonscan.Object, Slot: slot, Members: members}
}

// mark is the name of the event, which tells a task's end from its start.
var mark = &jsonscan.Want{Kind: jsonscan.Mark}

// wantedOfStart is what is wanted of SparkListenerTaskStart.
var wantedOfStart = jsonscan.Want{Kind: jsonscan.Mark, Members: wants{
	"Event": mark, "Stage ID": number(atStage), "Stage Attempt ID": number(atStageAttempt), "Task Info": object(atInfo, wantedOfInfo),
}}

// wantedOfEnd is what is wanted of SparkListenerTaskEnd.
var wantedOfEnd = jsonscan.Want{Kind: jsonscan.Mark, Members: wants{
	"Event": mark, "Stage ID": number(atStage), "Stage Attempt ID": number(atStageAttempt), "Task Type": text(atTaskType),
	"Task End Reason":       object(atEndReason, wants{"Reason": text(atReason)}),
	"Task Info":             object(atInfo, wantedOfInfo),
	"Task Executor Metrics": object(atMemory, wantedOfMemory),
	"Task Metrics":          object(atMetrics, wantedOfMetrics),
}}

var wantedOfInfo = wants{
	"Task ID": number(atID), "Index": number(atIndex), "Attempt": number(atAttempt), "Launch Time": number(atLaunch),
	"Finish Time": number(atFinish), "Getting Result Time": number(atGettingResult), "Executor ID": text(atExecutor),
	"Locality": text(atLocality), "Speculative": truth(atSpeculative),
}

var wantedOfMetrics = wants{
	"Executor Run Time": number(atRun), "Executor CPU Time": number(atCPU), "Executor Deserialize Time": number(atDeserialize),
	"Executor Deserialize CPU Time": number(atDeserializeCPU), "Result Serialization Time": number(atSerialize),
	"JVM GC Time": number(atGC), "Result Size": number(atResultSize), "Memory Bytes Spilled": number(atMemorySpill),
	"Disk Bytes Spilled": number(atDiskSpill), "Peak Execution Memory": number(atPeakExecution),
	"Shuffle Read Metrics": object(atReadMetrics, wants{
		"Remote Blocks Fetched": number(atRemoteBlocks), "Local Blocks Fetched": number(atLocalBlocks), "Fetch Wait Time": number(atFetchWait),
		"Remote Bytes Read": number(atRemote), "Remote Bytes Read To Disk": number(atRemoteToDisk), "Local Bytes Read": number(atLocal),
		"Total Records Read": number(atReadRecords),
	}),
	"Shuffle Write Metrics": object(atWriteMetrics, wants{
		"Shuffle Bytes Written": number(atWrite), "Shuffle Write Time": number(atWriteTime), "Shuffle Records Written": number(atWriteRecords),
	}),
	"Input Metrics":  object(atInputMetrics, wants{"Bytes Read": number(atInput), "Records Read": number(atInputRecords)}),
	"Output Metrics": object(atOutputMetrics, wants{"Bytes Written": number(atOutput), "Records Written": number(atOutputRecords)}),
}

// wantedOfMemory are peaks of org.apache.spark.metrics.ExecutorMetricType.
var wantedOfMemory = wants{
	"JVMHeapMemory": number(atHeap), "JVMOffHeapMemory": number(atOffHeap),
	"OnHeapExecutionMemory": number(atOnHeapExecution), "OffHeapExecutionMemory": number(atOffHeapExecution),
	"OnHeapStorageMemory": number(atOnHeapStorage), "OffHeapStorageMemory": number(atOffHeapStorage),
	"DirectPoolMemory": number(atDirect), "MappedPoolMemory": number(atMapped),
	"ProcessTreeJVMRSSMemory": number(atJVMResident), "ProcessTreePythonRSSMemory": number(atPythonResident),
	"ProcessTreeOtherRSSMemory": number(atOtherResident),
	"MinorGCTime":               number(atMinorGC), "MajorGCTime": number(atMajorGC), "TotalGCTime": number(atTotalGC),
}
