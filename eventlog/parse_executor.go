package eventlog

import (
	"math"
	"time"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

func (p *parser) blockManager() func() {
	var e workload.BlockManagerAdded
	p.members(func(key string) {
		switch key {
		case "Block Manager ID":
			p.members(func(name string) {
				if name == "Executor ID" {
					e.Executor = p.Text()
				} else {
					p.Skip()
				}
			})
		case "Timestamp":
			e.At = p.instant()
		case "Maximum Memory":
			e.Storage = units.Bytes(p.Int())
		default:
			p.Skip()
		}
	})
	return func() { p.build.BlockManagerAdded(e) }
}

func (p *parser) executorAdded() func() {
	var e workload.ExecutorAdded
	p.members(func(key string) {
		switch key {
		case "Timestamp":
			e.At = p.instant()
		case "Executor ID":
			e.ID = p.Text()
		case "Executor Info":
			p.executorInfo(&e)
		default:
			p.Skip()
		}
	})
	return func() { p.build.ExecutorAdded(e) }
}

func (p *parser) executorInfo(e *workload.ExecutorAdded) {
	p.members(func(key string) {
		switch key {
		case "Host":
			e.Host = p.Text()
		case "Total Cores":
			e.Cores = p.number()
		case "Resource Profile Id":
			e.ResourceProfile = p.number()
		case "Request Time":
			e.Requested = p.instant()
		case "Registration Time":
			e.Registered = p.instant()
		default:
			p.Skip()
		}
	})
}

func (p *parser) executorRemoved() func() {
	var id, reason string
	var at workload.Instant
	p.members(func(key string) {
		switch key {
		case "Timestamp":
			at = p.instant()
		case "Executor ID":
			id = p.Text()
		case "Removed Reason":
			reason = p.Text()
		default:
			p.Skip()
		}
	})
	return func() { p.build.ExecutorRemoved(id, at, reason) }
}

func (p *parser) stageExecutorMetrics() func() {
	var id string
	var peak workload.Memory
	p.members(func(key string) {
		switch key {
		case "Executor ID":
			id = p.Text()
		case "Executor Metrics":
			peak = p.memory()
		default:
			p.Skip()
		}
	})
	return func() { p.build.Measured(id, peak) }
}

func (p *parser) executorMetricsUpdate() func() {
	var id string
	var peak workload.Memory
	p.members(func(key string) {
		switch key {
		case "Executor ID":
			id = p.Text()
		case "Executor Metrics Updated":
			if !p.Array() {
				return
			}
			for p.More() {
				p.members(func(name string) {
					if name == "Executor Metrics" {
						peak.Raise(p.memory())
					} else {
						p.Skip()
					}
				})
			}
		default:
			p.Skip()
		}
	})
	return func() { p.build.Measured(id, peak) }
}

// memory reads the peaks of org.apache.spark.metrics.ExecutorMetricType.
func (p *parser) memory() workload.Memory {
	var m workload.Memory
	var minor, major, total time.Duration
	if !p.Object() {
		return m
	}
	for {
		key, ok := p.Key()
		if !ok {
			break
		}
		if field := memoryField(&m, key); field != nil {
			*field = units.Bytes(p.Int())
			continue
		}
		switch string(key) {
		case "MinorGCTime":
			minor = p.millis()
		case "MajorGCTime":
			major = p.millis()
		case "TotalGCTime":
			total = p.millis()
		default:
			p.Skip()
		}
	}
	m.GC = max(total, minor+major)
	return m
}

func memoryField(m *workload.Memory, key []byte) *units.Bytes {
	switch string(key) {
	case "JVMHeapMemory":
		return &m.Heap
	case "JVMOffHeapMemory":
		return &m.OffHeap
	case "OnHeapExecutionMemory":
		return &m.OnHeapExecution
	case "OffHeapExecutionMemory":
		return &m.OffHeapExecution
	case "OnHeapStorageMemory":
		return &m.OnHeapStorage
	case "OffHeapStorageMemory":
		return &m.OffHeapStorage
	case "DirectPoolMemory":
		return &m.Direct
	case "MappedPoolMemory":
		return &m.Mapped
	case "ProcessTreeJVMRSSMemory":
		return &m.JVMResident
	case "ProcessTreePythonRSSMemory":
		return &m.PythonResident
	case "ProcessTreeOtherRSSMemory":
		return &m.OtherRSS
	}
	return nil
}

// millis reads milliseconds, saturated.
func (p *parser) millis() time.Duration {
	const most = math.MaxInt64 / int64(time.Millisecond)
	return time.Duration(min(max(p.Int(), -most), most)) * time.Millisecond
}

func (p *parser) unpersistRDD() func() {
	rdd := 0
	p.members(func(key string) {
		if key == "RDD ID" {
			rdd = p.number()
		} else {
			p.Skip()
		}
	})
	return func() { p.build.UnpersistRDD(rdd) }
}
