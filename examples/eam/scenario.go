package main

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
)

// scenario is a script: settings, then what happens.
type scenario struct {
	conf     []setting
	profiles []resourceProfile
	events   []event
	until    time.Duration
}

type setting struct{ key, value string }

// resourceProfile is a profile beside the default one.
type resourceProfile struct {
	id, cores, taskCPUs int
	custom              []allocation.CustomResource
}

// event happens at a time after the start.
type event struct {
	at    time.Duration
	apply action
}

// action is what an event does to a player.
type action func(*player)

// SyntaxError is a line of a scenario that cannot be played.
type SyntaxError struct {
	File string
	// Line counts from 1.
	Line int
	// Problem says what is wrong, Remedy what to do about it.
	Problem, Remedy string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d: %s; %s", e.File, e.Line, e.Problem, e.Remedy)
}

// section is a part of a script; the parts stand in this order.
type section int

const (
	confSection section = iota
	profileSection
	eventSection
	endSection
)

var commands = map[string]section{"conf": confSection, "profile": profileSection, "at": eventSection, "run-until": endSection}

const order = "the order is conf lines, profile lines, at lines, run-until"

// parser reads a script line by line.
type parser struct {
	scenario
	section section
	at      time.Duration
}

// parse reads a script; the error joins a *SyntaxError for each line that is wrong.
func parse(file, text string) (*scenario, error) {
	var p parser
	var errs []error
	line := 0
	for each := range strings.Lines(text) {
		line++
		w := &words{rest: strings.Fields(each)}
		if len(w.rest) > 0 && !strings.HasPrefix(w.rest[0], "#") {
			p.command(w)
		}
		if w.problem != "" {
			errs = append(errs, &SyntaxError{file, line, w.problem, w.remedy})
		}
	}
	if p.section != endSection && len(errs) == 0 {
		errs = append(errs, &SyntaxError{file, line + 1, "the scenario has no run-until", "end it with the time of the last tick, such as run-until 10000"})
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return &p.scenario, nil
}

// command reads one line.
func (p *parser) command(w *words) {
	name := w.word("command")
	section, known := commands[name]
	switch {
	case !known:
		w.fail(fmt.Sprintf("unknown command %q", name), "write conf, profile, at or run-until")
		return
	case p.section == endSection:
		w.fail(name+" stands after run-until", order)
		return
	case section < p.section:
		w.fail(name+" stands too late", order)
		return
	}
	p.section = section
	switch section {
	case confSection:
		p.setting(w)
	case profileSection:
		p.profile(w)
	case eventSection:
		p.event(w)
	case endSection:
		p.end(w)
	}
	w.done()
}

func (p *parser) setting(w *words) {
	c := setting{w.word("KEY"), w.word("VALUE")}
	if c.key == spark.DynamicAllocationTesting.Name && c.value != "false" {
		w.fail(c.key+" keeps requests from the backend", "delete the line: a trace is of the requests")
	}
	p.conf = append(p.conf, c)
}

func (p *parser) profile(w *words) {
	r := resourceProfile{id: w.number("ID"), cores: w.value("cores"), taskCPUs: w.value("cpus")}
	if len(w.rest) > 0 {
		r.custom = []allocation.CustomResource{{Name: "gpu", Executor: w.value("gpus"), Task: w.fraction("task-gpus")}}
	}
	if r.id == allocation.DefaultProfile {
		w.fail("profile 0 is the default one", "declare ids from 1; the settings make profile 0")
	} else if p.declared(r.id) {
		w.fail(fmt.Sprintf("profile %d is declared twice", r.id), "give each profile an id of its own")
	}
	p.profiles = append(p.profiles, r)
}

func (p *parser) declared(id int) bool {
	for _, r := range p.profiles {
		if r.id == id {
			return true
		}
	}
	return id == allocation.DefaultProfile
}

func (p *parser) event(w *words) {
	at := w.time("T")
	name := w.word("event")
	if at < p.at {
		w.fail(fmt.Sprintf("the time %s is before %s, the one of the event above", millis(at), millis(p.at)), "put the events in the order of their times")
	}
	read, known := events[name]
	if w.problem == "" && !known {
		w.fail(fmt.Sprintf("unknown event %q", name), "write one of "+names(events))
	}
	if w.problem == "" {
		p.at = at
		p.events = append(p.events, event{at, read(p, w)})
	}
}

func (p *parser) end(w *words) {
	switch p.until = w.time("T"); {
	case p.until%allocation.TickInterval != 0:
		w.fail(fmt.Sprintf("run-until %s is no time of a tick", millis(p.until)), "write a multiple of 100")
	case p.until < p.at:
		w.fail(fmt.Sprintf("run-until %s is before the last event, at %s", millis(p.until), millis(p.at)), "write a later time")
	}
}

// latest is the last millisecond that a time.Duration holds, with room for a tick more.
const latest = (math.MaxInt64 - int64(time.Second)) / int64(time.Millisecond)

func millis(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }
