package jsonscan

// mostForms is how many forms of texts a template knows: a log has one kind of task in each of a few forms.
const mostForms = 4

// Template reads texts of one kind. The zero value with a Want is ready; it is not safe for concurrent use.
type Template struct {
	// Want is what is wanted of each text.
	Want *Want
	// forms are those of earlier texts, the last one that was met first.
	forms []*Form
}

// Match reads a text that is like an earlier one, and reports whether it was. If not, the text is to be read with Read,
// once it is known to be of the template's kind.
func (t *Template) Match(s *Scanner, text []byte, v *Values) bool {
	for i, form := range t.forms {
		if s.match(form, text, v) {
			copy(t.forms[1:i+1], t.forms[:i])
			t.forms[0] = form
			return true
		}
	}
	return false
}

// Read reads a text of any form, and learns it.
func (t *Template) Read(s *Scanner, text []byte, v *Values) error {
	s.Reset(text)
	*v = Values{}
	form := t.oldest()
	if len(text) <= longestForm {
		form.reset()
		s.form = form
	}
	s.met, s.again, s.lists = 0, false, 0
	s.read(t.Want, v, 0)
	s.form = nil
	s.End()
	if s.err == nil && !s.again && len(text) <= longestForm {
		form.keep(text, v)
		t.forms = append([]*Form{form}, t.forms...)
	}
	return s.err
}

// oldest takes the form out whose place a new one can have.
func (t *Template) oldest() *Form {
	if len(t.forms) < mostForms {
		return &Form{}
	}
	last := t.forms[mostForms-1]
	t.forms = t.forms[:mostForms-1]
	return last
}
