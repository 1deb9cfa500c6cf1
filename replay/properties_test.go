package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// drawnCase is a case of the oracle's, whose choices rapid makes.
func drawnCase(t *rapid.T) oracleCase {
	return drawCase(&draws{choose: func(n int) int { return rapid.IntRange(0, n).Draw(t, "choice") }})
}

// plain lets a case's tasks take what they take, wherever and whenever they run.
func plain(c oracleCase) oracleCase {
	for l := range c.work.cold.cost {
		clear(c.work.cold.cost[l])
	}
	for i := range c.work.stages {
		c.work.stages[i].cores, c.work.stages[i].keeps = 0, nil
	}
	return c
}

// place is a task's.
type place struct{ stage, index int32 }

// history replays a case and returns what happened, with the result; it reports whether there is one.
func (c oracleCase) history(t *rapid.T) (happened []happening, r Result, ok bool) {
	c.setting.watch = func(h happening) { happened = append(happened, h) }
	r, err := c.work.Run(context.Background(), c.setting)
	if errors.Is(err, ErrStuck) {
		return nil, Result{}, false
	}
	require.NoError(t, err)
	return happened, r, true
}

func TestEveryTaskRunsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := plain(drawnCase(t))
		happened, r, ok := c.history(t)
		if !ok {
			return
		}
		runs, ended, busy := map[place]happening{}, map[place]bool{}, map[int32]int{}
		for _, h := range happened {
			at := place{h.stage, h.index}
			switch h.what {
			case "task launched":
				assert.NotContains(t, runs, at)
				runs[at] = h
				busy[h.executor]++
				assert.LessOrEqual(t, busy[h.executor], c.setting.Shape.Slots())
			case "task ended":
				assert.Contains(t, runs, at)
				assert.Equal(t, runs[at].executor, h.executor)
				assert.GreaterOrEqual(t, h.at, runs[at].at)
				assert.False(t, ended[at])
				ended[at] = true
				busy[h.executor]--
			}
		}
		assert.Len(t, runs, len(c.work.tasks))
		assert.Len(t, ended, len(c.work.tasks))
		var length ms
		for _, task := range c.work.tasks {
			length += ms(task.base)
			if len(c.setting.Executors) > 0 && slices.Equal(c.setting.Executors, c.work.lives) {
				length += ms(task.own)
			}
		}
		assert.Equal(t, time.Duration(c.setting.Shape.TaskCPUs)*length.duration(), r.BusyTime)
	})
}

func TestExecutorsStayWithinBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawnCase(t)
		happened, r, ok := c.history(t)
		if !ok {
			return
		}
		s := c.setting
		most := max(s.Policy.InitialTarget(), s.Policy.EffectiveMax())
		if s.Capacity > 0 {
			most = min(most, s.Capacity)
		}
		if len(s.Executors) > 0 {
			most = len(s.Executors)
		}
		assert.LessOrEqual(t, r.PeakExecutors, most)
		for i, l := range r.Timeline {
			assert.LessOrEqual(t, l.Executors, r.PeakExecutors)
			assert.Equal(t, l.Executors*s.Shape.Cores, l.Cores)
			assert.LessOrEqual(t, l.Running*s.Shape.TaskCPUs, l.Cores)
			assert.True(t, l.Executors >= 0 && l.Running >= 0 && l.Pending >= 0 && l.Stages >= 0)
			assert.True(t, i == 0 || r.Timeline[i-1].At < l.At)
		}
		live := 0
		for _, h := range happened {
			switch h.what {
			case "executor registered":
				live++
			case "executor removed":
				live--
				assert.GreaterOrEqual(t, live, s.Policy.Min)
			}
		}
		b := r.Bound
		assert.Equal(t, r.Wall, b.Driver+b.Allocation+b.Capacity+b.Tail)
	})
}

func TestAnotherExecutorDoesNotChangeTheWork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := plain(drawnCase(t))
		if c.setting.Policy.Dynamic || len(c.setting.Executors) > 0 {
			return
		}
		c.setting.Capacity = 0
		work := func() (done []place, busy time.Duration) {
			happened, r, ok := c.history(t)
			require.True(t, ok)
			for _, h := range happened {
				if h.what == "task ended" {
					done = append(done, place{h.stage, h.index})
				}
			}
			slices.SortFunc(done, func(a, b place) int { return cmp.Or(cmp.Compare(a.stage, b.stage), cmp.Compare(a.index, b.index)) })
			return done, r.BusyTime
		}
		done, busy := work()
		c.setting.Policy.Instances++
		more, busier := work()
		assert.Equal(t, done, more)
		assert.Equal(t, busy, busier)
	})
}

// told is an event that a Builder can be told, about something.
type told struct {
	at    workload.Instant
	about string
	tell  func(b *workload.Builder)
}

// drawnEvents are those of a run, many at equal times; of one thing they come in their order, and so do starts of jobs, of
// which that counts.
func drawnEvents(t *rapid.T) (events []told) {
	start := workload.Instant(1_000_000)
	tell := func(after int, about string, what func(b *workload.Builder, at workload.Instant)) {
		at := start + workload.Instant(100*after)
		events = append(events, told{at, about, func(b *workload.Builder) { what(b, at) }})
	}
	upTo := func(n int) int { return rapid.IntRange(0, n).Draw(t, "choice") }
	executors := 1 + upTo(3)
	for i := range executors {
		tell(upTo(3), fmt.Sprint("executor", i), func(b *workload.Builder, at workload.Instant) {
			b.ExecutorAdded(workload.ExecutorAdded{At: at, ID: fmt.Sprint(i), Host: fmt.Sprint("h", i%2), Cores: 2})
		})
	}
	id := int64(0)
	for j := range 1 + upTo(2) {
		from := 4 + 3*upTo(3)
		stages := 1 + upTo(2)
		ids := []int{}
		for s := range stages {
			ids = append(ids, 10*j+s)
		}
		tell(from, "jobs", func(b *workload.Builder, at workload.Instant) {
			b.JobStart(workload.JobStart{At: at, ID: j, StageIDs: ids, SQL: -1})
		})
		for _, stage := range ids {
			info := workload.StageInfo{ID: stage, NumTasks: 1 + upTo(5), Submitted: start + workload.Instant(100*from)}
			about := fmt.Sprint("stage", stage)
			tell(from, about, func(b *workload.Builder, _ workload.Instant) { b.StageSubmitted(info) })
			until := from + 1
			for index := range info.NumTasks {
				launched := from + upTo(2)
				ended := launched + 1 + upTo(3)
				until = max(until, ended)
				task := workload.TaskStart{Stage: stage, ID: id, Index: index, Executor: fmt.Sprint(upTo(executors - 1)), Launch: start + workload.Instant(100*launched)}
				id++
				tell(launched, fmt.Sprint("task", task.ID), func(b *workload.Builder, _ workload.Instant) { b.TaskStart(&task) })
				tell(ended, fmt.Sprint("task", task.ID), func(b *workload.Builder, at workload.Instant) {
					run := workload.Metrics{Run: at.Sub(task.Launch), CPU: at.Sub(task.Launch) / 2}
					b.TaskEnd(&workload.TaskEnd{TaskStart: task, Finish: at, HasMetrics: true, Metrics: run, ShuffleMap: stage%2 == 0})
				})
			}
			tell(until, about, func(b *workload.Builder, at workload.Instant) {
				info.Completed = at
				b.StageCompleted(info)
			})
			from += upTo(until - from)
		}
		tell(from+9, fmt.Sprint("end", j), func(b *workload.Builder, at workload.Instant) { b.JobEnd(j, at, true) })
	}
	slices.SortStableFunc(events, func(a, b told) int { return cmp.Compare(a.at, b.at) })
	return events
}

// permuted changes the order of events of one time that are not about one thing.
func permuted(t *rapid.T, events []told) []told {
	events = slices.Clone(events)
	for range 2 * len(events) {
		i := rapid.IntRange(0, len(events)-2).Draw(t, "swap")
		if a, b := events[i], events[i+1]; a.at == b.at && a.about != b.about {
			events[i], events[i+1] = b, a
		}
	}
	return events
}

func TestOrderOfEventsOfOneTimeChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawnEvents(t)
		c := drawnCase(t)
		s := c.setting
		replayed := func(events []told) string {
			b := &workload.Builder{}
			b.LogStart("3.5.6")
			b.Environment(map[string]string{spark.Master.Name: "spark://m", spark.ExecutorCores.Name: "2"})
			b.ApplicationStart(workload.Application{ID: "a"}, 1_000_000)
			for _, e := range events {
				e.tell(b)
			}
			b.ApplicationEnd(1_010_000)
			w, err := NewWork(b.Build(workload.Coverage{}))
			require.NoError(t, err)
			if len(s.Executors) > 0 {
				s.Shape, s.Executors = sizing.Shape{Cores: 2}, w.Lives()
			}
			p, err := Predict(context.Background(), []*Work{w}, s, PredictOptions{})
			return fmt.Sprintf("%+v %v", p, err)
		}
		assert.Equal(t, replayed(events), replayed(permuted(t, events)))
	})
}
