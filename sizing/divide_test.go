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

func TestDivide(t *testing.T) {
	for name, c := range map[string]struct {
		total              units.Bytes
		executors          int
		overhead           units.Bytes
		shape              sizing.Shape
		heap, pod          int64
		inBand, fits, both bool
	}{
		"the runbook's":              {units.GiB(64), 4, units.GiB(2), sizing.Shape{}, 14336, 15769, true, true, true},
		"too little assumed":         {units.GiB(64), 4, units.GiB(1), sizing.Shape{}, 15360, 16896, false, false, true},
		"too much assumed":           {units.GiB(64), 4, units.GiB(4), sizing.Shape{}, 12288, 13516, false, true, true},
		"python needs more":          {units.GiB(64), 4, units.GiB(2), sizing.Shape{Language: sizing.Python}, 14336, 20070, true, false, true},
		"off-heap comes on top":      {units.GiB(64), 4, units.GiB(2), sizing.Shape{OffHeap: units.GiB(1)}, 14336, 16793, true, false, false},
		"thirds are cut to MiB":      {units.GiB(10), 3, units.MiB(400), sizing.Shape{}, 3013, 3397, true, true, true},
		"the shape's heap is unused": {units.GiB(64), 4, units.GiB(2), sizing.Shape{Heap: units.GiB(1), Overhead: units.GiB(9)}, 14336, 15769, true, true, true},
	} {
		d, err := sizing.Divide(c.total, c.executors, c.overhead, c.shape, spark.V35)
		require.NoError(t, err, name)
		assert.Equal(t, mib(c.heap), d.Heap, name)
		assert.Equal(t, mib(c.pod), d.Pod.Memory, name)
		assert.Equal(t, d.Heap+c.overhead+c.shape.OffHeap, d.Explicit.Memory, name)
		assert.Equal(t, []bool{c.inBand, c.fits, c.both}, []bool{d.InBand, d.Fits, d.ExplicitFits}, name)
		assert.Len(t, d.Figures, 6, name)
	}
}

func TestDivideRefuses(t *testing.T) {
	for why, c := range map[string]struct {
		total     units.Bytes
		executors int
		overhead  units.Bytes
		shape     sizing.Shape
	}{
		"executors":             {units.GiB(64), 0, units.GiB(2), sizing.Shape{}},
		"overhead":              {units.GiB(64), 4, 0, sizing.Shape{}},
		"take fewer executors":  {units.GiB(4), 4, units.GiB(1), sizing.Shape{}},
		"spark.executor.cores":  {units.GiB(64), 4, units.GiB(2), sizing.Shape{Cores: -1}},
		"leaves no heap of 450": {-units.GiB(64), 4, units.GiB(2), sizing.Shape{}},
	} {
		_, err := sizing.Divide(c.total, c.executors, c.overhead, c.shape, spark.V35)
		require.ErrorAs(t, err, new(*sizing.InvalidError), why)
		assert.ErrorContains(t, err, why)
	}
}

func TestDivisionSaysWhatFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := units.GiB(rapid.Int64Range(8, 4096).Draw(t, "total"))
		executors := rapid.IntRange(1, 8).Draw(t, "executors")
		d, err := sizing.Divide(total, executors, mib(rapid.Int64Range(1, 512).Draw(t, "overhead")), sizing.Shape{}, spark.V35)
		require.NoError(t, err)
		require.Equal(t, d.Fits, d.Heap <= d.LargestHeap)
		require.True(t, d.ExplicitFits)
		require.LessOrEqual(t, d.Heap+d.Overhead, d.Share)
	})
}

// The runbook's example: 64 GiB for four executors, 2 GiB of overhead each.
func ExampleDivide() {
	d, err := sizing.Divide(units.GiB(64), 4, units.GiB(2), sizing.Shape{}, spark.V35)
	fmt.Println(d.Heap.JVM(), d.InBand, err)
	fmt.Println("unset:", d.Pod.Memory, d.Fits)
	fmt.Println("set:  ", d.Explicit.Memory, d.ExplicitFits)
	fmt.Println("largest:", d.LargestHeap.JVM())
	// Output:
	// 14g true <nil>
	// unset: 15769 MiB true
	// set:   16 GiB true
	// largest: 14895m
}
