package jsonscan

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Skip jumps over the next value.
func (s *Scanner) Skip() { s.skip(0) }

func (s *Scanner) skip(depth int) {
	if depth > maxDepth {
		s.fail("it nests too deep")
		return
	}
	switch c := s.next(); c {
	case '"':
		end, _ := s.stringEnd(s.pos + 1)
		s.pos = end + 1
	case '{':
		s.skipObject(depth)
	case '[':
		s.pos++
		s.first = true
		for s.step(']') {
			s.skip(depth + 1)
		}
	case 't', 'f', 'n', 'N', 'I':
		s.literal()
	default:
		if s.err == nil {
			s.number()
		}
	}
}

func (s *Scanner) skipObject(depth int) {
	s.pos++
	s.first = true
	for s.step('}') {
		if s.next() != '"' {
			s.fail("a name is missing")
			return
		}
		end, _ := s.stringEnd(s.pos + 1)
		s.pos = end + 1
		if s.next() != ':' {
			s.fail("a colon is missing after a name")
			return
		}
		s.pos++
		s.skip(depth + 1)
	}
}

// literals are JSON's and the three that Spark's JSON library writes for doubles without a value.
var literals = [][]byte{[]byte("true"), []byte("false"), []byte("null"), []byte("NaN"), []byte("Infinity")}

func (s *Scanner) literal() {
	for _, text := range literals {
		if bytes.HasPrefix(s.data[s.pos:], text) {
			s.pos += len(text)
			return
		}
	}
	s.fail("a value is missing")
}

// number jumps over a number of the form -?digits[.digits][(e|E)[+-]digits].
func (s *Scanner) number() {
	if s.at('-') {
		s.pos++
		if s.at('I') {
			s.literal()
			return
		}
	}
	s.digits()
	if s.at('.') {
		s.pos++
		s.digits()
	}
	if s.at('e') || s.at('E') {
		s.pos++
		if s.at('+') || s.at('-') {
			s.pos++
		}
		s.digits()
	}
}

func (s *Scanner) at(c byte) bool { return s.pos < len(s.data) && s.data[s.pos] == c }

func (s *Scanner) digits() {
	start := s.pos
	for s.pos < len(s.data) && s.data[s.pos] >= '0' && s.data[s.pos] <= '9' {
		s.pos++
	}
	if s.pos == start {
		s.fail("a value is missing")
	}
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (s *Scanner) unescape(start, end int) []byte {
	out := s.scratch[:0]
	for i := start; i < end; {
		c := s.data[i]
		if c != '\\' {
			out = append(out, c)
			i++
			continue
		}
		if s.data[i+1] == 'u' {
			var r rune
			if r, i = s.unicode(i, end); s.err != nil {
				return nil
			}
			out = utf8.AppendRune(out, r)
			continue
		}
		if out = append(out, escapes[s.data[i+1]]); out[len(out)-1] == 0 {
			s.pos = i
			s.fail("unknown escape in a string")
			return nil
		}
		i += 2
	}
	s.scratch = out
	return out
}

// unicode reads the \uXXXX at i, two of them for a surrogate pair, and returns the position behind.
func (s *Scanner) unicode(i, end int) (rune, int) {
	r, ok := hex4(s.data[i:end])
	if !ok {
		s.pos = i
		s.fail("unknown escape in a string")
		return 0, end
	}
	i += 6
	if utf16.IsSurrogate(r) {
		if low, ok := hex4(s.data[i:end]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, i + 6
			}
		}
		return utf8.RuneError, i
	}
	return r, i
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 32)
	return rune(n), err == nil
}
