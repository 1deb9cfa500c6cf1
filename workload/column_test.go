package workload

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func columnOf(numbers []int64) column {
	var w writer
	for _, n := range numbers {
		w.add(n)
	}
	return w.done()
}

// numbers of every width, zero and negative ones, in runs of one kind so that blocks differ.
func drawNumbers(t *rapid.T) []int64 {
	var numbers []int64
	for range rapid.IntRange(0, 6).Draw(t, "runs") {
		bits := rapid.IntRange(0, 63).Draw(t, "bits")
		most := int64(math.MaxInt64 >> (63 - bits))
		numbers = append(numbers, rapid.SliceOfN(rapid.Int64Range(-1, most), 0, 150).Draw(t, "run")...)
	}
	return numbers
}

func TestColumnKeepsNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := drawNumbers(t)
		c := columnOf(numbers)
		for row, n := range numbers {
			assert.Equal(t, max(0, n), c.at(row), "row %d", row)
		}
	})
}

func TestColumnTakesWhatItsNumbersNeed(t *testing.T) {
	const rows = 1000 * blockRows
	starts := 4 * (rows/blockRows + 1)
	for name, c := range map[string]struct {
		number int64
		bytes  int
	}{
		"zeros":        {0, 0},
		"negative":     {-1, 0},
		"one byte":     {255, 1},
		"two bytes":    {256, 2},
		"four bytes":   {math.MaxUint32, 4},
		"five bytes":   {math.MaxUint32 + 1, 5},
		"as it can be": {math.MaxInt64, 8},
	} {
		t.Run(name, func(t *testing.T) {
			numbers := make([]int64, rows)
			for i := range numbers {
				numbers[i] = c.number
			}
			col := columnOf(numbers)
			assert.InEpsilon(t, starts+c.bytes*rows+8, col.size(), 0.15, "but for what the allocator rounds up")
		})
	}
	tail := append(slices.Repeat([]int64{math.MaxInt64}, blockRows), 1)
	small := columnOf(tail)
	assert.Len(t, small.data, 9*blockRows+8, "and nothing of it is left for the next one")

	mixed := make([]int64, rows)
	mixed[7] = math.MaxInt64
	one := columnOf(mixed)
	assert.Less(t, one.size(), starts+10*blockRows+1000, "a large number costs its own block alone")
}

func TestColumnWithoutRows(t *testing.T) {
	c := columnOf(nil)
	assert.Panics(t, func() { c.at(0) })
}
