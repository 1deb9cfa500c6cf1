package workload

import (
	"cmp"
	"maps"
	"slices"
)

// The columns that a row has on its way into Tasks, besides those of Tasks.
const (
	colStage   = columns + iota // index of its entry in the Builder's stages
	colID                       // the task's id
	allColumns                  // how many there are
)

// taskBook keeps the tasks that run and the rows of those that ended. In its rows an executor is the index of its entry
// in the Builder's executors, and a launch is an Instant.
type taskBook struct {
	running map[int64]TaskStart
	// unstarted are the ids of tasks that ended before their start came, if it ever does.
	unstarted map[int64]struct{}
	n         int
	rows      [allColumns]writer
}

// TaskStart takes the launch of a task attempt. The event is not kept.
func (b *Builder) TaskStart(e *TaskStart) {
	t := &b.profile.Totals
	t.TasksStarted++
	b.Seen(e.Launch)
	t.MaxTasks = max(t.MaxTasks, b.tasks.start(e))
}

// start returns how many tasks run.
func (t *taskBook) start(e *TaskStart) int {
	if _, ended := t.unstarted[e.ID]; ended {
		delete(t.unstarted, e.ID)
		return len(t.running)
	}
	if t.running == nil {
		t.running = map[int64]TaskStart{}
	}
	t.running[e.ID] = *e
	return len(t.running)
}

// TaskEnd takes the end of a task attempt. The event is not kept.
func (b *Builder) TaskEnd(e *TaskEnd) {
	b.profile.Totals.taskEnded(e)
	b.Seen(e.Finish)
	b.sketches.unstarted += b.tasks.end(e, b.sketches.on)
	b.addRow(e)
}

// end returns how many starts are missed beside those in unstarted, where sketches are kept: 1 or 0.
func (t *taskBook) end(e *TaskEnd, sketched bool) int {
	_, started := t.running[e.ID]
	switch {
	case started:
		delete(t.running, e.ID)
	case e.Status == Resubmitted: // which has no start of its own
	case sketched:
		return 1
	default:
		if t.unstarted == nil {
			t.unstarted = map[int64]struct{}{}
		}
		t.unstarted[e.ID] = struct{}{}
	}
	return 0
}

func (t *Totals) taskEnded(e *TaskEnd) {
	t.TasksEnded++
	switch e.Status {
	case Succeeded:
	case Killed:
		t.TasksKilled++
	default:
		t.TasksFailed++
	}
	if e.Speculative {
		t.TasksSpeculative++
	}
	if !e.HasMetrics {
		t.TasksWithoutMetric++
		return
	}
	t.Sums.Add(&e.Metrics)
}

// addUnfinished adds the attempts that never ended: they run until the end of the run.
func (b *Builder) addUnfinished(until Instant) {
	for _, id := range slices.Sorted(maps.Keys(b.tasks.running)) {
		b.addRow(&TaskEnd{TaskStart: b.tasks.running[id], Finish: until, Status: Running})
	}
}

// addRow keeps the attempt as a row, and what it tells of its stage attempt and its executor.
func (b *Builder) addRow(e *TaskEnd) {
	row := rowOf(e)
	s, stage := b.stage(e.Stage, e.StageAttempt)
	s.add(e, Instant(row[colLaunch]))
	x, executor := b.executor(e.Executor)
	x.peak.Raise(e.Memory)
	row[colStage], row[colExecutor], row[colID] = int64(stage), int64(executor), e.ID
	if b.sketches.on {
		b.addSketch(&row)
		return
	}
	for c := range row {
		b.tasks.rows[c].add(row[c])
	}
	b.tasks.n++
	b.sketch()
}

// rowOf lays out what the event itself tells. A launch that is not known is taken to be the run time before the finish.
func rowOf(e *TaskEnd) [allColumns]int64 {
	m, launch := &e.Metrics, e.Launch
	if !launch.Known() {
		launch = max(0, e.Finish.Add(-m.Run))
	}
	duration := e.Finish.Sub(launch).Milliseconds()
	row := [allColumns]int64{
		colIndex: int64(e.Index), colAttempt: int64(e.Attempt),
		colLaunch: int64(launch), colDuration: duration, colResultAt: min(e.GettingResult.Sub(launch).Milliseconds(), duration),
		colRun: m.Run.Milliseconds(), colCPU: m.CPU.Microseconds(), colGC: m.GC.Milliseconds(),
		colDeserialize: m.Deserialize.Milliseconds(), colDeserializeCPU: m.DeserializeCPU.Microseconds(), colSerialize: m.Serialize.Milliseconds(),
		colFetchWait: m.FetchWait.Milliseconds(), colWriteTime: m.WriteTime.Microseconds(), colInput: int64(m.Input), colOutput: int64(m.Output),
		colLocal: int64(m.ShuffleLocal), colRemote: int64(m.ShuffleRemote), colWrite: int64(m.ShuffleWrite),
		colMemorySpill: int64(m.MemorySpill), colDiskSpill: int64(m.DiskSpill), colPeakExecution: int64(m.PeakExecution),
		colHeap: int64(e.Memory.Heap), colFlags: int64(min(e.Locality, Any)) << localityShift,
	}
	if e.Speculative {
		row[colFlags] |= speculativeFlag
	}
	if e.Status <= Running {
		row[colFlags] |= int64(e.Status)
	} else {
		row[colFlags] |= int64(Failed)
	}
	return row
}

// ordered is a row beside what it is ordered by.
type ordered struct {
	stage, row int32
	launch, id int64
}

// buildTasks orders the rows by stage, launch and id.
func (b *Builder) buildTasks(p *Profile) {
	var in [allColumns]column
	for c := range in {
		in[c] = b.tasks.rows[c].end()
		b.tasks.rows[c] = writer{}
	}
	order := b.order(&in)
	t := &p.Tasks
	t.n = len(order)
	t.base = b.firstLaunch()
	if t.n > 0 {
		t.base = Instant(slices.MinFunc(order, func(x, y ordered) int { return cmp.Compare(x.launch, y.launch) }).launch)
	}
	for c := range t.columns {
		w := writer{column: column{data: make([]byte, 0, len(in[c].data)+len(in[c].data)/64), starts: make([]uint32, 0, len(in[c].starts))}}
		for _, o := range order {
			value := in[c].at(int(o.row))
			switch c {
			case colLaunch:
				value -= int64(t.base)
			case colExecutor:
				value = int64(b.executorAt(int(value), p.Executors, Instant(o.launch))) + 1
			}
			w.add(value)
		}
		t.columns[c], in[c] = w.done(), column{}
	}
}

func (b *Builder) order(in *[allColumns]column) []ordered {
	order := make([]ordered, b.tasks.n)
	for i := range order {
		stage := &b.stages.entries[in[colStage].at(i)]
		order[i] = ordered{int32(stage.rank), int32(i), in[colLaunch].at(i), in[colID].at(i)}
	}
	slices.SortFunc(order, func(x, y ordered) int {
		if c := cmp.Or(cmp.Compare(x.stage, y.stage), cmp.Compare(x.launch, y.launch), cmp.Compare(x.id, y.id)); c != 0 {
			return c
		}
		return compareRows(in, int(x.row), int(y.row))
	})
	return order
}

// compareRows orders the rows of one attempt, such as a success and its resubmission, by what they tell.
func compareRows(in *[allColumns]column, x, y int) int {
	for c := range in {
		if d := cmp.Compare(in[c].at(x), in[c].at(y)); d != 0 {
			return d
		}
	}
	return 0
}
