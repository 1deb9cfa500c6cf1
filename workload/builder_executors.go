package workload

import (
	"cmp"
	"slices"
	"sort"

	"github.com/sparkscale/sparkscale/units"
)

// DriverID is the executor id of the driver.
const DriverID = "driver"

// oldDriverID is the same in Spark 1.3 and earlier.
const oldDriverID = "<driver>"

// IsDriver reports whether the executor is the driver itself, as in local mode.
func (e Executor) IsDriver() bool { return isDriver(e.ID) }

func isDriver(id string) bool { return id == DriverID || id == oldDriverID }

// executorBook keeps what is told of executors, by id.
type executorBook struct {
	ledger[string, executorEntry]
	// alive and cores count those that were added and not yet removed, in the order of the source.
	alive, cores int
	// storages counts the block managers that were added.
	storages int
}

// executorEntry is what events and tasks tell of one id. An id can live several times, as in a StatefulSet.
type executorEntry struct {
	id      string
	events  []executorEvent
	storage units.Bytes
	peak    Memory
	alive   bool
	cores   int   // of the life that is alive
	lives   []int // in Profile.Executors, by time
}

// executorEvent is an addition, or a removal with its reason; of ExecutorAdded, a removal has At alone.
type executorEvent struct {
	ExecutorAdded
	kind   int
	reason string
}

// The kinds of executorEvent, in the order in which they count at one time: an id that goes and comes again at the same
// time has two lives.
const (
	removal = iota
	addition
)

func (b *Builder) executor(id string) (*executorEntry, int) {
	x, i := b.executors.entry(id)
	x.id = id
	return x, i
}

// size is the longest of the lists of executors, in which the driver does not count, and of their events.
func (b *executorBook) size(t *Totals) int {
	ids := len(b.entries)
	if _, known := b.index[DriverID]; known {
		ids--
	}
	return max(ids, t.ExecutorsAdded, t.ExecutorsRemoved, b.storages)
}

// ExecutorAdded takes the registration of an executor.
func (b *Builder) ExecutorAdded(e ExecutorAdded) {
	b.Seen(e.At)
	e.At = firstKnown(e.At, e.Registered)
	x, _ := b.executor(e.ID)
	x.events = append(x.events, executorEvent{ExecutorAdded: e, kind: addition})
	book, t := &b.executors, &b.profile.Totals
	book.forget(x)
	x.alive, x.cores = true, e.Cores
	book.alive++
	book.cores += e.Cores
	t.ExecutorsAdded++
	t.MaxExecutors, t.MaxCores = max(t.MaxExecutors, book.alive), max(t.MaxCores, book.cores)
}

// ExecutorRemoved takes the removal of an executor. Kubernetes reports some twice; the first one stands.
func (b *Builder) ExecutorRemoved(id string, at Instant, reason string) {
	b.profile.Totals.ExecutorsRemoved++
	b.Seen(at)
	x, _ := b.executor(id)
	x.events = append(x.events, executorEvent{ExecutorAdded{At: at}, removal, reason})
	b.executors.forget(x)
}

func (b *executorBook) forget(x *executorEntry) {
	if x.alive {
		x.alive = false
		b.alive--
		b.cores -= x.cores
	}
}

// BlockManagerAdded takes the unified memory that an executor offers.
func (b *Builder) BlockManagerAdded(e BlockManagerAdded) {
	x, _ := b.executor(e.Executor)
	x.storage = e.Storage
	if isDriver(e.Executor) {
		b.profile.DriverUp = e.At
	}
	b.executors.storages++
}

// Measured takes peaks of a process: of an executor, or of the driver.
func (b *Builder) Measured(executor string, m Memory) {
	x, _ := b.executor(executor)
	x.peak.Raise(m)
}

// buildExecutors puts the lives of executors in order, and their peaks where they belong.
func (b *Builder) buildExecutors(p *Profile) {
	type life struct {
		Executor
		entry int
	}
	var all []life
	for i := range b.executors.entries {
		x := &b.executors.entries[i]
		for _, e := range x.live() {
			all = append(all, life{e, i})
		}
		if isDriver(x.id) {
			p.Driver.Raise(x.peak)
		} else {
			p.Totals.PeakHeapExecutors = max(p.Totals.PeakHeapExecutors, x.peak.Heap)
		}
	}
	p.Totals.PeakHeapDriver = p.Driver.Heap
	p.Totals.ActiveExecutors = b.executors.alive
	slices.SortStableFunc(all, func(x, y life) int {
		return cmp.Or(cmp.Compare(x.Added, y.Added), cmp.Compare(len(x.ID), len(y.ID)), cmp.Compare(x.ID, y.ID))
	})
	for i, l := range all {
		p.Executors = append(p.Executors, l.Executor)
		x := &b.executors.entries[l.entry]
		x.lives = append(x.lives, i)
	}
}

// live tells the lives of the id, by time. A removal of one that is not alive does not count, nor does an addition that
// is told twice. A life whose removal was not told ends when its id registers again. The peaks go to the last life.
func (x *executorEntry) live() (lives []Executor) {
	slices.SortStableFunc(x.events, func(a, b executorEvent) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.kind, b.kind), cmp.Compare(a.reason, b.reason))
	})
	end := func(e executorEvent, reason string) {
		if n := len(lives); n > 0 && !lives[n-1].Removed.Known() {
			lives[n-1].Removed, lives[n-1].Reason = e.At, reason
		}
	}
	for _, e := range x.events {
		switch n := len(lives); {
		case e.kind == removal:
			end(e, e.reason)
		case n == 0 || lives[n-1].Added != e.At:
			end(e, "its id registered again")
			lives = append(lives, x.life(e.ExecutorAdded))
		}
	}
	if n := len(lives); n > 0 {
		lives[n-1].Peak = x.peak
	}
	return lives
}

func (x *executorEntry) life(e ExecutorAdded) Executor {
	return Executor{
		ID: e.ID, Host: e.Host, Cores: max(0, e.Cores), ResourceProfile: e.ResourceProfile, Storage: x.storage,
		Requested: max(0, e.Requested), Registered: max(0, e.Registered), Added: e.At,
	}
}

// executorAt returns the life of an entry that a task was launched in, or -1 where there was none.
func (b *Builder) executorAt(entry int, executors []Executor, launch Instant) int {
	lives := b.executors.entries[entry].lives
	if len(lives) == 0 {
		return -1
	}
	later := sort.Search(len(lives), func(i int) bool { return executors[lives[i]].Added > launch })
	return lives[max(0, later-1)]
}
