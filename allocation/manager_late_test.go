package allocation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/workload"
)

// What the sources of Spark say about events that come late, twice or not at all, and the recordings do not show.

func needs(w *world) (needs []int) {
	for p := range w.Profiles() {
		needs = append(needs, p.Need)
	}
	return needs
}

// An attempt that was submitted with two profiles is dropped from neither.
func TestAttemptOfTwoProfiles(t *testing.T) {
	w := newWorld(t, policyWith(nil), 1)
	w.start()
	for profile := range 2 {
		w.StageSubmitted(0, allocation.Stage{}, 4, profile)
	}
	assert.Equal(t, []int{4, 4}, needs(w))
	w.complete(100, 0)
	assert.Equal(t, []int{0, 0}, needs(w))
	w.began(200, 0, 0, "1")
	w.ended(300, 0, 0, "1", workload.Succeeded)
	assert.Equal(t, []int{-1, -1}, needs(w))
}

// The end of a killed task leaves the copy that waits; success takes it away.
func TestCopyOfKilledTask(t *testing.T) {
	for status, want := range map[workload.Status]int{workload.Killed: 1, workload.Succeeded: 0} {
		w := newWorld(t, policyWith(nil), 1)
		w.start()
		w.submit(0, 0, 1)
		w.began(0, 0, 0, "1")
		w.SpeculativeTaskSubmitted(0, allocation.Stage{}, 0)
		w.ended(100, 0, 0, "1", status)
		assert.Equal(t, []int{want}, needs(w), status)
	}
}

// A timer that has run out with nothing to add is no reason to look again.
func TestTimerInThePast(t *testing.T) {
	w := newWorld(t, policyWith(nil), 1)
	w.start()
	w.submit(0, 0, 3)
	w.run(ms(3100))
	assert.Equal(t, "3/1/3000", w.ramp())
	_, ok := w.NextTick()
	assert.False(t, ok)
}

// Executors 1 and 2 have timed out and are on the list, kept by the target of a stage that none of them runs, which falls
// at 6050. The list is made anew only for what makes it void.
func TestListIsMadeAnewOnlyWhenVoid(t *testing.T) {
	shuffle := func(w *world, id string) {
		w.BlockUpdated(w.now, w.Executor(id), allocation.ShuffleDataBlock(7), allocation.StorageLevel{Disk: true})
	}
	cache := func(w *world, id string, partition int) {
		w.BlockUpdated(w.now, w.Executor(id), allocation.RDDBlock(3, partition), allocation.StorageLevel{Memory: true})
	}
	cases := map[string]struct {
		early, late func(*world)
		want        string
	}{
		"nothing happens":    {want: "6100:-1,2"},
		"one is lost":        {late: func(w *world) { w.gone("1") }, want: "6100:-2"},
		"one is heard of":    {late: func(w *world) { w.add(2) }, want: "6100:-1 6500:-2"},
		"a shuffle file":     {late: func(w *world) { shuffle(w, "1") }, want: "6100:-1,2"},
		"and then an update": {late: func(w *world) { shuffle(w, "1"); w.UnpersistRDD(w.now, 3) }, want: "6100:-2"},
		"a task end unheard": {late: func(w *world) { w.TaskEnd(w.now, w.task(9, 9, "1"), workload.Succeeded) }, want: "6100:-2 6500:-1"},
		"a block beside another": {
			early: func(w *world) { cache(w, "1", 0) },
			late:  func(w *world) { shuffle(w, "1"); cache(w, "1", 1) },
			want:  "6100:-1,2",
		},
		"a job with two stages of one shuffle holds it after its end": {
			early: func(w *world) {
				w.JobStart(w.now, 0, []allocation.StageShuffle{{Stage: 8, Shuffle: 7}, {Stage: 9, Shuffle: 7}})
				shuffle(w, "1")
				w.JobEnd(w.now, 0)
			},
			want: "6100:-2",
		},
		"a file of a shuffle that it holds already": {
			early: func(w *world) {
				shuffle(w, "1")
				w.JobStart(w.now, 0, []allocation.StageShuffle{{Stage: 8, Shuffle: 6}})
				w.JobEnd(w.now, 0)
				shuffle(w, "1")
			},
			want: "6100:-1,2",
		},
		"one of two shuffles is cleaned": {
			early: func(w *world) {
				shuffle(w, "1")
				w.BlockUpdated(w.now, w.Executor("1"), allocation.ShuffleDataBlock(6), allocation.StorageLevel{Disk: true})
				w.ShuffleCleaned(w.now, 6)
			},
			want: "6100:-2",
		},
		"a shuffle used anew": {
			early: func(w *world) {
				w.JobStart(w.now, 0, []allocation.StageShuffle{{Stage: 8, Shuffle: 7}})
				shuffle(w, "1")
				w.JobEnd(w.now, 0)
			},
			late: func(w *world) { w.JobStart(w.now, 1, []allocation.StageShuffle{{Stage: 9, Shuffle: 7}}) },
			want: "6100:-2",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, policyWith(func(p *allocation.Policy) {
				p.Idle, p.CachedIdle, p.ShuffleTimeout = time.Second, time.Second, time.Second
			}), 1)
			w.start()
			w.submit(0, 0, 2)
			w.added(2100, 1, 2)
			if c.early != nil {
				w.do(ms(2200), func() { c.early(w) })
			}
			if c.late != nil {
				w.do(ms(5450), func() { c.late(w) })
			}
			w.complete(6050, 0)
			w.run(ms(30_000))
			assert.Equal(t, c.want, w.removals())
		})
	}
}
