package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/workload"
)

func TestSights(t *testing.T) {
	s := sights{levels: []workload.Level{
		{At: 0}, // the driver starts
		{At: 2000, Stages: 1, Pending: 4},
		{At: 5000, Stages: 1, Pending: 2, Executors: 1},
		{At: 7000, Stages: 1, Executors: 2},
		{At: 8000, Executors: 2}, // alone between stages
		{At: 8500, Stages: 1, Executors: 2},
		{At: 9000, Executors: 2}, // stops
		{At: 9900},
	}}
	assert.Equal(t, phases{waiting: 5 * time.Second, last: 1500 * time.Millisecond, driver: 500 * time.Millisecond}, s.count())
	assert.InDelta(t, 3, s.start(1), 1e-9)
	assert.InDelta(t, (3.0+5.0)/2, s.start(2), 1e-9)

	assert.Equal(t, phases{}, sights{}.count())
	assert.Equal(t, phases{}, sights{levels: []workload.Level{{At: 1}, {At: 2}}}.count())
	assert.Zero(t, sights{}.start(3))
}

func TestWhy(t *testing.T) {
	up := func(at workload.Instant, n int) []workload.Level {
		return []workload.Level{{At: 1000, Stages: 1}, {At: at, Stages: 1, Executors: n}, {At: 60_000}}
	}
	real := sights{levels: up(3000, 2), phases: phases{10 * time.Second, 4 * time.Second, time.Second}, busy: 100 * time.Second, peak: 2, tasks: 50}
	assert.Empty(t, why(real, real))

	predicted := sights{levels: up(5500, 3), phases: phases{12 * time.Second, time.Second, time.Second}, busy: 110 * time.Second, peak: 3, tasks: 48}
	assert.Equal(t, "last tasks of stages -3.0 s, tasks wait for a slot +2.0 s; executors are there after 4.5 s on average, really 2.0 s; "+
		"tasks take 110.0 s together, really 100.0 s; 3 executors at most, really 2; 48 tasks were replayed, really there were 50", why(predicted, real))
}
