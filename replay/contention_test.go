package replay

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// finishes lets starts of so many milliseconds begin at given times and returns when each ended.
func finishes(atOnce float64, begins []ms, work []float64) map[int32]ms {
	e := &engine{}
	e.pool = pool{e: e, atOnce: atOnce}
	for i, at := range begins {
		e.queue.push(at, executorStarts, int32(i))
	}
	ended := map[int32]ms{}
	for e.queue.len() > 0 {
		v := e.queue.pop()
		e.now = v.at
		switch v.kind {
		case executorStarts:
			e.pool.add(work[v.id], executorUp, v.id, 0, 0)
		case shared:
			e.pool.ends(v.id)
		default:
			ended[v.id] = v.at
		}
	}
	return ended
}

func TestPoolSharesProcessors(t *testing.T) {
	assert.Equal(t, map[int32]ms{0: 1000, 1: 1000}, finishes(0, []ms{0, 0}, []float64{1000, 1000}), "any number at full speed")
	assert.Equal(t, map[int32]ms{0: 1000, 1: 1000}, finishes(2, []ms{0, 0}, []float64{1000, 1000}), "as many as go at once")
	assert.Equal(t, map[int32]ms{0: 2000, 1: 2000}, finishes(1, []ms{0, 0}, []float64{1000, 1000}), "each at half speed")
	assert.Equal(t, map[int32]ms{0: 250, 1: 250, 2: 250}, finishes(1.2, []ms{0, 0, 0}, []float64{100, 100, 100}), "rounding takes no time")
	// The first is alone for 500 ms, then both go at half speed; the second is alone at last.
	assert.Equal(t, map[int32]ms{0: 1500, 1: 2000}, finishes(1, []ms{0, 500}, []float64{1000, 1000}))
}

func TestPoolLosesNoWork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		begins, work, sum := make([]ms, n), make([]float64, n), 0.0
		for i := range n {
			begins[i], work[i] = ms(rapid.IntRange(0, 3000).Draw(t, "at")), float64(rapid.IntRange(1, 2000).Draw(t, "work"))
			sum += work[i]
		}
		atOnce := rapid.Float64Range(1, 5).Draw(t, "at once")
		ended := finishes(atOnce, begins, work)
		assert.Len(t, ended, n)
		last := ms(0)
		for i, at := range ended {
			assert.GreaterOrEqual(t, float64(at-begins[i])+1, work[i], "no one is faster than alone")
			last = max(last, at)
		}
		assert.GreaterOrEqual(t, float64(last)*atOnce+float64(n), sum, "the machine does no more than it can")
		var spans []span
		for i := range n {
			spans = append(spans, span{begins[i], ended[int32(i)]})
		}
		l := loadOf(spans, nil)
		for i, s := range spans {
			assert.InDelta(t, work[i], l.alone(s, atOnce), 3+0.01*work[i], "what was observed tells what it was alone")
		}
	})
}

func TestFitAtOnce(t *testing.T) {
	begins, work := []ms{0, 1000, 1000, 2000, 2000, 2000, 2000}, []float64{900, 900, 900, 900, 900, 900, 900}
	spans := func(atOnce float64) (list []span) {
		ended := finishes(atOnce, begins, work)
		for i := range begins {
			list = append(list, span{begins[i], ended[int32(i)]})
		}
		return list
	}
	for _, atOnce := range []float64{1, 1.5, 2.5} {
		list := spans(atOnce)
		l := loadOf(list, nil)
		assert.InEpsilon(t, atOnce, fitAtOnce(&l, list, 0), 0.1)
	}
	list := spans(0)
	l := loadOf(list, nil)
	assert.Zero(t, fitAtOnce(&l, list, 0), "starts that do not slow each other")
	for i := range list {
		list[i] = span{0, 5000}
	}
	l = loadOf(list, nil)
	assert.Zero(t, fitAtOnce(&l, list, 0), "starts that were all at once tell nothing")
	assert.InDelta(t, 1.2, fitAtOnce(&l, list, 1.2), 1e-9, "what is expected stands")
}

func TestExecutorsThatWaitForANodeDoNotLoadThePool(t *testing.T) {
	w := made(100)
	w.delays.up = 1000
	setting := fixedSetting(2)
	setting.Provisioning, setting.Ready = 10*time.Second, 1
	setting.Arrivals = &Arrivals{Each: []time.Duration{time.Second, time.Second}, Alone: time.Second, AtOnce: 1}
	assert.Equal(t, []ms{2000}, launches(t, w, setting, 0))
}
