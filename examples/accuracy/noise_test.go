package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/workload"
)

func TestNoise(t *testing.T) {
	list := noise([]recording{
		{Name: "a", App: "etl", Config: "n2", Spark: "3.5.7", JobsMS: 900, Quiet: true},
		{Name: "b", App: "etl", Config: "n4", Spark: "3.5.7", JobsMS: 500, Quiet: true},
		{Name: "c", App: "etl", Config: "n2", Spark: "3.5.7", JobsMS: 1200, Quiet: true},
		{Name: "d", App: "etl", Config: "n2", Spark: "4.0.1", JobsMS: 100, Quiet: true},
		{Name: "loud", App: "etl", Config: "n2", Spark: "3.5.7", JobsMS: 9000},
	})
	assert.Len(t, list, 1)
	assert.Equal(t, []string{"a", "c"}, list[0].Runs)
	assert.InDelta(t, 300.0/1050, list[0].Spread, 1e-9)
}

// upFor makes a run of dynamic allocation with an executor from its first second on, until the end.
func upFor(name string, seconds int) recording {
	var b workload.Builder
	b.ApplicationStart(workload.Application{ID: name}, 1_000_000)
	b.ExecutorAdded(workload.ExecutorAdded{At: 1_001_000, ID: "1", Cores: 1})
	b.ApplicationEnd(1_001_000 + workload.Instant(1000*seconds))
	return recording{Name: name, App: "etl", Config: "da", Quiet: true, policy: allocation.Policy{Dynamic: true}, profile: b.Build(workload.Coverage{})}
}

func TestNoiseAreas(t *testing.T) {
	fixed := upFor("fixed", 9)
	fixed.Config, fixed.policy.Dynamic = "n1", false
	list := noiseAreas([]recording{upFor("a", 4), fixed, upFor("b", 6), fixed})
	assert.Len(t, list, 1)
	assert.Equal(t, twins{Kind: "noise-area", From: "a", To: "b", One: 4000, Other: 6000, Error: 2000.0 / 5000}, list[0])
}

func TestBetween(t *testing.T) {
	assert.Equal(t, int64(0), between(nil, nil))
	assert.Equal(t, int64(1+2+3), between([]int{1, 4, 0}, []int{2, 2, 3}))
	assert.Equal(t, int64(1+5), between([]int{1, 5}, []int{0}), "what one lacks counts as 0")
}
