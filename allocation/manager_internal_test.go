package allocation

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// The sums that events keep are those that Spark adds up anew for each question.
func TestSumsAreThoseOfTheAttempts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, err := NewManager(Default(spark.V35), 1, nil)
		require.NoError(t, err)
		small := rapid.IntRange(0, 3)
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) { requireSums(t, m) },
			"submit": func(t *rapid.T) {
				m.StageSubmitted(0, Stage{ID: small.Draw(t, "stage")}, small.Draw(t, "tasks"), small.Draw(t, "profile"))
			},
			"complete": func(t *rapid.T) { m.StageCompleted(0, Stage{ID: small.Draw(t, "stage")}) },
			"start":    func(t *rapid.T) { m.TaskStart(0, anyTask(t, m)) },
			"end": func(t *rapid.T) {
				m.TaskEnd(0, anyTask(t, m), rapid.SampledFrom([]workload.Status{workload.Succeeded, workload.Failed, workload.Killed, workload.Running}).Draw(t, "status"))
			},
			"copy": func(t *rapid.T) {
				m.SpeculativeTaskSubmitted(0, Stage{ID: small.Draw(t, "stage")}, small.Draw(t, "index"))
			},
			"exclude": func(t *rapid.T) { m.UnschedulableTaskSetAdded(0, Stage{ID: small.Draw(t, "stage")}) },
			"include": func(t *rapid.T) { m.UnschedulableTaskSetRemoved(0, Stage{ID: small.Draw(t, "stage")}) },
		})
	})
}

func anyTask(t *rapid.T, m *Manager) Task {
	small := rapid.IntRange(0, 3)
	return Task{
		Stage: Stage{ID: small.Draw(t, "stage")}, Index: small.Draw(t, "index"),
		Executor: m.Executor("1"), Speculative: rapid.Bool().Draw(t, "speculative"),
	}
}

func requireSums(t *rapid.T, m *Manager) {
	loads, waiting, open := map[*profile]load{}, 0, 0
	for stage, a := range m.attempts {
		require.Equal(t, stage, a.stage)
		l := load{pending: -a.started.size, copies: a.pendingCopies.size, running: a.running}
		if a.submitted {
			l.pending += a.tasks
		}
		if a.unschedulable {
			l.unschedulable = 1
		}
		if len(a.profiles) > 0 && (l.pending > 0 || l.copies > 0) {
			waiting++
		}
		if a.submitted || a.pendingCopies.exists || a.startedCopies.exists {
			open++
		}
		for _, p := range a.profiles {
			sum := loads[p]
			sum.add(l, +1)
			loads[p] = sum
		}
	}
	require.Equal(t, waiting, m.waiting)
	require.Equal(t, open, m.open)
	for _, p := range m.profiles {
		require.Equal(t, loads[p], p.load, "profile %d", p.id)
	}
	for _, a := range m.unused {
		require.True(t, a.over() && !a.unschedulable && len(a.profiles)+a.started.size+a.pendingCopies.size+a.tasks == 0)
	}
}

// The counts of executors are those of the trackers.
func requireExecutors(t *rapid.T, m *Manager) {
	counts := map[*profile][3]int{}
	for place, e := range m.monitor.live {
		tr := &m.monitor.trackers[e]
		require.Equal(t, place, tr.place)
		c := counts[tr.profile]
		c[0]++
		if tr.leaving {
			c[1]++
		}
		if tr.draining {
			c[2]++
		}
		counts[tr.profile] = c
	}
	for _, p := range m.profiles {
		require.Equal(t, counts[p], [3]int{p.executors, p.leaving, p.draining}, "profile %d", p.id)
	}
}

func TestCountsAreThoseOfTheTrackers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Default(spark.V35)
		p.Idle, p.Decommission = 0, rapid.Bool().Draw(t, "decommission")
		m, err := NewManager(p, 1, nil)
		require.NoError(t, err)
		executor := func(t *rapid.T) Executor {
			return m.Executor(rapid.SampledFrom([]string{"1", "2", "3", "10"}).Draw(t, "executor"))
		}
		t.Repeat(map[string]func(*rapid.T){
			"":       func(t *rapid.T) { requireExecutors(t, m) },
			"add":    func(t *rapid.T) { m.ExecutorAdded(0, executor(t), rapid.IntRange(-1, 0).Draw(t, "profile")) },
			"remove": func(t *rapid.T) { m.ExecutorRemoved(0, executor(t)) },
			"start":  func(t *rapid.T) { m.TaskStart(0, Task{Executor: executor(t)}) },
			"end":    func(t *rapid.T) { m.TaskEnd(0, Task{Executor: executor(t)}, workload.Succeeded) },
			"tick":   func(*rapid.T) { m.Tick(0) },
			"reset": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "reset") == 0 {
					m.Reset(0)
				}
			},
		})
	})
}

func TestIndexSetIsASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s indexSet
		model := map[int]bool{}
		index := rapid.OneOf(rapid.IntRange(-3, 200), rapid.SampledFrom([]int{denseIndices - 1, denseIndices, 1<<31 - 1}))
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				require.Equal(t, len(model), s.size)
				i := index.Draw(t, "i")
				require.Equal(t, model[i], s.has(i))
			},
			"add": func(t *rapid.T) {
				i := index.Draw(t, "i")
				require.Equal(t, !model[i], s.add(i))
				model[i] = true
				require.True(t, s.exists)
			},
			"remove": func(t *rapid.T) {
				i := index.Draw(t, "i")
				require.Equal(t, model[i], s.remove(i))
				delete(model, i)
			},
			"drop": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "drop") == 0 {
					s.drop()
					clear(model)
					require.False(t, s.exists)
				}
			},
		})
	})
}
