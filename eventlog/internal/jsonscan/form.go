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
	holes := f.holes[p.hole:p.holes]
	for at := p.start; ; {
		same := common(f.text[at:p.end], s.data[s.pos:])
		at += same
		s.pos += same
		if at == p.end {
			return true
		}
		for len(holes) > 0 && holes[0].end < at {
			holes = holes[1:]
		}
		if len(holes) == 0 || holes[0].start > at {
			return false
		}
		s.pos -= at - holes[0].start
		if !s.fill(&holes[0], v) {
			return false
		}
		at, holes = holes[0].end, holes[1:]
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

// fill reads a value of the kind of the hole. It refuses what is rare or not right.
func (s *Scanner) fill(h *hole, v *Values) bool {
	switch h.kind {
	case Number:
		n, end := integer(s.data, s.pos)
		if end == 0 {
			return false
		}
		s.pos = end
		if h.slot >= 0 {
			v.Numbers[h.slot] = n
		}
		return true
	case Text:
		return s.fillText(h, v)
	}
	return s.fillTruth(h, v)
}

func (s *Scanner) fillText(h *hole, v *Values) bool {
	end := quoteOrSlant(s.data, s.pos)
	if end == len(s.data) || s.data[end] != '"' {
		return false
	}
	if h.slot >= 0 {
		v.Texts[h.slot] = s.Intern(s.data[s.pos:end])
	}
	s.pos = end
	return true
}

func (s *Scanner) fillTruth(h *hole, v *Values) bool {
	truth := bytes.HasPrefix(s.data[s.pos:], literals[0])
	switch {
	case truth:
		s.pos += len("true")
	case bytes.HasPrefix(s.data[s.pos:], literals[1]):
		s.pos += len("false")
	default:
		return false
	}
	if h.slot >= 0 {
		v.Numbers[h.slot] = 0
		if truth {
			v.Numbers[h.slot] = 1
		}
	}
	return true
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
