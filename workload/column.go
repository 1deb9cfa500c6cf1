package workload

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// blockRows is how many rows a column packs together. Fewer rows a block fit the widths better, more need fewer starts.
const blockRows = 64

// column holds one number a row, none negative, in blocks of rows; a block has as many bytes a row as its largest
// number needs, and none where all are zero.
type column struct {
	// starts has, in units of blockRows bytes, where each block starts in data, and the end behind the last one; the
	// difference of two neighbours is the width of a row.
	starts []uint32
	// data ends with padding, so that eight bytes can be read from each number on.
	data []byte
}

func (c *column) at(row int) int64 {
	block, i := uint(row)/blockRows, uint(row)%blockRows
	from, to := uint(c.starts[block]), uint(c.starts[block+1])
	width := to - from
	number := binary.LittleEndian.Uint64(c.data[from*blockRows+i*width:])
	return int64(number & (1<<(8*width) - 1))
}

// size is what the column takes, in bytes.
func (c *column) size() int { return 4*cap(c.starts) + cap(c.data) }

// writer makes a column row by row. The zero value is ready.
type writer struct {
	column
	next uint32 // the start of the block that is open
	open [blockRows]uint64
	rows int // in open
}

// add appends a row; a negative number counts as zero.
func (w *writer) add(number int64) {
	w.open[w.rows] = uint64(max(0, number))
	if w.rows++; w.rows == blockRows {
		w.flush()
	}
}

func (w *writer) flush() {
	var all uint64
	for _, number := range w.open {
		all |= number
	}
	width := (bits.Len64(all) + 7) / 8
	if width > 0 {
		w.pack(width)
	}
	w.starts = append(w.starts, w.next)
	w.next += uint32(width)
	clear(w.open[:])
	w.rows = 0
}

// pack appends the open rows with a width. A row is written with eight bytes, of which the next one takes back what is
// too much.
func (w *writer) pack(width int) {
	at := len(w.data)
	w.data = slices.Grow(w.data, blockRows*width+8)[:at+blockRows*width+8]
	for _, number := range w.open {
		binary.LittleEndian.PutUint64(w.data[at:], number)
		at += width
	}
	w.data = w.data[:at]
}

// end returns the column with the spare room that it grew in; the writer is used up.
func (w *writer) end() column {
	if w.rows > 0 {
		w.flush()
	}
	return column{starts: append(w.starts, w.next), data: append(w.data, make([]byte, 8)...)}
}

// done returns the column to be kept: without spare room, but for what is not worth a copy.
func (w *writer) done() column {
	c := w.end()
	if cap(c.starts) > len(c.starts)+len(c.starts)/32 {
		c.starts = slices.Concat(c.starts)
	}
	if cap(c.data) > len(c.data)+len(c.data)/32 {
		c.data = slices.Concat(c.data)
	}
	return c
}
