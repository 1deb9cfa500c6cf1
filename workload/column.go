package workload

import "math"

// column holds one number a row in four bytes; rarer large values lie beside it. Rows that were never set, and all
// rows behind the last one that is not zero, cost nothing.
type column struct {
	small []uint32
	large map[int]int64
}

func (c *column) set(row int, value int64) {
	if value <= 0 && row >= len(c.small) {
		return
	}
	for len(c.small) <= row {
		c.small = append(c.small, 0)
	}
	delete(c.large, row)
	if value < math.MaxUint32 {
		c.small[row] = uint32(max(value, 0))
		return
	}
	c.small[row] = math.MaxUint32
	if c.large == nil {
		c.large = map[int]int64{}
	}
	c.large[row] = value
}

func (c *column) at(row int) int64 {
	if row >= len(c.small) {
		return 0
	}
	if v := c.small[row]; v != math.MaxUint32 {
		return int64(v)
	}
	return c.large[row]
}

// permuted returns the column with row order[i] at i.
func (c *column) permuted(order []int32) column {
	var p column
	if len(c.small) == 0 {
		return p
	}
	p.small = make([]uint32, 0, len(order))
	for row, old := range order {
		p.set(row, c.at(int(old)))
	}
	return p
}
