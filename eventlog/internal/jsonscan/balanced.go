package jsonscan

import (
	"encoding/binary"
	"math/bits"
)

// With bit 0x20 set a bracket is a brace.
const (
	small  = ones * 0x20
	opened = ones * '{'
	closed = ones * '}'
)

// Balanced reports whether in the text of an object each string is closed, and as many brackets are closed as are opened.
// A text that was cut is not balanced, nor is one that was cut and has another one behind it. Nothing else is checked.
func Balanced(text []byte) bool {
	depth, i := 0, 0
	var inside uint64 // highs within a string, else 0
	for i+8 <= len(text) {
		x := binary.LittleEndian.Uint64(text[i:])
		if zeros(x^slants) != 0 {
			n, more, in := byteByByte(text[i:], 8, inside != 0)
			i, depth, inside = i+n, depth+more, in
			continue
		}
		within := alternate(equal(x, quotes)) ^ inside
		inside = -(within >> 63) & highs
		x |= small
		depth += bits.OnesCount64(equal(x, opened)&^within) - bits.OnesCount64(equal(x, closed)&^within)
		i += 8
	}
	_, more, inside := byteByByte(text[min(i, len(text)):], 8, inside != 0)
	return inside == 0 && depth+more == 0
}

// byteByByte looks at up to n bytes, and at the one behind a backslash. It returns how many it took, what they add to the
// depth, and whether they end within a string.
func byteByByte(text []byte, n int, within bool) (taken, depth int, inside uint64) {
	for taken < min(n, len(text)) {
		switch c := text[taken]; {
		case c == '\\':
			taken++
		case c == '"':
			within = !within
		case within:
		case c|0x20 == '{':
			depth++
		case c|0x20 == '}':
			depth--
		}
		taken++
	}
	if within {
		inside = highs
	}
	return taken, depth, inside
}

// equal sets the highest bit of each byte of x that is the one of the pattern, and no other bits.
func equal(x, pattern uint64) uint64 {
	x ^= pattern
	return ^((x&^highs + (ones*0x80 - ones)) | x) & highs
}

// alternate sets, for the bits in highs, all from an odd one to the one before the next even one.
func alternate(x uint64) uint64 {
	x ^= x << 8
	x ^= x << 16
	return x ^ x<<32
}
