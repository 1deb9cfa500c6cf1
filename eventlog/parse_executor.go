package eventlog

import (
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

func (p *parser) blockManager() func() {
	var e workload.BlockManagerAdded
	p.members(func(key string) {
		switch key {
		case "Block Manager ID":
			e.Executor = ""
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
	*e = workload.ExecutorAdded{At: e.At, ID: e.ID}
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
			peak = p.peaks()
		default:
			p.Skip()
		}
	})
	return func() { p.build.Measured(id, peak) }
}

// peaks reads the highest peaks of a list of them by stage.
func (p *parser) peaks() (all workload.Memory) {
	if !p.Array() {
		return all
	}
	for p.More() {
		var one workload.Memory
		p.members(func(name string) {
			if name == "Executor Metrics" {
				one = p.memory()
			} else {
				p.Skip()
			}
		})
		all.Raise(one)
	}
	return all
}

// memory reads the peaks of org.apache.spark.metrics.ExecutorMetricType.
func (p *parser) memory() (m workload.Memory) {
	p.Wanted(wantedPeaks, &p.values)
	values{&p.values}.memory(&m)
	return m
}

var wantedPeaks = object(atMemory, wantedOfMemory)

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
