package keda

import (
	"fmt"
	"time"
)

// Span is a stretch of time with one count.
type Span struct {
	// From is in the span, To is not.
	From, To time.Time
	// Count is how many replicas the trigger wants: its own number inside the window, 0 outside.
	Count int
}

// String writes "Mon 2026-03-09 08:00 EDT to 18:00: 10".
func (s Span) String() string {
	return fmt.Sprintf("%s to %s: %d", s.From.Format("Mon 2006-01-02 15:04 MST"), s.To.Format("Mon 2006-01-02 15:04 MST"), s.Count)
}

// longest is how far one simulation goes: two years and a day.
const longest = 731 * 24 * time.Hour

// Simulate gives what a cron trigger wants in [from, to), as KEDA would compute it at every moment: the next start against the next
// end, by KEDA's own cron library, in the trigger's time zone. Spans are in its zone too, follow each other without a gap, and
// differ in count from their neighbours. Days on which the clocks change are as KEDA sees them: an expression for an hour that is
// skipped does not fire on that day, one for an hour that comes twice fires twice, and where the clocks go forward at midnight
// (America/Santiago) KEDA's library overlooks the whole day until it has begun.
//
// It is what the trigger asks for, not what there will be: the HPA keeps minReplicaCount and maxReplicaCount, takes the highest of
// all triggers, and scales down only after its stabilization window (300 s unless behavior says otherwise).
//
// Another trigger than cron, or more than two years, is a [*Refusal]; a trigger that KEDA refuses is an [*InvalidError].
// Source: cronScaler.GetMetricsAndActivity, KEDA 2.21.0.
func Simulate(source Source, from, to time.Time) ([]Span, error) {
	s, err := scheduleOf(source)
	if err != nil {
		return nil, err
	}
	if to.Sub(from) > longest {
		return nil, &Refusal{RefuseRange, fmt.Sprintf("from %s to %s is more than two years", from, to), "ask for a part of it"}
	}
	var spans []Span
	from, to = from.In(s.zone), to.In(s.zone)
	for at, next := from, s.ahead(from); at.Before(to); {
		until, count := next.soonest(at, to), 0
		if next.open(at) {
			count = s.count
		}
		if last := len(spans) - 1; last >= 0 && spans[last].Count == count {
			spans[last].To = until
		} else {
			spans = append(spans, Span{at, until, count})
		}
		at, next = until, s.after(next, at, until)
	}
	return spans, nil
}

// scheduleOf reads a source that must be a cron trigger.
func scheduleOf(source Source) (schedule, error) {
	t, err := source.Trigger()
	if err != nil {
		return schedule{}, err
	}
	if t.Type != typeCron {
		return schedule{}, &Refusal{RefuseNotCron, fmt.Sprintf("a trigger of type %s has no schedule", t.Type), "simulate a cron trigger or a Window"}
	}
	var found issues
	r, _ := newReading(t, Given{}, nil, &found)
	r.keys()
	r.params()
	s, _ := r.schedule()
	return s, found.err()
}

// ahead is what KEDA looks at: the next start and the next end, the zero time where there is none within five calendar years.
type ahead struct{ start, end time.Time }

func (s schedule) ahead(now time.Time) ahead { return ahead{s.start.Next(now), s.end.Next(now)} }

// after gives what is ahead at a later time: of two times on one day, only what is past needs to be looked for. On another day, or
// while the clocks change, both are looked for anew, because KEDA's library may see them otherwise then: one more year, a day that
// it overlooks from before, an hour that it steps over by half.
func (s schedule) after(a ahead, since, now time.Time) ahead {
	if since.YearDay() != now.YearDay() || since.Year() != now.Year() || changing(now) {
		return s.ahead(now)
	}
	if !a.start.IsZero() && !a.start.After(now) {
		a.start = s.start.Next(now)
	}
	if !a.end.IsZero() && !a.end.After(now) {
		a.end = s.end.Next(now)
	}
	return a
}

// open is KEDA's rule, with its times: the zero time is before everything.
func (a ahead) open(now time.Time) bool {
	if a.start.Before(a.end) {
		return now.After(a.start) && now.Before(a.end)
	}
	return now.After(a.start) || now.Before(a.end)
}

// soonest is when the rule may give another answer, at most the limit: at the next start or end, on the next day, and
// around a change of the clocks at each quarter of an hour.
func (a ahead) soonest(now, limit time.Time) time.Time {
	step := tomorrow(now)
	if changing(now) {
		step = now.Truncate(quarter).Add(quarter)
	}
	for _, next := range []time.Time{a.start, a.end, step} {
		if !next.IsZero() && next.Before(limit) {
			limit = next
		}
	}
	return limit
}

const quarter = 15 * time.Minute

// changing reports whether the clocks change within a day, before or after.
func changing(now time.Time) bool {
	from, to := now.ZoneBounds()
	return !from.IsZero() && now.Sub(from) < day || !to.IsZero() && to.Sub(now) < day
}

// tomorrow is when the next day begins, which is not at midnight where the clocks go forward then.
func tomorrow(now time.Time) time.Time {
	next := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location())
	for next.YearDay() == now.YearDay() {
		next = next.Add(quarter)
	}
	return next
}
