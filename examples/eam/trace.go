package main

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/units"
)

// trace plays the scenario and writes what happens.
func (s *scenario) trace(out *bufio.Writer) {
	fmt.Fprintln(out, "eam-trace 1")
	for _, c := range s.conf {
		fmt.Fprintln(out, "conf", c.key, c.value)
	}
	p, slots, err := s.player(out)
	if err != nil { // the trace says that Spark refuses the settings, not why
		fmt.Fprintln(out, "error settings")
		return
	}
	fmt.Fprint(out, "slots")
	for _, r := range slots {
		fmt.Fprintf(out, " rp%d=%d", r.profile, r.tasks)
	}
	fmt.Fprintln(out)
	p.play(s)
}

// player runs a scenario.
type player struct {
	out     *bufio.Writer
	manager *allocation.Manager
	backend *backend
	now     time.Duration
	// removal is what the backend is asked to do with idle executors.
	removal string
	shown   shown
}

func (s *scenario) player(out *bufio.Writer) (*player, []slots, error) {
	conf := s.settings()
	policy, err := allocation.FromConf(conf)
	if err != nil {
		return nil, nil, err
	}
	all, err := s.slots(conf)
	if err != nil {
		return nil, nil, err
	}
	p := &player{out: out, removal: "kill", shown: shown{profiles: map[int]allocation.ProfileState{}}}
	if policy.Decommission {
		p.removal = "decommission"
	}
	p.backend = &backend{player: p, registered: map[allocation.Executor]bool{}, leaving: map[allocation.Executor]bool{}}
	if p.manager, err = allocation.NewManager(policy, all[0].tasks, p.backend); err != nil {
		return nil, nil, err
	}
	for _, r := range all[1:] {
		if err := p.manager.Profile(r.profile, r.tasks); err != nil {
			return nil, nil, err
		}
	}
	slices.SortFunc(all, func(a, b slots) int { return cmp.Compare(a.profile, b.profile) })
	return p, all, nil
}

func (p *player) play(s *scenario) {
	p.manager.Start(0)
	p.state()
	for _, e := range s.events {
		p.tickBefore(e.at)
		p.now = e.at
		e.apply(p)
		p.state()
	}
	p.tickBefore(s.until + 1)
	p.now = s.until
	p.start("end")
	p.printf("\n")
}

// tickBefore ticks at the times of the grid before a time; those at which nothing can happen are skipped.
func (p *player) tickBefore(end time.Duration) {
	for {
		next, ok := p.manager.NextTick()
		if !ok || next >= end {
			return
		}
		p.now = next
		p.manager.Tick(next)
		p.state()
	}
}

func (p *player) start(what string) { p.printf("t=%d %s", p.now.Milliseconds(), what) }

func (p *player) printf(format string, args ...any) { fmt.Fprintf(p.out, format, args...) }

// shown is the state as the trace has it so far.
type shown struct {
	any      bool
	profiles map[int]allocation.ProfileState
	state    allocation.State
}

// state writes the fields that have changed, if any.
func (p *player) state() {
	line := line{player: p}
	for now := range p.manager.Profiles() {
		old, known := p.shown.profiles[now.Profile]
		name := "rp" + strconv.Itoa(now.Profile)
		line.count(name+".target", now.Target, old.Target, known)
		line.count(name+".add", now.Add, old.Add, known)
		line.count(name+".need", now.Need, old.Need, known)
		line.count(name+".execs", now.Executors, old.Executors, known)
		p.shown.profiles[now.Profile] = now
	}
	now, old, known := p.manager.State(), p.shown.state, p.shown.any
	if !known || now.AddTime != old.AddTime {
		line.field("addTime", addTime(now.AddTime))
	}
	if !known || now.Initializing != old.Initializing {
		line.field("init", strconv.FormatBool(now.Initializing))
	}
	line.count("execs", now.Executors, old.Executors, known)
	line.count("removing", now.Removing, old.Removing, known)
	line.count("decom", now.Decommissioning, old.Decommissioning, known)
	p.shown.any, p.shown.state = true, now
	line.end()
}

func addTime(t time.Duration) string {
	if t == units.Forever {
		return "none"
	}
	return millis(t)
}

// line is a state line, which begins with its first field.
type line struct {
	player *player
	begun  bool
}

func (l *line) field(name, value string) {
	if !l.begun {
		l.begun = true
		l.player.start("state")
	}
	l.player.printf(" %s=%s", name, value)
}

func (l *line) count(name string, now, old int, known bool) {
	if !known || now != old {
		l.field(name, strconv.Itoa(now))
	}
}

func (l *line) end() {
	if l.begun {
		l.player.printf("\n")
	}
}
