package allocation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/workload"
)

// scene is a script that was played on the real ExecutorAllocationManager of Spark 3.5.6, 4.1.1 and 4.2.0 with a manual
// clock, and what came of it there. Times are milliseconds after the start.
type scene struct {
	policy func(*allocation.Policy)
	slots  int
	script func(*world)
	until  int
	want   string
}

func (s scene) play(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, policyWith(s.policy), max(1, s.slots))
	w.start()
	s.script(w)
	w.run(ms(s.until))
	return w
}

func (w *world) submit(at, stage, tasks int) {
	w.do(ms(at), func() { w.StageSubmitted(ms(at), allocation.Stage{ID: stage}, tasks, allocation.DefaultProfile) })
}

func (w *world) complete(at, stage int) {
	w.do(ms(at), func() { w.StageCompleted(ms(at), allocation.Stage{ID: stage}) })
}

func (w *world) added(at int, ids ...int) { w.do(ms(at), func() { w.add(ids...) }) }

func (w *world) began(at, stage, index int, executor string) {
	w.do(ms(at), func() { w.TaskStart(ms(at), w.task(stage, index, executor)) })
}

func (w *world) ended(at, stage, index int, executor string, status workload.Status) {
	w.do(ms(at), func() { w.TaskEnd(ms(at), w.task(stage, index, executor), status) })
}

// want is time:target/step/addTime at each tick that changed one of them.
func TestRampsOfTheRealManager(t *testing.T) {
	cases := map[string]scene{
		"A the step doubles, up to need": {
			script: func(w *world) { w.submit(300, 0, 100) },
			until:  8000,
			want:   "1300:1/2/2300 2300:3/4/3300 3300:7/8/4300 4300:15/16/5300 5300:31/32/6300 6300:63/64/7300 7300:100/1/8300",
		},
		"B a timer left in the past adds at the next tick": {
			script: func(w *world) { w.submit(0, 0, 3); w.submit(4001, 1, 20) },
			until:  7100,
			want:   "1000:1/2/2000 2000:3/4/3000 3000:3/1/3000 4100:4/2/5100 5100:6/4/6100 6100:10/8/7100 7100:18/16/8100",
		},
		"C max caps it; the second timeout differs from the first": {
			policy: func(p *allocation.Policy) { p.Max, p.Backlog, p.Sustained = 5, 3*time.Second, 2*time.Second },
			script: func(w *world) { w.submit(0, 0, 100) },
			until:  20000,
			want:   "3000:1/2/5000 5000:3/4/7000 7000:5/1/9000",
		},
		"G half the ratio, four slots": {
			policy: func(p *allocation.Policy) { p.Ratio = 0.5 },
			slots:  4,
			script: func(w *world) { w.submit(0, 0, 100) },
			until:  20000,
			want:   "1000:1/2/2000 2000:3/4/3000 3000:7/8/4000 4000:13/1/5000",
		},
		"M it starts from the executors that exist": {
			script: func(w *world) { w.added(0, upTo(6)...); w.submit(0, 0, 20) },
			until:  4000,
			want:   "1000:7/1/2000 2000:8/2/3000 3000:10/4/4000 4000:14/8/5000",
		},
		"P need falls in the middle": {
			script: func(w *world) { w.submit(0, 0, 4); w.submit(0, 1, 20); w.complete(3550, 1) },
			until:  20000,
			want:   "1000:1/2/2000 2000:3/4/3000 3000:7/8/4000 3600:4/1/4000",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, strings.Join(c.play(t).ramps, " ")) })
	}
}

// want is time:target of each request, and time:-ids of each removal.
func TestRequestsOfTheRealManager(t *testing.T) {
	oneTask := func(at int) func(*world) {
		return func(w *world) {
			w.do(0, func() { w.JobStart(0, 0, []allocation.StageShuffle{{Stage: 0, Shuffle: 7}}) })
			w.submit(0, 0, 1)
			w.added(0, 1)
			w.began(0, 0, 0, "1")
			w.ended(at, 0, 0, "1", workload.Succeeded)
			w.complete(at, 0)
			w.do(ms(at), func() { w.JobEnd(ms(at), 0) })
		}
	}
	cached := func(w *world) {
		w.added(0, 1)
		w.do(0, func() {
			w.BlockUpdated(0, w.Executor("1"), allocation.RDDBlock(3, 0), allocation.StorageLevel{Memory: true})
		})
	}
	cases := map[string]scene{
		"D initial executors hold until the first tick after a stage": {
			policy: func(p *allocation.Policy) { p.Initial, p.Min = 10, 2 },
			script: func(w *world) { w.submit(5001, 0, 4); w.complete(5501, 0) },
			until:  600_000,
			want:   "0:10 5100:4 5600:2",
		},
		"E initial executors without work leave together": {
			policy: func(p *allocation.Policy) { p.Initial = 3 },
			script: func(w *world) { w.added(0, 1, 2, 3) },
			until:  600_000,
			want:   "0:3 60000:0 60000:-1,2,3 60000:0",
		},
		"F those with the first id strings leave": {
			policy: func(p *allocation.Policy) { p.Min, p.Initial = 9, 9 },
			script: func(w *world) { w.added(0, upTo(12)...) },
			until:  600_000,
			want:   "0:9 60000:-1,10,11 60000:9",
		},
		"H the target follows the tasks, each executor its own idle time": {
			script: func(w *world) {
				w.submit(0, 0, 2)
				w.added(2100, 1, 2)
				w.began(2100, 0, 0, "1")
				w.began(2100, 0, 1, "2")
				w.ended(3000, 0, 0, "1", workload.Succeeded)
				w.ended(5050, 0, 1, "2", workload.Succeeded)
				w.complete(5050, 0)
			},
			until: 600_000,
			want:  "0:0 1000:1 2000:2 3000:1 5100:0 63000:-1 63000:0 65100:-2 65100:0",
		},
		"I a holder of shuffle files never leaves by default": {
			script: oneTask(500), until: 600_000, want: "0:0",
		},
		"J the shuffle timeout counts where it is longer": {
			policy: func(p *allocation.Policy) { p.ShuffleTimeout = 120 * time.Second },
			script: oneTask(500), until: 600_000, want: "0:0 120500:-1 120500:0",
		},
		"J and does not where it is shorter": {
			policy: func(p *allocation.Policy) { p.ShuffleTimeout = 30 * time.Second },
			script: oneTask(500), until: 600_000, want: "0:0 60500:-1 60500:0",
		},
		"O a holder of a cached block never leaves by default": {
			script: cached, until: 600_000, want: "0:0",
		},
		"O or later": {
			policy: func(p *allocation.Policy) { p.CachedIdle = 90 * time.Second },
			script: cached, until: 600_000, want: "0:0 90000:-1 90000:0",
		},
		"O but not sooner": {
			policy: func(p *allocation.Policy) { p.CachedIdle = 30 * time.Second },
			script: cached, until: 600_000, want: "0:0 60000:-1 60000:0",
		},
		"O and at the tick after the cache is dropped": {
			script: func(w *world) {
				cached(w)
				w.do(ms(70_050), func() { w.UnpersistRDD(ms(70_050), 3) })
			},
			until: 600_000, want: "0:0 70100:-1 70100:0",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, c.play(t).requests()) })
	}
}

// K: one running task and one copy that waits need two executors, so that the copy finds another host.
func TestCopyWantsAnotherHost(t *testing.T) {
	w := scene{slots: 4, script: func(w *world) {
		w.added(0, 1)
		w.submit(0, 0, 1)
		w.began(0, 0, 0, "1")
		w.do(0, func() { w.SpeculativeTaskSubmitted(0, allocation.Stage{}, 0) })
	}}.play(t)
	for p := range w.Profiles() {
		assert.Equal(t, 2, p.Need)
	}
}

// L: a failure after all tasks had started sets the timer again.
func TestFailureIsABacklog(t *testing.T) {
	w := scene{script: func(w *world) {
		w.added(0, 1)
		w.submit(0, 0, 1)
		w.began(100, 0, 0, "1")
		w.ended(2345, 0, 0, "1", workload.Failed)
	}}.play(t)
	assert.Equal(t, ms(3345), w.State().AddTime)
}

// R: the manager accepts an initial count above the maximum, which the backend of Kubernetes refuses.
func TestWhatManagersRefuse(t *testing.T) {
	_, err := allocation.NewManager(policyWith(func(p *allocation.Policy) { p.Initial, p.Max = 9, 4 }), 1, nil)
	require.NoError(t, err)

	cases := map[string]struct {
		policy allocation.Policy
		slots  int
		want   string
	}{
		"ratio 0":         {policyWith(func(p *allocation.Policy) { p.Ratio = 0 }), 1, "spark.dynamicAllocation.executorAllocationRatio"},
		"ratio 1.5":       {policyWith(func(p *allocation.Policy) { p.Ratio = 1.5 }), 1, "spark.dynamicAllocation.executorAllocationRatio"},
		"backlog 500ms":   {policyWith(func(p *allocation.Policy) { p.Backlog = ms(500) }), 1, "spark.dynamicAllocation.schedulerBacklogTimeout"},
		"a fixed count":   {allocation.Fixed(5), 1, "spark.dynamicAllocation.enabled"},
		"no slot":         {policyWith(nil), 0, "slots"},
		"two things":      {policyWith(func(p *allocation.Policy) { p.Ratio = 0 }), -1, "slots"},
		"nothing to hold": {policyWith(func(p *allocation.Policy) { p.ShuffleTracking = false }), 1, "spark.dynamicAllocation.shuffleTracking.enabled"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := allocation.NewManager(c.policy, c.slots, nil)
			var invalid *allocation.InvalidError
			require.ErrorAs(t, err, &invalid)
			var paths []string
			for _, e := range invalid.Errors {
				paths = append(paths, e.Field)
			}
			assert.Contains(t, paths, c.want)
		})
	}
}

func TestProfileRefuses(t *testing.T) {
	m, err := allocation.NewManager(policyWith(nil), 1, nil)
	require.NoError(t, err)
	require.NoError(t, m.Profile(3, 2))
	for _, c := range []struct{ id, slots int }{{-1, 2}, {1, 0}} {
		var e *field.Error
		require.ErrorAs(t, m.Profile(c.id, c.slots), &e)
	}
}

func TestManagerWithoutBackend(t *testing.T) {
	m, err := allocation.NewManager(policyWith(func(p *allocation.Policy) { p.Initial = 1 }), 1, nil)
	require.NoError(t, err)
	m.Start(0)
	m.ExecutorAdded(0, m.Executor("1"), allocation.DefaultProfile)
	for next, ok := m.NextTick(); ok; next, ok = m.NextTick() {
		m.Tick(next)
	}
	assert.Equal(t, 1, m.State().Removing)
}

func TestTimeDoesNotGoBack(t *testing.T) {
	m, err := allocation.NewManager(policyWith(nil), 1, nil)
	require.NoError(t, err)
	m.Start(ms(500))
	m.StageSubmitted(ms(100), allocation.Stage{}, 1, allocation.DefaultProfile)
	assert.Equal(t, ms(1500), m.State().AddTime)
}

// The longest times do not overflow.
func TestLongestTimes(t *testing.T) {
	never := time.Duration(1<<63 - 1)
	m, err := allocation.NewManager(policyWith(func(p *allocation.Policy) { p.Backlog, p.Idle = never, never }), 1, nil)
	require.NoError(t, err)
	late := never - time.Hour
	m.Start(late)
	m.ExecutorAdded(late, m.Executor("1"), allocation.DefaultProfile)
	m.StageSubmitted(late, allocation.Stage{}, 1, allocation.DefaultProfile)
	for range 3 {
		next, ok := m.NextTick()
		if !ok {
			break
		}
		m.Tick(next)
	}
	_, ok := m.NextTick()
	assert.False(t, ok)
	assert.Zero(t, m.State().Removing)
}
