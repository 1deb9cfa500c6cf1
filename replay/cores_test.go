package replay

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestDividedKeepsTheWork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tasks []task
		base, wrote := 0, 0.0
		for range rapid.IntRange(1, 40).Draw(t, "tasks") {
			one := task{base: int32(rapid.IntRange(1, 100_000).Draw(t, "ms")), wrote: float32(rapid.IntRange(0, 1000).Draw(t, "bytes"))}
			tasks = append(tasks, one)
			base, wrote = base+int(one.base), wrote+float64(one.wrote)
		}
		parts := divided(tasks, rapid.IntRange(1, 80).Draw(t, "n"))
		for _, p := range parts {
			assert.Positive(t, p.base)
			base, wrote = base-int(p.base), wrote-float64(p.wrote)
		}
		assert.InDelta(t, 0, base, float64(len(parts)), "each part has at least a millisecond")
		assert.InDelta(t, 0, wrote, 0.1)
	})
}

func TestDividedKeepsTheSkew(t *testing.T) {
	bases := func(parts []task) (list []int32) {
		for _, p := range parts {
			list = append(list, p.base)
		}
		return list
	}
	tasks := []task{{base: 100}, {base: 900}}
	assert.Equal(t, []int32{50, 50, 450, 450}, bases(divided(tasks, 4)))
	assert.Equal(t, []int32{1000}, bases(divided(tasks, 1)))
}

func TestDividedLosesNoMillisecond(t *testing.T) {
	var sum int32
	for _, p := range divided([]task{{base: 7}, {base: 2}}, 3) {
		sum += p.base
	}
	assert.Equal(t, int32(9), sum)
}
