package keda

import (
	"errors"
	"strconv"
	"strings"
	"time"

	cronlib "github.com/robfig/cron/v3"
)

// Cron is KEDA's cron trigger as it is: two expressions of five fields, each of which KEDA looks ahead of. It wants Executors while
// the next end comes no later than the next start, and nothing otherwise. So start and end must fire by turns: [Window] writes a
// pair that does, and [Simulate] says what a pair really means.
type Cron struct {
	Name string
	// Start and End are expressions "minute hour day month weekday"; Sunday is 0, names (MON-FRI) are allowed, @daily is not.
	Start, End string
	// Zone is a name of the IANA time zone database, for example "America/New_York".
	Zone string
	// Executors is how many replicas the trigger wants inside the window. It is a floor, never a ceiling: the HPA takes the
	// highest of all triggers.
	Executors int
}

// Trigger implements [Source].
func (c Cron) Trigger() (Trigger, error) {
	return Trigger{Type: typeCron, Name: c.Name, Metadata: map[string]string{
		"timezone": c.Zone, "start": c.Start, "end": c.End, "desiredReplicas": strconv.Itoa(c.Executors),
	}}, nil
}

// schedule is a cron trigger as KEDA evaluates it.
type schedule struct {
	start, end cronlib.Schedule
	zone       *time.Location
	count      int
}

var errZoneOnly = errors.New("a time zone alone is no expression")

// parseCron reads an expression with KEDA's own parser and settings (robfig/cron v3.0.1). That parser panics at a time zone with
// nothing behind it.
func parseCron(expression string) (cronlib.Schedule, error) {
	zoned := strings.HasPrefix(expression, "TZ=") || strings.HasPrefix(expression, "CRON_TZ=")
	if zoned && !strings.Contains(expression, " ") {
		return nil, errZoneOnly
	}
	return cronlib.NewParser(cronlib.Minute | cronlib.Hour | cronlib.Dom | cronlib.Month | cronlib.Dow).Parse(expression)
}

// cronRules are cronMetadata.Validate's (pkg/scalers/cron_scaler.go), and those that it lacks: the time zone, a count below 0, and
// pairs that do not mean what they say.
func cronRules(r *reading) {
	if s, complete := r.schedule(); complete {
		r.traps(s)
	}
}

// schedule reads the trigger; what cannot be read is reported, and complete is false.
func (r *reading) schedule() (s schedule, complete bool) {
	complete = true
	for name, into := range map[string]*cronlib.Schedule{"start": &s.start, "end": &s.end} {
		text, known := r.text(name)
		parsed, err := parseCron(text)
		if known && err != nil {
			r.found.fail(BadKey, r.key(name), text, "%v", err).instead("write five fields: minute hour day month weekday, with Sunday as 0")
		}
		complete, *into = complete && known && err == nil, parsed
	}
	if start, end := r.values["start"], r.values["end"]; start != "" && start == end {
		r.found.fail(BadKey, r.key("end"), end, "must differ from start")
		complete = false
	}
	if n, known := r.number("desiredReplicas"); known {
		s.count = int(n)
		switch {
		case n == 0:
			r.found.fail(BadKey, r.key("desiredReplicas"), r.values["desiredReplicas"], "must not be 0")
		case n < 0:
			r.found.lack(BadKey, r.key("desiredReplicas"), r.values["desiredReplicas"], "KEDA makes 0 of it, and keeps the trigger active all the same")
		}
	}
	zone, known := r.text("timezone")
	var err error
	if s.zone, err = time.LoadLocation(zone); known && err != nil {
		r.found.lack(BadZone, r.key("timezone"), zone, "KEDA finds out at each evaluation only, and then has no value").
			instead("write a name of the IANA time zone database, for example Europe/Berlin or Etc/UTC")
	}
	if zone == "Local" {
		r.found.warn(BadZone, r.key("timezone"), zone, "is the zone of KEDA's own container")
	}
	return s, complete && known && err == nil
}
