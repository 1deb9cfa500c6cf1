package workload

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// rows are task attempts on their way into Tasks.
type rows struct {
	tasks   Tasks
	stage   []int32
	id      []int64
	running map[int64]TaskStart
	stages  []stageRows
}

// stageRows is what the tasks tell of their stage attempt.
type stageRows struct {
	shuffleMap bool
	sums       Metrics
}

// TaskStart takes the launch of a task attempt.
func (b *Builder) TaskStart(e *TaskStart) {
	t := &b.profile.Totals
	t.TasksStarted++
	b.Seen(e.Launch)
	if b.rows.running == nil {
		b.rows.running = map[int64]TaskStart{}
	}
	b.rows.running[e.ID] = *e
	t.MaxTasks = max(t.MaxTasks, len(b.rows.running))
}

// TaskEnd takes the end of a task attempt. The event is not kept.
func (b *Builder) TaskEnd(e *TaskEnd) {
	delete(b.rows.running, e.ID)
	b.countTask(e)
	b.Seen(e.Finish)
	b.Measured(e.Executor, e.Memory)
	b.addRow(e)
}

func (b *Builder) countTask(e *TaskEnd) {
	t := &b.profile.Totals
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

func (b *Builder) addRow(e *TaskEnd) {
	stage := b.stage(StageInfo{ID: e.Stage, Attempt: e.StageAttempt})
	r := &b.rows
	for len(r.stages) <= stage {
		r.stages = append(r.stages, stageRows{})
	}
	r.stages[stage].shuffleMap = e.ShuffleMap
	if e.HasMetrics {
		r.stages[stage].sums.Add(&e.Metrics)
	}
	executor, known := b.executors.byID[e.Executor]
	if !known {
		executor = -1
	}
	r.stage, r.id = append(r.stage, int32(stage)), append(r.id, e.ID)
	r.tasks.add(e, executor)
}

func (t *Tasks) add(e *TaskEnd, executor int) {
	i := t.n
	t.n++
	launch := max(0, e.Launch)
	t.rebase(launch)
	t.index.set(i, int64(e.Index))
	t.attempt.set(i, int64(e.Attempt))
	t.executor.set(i, int64(executor+1))
	t.launch.set(i, int64(launch-t.base))
	if e.Finish > launch {
		t.duration.set(i, int64(e.Finish-launch))
	}
	if e.GettingResult > launch {
		t.resultAt.set(i, int64(e.GettingResult-launch))
	}
	t.setTimes(i, &e.Metrics)
	t.setBytes(i, &e.Metrics)
	t.heap.set(i, int64(e.Memory.Heap))
	flags := uint8(e.Status) | uint8(e.Locality)<<localityShift
	if e.Speculative {
		flags |= speculativeFlag
	}
	t.flags = append(t.flags, flags)
}

func (t *Tasks) setTimes(i int, m *Metrics) {
	t.run.set(i, m.Run.Milliseconds())
	t.cpu.set(i, int64(m.CPU/time.Microsecond))
	t.deserialize.set(i, m.Deserialize.Milliseconds())
	t.deserializeCPU.set(i, int64(m.DeserializeCPU/time.Microsecond))
	t.serialize.set(i, m.Serialize.Milliseconds())
	t.gc.set(i, m.GC.Milliseconds())
	t.fetchWait.set(i, m.FetchWait.Milliseconds())
	t.writeTime.set(i, int64(m.WriteTime/time.Microsecond))
}

func (t *Tasks) setBytes(i int, m *Metrics) {
	t.input.set(i, int64(m.Input))
	t.output.set(i, int64(m.Output))
	t.local.set(i, int64(m.ShuffleLocal))
	t.remote.set(i, int64(m.ShuffleRemote))
	t.write.set(i, int64(m.ShuffleWrite))
	t.memorySpill.set(i, int64(m.MemorySpill))
	t.diskSpill.set(i, int64(m.DiskSpill))
	t.peakExecution.set(i, int64(m.PeakExecution))
}

// rebase moves the zero of the launch column back where a task is launched before it. A day of slack that doubles
// each time makes that rare whatever the launch times are.
func (t *Tasks) rebase(launch Instant) {
	if t.n > 1 && launch >= t.base {
		return
	}
	t.slack = max(2*t.slack, Instant((24 * time.Hour).Milliseconds()))
	base := max(0, launch-t.slack)
	for i := range t.n - 1 {
		t.launch.set(i, t.launch.at(i)+int64(t.base-base))
	}
	t.base = base
}

// addUnfinished adds the tasks that never ended as running until the end of the source.
func (b *Builder) addUnfinished() {
	for _, id := range slices.Sorted(maps.Keys(b.rows.running)) {
		b.addRow(&TaskEnd{TaskStart: b.rows.running[id], Finish: b.profile.until, Status: Running})
	}
}

// finish groups the rows by stage and hands them to the profile.
func (r *rows) finish(p *Profile) {
	r.tasks.sort(r.stage, r.id)
	p.Tasks = r.tasks
	for _, stage := range r.stage {
		p.Stages[stage].Last++
	}
	first := 0
	for i := range p.Stages {
		s := &p.Stages[i]
		s.First, s.Last = first, first+s.Last
		first = s.Last
		if i < len(r.stages) {
			s.ShuffleMap, s.Sums = r.stages[i].shuffleMap, r.stages[i].sums
		}
	}
}

// sort orders the rows by stage, launch and id.
func (t *Tasks) sort(stage []int32, id []int64) {
	order := make([]int32, t.n)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(x, y int32) int {
		return cmp.Or(cmp.Compare(stage[x], stage[y]), cmp.Compare(t.launch.at(int(x)), t.launch.at(int(y))), cmp.Compare(id[x], id[y]))
	})
	for _, c := range t.columns() {
		*c = c.permuted(order)
	}
	flags := make([]uint8, t.n)
	for i, old := range order {
		flags[i] = t.flags[old]
	}
	t.flags = flags
}
