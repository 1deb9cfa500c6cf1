package jsonscan

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// Form is a text that was walked over, with its values marked. Another text that differs from it in values alone, and in
// the elements of arrays, need not be walked: it is compared.
type Form struct {
	text     []byte
	holes    []hole
	pieces   []piece // between the lists, one more than those
	lists    []list
	elements []piece
	values   Values
}

// hole is where another text may have another value of the same kind.
type hole struct {
	start, end int // of a text without the quotes
	slot       int
	kind       Kind // Number, Text or Truth
}

// none is the slot of what is not wanted.
const none = -1

// piece is a part of the text, with holes in it.
type piece struct{ start, end, hole, holes int }

// list is the elements of an array that is in no other one.
type list struct{ first, last int }

// longestForm is how long a text may be to be kept: beyond that it is no common one.
const longestForm = 64 << 10

// reset begins a form. What follows marks it up; all of it does nothing without a form.
func (f *Form) reset() {
	f.text, f.holes, f.pieces, f.lists, f.elements = f.text[:0], f.holes[:0], append(f.pieces[:0], piece{}), f.lists[:0], f.elements[:0]
}

func (f *Form) hole(h hole) {
	if f != nil {
		f.holes = append(f.holes, h)
	}
}

func (f *Form) open(s *Scanner) {
	if f == nil {
		return
	}
	if s.lists++; s.lists == 1 {
		f.end(&f.pieces[len(f.pieces)-1], s.pos)
		f.lists = append(f.lists, list{first: len(f.elements)})
	}
}

func (f *Form) element(s *Scanner) {
	if f != nil && s.lists == 1 {
		f.elements = append(f.elements, piece{start: s.pos, hole: len(f.holes)})
	}
}

func (f *Form) elementEnd(s *Scanner) {
	if f != nil && s.lists == 1 {
		f.end(&f.elements[len(f.elements)-1], s.pos)
	}
}

func (f *Form) close(s *Scanner) {
	if f == nil {
		return
	}
	if s.lists--; s.lists == 0 {
		f.lists[len(f.lists)-1].last = len(f.elements)
		f.pieces = append(f.pieces, piece{start: s.pos, hole: len(f.holes)})
	}
}

func (f *Form) end(p *piece, at int) { p.end, p.holes = at, len(f.holes) }

// keep ends the form.
func (f *Form) keep(text []byte, v *Values) {
	f.end(&f.pieces[len(f.pieces)-1], len(text))
	f.text, f.values = append(f.text, text...), *v
}

// match reads a text by the form. If it returns false the text may still be right, and is to be walked.
func (s *Scanner) match(f *Form, text []byte, v *Values) bool {
	s.Reset(text)
	*v = f.values
	for i := range f.pieces {
		if !s.matchPiece(f, &f.pieces[i], v) || i < len(f.lists) && !s.matchList(f, f.lists[i]) {
			return false
		}
	}
	return s.pos == len(text)
}

// matchPiece passes what is equal at a stride, and reads the holes that are not.
func (s *Scanner) matchPiece(f *Form, p *piece, v *Values) bool {
	text, holes := f.text[:p.end], f.holes[p.hole:p.holes]
	at, pos, next := p.start, s.pos, 0
	for {
		same := common(text[at:], s.data[pos:])
		at, pos = at+same, pos+same
		if at == len(text) {
			s.pos = pos
			return true
		}
		for next < len(holes) && holes[next].end < at {
			next++
		}
		if next == len(holes) || holes[next].start > at {
			return false
		}
		h := &holes[next]
		if pos = s.fill(h, pos-(at-h.start), v); pos < 0 {
			return false
		}
		at = h.end
		next++
	}
}

// matchList reads an array, whose elements are like those of the form, or like others.
func (s *Scanner) matchList(f *Form, l list) bool {
	s.first = true
	for next := l.first; s.step(']'); {
		next = s.matchElement(f, l, next)
	}
	return s.err == nil
}

// matchElement tries the element of the form whose turn it is, then those beside it, because arrays differ in that an
// element more or less is there, then the first and the last one, because Spark lists its own metrics behind those of
// SQL; then it walks. It returns whose turn it is next.
func (s *Scanner) matchElement(f *Form, l list, next int) int {
	start := s.pos
	for _, try := range [...]int{next, next + 1, next - 1, l.first, l.last - 1} {
		if try >= l.first && try < l.last {
			if s.matchPiece(f, &f.elements[try], nil) {
				return try + 1
			}
			s.pos = start
		}
	}
	s.Skip()
	return next
}

// fill reads a value of the kind of the hole and returns where it ends. It refuses what is rare or not right, with -1.
func (s *Scanner) fill(h *hole, pos int, v *Values) int {
	if h.kind == Text {
		return s.fillText(h, pos, v)
	}
	if h.kind == Truth {
		return s.fillTruth(h, pos, v)
	}
	n, end := integer(s.data, pos)
	if h.slot >= 0 {
		v.Numbers[h.slot] = n
	}
	if end == 0 {
		return -1
	}
	return end
}

func (s *Scanner) fillText(h *hole, pos int, v *Values) int {
	end := quoteOrSlant(s.data, pos)
	if end == len(s.data) || s.data[end] != '"' {
		return -1
	}
	if h.slot >= 0 {
		v.Texts[h.slot] = s.Intern(s.data[pos:end])
	}
	return end
}

func (s *Scanner) fillTruth(h *hole, pos int, v *Values) int {
	truth, end := int64(0), -1
	switch {
	case bytes.HasPrefix(s.data[pos:], literals[0]):
		truth, end = 1, pos+len("true")
	case bytes.HasPrefix(s.data[pos:], literals[1]):
		end = pos + len("false")
	}
	if h.slot >= 0 {
		v.Numbers[h.slot] = truth
	}
	return end
}

// common returns how many bytes at the beginning of a and b are equal.
func common(a, b []byte) int {
	n := min(len(a), len(b))
	a, b = a[:n], b[:n]
	i := 0
	for ; i+8 <= n; i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			return i + bits.TrailingZeros64(x)/8
		}
	}
	for ; i < n && a[i] == b[i]; i++ {
	}
	return i
}
