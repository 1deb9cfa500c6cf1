package workload

import (
	"github.com/sparkscale/sparkscale/units"
)

// DriverID is the executor id of the driver.
const DriverID = "driver"

// oldDriverID is the same in Spark 1.3 and earlier.
const oldDriverID = "<driver>"

// executorBook keeps the lives of executors and what was measured of them.
type executorBook struct {
	spans   []Executor
	byID    map[string]int
	alive   map[string]int // id to cores
	storage map[string]units.Bytes
	peak    map[string]*Memory
	driver  Memory
	cores   int
}

// ExecutorAdded takes the registration of an executor.
func (b *Builder) ExecutorAdded(e ExecutorAdded) {
	t := &b.profile.Totals
	t.ExecutorsAdded++
	b.Seen(e.At)
	b.executors.add(e)
	t.MaxExecutors, t.MaxCores = max(t.MaxExecutors, len(b.executors.alive)), max(t.MaxCores, b.executors.cores)
}

func (x *executorBook) add(e ExecutorAdded) {
	if x.byID == nil {
		x.byID, x.alive = map[string]int{}, map[string]int{}
	}
	previous, again := x.alive[e.ID]
	x.cores += e.Cores - previous
	x.alive[e.ID] = e.Cores
	span := Executor{
		ID: e.ID, Host: e.Host, Cores: e.Cores, ResourceProfile: e.ResourceProfile,
		Requested: e.Requested, Registered: e.Registered, Added: e.At, Storage: x.storage[e.ID],
	}
	if again {
		x.spans[x.byID[e.ID]] = span
		return
	}
	x.byID[e.ID] = len(x.spans)
	x.spans = append(x.spans, span)
}

// ExecutorRemoved takes the removal of an executor. Kubernetes reports some twice; the first one stands.
func (b *Builder) ExecutorRemoved(id string, at Instant, reason string) {
	b.profile.Totals.ExecutorsRemoved++
	b.Seen(at)
	x := &b.executors
	cores, ok := x.alive[id]
	if !ok {
		return
	}
	delete(x.alive, id)
	x.cores -= cores
	span := &x.spans[x.byID[id]]
	span.Removed, span.Reason = at, reason
}

// BlockManagerAdded takes the unified memory that an executor offers.
func (b *Builder) BlockManagerAdded(e BlockManagerAdded) {
	x := &b.executors
	if x.storage == nil {
		x.storage = map[string]units.Bytes{}
	}
	x.storage[e.Executor] = e.Storage
	if index, ok := x.byID[e.Executor]; ok {
		x.spans[index].Storage = e.Storage
	}
}

// Measured takes peaks of a process: of an executor, or of the driver.
func (b *Builder) Measured(executor string, m Memory) {
	if m == (Memory{}) {
		return
	}
	x := &b.executors
	if x.peak == nil {
		x.peak = map[string]*Memory{}
	}
	peak := x.peak[executor]
	if peak == nil {
		peak = &Memory{}
		x.peak[executor] = peak
	}
	peak.Raise(m)
}

// peaks hands what was measured to the executors and the driver.
func (x *executorBook) peaks() (executors, driver units.Bytes) {
	for id, m := range x.peak {
		if id == DriverID {
			x.driver, driver = *m, m.Heap
		} else {
			executors = max(executors, m.Heap)
		}
		if index, ok := x.byID[id]; ok {
			x.spans[index].Peak = *m
		}
	}
	return executors, driver
}

// IsDriver reports whether the executor is the driver itself, as in local mode.
func (e Executor) IsDriver() bool { return e.ID == DriverID || e.ID == oldDriverID }
