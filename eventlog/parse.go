package eventlog

import (
	"bytes"
	"errors"

	"github.com/sparkscale/sparkscale/eventlog/internal/jsonscan"
	"github.com/sparkscale/sparkscale/workload"
)

// parser turns lines into events of a workload.Builder.
type parser struct {
	jsonscan.Scanner
	build            workload.Builder
	skipped, unknown map[string]int
	starts, ends     jsonscan.Template
	values           jsonscan.Values
	task             workload.TaskEnd
}

func newParser() *parser {
	return &parser{
		skipped: map[string]int{}, unknown: map[string]int{},
		starts: jsonscan.Template{Want: &wantedOfStart}, ends: jsonscan.Template{Want: &wantedOfEnd},
	}
}

var errNoEvent = errors.New(`it has no "Event"`)

// event parses one line. The error says why it is no event, and the text of which event it would be; then nothing of the
// line was taken. Of members of one name the last one counts.
func (p *parser) event(line []byte) (string, error) {
	name, err := firstName(line), error(nil)
	if p.likeBefore(name, line) {
		return "", nil
	}
	if name == nil || mayHaveSecond(line) {
		if name, err = p.lastName(line); err != nil {
			return string(name), err
		}
	}
	return p.named(p.Intern(name[:min(len(name), longestName)]), line)
}

// named parses the line of an event whose name is known.
func (p *parser) named(name string, line []byte) (string, error) {
	simple := simpleName(name)
	switch simple {
	case taskEnd:
		return name, p.take(p.ends.Read(&p.Scanner, line, &p.values), p.taskEnded)
	case taskStart:
		return name, p.take(p.starts.Read(&p.Scanner, line, &p.values), p.taskStarted)
	}
	if read, needed := handlers[simple]; needed {
		p.Reset(line)
		take := read(p)
		p.End()
		return name, p.take(p.Err(), take)
	}
	counts := p.unknown
	if _, known := unneeded[simple]; known {
		if counts = p.skipped; jsonscan.Balanced(line) {
			return name, p.take(nil, func() { count(counts, name) })
		}
	}
	return name, p.take(p.check(line), func() { count(counts, name) })
}

// take does what a line is for, once the whole of it has proved to be right.
func (p *parser) take(err error, do func()) error {
	if err == nil {
		do()
	}
	return err
}

// likeBefore takes an event of a task that differs from an earlier one in values alone.
func (p *parser) likeBefore(name, line []byte) bool {
	if (name == nil || string(name) == taskEnd) && p.ends.Match(&p.Scanner, line, &p.values) {
		p.taskEnded()
		return true
	}
	if (name == nil || string(name) == taskStart) && p.starts.Match(&p.Scanner, line, &p.values) {
		p.taskStarted()
		return true
	}
	return false
}

// eventPrefix is how Spark begins each line.
const eventPrefix = `{"Event":"`

// firstName returns the name of the event from a line that begins as Spark writes it, else nil.
func firstName(line []byte) []byte {
	if !bytes.HasPrefix(line, []byte(eventPrefix)) {
		return nil
	}
	name := line[len(eventPrefix):]
	end := bytes.IndexByte(name, '"')
	if end <= 0 || bytes.IndexByte(name[:end], '\\') >= 0 {
		return nil
	}
	return name[:end]
}

// mayHaveSecond reports whether in a line that begins as Spark writes it there may be a second "Event".
func mayHaveSecond(line []byte) bool {
	rest := line[len(eventPrefix):]
	return bytes.Contains(rest, []byte(`Event"`)) || bytes.Contains(rest, []byte(`\u`))
}

// lastName walks over a line and finds the value of the last "Event".
func (p *parser) lastName(line []byte) (name []byte, err error) {
	p.Reset(line)
	if !p.Object() {
		return nil, orElse(p.Err(), errNoEvent)
	}
	for {
		key, ok := p.Key()
		switch {
		case !ok:
			if p.End(); p.Err() == nil && len(name) == 0 {
				return nil, errNoEvent
			}
			return name, p.Err()
		case string(key) == "Event":
			name = []byte(p.Text())
		default:
			p.Skip()
		}
	}
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// check walks over a line that nothing is needed of.
func (p *parser) check(line []byte) error {
	p.Reset(line)
	p.Skip()
	p.End()
	return p.Err()
}

// Bounds of what is kept of the names of events that are only counted.
const (
	longestName = 200
	mostNames   = 1000
	otherNames  = "(others)"
)

func count(counts map[string]int, name string) {
	if _, met := counts[name]; !met && len(counts) >= mostNames {
		name = otherNames
	}
	counts[name]++
}

// simpleName cuts the package from a full class name.
func simpleName(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' {
			return name[i+1:]
		}
	}
	return name
}

// members calls read with each name of the object to come; read has to consume the value.
func (p *parser) members(read func(key string)) {
	if !p.Object() {
		return
	}
	for {
		key, ok := p.Key()
		if !ok {
			return
		}
		read(p.Intern(key))
	}
}

func (p *parser) instant() workload.Instant { return workload.Instant(p.Int()) }

func (p *parser) number() int { return int(p.Int()) }

func (p *parser) numbers() []int {
	var list []int
	if p.Array() {
		for p.More() {
			list = append(list, p.number())
		}
	}
	return list
}
