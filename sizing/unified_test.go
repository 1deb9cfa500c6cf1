package sizing_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// The unified memory that UnifiedMemoryManager of Spark 3.5.6 gave when it was run.
func TestUnified(t *testing.T) {
	for heap, want := range map[int64]units.Bytes{450: 94371840, 1024: 455501414, 4096: 2388236697} {
		u, err := sizing.Unified(mib(heap), spark.Conf{})
		require.NoError(t, err)
		assert.Equal(t, want, u.Total, "heap of %d MiB", heap)
		assert.Equal(t, want/2, u.Storage, "half of it, cut")
	}
	_, err := sizing.Unified(mib(449), spark.Conf{})
	assert.ErrorContains(t, err, "450m")
	u, err := sizing.Unified(units.GiB(4), spark.NewConf(spark.V35, map[string]string{"spark.memory.fraction": "0.5", "spark.memory.storageFraction": "0"}))
	require.NoError(t, err)
	assert.Equal(t, sizing.UnifiedMemory{Total: mib(1898)}, u)
	for _, conf := range []map[string]string{{"spark.memory.fraction": "2"}, {"spark.memory.storageFraction": "1"}, {"spark.memory.fraction": "x"}} {
		_, err := sizing.Unified(units.GiB(4), spark.NewConf(spark.V35, conf))
		assert.ErrorAs(t, err, new(*sizing.InvalidError))
	}
}

func TestTaskMemory(t *testing.T) {
	u := sizing.UnifiedMemory{Total: 1000, Storage: 500}
	for _, c := range []struct {
		active      int
		stored      units.Bytes
		floor, most units.Bytes
	}{
		{1, 0, 500, 1000},
		{4, 0, 125, 250},
		{4, 200, 100, 200},
		{4, 900, 62, 125}, // of what is stored, half may be evicted
		{0, 0, 500, 1000},
	} {
		assert.Equal(t, c.most, u.TaskCap(c.active, c.stored))
		assert.Equal(t, c.floor, u.TaskFloor(c.active, c.stored))
	}
}

func TestTaskMemoryHoldsTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, err := sizing.Unified(mib(rapid.Int64Range(450, 1<<20).Draw(t, "heap")), spark.Conf{})
		require.NoError(t, err)
		n, stored := rapid.IntRange(1, 64).Draw(t, "tasks"), units.Bytes(rapid.Int64Range(0, 1<<40).Draw(t, "stored"))
		require.LessOrEqual(t, u.TaskCap(n, stored)*units.Bytes(n), u.Execution(stored))
		require.LessOrEqual(t, u.TaskFloor(n, stored)*2, u.TaskCap(n, stored))
		require.GreaterOrEqual(t, u.Execution(stored), u.Total-u.Storage)
	})
}

func ExampleUnified() {
	u, err := sizing.Unified(units.GiB(4), spark.Conf{})
	fmt.Println(u.Total, u.Storage, err)
	fmt.Println("one of 4 tasks:", u.TaskFloor(4, 0), "to", u.TaskCap(4, 0))
	// Output:
	// 2.22 GiB 1.11 GiB <nil>
	// one of 4 tasks: 285 MiB to 569 MiB
}
