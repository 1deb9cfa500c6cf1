package workload_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// event is something that a run reports at a time.
type event struct {
	at   workload.Instant
	feed func(*workload.Builder)
}

func build(events []event) *workload.Profile {
	var b workload.Builder
	for _, e := range events {
		e.feed(&b)
	}
	return b.Build(workload.Coverage{})
}

// origin is the time of the first event, span how long drawn runs last at most, in milliseconds.
const (
	origin = workload.Instant(1_000_000)
	span   = 300
)

func moment(t *rapid.T, from workload.Instant, name string) workload.Instant {
	return from + workload.Instant(rapid.IntRange(0, span).Draw(t, name))
}

func maybe(t *rapid.T, name string) bool { return rapid.IntRange(0, 3).Draw(t, name) > 0 }

// drawRun makes the events of a run without contradictions, by their time. Anything may be missing or late.
func drawRun(t *rapid.T) []event {
	g := &generator{T: t}
	cpus := rapid.SampledFrom([]string{"1", "1", "2", "none"}).Draw(t, "task cpus")
	g.add(origin, func(b *workload.Builder) { b.Environment(map[string]string{"spark.task.cpus": cpus}) })
	if maybe(t, "start") {
		g.add(origin, func(b *workload.Builder) { b.ApplicationStart(workload.Application{ID: "app"}, origin) })
	}
	g.executors()
	g.jobs()
	g.stages()
	g.tasks()
	if maybe(t, "end") {
		at := moment(t, origin, "end at")
		g.add(at, func(b *workload.Builder) { b.ApplicationEnd(at) })
	}
	slices.SortStableFunc(g.events, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	return g.events
}

type generator struct {
	*rapid.T
	events []event
	hosts  []string
	keys   []workload.StageInfo
}

func (g *generator) add(at workload.Instant, feed func(*workload.Builder)) {
	g.events = append(g.events, event{at, feed})
}

func (g *generator) executors() {
	g.hosts = []string{"unknown"}
	for x := range rapid.IntRange(0, 4).Draw(g.T, "executors") {
		id := fmt.Sprint(8 + x) // "10" comes after "9"
		if x == 0 && !maybe(g.T, "cluster") {
			id = workload.DriverID
		}
		g.hosts = append(g.hosts, id)
		g.lives(id)
		peak := workload.Memory{Heap: units.MiB(rapid.Int64Range(0, 9).Draw(g.T, "heap"))}
		g.add(moment(g.T, origin, "measured"), func(b *workload.Builder) { b.Measured(id, peak) })
		g.add(moment(g.T, origin, "block manager"), func(b *workload.Builder) {
			b.BlockManagerAdded(workload.BlockManagerAdded{Executor: id, Storage: 7})
		})
	}
}

// lives adds up to three lives of an executor, some of which are told to end twice or never.
func (g *generator) lives(id string) {
	at := origin
	for range rapid.IntRange(1, 3).Draw(g.T, "lives") {
		at = moment(g.T, at, "added")
		e := workload.ExecutorAdded{At: at, ID: id, Cores: rapid.IntRange(0, 4).Draw(g.T, "cores"), Requested: at - 5, Registered: at}
		g.add(at, func(b *workload.Builder) { b.ExecutorAdded(e) })
		for range rapid.IntRange(0, 2).Draw(g.T, "removals") {
			at = moment(g.T, at+1, "removed")
			when := at
			g.add(when, func(b *workload.Builder) { b.ExecutorRemoved(id, when, "gone") })
		}
		at++
	}
}

func (g *generator) jobs() {
	for id := range rapid.IntRange(0, 3).Draw(g.T, "jobs") {
		e := workload.JobStart{At: moment(g.T, origin, "job"), ID: id, SQL: rapid.IntRange(-1, 1).Draw(g.T, "sql")}
		for stage := range 4 {
			if maybe(g.T, "lists") {
				e.StageIDs = append(e.StageIDs, stage)
			}
		}
		g.add(e.At, func(b *workload.Builder) { b.JobStart(e) })
		if end := moment(g.T, e.At, "job end"); maybe(g.T, "ends") {
			g.add(end, func(b *workload.Builder) { b.JobEnd(id, end, true) })
		}
	}
	for id := range rapid.IntRange(0, 2).Draw(g.T, "executions") {
		at := moment(g.T, origin, "sql start")
		end := moment(g.T, at, "sql end")
		g.add(at, func(b *workload.Builder) { b.SQLStart(id, "query", at) })
		g.add(end, func(b *workload.Builder) { b.SQLEnd(id, end) })
	}
}

func (g *generator) stages() {
	for id := range rapid.IntRange(1, 4).Draw(g.T, "stages") {
		for attempt := range rapid.IntRange(1, 2).Draw(g.T, "attempts") {
			s := workload.StageInfo{ID: id, Attempt: attempt, Name: fmt.Sprint(id), NumTasks: rapid.IntRange(0, 9).Draw(g.T, "size")}
			s.Submitted = moment(g.T, origin, "submitted")
			g.keys = append(g.keys, s)
			if maybe(g.T, "submission") {
				g.add(s.Submitted, func(b *workload.Builder) { b.StageSubmitted(s) })
			}
			s.Completed = moment(g.T, s.Submitted, "completed")
			s.Failure = rapid.SampledFrom([]string{"", "", "broken"}).Draw(g.T, "failure")
			if maybe(g.T, "completion") {
				g.add(s.Completed, func(b *workload.Builder) { b.StageCompleted(s) })
			}
		}
	}
}

func (g *generator) tasks() {
	for id := range rapid.IntRange(0, 25).Draw(g.T, "tasks") {
		s := rapid.SampledFrom(g.keys).Draw(g.T, "of")
		e := workload.TaskEnd{
			TaskStart: workload.TaskStart{
				Stage: s.ID, StageAttempt: s.Attempt, ID: int64(id), Index: id,
				Attempt: rapid.SampledFrom([]int{0, 0, 1}).Draw(g.T, "attempt"), Speculative: !maybe(g.T, "original"),
				Launch: moment(g.T, s.Submitted, "launch"), Executor: rapid.SampledFrom(g.hosts).Draw(g.T, "executor"),
			},
			Status:     workload.Status(rapid.IntRange(0, 4).Draw(g.T, "status")),
			HasMetrics: maybe(g.T, "metrics"), Metrics: drawMetrics(g.T), ShuffleMap: s.ID == 0,
		}
		e.Finish = moment(g.T, e.Launch, "finish")
		if !maybe(g.T, "small result") {
			e.GettingResult = e.Launch + workload.Instant(rapid.Int64Range(0, int64(e.Finish-e.Launch)).Draw(g.T, "getting"))
		}
		if maybe(g.T, "starts") {
			g.add(e.Launch, func(b *workload.Builder) { b.TaskStart(&e.TaskStart) })
		}
		if maybe(g.T, "finishes") {
			g.add(e.Finish, func(b *workload.Builder) { b.TaskEnd(&e) })
			g.resubmit(e)
		}
	}
}

// resubmit reports some successes again as lost.
func (g *generator) resubmit(e workload.TaskEnd) {
	if e.Status != workload.Succeeded || maybe(g.T, "kept") {
		return
	}
	e.Status, e.HasMetrics = workload.Resubmitted, false
	g.add(moment(g.T, e.Finish, "resubmitted"), func(b *workload.Builder) { b.TaskEnd(&e) })
}

func drawMetrics(t *rapid.T) workload.Metrics {
	millis := func(name string) time.Duration {
		return time.Duration(rapid.IntRange(0, 50).Draw(t, name)) * time.Millisecond
	}
	return workload.Metrics{
		Run: millis("run"), CPU: millis("cpu"), GC: millis("gc"), Deserialize: millis("deserialize"),
		Input: units.Bytes(rapid.Int64Range(0, 1<<40).Draw(t, "input")), DiskSpill: units.Bytes(rapid.Int64Range(0, 1).Draw(t, "spill")),
	}
}
