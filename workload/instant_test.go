package workload_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/workload"
)

func TestInstant(t *testing.T) {
	i := workload.Instant(1_700_000_000_123)
	assert.Equal(t, "2023-11-14T22:13:20.123Z", i.String())
	assert.Equal(t, time.UTC, i.Time().Location())
	assert.Equal(t, i, workload.Instant(i.Time().UnixMilli()))
	assert.Equal(t, i+1, i.Add(1999*time.Microsecond))
	assert.Equal(t, 5*time.Millisecond, (i + 5).Sub(i))
	assert.Equal(t, -5*time.Millisecond, i.Sub(i+5))
	assert.True(t, i.Known())
	for _, none := range []workload.Instant{0, -1, math.MinInt64} {
		assert.False(t, none.Known())
		assert.Equal(t, "unknown", none.String())
	}
	assert.Equal(t, time.Duration(math.MaxInt64), workload.Instant(math.MaxInt64).Sub(0), "as far as it goes")
	assert.Equal(t, time.Duration(math.MinInt64), workload.Instant(0).Sub(math.MaxInt64))
}

func TestMemory(t *testing.T) {
	m := workload.Memory{Heap: 5, Direct: 1, JVMResident: 4, GC: 2}
	m.Raise(workload.Memory{Heap: 3, Direct: 2, PythonResident: 7, OtherRSS: 1, GC: 1})
	assert.Equal(t, workload.Memory{Heap: 5, Direct: 2, JVMResident: 4, PythonResident: 7, OtherRSS: 1, GC: 2}, m)
	assert.EqualValues(t, 12, m.Resident())
}
