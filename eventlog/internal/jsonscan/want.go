package jsonscan

// Kind says as what a value is wanted.
type Kind uint8

// The kinds of wanted values.
const (
	// Number is what Scanner.Int reads.
	Number Kind = iota
	// Text is what Scanner.Text reads.
	Text
	// Truth is 1 for true and 0 for anything else.
	Truth
	// Object is 1 for an object with members and 0 for anything else.
	Object
	// Mark is not wanted, but tells one kind of text from another.
	Mark
)

// How many values can be wanted of a text.
const (
	mostNumbers = 56
	mostTexts   = 8
)

// Want says what is wanted of a value and where it goes: a text into Values.Texts, all else into Values.Numbers. No two
// of a tree may share a slot.
type Want struct {
	Kind    Kind
	Slot    int
	Members map[string]*Want
}

// Values are what was wanted. Of members of one name the last one counts; what is missing, or of another kind, is zero.
type Values struct {
	Numbers [mostNumbers]int64
	Texts   [mostTexts]string
}

// Wanted reads the value to come and takes what is wanted of it; v is cleared first.
func (s *Scanner) Wanted(w *Want, v *Values) {
	*v, s.met = Values{}, 0
	s.read(w, v, 0)
}

// read walks over the value to come, and takes what is wanted of it. Nothing is wanted with w == nil.
func (s *Scanner) read(w *Want, v *Values, depth int) {
	if depth > maxDepth {
		s.fail("it nests too deep")
		return
	}
	switch c := s.next(); {
	case c == '"':
		s.readText(w, v)
	case c == '{':
		s.readObject(w, v, depth)
	case c == '[':
		s.readArray(depth)
	case c-'0' <= 9 || c == '-':
		s.readNumber(w, v)
	case c != 0:
		s.readLiteral(w, v)
	default:
		s.fail("a value is missing")
	}
}

func (s *Scanner) readObject(w *Want, v *Values, depth int) {
	s.pos++
	s.first = true
	for s.step('}') {
		key, ok := s.key()
		if !ok {
			return
		}
		var member *Want
		if w != nil && w.Members != nil {
			if w.Kind == Object {
				v.Numbers[w.Slot] = 1
			}
			if member = w.Members[string(key)]; member != nil {
				s.meet(member, v)
			}
		}
		s.read(member, v, depth+1)
	}
}

// key reads the name of a member and the colon.
func (s *Scanner) key() ([]byte, bool) {
	key := s.Bytes()
	if s.next() != ':' {
		s.fail("a colon is missing after a name")
		return nil, false
	}
	s.pos++
	return key, s.err == nil
}

// meet notes that a wanted member is there. One that was there before is forgotten with all that was in it.
func (s *Scanner) meet(w *Want, v *Values) {
	bit := uint64(1) << w.Slot
	if w.Kind == Text {
		bit <<= mostNumbers
	}
	if w.Kind == Mark {
		return
	}
	if s.met&bit != 0 {
		s.again = true
		forget(w, v)
	}
	s.met |= bit
}

func forget(w *Want, v *Values) {
	switch w.Kind {
	case Text:
		v.Texts[w.Slot] = ""
	case Number, Truth, Object:
		v.Numbers[w.Slot] = 0
	}
	for _, member := range w.Members {
		forget(member, v)
	}
}

func (s *Scanner) readArray(depth int) {
	s.pos++
	s.first = true
	s.form.open(s)
	for s.step(']') {
		s.form.element(s)
		s.read(nil, nil, depth+1)
		s.form.elementEnd(s)
	}
	s.form.close(s)
}

func (s *Scanner) readText(w *Want, v *Values) {
	start := s.pos + 1
	text, escaped := s.skipString()
	if escaped && w != nil && w.Kind == Text {
		text = s.unescape(start, start+len(text))
	}
	slot := none
	if w != nil && w.Kind == Text {
		slot = w.Slot
		v.Texts[slot] = s.Intern(text)
	}
	if !escaped && (w == nil || w.Kind != Mark) {
		s.form.hole(hole{start: start, end: start + len(text), kind: Text, slot: slot})
	}
}

func (s *Scanner) readNumber(w *Want, v *Values) {
	start, slot := s.pos, none
	if w != nil && w.Kind == Number {
		slot = w.Slot
		v.Numbers[slot] = s.readInt()
	} else if _, end := integer(s.data, s.pos); end > 0 {
		s.pos = end
	} else {
		s.number()
	}
	s.form.hole(hole{start: start, end: s.pos, kind: Number, slot: slot})
}

func (s *Scanner) readLiteral(w *Want, v *Values) {
	start, slot := s.pos, none
	s.literal()
	if w != nil && w.Kind == Truth {
		slot = w.Slot
		v.Numbers[slot] = 0
		if s.err == nil && s.data[start] == 't' {
			v.Numbers[slot] = 1
		}
	}
	if w == nil || w.Kind == Truth {
		s.form.hole(hole{start: start, end: s.pos, kind: Truth, slot: slot})
	}
}

// Skip jumps over the next value.
func (s *Scanner) Skip() { s.read(nil, nil, 0) }
