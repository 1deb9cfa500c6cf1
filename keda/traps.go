package keda

import (
	"time"
)

// The year in which pairs of expressions are tried: a leap year, so that 29 February comes, from a Monday on, with both changes of the
// clocks.
var (
	trialFrom = time.Date(2028, time.January, 3, 0, 0, 0, 0, time.UTC)
	trialTo   = trialFrom.AddDate(1, 0, 0)
)

// trials bounds how many starts and ends are tried: more than a week of a pair that fires every minute.
const trials = 25000

const byTurns = "start and end must fire by turns; keda.Window writes both from one set of days"

// traps tries a pair over a year and warns where it does something else than to open at each start and close at each end.
func (r *reading) traps(s schedule) {
	from := trialFrom.In(s.zone)
	switch {
	case s.start.Next(from).IsZero():
		r.found.warn(AlwaysOn, r.key("start"), r.values["start"], "this date never comes, which KEDA takes for a window that is always open")
		return
	case s.end.Next(from).IsZero():
		r.found.warn(NeverOn, r.key("end"), r.values["end"], "this date never comes, which KEDA takes for a window that never opens")
		return
	}
	t := s.trial()
	r.always(t)
	for _, trap := range []struct {
		code Code
		key  string
		at   time.Time
		what string
	}{
		{SkippedStart, "start", t.skippedStart, "the start at %s has no effect: another start comes before the next end, and the window stays closed"},
		{SkippedEnd, "end", t.skippedEnd, "the end at %s has no effect: another end comes before the next start, and the window stays open"},
	} {
		if !trap.at.IsZero() && !t.constant {
			r.found.warn(trap.code, r.key(trap.key), r.values[trap.key], trap.what, trap.at.Format("Mon 2 Jan 15:04")).instead(byTurns)
		}
	}
}

func (r *reading) always(t trial) {
	if t.constant {
		r.found.warn(AlwaysOn, r.key("end"), r.values["end"], "start and end fire at the same times, which KEDA takes for a window that is always open").
			instead(byTurns)
	}
}

// trial is what a year of a pair shows.
type trial struct {
	// skippedStart is the first start after which the window is closed, skippedEnd the first end after which it is open although
	// none starts there; zero where there is none.
	skippedStart, skippedEnd time.Time
	// constant says that the window never closed.
	constant bool
}

func (s schedule) trial() trial {
	t := trial{constant: true}
	at, to := trialFrom.In(s.zone), trialTo.In(s.zone)
	next := s.ahead(at)
	for range trials {
		fired, since := next, at
		if at = fired.soonest(since, to); !at.Before(to) {
			break
		}
		next = s.after(fired, since, at)
		t.see(at, fired, next.open(at))
	}
	return t
}

// see notes whether the window is open after something fired.
func (t *trial) see(at time.Time, fired ahead, open bool) {
	t.constant = t.constant && open
	started, ended := at.Equal(fired.start), at.Equal(fired.end)
	if started && !open && t.skippedStart.IsZero() {
		t.skippedStart = at
	}
	if ended && !started && open && t.skippedEnd.IsZero() {
		t.skippedEnd = at
	}
}
