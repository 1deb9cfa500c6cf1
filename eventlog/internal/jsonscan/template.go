package jsonscan

import "slices"

// mostForms is how many forms of texts a template knows: a log has one kind of task in each of a few forms.
const mostForms = 4

// Template reads texts of one kind. The zero value with a Want is ready; it is not safe for concurrent use.
type Template struct {
	// Want is what is wanted of each text.
	Want *Want
	// forms are those of earlier texts, the last one that was met first.
	forms []*Form
	spare *Form // to mark the next text in
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

// Read reads a text of any form, and learns it if it is right and not too long.
func (t *Template) Read(s *Scanner, text []byte, v *Values) error {
	s.Reset(text)
	*v = Values{}
	s.met, s.again, s.lists = 0, false, 0
	if len(text) <= longestForm {
		if t.spare == nil {
			t.spare = &Form{}
		}
		s.form = t.spare
		s.form.reset()
	}
	s.read(t.Want, v, 0)
	form := s.form
	s.form = nil
	if s.End(); s.err == nil && !s.again && form != nil {
		form.keep(text, v)
		t.learn(form)
	}
	return s.err
}

// learn puts a form first. The last one gives its place, and its memory, to the next.
func (t *Template) learn(form *Form) {
	t.spare = nil
	if len(t.forms) == mostForms {
		t.spare = t.forms[mostForms-1]
		t.forms = t.forms[:mostForms-1]
	}
	t.forms = slices.Insert(t.forms, 0, form)
}
