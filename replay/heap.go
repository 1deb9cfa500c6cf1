package replay

import "math"

// event is something that will happen.
type event struct {
	at   ms
	seq  int32 // orders events of one time as they were made, and ticks behind them
	kind kind
	id   int32 // executor, stage or job, by kind
	of   int32 // stage of a task
	task int32 // its place in the stage
}

type kind uint8

const (
	slotFree kind = iota
	stageEnds
	stageLaunches
	revives
	stageReady
	jobReady
	jobEnds
	executorUp
	executorReady
	executorGone
	executorLeaves
	executorStarts
	shared
	warmed
	retries
	gateOpens
	tick
)

// queue is a binary heap of events by time, then by the order in which they were made. A tick comes behind what else there
// is at its time, as allocation.Manager.NextTick says, whenever the tick was queued: it may be, or not, before that.
type queue struct {
	events []event
	made   int32
}

func (q *queue) len() int { return len(q.events) }

func (q *queue) push(at ms, k kind, id int32) { q.pushTask(at, k, id, 0, 0) }

func (q *queue) pushTask(at ms, k kind, id, of, task int32) {
	q.made++
	seq := q.made
	if k == tick {
		seq = math.MaxInt32
	}
	q.events = append(q.events, event{at, seq, k, id, of, task})
	i := len(q.events) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !q.events[i].before(&q.events[parent]) {
			break
		}
		q.events[i], q.events[parent] = q.events[parent], q.events[i]
		i = parent
	}
}

func (q *queue) pop() event {
	top := q.events[0]
	last := len(q.events) - 1
	q.events[0] = q.events[last]
	q.events = q.events[:last]
	i := 0
	for {
		child := 2*i + 1
		if child >= last {
			return top
		}
		if child+1 < last && q.events[child+1].before(&q.events[child]) {
			child++
		}
		if !q.events[child].before(&q.events[i]) {
			return top
		}
		q.events[i], q.events[child] = q.events[child], q.events[i]
		i = child
	}
}

func (e *event) before(other *event) bool {
	return e.at < other.at || e.at == other.at && e.seq < other.seq
}
