package replay

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
)

func TestKeptDatasetHasAsManyPartitionsAsWhenItWasKept(t *testing.T) {
	w := made(800, 800)
	later(w, 5000, 800, 800)
	for i := range w.stages {
		w.stages[i].cores, w.stages[i].most, w.stages[i].keeps = 2, 100, []int32{0}
	}
	w.datasets = []dataset{{rdd: 1}}
	setting := fixedSetting(0)
	setting.Shape.Cores = 8
	setting.Policy = allocation.Default(spark.V35)
	setting.Policy.Initial, setting.Policy.Idle = 1, time.Second
	assert.Len(t, launches(t, w, setting, 0), 8)
	assert.Len(t, launches(t, w, setting, 1), 8, "also where no executor is there")
}

func TestPartitionsAreComputedAgainAsManyAsThereAre(t *testing.T) {
	e := &engine{Work: made(800, 400), kept: [][]int32{make([]int32, 4)}}
	e.datasets = []dataset{{rdd: 1}}
	assert.Equal(t, []int32{400, 400, 200, 200}, e.computing(0))
}
