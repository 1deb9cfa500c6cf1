package allocation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

var (
	v30 = spark.Version{Major: 3}
	v33 = spark.Version{Major: 3, Minor: 3}
	v34 = spark.Version{Major: 3, Minor: 4}
)

// The needs are those of the real ExecutorAllocationManager of Spark 3.5.6, 4.1.1 and 4.2.0.
func TestNeedIsSparksInSparksFloatOrder(t *testing.T) {
	for _, c := range []struct {
		ratio                   float64
		pending, running, slots int
		want                    int
	}{
		{0.55, 100, 0, 1, 56},
		{0.55, 40, 60, 1, 56},
		{0.55, 180, 0, 1, 100},
		{0.55, 100, 0, 5, 12},
		{0.5, 100, 0, 4, 13},
		{1, 100, 0, 1, 100},
		{1, 0, 0, 4, 0},
		{1, 1, 0, 4, 1},
		{1, -2, 1, 1, -1},
		{1, -1, 0, 4, 0},
		{1, 3, 0, 0, 3},
		{1, 1 << 30, 1<<30 - 1, 1, 1<<31 - 1},
	} {
		p := allocation.Default(spark.V35)
		p.Ratio = c.ratio
		assert.Equal(t, c.want, p.Need(c.pending, c.running, c.slots), c)
	}
}

func TestDefaultsAreThoseOfTheVersion(t *testing.T) {
	want := allocation.Policy{
		Dynamic: true, Max: allocation.Unlimited, Ratio: 1,
		Backlog: time.Second, Sustained: time.Second, Idle: time.Minute, CachedIdle: units.Forever,
		ShuffleTimeout: units.Forever,
	}
	assert.Equal(t, want, allocation.Default(v33))
	assert.False(t, allocation.Default(v33).TracksShuffle())
	want.ShuffleTracking = true
	for _, v := range []spark.Version{v34, spark.V35, spark.V40, spark.V41, spark.V42} {
		assert.Equal(t, want, allocation.Default(v), v)
		assert.Equal(t, map[string]string{
			"spark.dynamicAllocation.enabled": "true", "spark.dynamicAllocation.minExecutors": "0",
		}, allocation.Default(v).Conf(v))
	}
}

func TestInitialTargetIsTheLargestOfThree(t *testing.T) {
	p := allocation.Default(spark.V35)
	assert.Equal(t, 0, p.InitialTarget())
	p.Initial = 3
	assert.Equal(t, 3, p.InitialTarget())
	p.Min = 4
	assert.Equal(t, 4, p.InitialTarget())
	p.Instances, p.Max = 9, 5
	assert.Equal(t, 9, p.InitialTarget(), "max does not bind it")
	assert.Equal(t, 7, allocation.Fixed(7).InitialTarget())
}

func TestEffectiveMax(t *testing.T) {
	p := allocation.Default(spark.V35)
	assert.Equal(t, 1<<31-1, p.EffectiveMax())
	p.Max = 12
	assert.Equal(t, 12, p.EffectiveMax())
	assert.Equal(t, 3, allocation.Fixed(3).EffectiveMax())
}

func TestTracksShuffle(t *testing.T) {
	p := allocation.Default(spark.V35)
	assert.True(t, p.TracksShuffle())
	p.ShuffleService = true
	assert.False(t, p.TracksShuffle(), "the service keeps the files")
	assert.False(t, allocation.Fixed(2).TracksShuffle())
}

func TestPolicyForPeople(t *testing.T) {
	p := allocation.Default(spark.V40)
	assert.Equal(t, "dynamic allocation 0…unlimited, idle 60s, shuffle tracking timeout never", p.String())
	p.Min, p.Max, p.Initial, p.Ratio, p.ShuffleTimeout = 1, 14, 4, 0.5, 2*time.Minute
	assert.Equal(t, "dynamic allocation 1…14, initial 4, ratio 0.5, idle 60s, shuffle tracking timeout 120s", p.String())
	p.ShuffleTracking = false
	assert.Equal(t, "dynamic allocation 1…14, initial 4, ratio 0.5, idle 60s", p.String())
	assert.Equal(t, "1 executor", allocation.Fixed(1).String())
	assert.Equal(t, "unlimited", allocation.FormatCount(allocation.Unlimited))
}
