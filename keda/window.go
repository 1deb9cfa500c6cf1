package keda

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Window is a time of day on some days of the week in which at least so many executors are wanted. It becomes a cron trigger whose
// expressions come from one set of days, so that start and end fire by turns.
type Window struct {
	// Name is that of the trigger; it may be empty.
	Name string
	// Days are those on which the window opens; none is every day.
	Days []time.Weekday
	// From and To are times of day since midnight, in whole minutes. To may be 24 h. A To that is not after From is on the next day.
	From, To time.Duration
	// Zone is a name of the IANA time zone database, for example "America/New_York".
	Zone string
	// Executors is at least 1.
	Executors int
}

const day = 24 * time.Hour

// Weekdays is a window on Monday to Friday between two hours.
func Weekdays(from, to int, zone string, executors int) Window {
	days := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	return Window{Days: days, From: time.Duration(from) * time.Hour, To: time.Duration(to) * time.Hour, Zone: zone, Executors: executors}
}

// Cron writes both expressions. The error is an [*InvalidError]. A window that is open all day on every day is none, and refused.
func (w Window) Cron() (Cron, error) {
	if err := w.validate(); err != nil {
		return Cron{}, err
	}
	opens, closes := weekdays(w.Days), weekdays(w.Days)
	if w.To == day || w.To <= w.From {
		for i, d := range closes {
			closes[i] = (d + 1) % 7
		}
	}
	return Cron{
		Name: w.Name, Zone: w.Zone, Executors: w.Executors,
		Start: expression(w.From, opens), End: expression(w.To%day, closes),
	}, nil
}

// Trigger implements [Source].
func (w Window) Trigger() (Trigger, error) {
	c, err := w.Cron()
	if err != nil {
		return Trigger{}, err
	}
	return c.Trigger()
}

func (w Window) validate() error {
	var list field.ErrorList
	bad := func(name string, value any, detail string) {
		list = append(list, field.Invalid(field.NewPath(name), value, detail))
	}
	for i, d := range w.Days {
		if d < time.Sunday || d > time.Saturday {
			list = append(list, field.Invalid(field.NewPath("days").Index(i), int(d), "must be a day of the week, 0 (Sunday) to 6"))
		}
	}
	if w.From < 0 || w.From >= day || w.From%time.Minute != 0 {
		bad("from", w.From.String(), "must be whole minutes since midnight, below 24h")
	}
	if w.To < 0 || w.To > day || w.To%time.Minute != 0 {
		bad("to", w.To.String(), "must be whole minutes since midnight, at most 24h")
	}
	if w.From == w.To%day && len(weekdays(w.Days)) == 7 {
		bad("to", w.To.String(), "a window that is always open is none: set minReplicaCount")
	}
	if _, err := time.LoadLocation(w.Zone); err != nil || w.Zone == "" {
		bad("zone", w.Zone, "must be a name of the IANA time zone database, for example Europe/Berlin")
	}
	if w.Executors < 1 {
		bad("executors", w.Executors, "must be at least 1")
	}
	if len(list) > 0 {
		return &InvalidError{list}
	}
	return nil
}

// weekdays gives the days sorted, each once; none is every day.
func weekdays(days []time.Weekday) []time.Weekday {
	if len(days) == 0 {
		days = []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	}
	sorted := slices.Sorted(slices.Values(days))
	return slices.Compact(sorted)
}

// expression writes a time of day on days.
func expression(at time.Duration, days []time.Weekday) string {
	return fmt.Sprintf("%d %d * * %s", at%time.Hour/time.Minute, at/time.Hour, dayField(days))
}

// dayField writes days of the week as cron has them: "*", or numbers and ranges.
func dayField(days []time.Weekday) string {
	days = weekdays(days)
	if len(days) == 7 {
		return "*"
	}
	var parts []string
	for i := 0; i < len(days); {
		j := i
		for j+1 < len(days) && days[j+1] == days[j]+1 {
			j++
		}
		part := strconv.Itoa(int(days[i]))
		if j > i {
			part += "-" + strconv.Itoa(int(days[j]))
		}
		parts, i = append(parts, part), j+1
	}
	return strings.Join(parts, ",")
}
