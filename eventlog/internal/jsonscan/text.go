package jsonscan

import (
	"encoding/binary"
	"math/bits"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Eight bytes are looked at together: ones and highs have the lowest and the highest bit of each.
const (
	ones   = 0x0101010101010101
	highs  = 0x8080808080808080
	quotes = ones * '"'
	slants = ones * '\\'
)

// zeros sets the highest bit of each byte of x that is zero. Above the first one it may set others by mistake.
func zeros(x uint64) uint64 { return (x - ones) &^ x & highs }

// quoteOrSlant returns the position of the first quote or backslash from i on, or the end of the text.
func quoteOrSlant(text []byte, i int) int {
	for ; i+8 <= len(text); i += 8 {
		x := binary.LittleEndian.Uint64(text[i:])
		if found := zeros(x^quotes) | zeros(x^slants); found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(text) && text[i] != '"' && text[i] != '\\'; i++ {
	}
	return i
}

// stringEnd returns where the string that begins at start ends, and whether it has escapes.
func (s *Scanner) stringEnd(start int) (end int, escaped bool) {
	for end = quoteOrSlant(s.data, start); end < len(s.data); end = quoteOrSlant(s.data, end+2) {
		if s.data[end] == '"' {
			return end, escaped
		}
		escaped = true
		if end+2 > len(s.data) {
			break
		}
	}
	s.fail("a string is not closed")
	return len(s.data), escaped
}

// skipString jumps over the string at the position and returns its text, without the quotes and as it is written.
func (s *Scanner) skipString() (text []byte, escaped bool) {
	start := s.pos + 1
	end, escaped := s.stringEnd(start)
	if s.err != nil {
		return nil, false
	}
	s.pos = end + 1
	return s.data[start:end], escaped
}

// Bytes reads a string. It is valid until the next call. Escapes are decoded; half a surrogate pair becomes U+FFFD.
func (s *Scanner) Bytes() []byte {
	if s.next() != '"' {
		s.fail("a string is missing")
		return nil
	}
	start := s.pos + 1
	text, escaped := s.skipString()
	if escaped {
		return s.unescape(start, start+len(text))
	}
	return text
}

// Text reads a string, or "" for any other value. Equal texts share memory.
func (s *Scanner) Text() string {
	if s.next() != '"' {
		s.Skip()
		return ""
	}
	return s.Intern(s.Bytes())
}

// Intern returns the string of b; equal ones share memory as long as there are not too many.
func (s *Scanner) Intern(b []byte) string {
	const most, longest = 1 << 16, 256
	if text, ok := s.intern[string(b)]; ok {
		return text
	}
	text := string(b)
	if len(b) <= longest && len(s.intern) < most {
		if s.intern == nil {
			s.intern = map[string]string{}
		}
		s.intern[text] = text
	}
	return text
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
