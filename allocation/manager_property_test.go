package allocation_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// step is an event with made-up numbers, in any order: plausible or not.
type step struct {
	gap        time.Duration
	kind       int
	stage      allocation.Stage
	index, job int
	executor   int
	flag       bool
}

// kinds are what a step may do; the first ones are drawn most often.
var kinds = []func(*world, step){
	func(w *world, s step) {
		w.TaskStart(w.now, allocation.Task{Stage: s.stage, Index: s.index, Executor: w.executor(s), Speculative: s.flag && s.job == 0})
	},
	func(w *world, s step) {
		status := []workload.Status{workload.Succeeded, workload.Succeeded, workload.Failed, workload.Killed}[s.job]
		w.TaskEnd(w.now, allocation.Task{Stage: s.stage, Index: s.index, Executor: w.executor(s), Speculative: s.flag}, status)
	},
	func(w *world, s step) {
		w.registered[strconv.Itoa(s.executor)] = true
		w.ExecutorAdded(w.now, w.executor(s), s.stage.ID%2)
	},
	func(w *world, s step) { w.StageSubmitted(w.now, s.stage, 1+3*s.index, s.stage.ID%2) },
	func(w *world, s step) { w.StageCompleted(w.now, s.stage) },
	func(w *world, s step) { w.gone(strconv.Itoa(s.executor)) },
	func(w *world, s step) { w.refuses = s.flag },
	func(w *world, s step) { w.kept[strconv.Itoa(s.executor)] = s.flag },
	func(w *world, s step) { w.SpeculativeTaskSubmitted(w.now, s.stage, s.index) },
	func(w *world, s step) {
		w.JobStart(w.now, s.job, []allocation.StageShuffle{{Stage: s.stage.ID, Shuffle: s.index % 4}})
	},
	func(w *world, s step) { w.JobEnd(w.now, s.job) },
	func(w *world, s step) { w.ShuffleCleaned(w.now, s.index%4) },
	func(w *world, s step) {
		w.BlockUpdated(w.now, w.executor(s), allocation.RDDBlock(s.job, s.index), allocation.StorageLevel{Memory: s.flag})
	},
	func(w *world, s step) {
		w.BlockUpdated(w.now, w.executor(s), allocation.ShuffleDataBlock(s.index%4), allocation.StorageLevel{Disk: true})
	},
	func(w *world, s step) { w.UnpersistRDD(w.now, s.job) },
	func(w *world, s step) { w.UnschedulableTaskSetAdded(w.now, s.stage) },
	func(w *world, s step) { w.UnschedulableTaskSetRemoved(w.now, s.stage) },
	func(w *world, s step) {
		if s.job+s.index == 0 {
			w.Reset(w.now)
		}
	},
}

func (w *world) executor(s step) allocation.Executor { return w.Executor(strconv.Itoa(s.executor)) }

func steps(t *rapid.T) []step {
	one := rapid.Custom(func(t *rapid.T) step {
		kind := rapid.IntRange(0, len(kinds)-1)
		return step{
			gap:  ms(rapid.SampledFrom([]int{0, 0, 1, 40, 100, 100, 350, 1000, 3000, 20000}).Draw(t, "gap")),
			kind: min(kind.Draw(t, "kind"), kind.Draw(t, "or kind")),
			stage: allocation.Stage{
				ID: rapid.IntRange(0, 3).Draw(t, "stage"), Attempt: rapid.IntRange(0, 1).Draw(t, "attempt"),
			},
			index: rapid.IntRange(0, 7).Draw(t, "index"), job: rapid.IntRange(0, 3).Draw(t, "job"),
			executor: rapid.IntRange(1, 12).Draw(t, "executor"), flag: rapid.Bool().Draw(t, "flag"),
		}
	})
	return rapid.SliceOfN(one, 0, 80).Draw(t, "steps")
}

func settings(t *rapid.T) allocation.Policy {
	seconds := func(name string, of ...int) time.Duration {
		return time.Duration(rapid.SampledFrom(of).Draw(t, name)) * time.Second
	}
	return policyWith(func(p *allocation.Policy) {
		p.Min = rapid.IntRange(0, 3).Draw(t, "min")
		p.Initial = rapid.IntRange(0, 5).Draw(t, "initial")
		p.Max = rapid.SampledFrom([]int{allocation.Unlimited, 3, 6, 20}).Draw(t, "max")
		p.Ratio = rapid.SampledFrom([]float64{1, 0.55, 0.33}).Draw(t, "ratio")
		p.Backlog, p.Sustained = seconds("backlog", 1, 3), seconds("sustained", 1, 2)
		p.Idle, p.CachedIdle, p.ShuffleTimeout = seconds("idle", 0, 1, 5), seconds("cached", 0, 8), seconds("shuffle", 0, 9)
		p.Decommission = rapid.Bool().Draw(t, "decommission")
		p.ShuffleService = rapid.IntRange(0, 3).Draw(t, "service") == 0
		p.ShuffleServiceFetchRDD = p.ShuffleService && rapid.Bool().Draw(t, "fetch")
	})
}

// play applies the steps and then waits half a minute; before each event, and at the end, it ticks as it is told.
func play(w *world, steps []step, ticks func(until time.Duration)) {
	w.start()
	for _, s := range steps {
		at := w.now + s.gap
		ticks(at - 1)
		w.now = at
		kinds[s.kind](w, s)
		w.observe()
	}
	ticks(w.now + 30*time.Second)
}

func created(t *rapid.T, p allocation.Policy) *world {
	w := newWorld(t, p, 2)
	require.NoError(t, w.Profile(1, 4))
	return w
}

// Ticks that NextTick skips do nothing: the trace is that of every tick.
func TestSkippedTicksDoNothing(t *testing.T) {
	skipped := 0
	rapid.Check(t, func(t *rapid.T) {
		p, steps := settings(t), steps(t)
		skipping, every := created(t, p), created(t, p)
		play(skipping, steps, skipping.run)
		at := time.Duration(0)
		play(every, steps, func(until time.Duration) {
			for ; at <= until; at += allocation.TickInterval {
				if next, ok := every.NextTick(); !ok || next > at {
					skipped++
				}
				every.tick(at)
			}
		})
		assert.Equal(t, every.log, skipping.log)
	})
	assert.Positive(t, skipped)
}

// What Spark keeps within bounds stays there, whatever happens.
func TestBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := settings(t)
		w := created(t, p)
		check := func() {
			executors := 0
			for s := range w.Profiles() {
				require.GreaterOrEqual(t, s.Target, p.Min)
				require.LessOrEqual(t, s.Target, max(p.EffectiveMax(), p.InitialTarget()))
				require.GreaterOrEqual(t, s.Add, 1)
				executors += s.Executors
			}
			s := w.State()
			require.LessOrEqual(t, executors, s.Executors)
			require.LessOrEqual(t, s.Removing+s.Decommissioning, s.Executors)
			require.GreaterOrEqual(t, s.AddTime, time.Duration(0))
			if next, ok := w.NextTick(); ok {
				require.GreaterOrEqual(t, next, w.now)
				require.Zero(t, next%allocation.TickInterval)
			}
		}
		play(w, steps(t), func(until time.Duration) { check(); w.run(until); check() })
		require.LessOrEqual(t, w.State().AddTime, units.Forever)
	})
}

// Handles are a matter of speed alone: the order in which ids get theirs does not show.
func TestHandlesDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, steps := settings(t), steps(t)
		one, other := created(t, p), created(t, p)
		for _, id := range rapid.Permutation(upTo(12)).Draw(t, "handles") {
			other.Executor(strconv.Itoa(id))
		}
		play(one, steps, one.run)
		play(other, steps, other.run)
		assert.Equal(t, one.log, other.log)
	})
}

// Events of one moment that have nothing to do with each other may come in any order: starts of different tasks, and
// announcements of different executors.
func TestOrderOfIndependentEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, before := settings(t), steps(t)
		after := steps(t)
		kind := rapid.SampledFrom([]int{0, 2}).Draw(t, "kind")
		var events []step
		for i := range rapid.IntRange(2, 8).Draw(t, "events") {
			events = append(events, step{kind: kind, stage: allocation.Stage{ID: i % 4}, index: i, executor: i + 1, job: 1})
		}
		permuted := rapid.Permutation(events).Draw(t, "permuted")

		one, other := created(t, p), created(t, p)
		play(one, slices.Concat(before, events), one.run)
		play(other, slices.Concat(before, permuted), other.run)
		require.Equal(t, one.state(), other.state())
		one.log, other.log = nil, nil
		for _, s := range after {
			for _, w := range []*world{one, other} {
				w.do(w.now+s.gap, func() { kinds[s.kind](w, s) })
			}
		}
		assert.Equal(t, one.log, other.log)
	})
}
