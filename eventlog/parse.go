package eventlog

import (
	"errors"

	"github.com/sparkscale/sparkscale/eventlog/internal/jsonscan"
	"github.com/sparkscale/sparkscale/workload"
)

// parser turns lines into events of a workload.Builder.
type parser struct {
	jsonscan.Scanner
	build            workload.Builder
	skipped, unknown map[string]int
	end              workload.TaskEnd
}

func newParser() *parser {
	return &parser{skipped: map[string]int{}, unknown: map[string]int{}}
}

var errNoEvent = errors.New(`it has no "Event"`)

// event parses one line. The error says why it is no event; then nothing of the line was taken. Of several members
// called "Event" the first one counts, of others the last one.
func (p *parser) event(line []byte) (string, error) {
	name, err := p.name(line)
	if err != nil {
		return name, err
	}
	simple := simpleName(name)
	read, needed := handlers[simple]
	if !needed {
		if err := p.check(line); err != nil {
			return name, err
		}
		p.count(name, simple)
		return name, nil
	}
	p.Reset(line)
	take := read(p)
	if p.End(); p.Err() != nil {
		return name, p.Err()
	}
	take()
	return name, nil
}

// name finds the value of "Event", which is nearly always the first member.
func (p *parser) name(line []byte) (string, error) {
	p.Reset(line)
	if !p.Object() {
		return "", orElse(p.Err(), errNoEvent)
	}
	for {
		key, ok := p.Key()
		if !ok {
			return "", orElse(p.Err(), errNoEvent)
		}
		if string(key) == "Event" {
			name := p.Text()
			if name == "" {
				return "", orElse(p.Err(), errNoEvent)
			}
			return name[:min(len(name), longestName)], p.Err()
		}
		p.Skip()
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

func (p *parser) count(name, simple string) {
	counts := p.unknown
	if _, known := unneeded[simple]; known {
		counts = p.skipped
	}
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
