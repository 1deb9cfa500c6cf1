package eventlog

import (
	"time"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

func (p *parser) taskStart() func() {
	p.end = workload.TaskEnd{}
	p.taskEvent()
	return func() { p.build.TaskStart(&p.end.TaskStart) }
}

func (p *parser) taskEnd() func() {
	p.end = workload.TaskEnd{Status: workload.Failed}
	p.taskEvent()
	return func() { p.build.TaskEnd(&p.end) }
}

// taskEvent reads a task's start or end into p.end. It is on the hot path: no closures, no garbage.
func (p *parser) taskEvent() {
	if !p.Object() {
		return
	}
	for {
		key, ok := p.Key()
		if !ok {
			return
		}
		switch string(key) {
		case "Stage ID":
			p.end.Stage = p.number()
		case "Stage Attempt ID":
			p.end.StageAttempt = p.number()
		case "Task Type":
			p.end.ShuffleMap = p.Text() == "ShuffleMapTask"
		case "Task End Reason":
			p.reason()
		case "Task Info":
			p.taskInfo()
		case "Task Executor Metrics":
			p.end.Memory = p.memory()
		case "Task Metrics":
			p.end.HasMetrics = p.metrics(&p.end.Metrics)
		default:
			p.Skip()
		}
	}
}

var statuses = map[string]workload.Status{
	"Success": workload.Succeeded, "TaskKilled": workload.Killed, "ExecutorLostFailure": workload.Lost,
	"FetchFailed": workload.FetchFailed, "Resubmitted": workload.Resubmitted,
}

func (p *parser) reason() {
	if !p.Object() {
		return
	}
	for {
		key, ok := p.Key()
		if !ok {
			return
		}
		if string(key) != "Reason" {
			p.Skip()
			continue
		}
		if status, known := statuses[p.Text()]; known {
			p.end.Status = status
		}
	}
}

var localities = map[string]workload.Locality{
	"PROCESS_LOCAL": workload.ProcessLocal, "NODE_LOCAL": workload.NodeLocal, "NO_PREF": workload.NoPref,
	"RACK_LOCAL": workload.RackLocal, "ANY": workload.Any,
}

func (p *parser) taskInfo() {
	if !p.Object() {
		return
	}
	e := &p.end
	for {
		key, ok := p.Key()
		if !ok {
			return
		}
		switch string(key) {
		case "Task ID":
			e.ID = p.Int()
		case "Index":
			e.Index = p.number()
		case "Attempt":
			e.Attempt = p.number()
		case "Launch Time":
			e.Launch = p.instant()
		case "Finish Time":
			e.Finish = p.instant()
		case "Getting Result Time":
			e.GettingResult = p.instant()
		case "Executor ID":
			e.Executor = p.Text()
		case "Locality":
			e.Locality = localities[p.Text()]
		case "Speculative":
			e.Speculative = p.Bool()
		default:
			p.Skip()
		}
	}
}

// metrics reads task metrics and reports whether there were any: an absent or null value has none, and neither has
// an empty object.
func (p *parser) metrics(m *workload.Metrics) (found bool) {
	if !p.Object() {
		return false
	}
	for {
		key, ok := p.Key()
		if !ok {
			return found
		}
		found = true
		switch string(key) {
		case "Executor Run Time":
			m.Run = p.millis()
		case "Executor CPU Time":
			m.CPU = time.Duration(p.Int())
		case "Executor Deserialize Time":
			m.Deserialize = p.millis()
		case "Executor Deserialize CPU Time":
			m.DeserializeCPU = time.Duration(p.Int())
		case "Result Serialization Time":
			m.Serialize = p.millis()
		case "JVM GC Time":
			m.GC = p.millis()
		case "Result Size":
			m.ResultSize = p.size()
		case "Memory Bytes Spilled":
			m.MemorySpill = p.size()
		case "Disk Bytes Spilled":
			m.DiskSpill = p.size()
		case "Peak Execution Memory":
			m.PeakExecution = p.size()
		case "Shuffle Read Metrics", "Shuffle Write Metrics", "Input Metrics", "Output Metrics":
			p.io(m, key[0] == 'O')
		default:
			p.Skip()
		}
	}
}

func (p *parser) size() units.Bytes { return units.Bytes(p.Int()) }

// io reads one of the four groups of input and output metrics, whose names differ but for "Records …".
func (p *parser) io(m *workload.Metrics, output bool) {
	if !p.Object() {
		return
	}
	for {
		key, ok := p.Key()
		if !ok {
			return
		}
		switch string(key) {
		case "Bytes Read":
			m.Input = p.size()
		case "Records Read":
			m.InputRecords = p.Int()
		case "Bytes Written":
			m.Output = p.size()
		case "Records Written":
			if n := p.Int(); output {
				m.OutputRecords = n
			}
		case "Remote Blocks Fetched":
			m.RemoteBlocks = p.Int()
		case "Local Blocks Fetched":
			m.LocalBlocks = p.Int()
		case "Fetch Wait Time":
			m.FetchWait = p.millis()
		case "Remote Bytes Read":
			m.ShuffleRemote = p.size()
		case "Remote Bytes Read To Disk":
			m.ShuffleRemoteToDisk = p.size()
		case "Local Bytes Read":
			m.ShuffleLocal = p.size()
		case "Total Records Read":
			m.ShuffleReadRecords = p.Int()
		case "Shuffle Bytes Written":
			m.ShuffleWrite = p.size()
		case "Shuffle Write Time":
			m.WriteTime = time.Duration(p.Int())
		case "Shuffle Records Written":
			m.ShuffleWriteRecords = p.Int()
		default:
			p.Skip()
		}
	}
}
