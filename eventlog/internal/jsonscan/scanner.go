// Package jsonscan walks one JSON text in memory, pulling out the wanted values and jumping over the others, without
// garbage. It checks the text that it passes: brackets, commas, colons, literals and numbers, and the escapes of the
// strings that it reads. It is lenient where JSON is strict but nothing can be mistaken: control characters and invalid
// UTF-8 in strings, and the escapes of strings that are jumped over.
package jsonscan

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
)

// maxDepth is how deep objects and arrays may nest, as in encoding/json.
const maxDepth = 10000

// Scanner walks a text. After an error every call returns zero values, so that only the end has to be checked.
type Scanner struct {
	data    []byte
	pos     int
	first   bool
	err     error
	scratch []byte
	intern  map[string]string
}

// SyntaxError says where a text is no JSON.
type SyntaxError struct {
	// Offset is the position in bytes from the start of the text.
	Offset int
	// Reason says what was found.
	Reason string
}

// Error implements error.
func (e *SyntaxError) Error() string { return fmt.Sprintf("at byte %d: %s", e.Offset, e.Reason) }

// Reset starts over on another text, which must not change while it is walked.
func (s *Scanner) Reset(data []byte) { s.data, s.pos, s.first, s.err = data, 0, false, nil }

// Err returns the first error, always a *SyntaxError.
func (s *Scanner) Err() error { return s.err }

// End checks that only white space follows.
func (s *Scanner) End() {
	if s.space(); s.err == nil && s.pos < len(s.data) {
		s.fail("unexpected text after the value")
	}
}

func (s *Scanner) fail(reason string) {
	if s.err == nil {
		s.err = &SyntaxError{Offset: s.pos, Reason: reason}
	}
}

func (s *Scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

// next skips white space and returns the byte there, or 0 at the end or after an error.
func (s *Scanner) next() byte {
	if s.err != nil {
		return 0
	}
	s.space()
	if s.pos >= len(s.data) {
		s.fail("the text ends in the middle")
		return 0
	}
	return s.data[s.pos]
}

// Object enters an object. A value of another kind is jumped over, and false returned.
func (s *Scanner) Object() bool { return s.enter('{') }

// Array enters an array. A value of another kind is jumped over, and false returned.
func (s *Scanner) Array() bool { return s.enter('[') }

func (s *Scanner) enter(open byte) bool {
	if c := s.next(); c != open {
		if s.err == nil {
			s.Skip()
		}
		return false
	}
	s.pos++
	s.first = true
	return true
}

// More steps to the next element of the array that was entered, and reports whether there is one.
func (s *Scanner) More() bool { return s.step(']') }

func (s *Scanner) step(closing byte) bool {
	c := s.next()
	first := s.first
	s.first = false
	switch {
	case s.err != nil:
		return false
	case c == closing:
		s.pos++
		return false
	case first:
		return true
	case c != ',':
		s.fail("a comma or " + string(closing) + " is missing")
		return false
	}
	s.pos++
	if s.next() == closing {
		s.fail("a value is missing after the comma")
		return false
	}
	return s.err == nil
}

// Key steps to the next member of the object that was entered, and returns its name. The value has to be read or
// skipped before the next call, and the name is valid until then.
func (s *Scanner) Key() ([]byte, bool) {
	if !s.step('}') {
		return nil, false
	}
	key := s.Bytes()
	if s.next() != ':' {
		s.fail("a colon is missing after a name")
	}
	if s.err != nil {
		return nil, false
	}
	s.pos++
	return key, true
}

// Bytes reads a string. It is valid until the next call. Escapes are decoded; half a surrogate pair becomes U+FFFD.
func (s *Scanner) Bytes() []byte {
	if s.next() != '"' {
		s.fail("a string is missing")
		return nil
	}
	start := s.pos + 1
	end, escaped := s.stringEnd(start)
	if s.err != nil {
		return nil
	}
	s.pos = end + 1
	if !escaped {
		return s.data[start:end]
	}
	return s.unescape(start, end)
}

// stringEnd returns where the string that begins at start ends, and whether it has escapes.
func (s *Scanner) stringEnd(start int) (end int, escaped bool) {
	end = start
	for {
		quote := bytes.IndexByte(s.data[end:], '"')
		if quote < 0 {
			s.fail("a string is not closed")
			return len(s.data), escaped
		}
		end += quote
		slashes := 0
		for end-slashes > start && s.data[end-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return end, escaped || slashes > 0 || bytes.IndexByte(s.data[start:end], '\\') >= 0
		}
		escaped = true
		end++
	}
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

// Int reads a number, truncated toward zero and saturated, or 0 for any other value.
func (s *Scanner) Int() int64 {
	c := s.next()
	if c != '-' && (c < '0' || c > '9') {
		s.Skip()
		return 0
	}
	start := s.pos
	s.number()
	text := s.data[start:s.pos]
	if n, ok := digits(text); ok {
		return n
	}
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return n
	}
	f, err := strconv.ParseFloat(string(text), 64)
	switch {
	case err != nil && f == 0:
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

// digits reads up to 18 digits with a sign.
func digits(text []byte) (int64, bool) {
	negative := text[0] == '-'
	if negative {
		text = text[1:]
	}
	if len(text) == 0 || len(text) > 18 {
		return 0, false
	}
	var n int64
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if negative {
		return -n, true
	}
	return n, true
}

// Float reads a number, or 0 for any other value.
func (s *Scanner) Float() float64 {
	c := s.next()
	if c != '-' && (c < '0' || c > '9') {
		s.Skip()
		return 0
	}
	start := s.pos
	s.number()
	f, _ := strconv.ParseFloat(string(s.data[start:s.pos]), 64)
	return f
}

// Bool reads true, or returns false for any other value.
func (s *Scanner) Bool() bool {
	truth := s.next() == 't'
	s.Skip()
	return truth && s.err == nil
}
