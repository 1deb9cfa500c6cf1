package replay

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPinnedTasksWaitForTheirExecutorAlsoOnItsHost(t *testing.T) {
	w := made(100, 100)
	w.hosts.names = []string{"h"}
	later(w, 0, 900)
	beside(w, 10, 5, 5)
	w.datasets = []dataset{{rdd: 1}}
	w.stages[0].keeps, w.stages[2].keeps = []int32{0}, []int32{0}
	on := map[int32]int32{}
	for _, h := range watched(t, w, fixedSetting(2), 0) {
		on[h.index] = h.executor
	}
	for _, h := range watched(t, w, fixedSetting(2), 2) {
		assert.Equal(t, on[h.index], h.executor, "task %d", h.index)
	}
}

func TestTasksWaitForTheirHostFromTheSubmissionOn(t *testing.T) {
	w := made(100)
	w.shuffles, w.stages[0].writes = 1, 0
	later(w, 0, 2000, 2000)
	beside(w, 10, 500, 500)
	w.stages[2].prefers = []int32{0}
	s := fixedSetting(2)
	w.hosts.names = []string{"a", "b"}
	assert.Equal(t, []ms{2100, 2100}, launches(t, w, s, 2), "they have waited for more than a second already")
	w.stages[2].lag = 1500
	assert.Equal(t, []ms{2100, 2600}, launches(t, w, s, 2), "they wait on")
}

func TestTaskThatPrefersNothingCountsAsNearest(t *testing.T) {
	e := &engine{Work: &Work{}, executors: make([]executor, 2)}
	s := &taskSet{loose: []int32{1}, reach: anywhere}
	s.pin(0, 0)
	index, near := e.take(s, 1, noPreference)
	assert.Equal(t, int32(1), index)
	assert.Equal(t, onExecutor, near)
}

func TestExecutorsComeAsTheNextTasksRanOnThem(t *testing.T) {
	s := taskSet{firsts: 3, tasks: []task{{executor: 0}, {executor: 1}, {executor: 2}}}
	s.pin(2, 7)
	e := &engine{stages: []taskSet{s}}
	assert.Equal(t, []int32{2, 1, 0}, e.asRecorded(0, []int32{0, 1, 2}), "the first two were launched")
}

func TestFifthOfAShuffleIsEnoughWhateverRoundingTakesOff(t *testing.T) {
	const bytes = 9 * 1009.0 / 40
	e := &engine{Work: &Work{}, files: [][]float32{{bytes, bytes, bytes, bytes, bytes}}, onKubernetes: true}
	e.executors = slices.Repeat([]executor{{alive: true}}, 5)
	var s taskSet
	e.locateFiles(&s, []int32{0})
	assert.Equal(t, []int32{0, 1, 2, 3, 4}, s.local)
}
