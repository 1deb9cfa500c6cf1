package jsonscan

import "bytes"

// integer reads the integer of up to 18 digits that begins at i, and returns where it ends, or 0 where there is another
// number or none.
func integer(text []byte, i int) (n int64, end int) {
	negative := i < len(text) && text[i] == '-'
	if negative {
		i++
	}
	const most = 18
	start := i
	for ; i < len(text) && text[i]-'0' <= 9; i++ {
		n = n*10 + int64(text[i]-'0')
	}
	switch {
	case i == start, i-start > most, text[start] == '0' && i-start > 1, i < len(text) && (text[i] == '.' || text[i]|0x20 == 'e'):
		return 0, 0
	case negative:
		return -n, i
	}
	return n, i
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
	if s.at('0') && s.pos+1 < len(s.data) && s.data[s.pos+1]-'0' <= 9 {
		s.fail("a number begins with 0")
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
	for s.pos < len(s.data) && s.data[s.pos]-'0' <= 9 {
		s.pos++
	}
	if s.pos == start {
		s.fail("a value is missing")
	}
}
