package jsonscan

import (
	"fmt"
	"math"
	"strconv"
)

// maxDepth is how deep objects and arrays may nest, as in encoding/json.
const maxDepth = 10000

// Scanner walks a text. After an error every call returns zero values, so that only the end has to be checked. It is
// not safe for concurrent use.
type Scanner struct {
	data    []byte
	pos     int
	first   bool
	err     error
	scratch []byte
	intern  map[string]string
	form    *Form // what is walked over is marked in it, if there is one
	lists   int   // how many arrays are open, while a form is made
	met     uint64
	again   bool // a wanted member was met twice
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

// fail keeps the first error. Nothing is left to walk then.
func (s *Scanner) fail(reason string) {
	if s.err == nil {
		s.err = &SyntaxError{Offset: s.pos, Reason: reason}
	}
	s.pos = len(s.data)
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
	if s.pos < len(s.data) && s.data[s.pos] > ' ' {
		return s.data[s.pos]
	}
	return s.nextBehindSpace()
}

func (s *Scanner) nextBehindSpace() byte {
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
	return s.key()
}

// Int reads a number, truncated toward zero and saturated, or 0 for any other value.
func (s *Scanner) Int() int64 {
	c := s.next()
	if c != '-' && (c < '0' || c > '9') {
		s.Skip()
		return 0
	}
	return s.readInt()
}

// readInt reads the number at the position.
func (s *Scanner) readInt() int64 {
	if n, end := integer(s.data, s.pos); end > 0 {
		s.pos = end
		return n
	}
	start := s.pos
	s.number()
	text := string(s.data[start:s.pos])
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	f, err := strconv.ParseFloat(text, 64)
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
