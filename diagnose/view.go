package diagnose

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/workload"
)

// view is a snapshot with what several rules need of it, computed once.
type view struct {
	*Snapshot
	o    Options
	conf spark.Conf
	// policy and shape are those of the configuration; known says whether Spark could read it.
	policy      allocation.Policy
	shape       sizing.Shape
	known       bool
	policyError error
	// app is the manifest, nil where it could not be read.
	app *sparkapp.App
	// stuck are the pods that the scheduler cannot place.
	stuck []stuckPod
}

func newView(s *Snapshot, o Options) *view {
	v := &view{Snapshot: s, o: o, conf: s.conf()}
	var err error
	v.policy, v.policyError = allocation.FromConf(v.conf)
	v.shape, err = sizing.FromConf(v.conf)
	v.known = s.Knows(PartConf) && v.policyError == nil && err == nil
	if s.App.Manifest != "" {
		if app, err := sparkapp.Parse([]byte(s.App.Manifest)); err == nil {
			v.app = app
		}
	}
	v.stuck = v.stuckPods()
	return v
}

// facts are those of the logs of the kinds.
func (v *view) facts(kinds ...LogKind) []LogFact {
	var facts []LogFact
	for _, f := range v.Log {
		if slices.Contains(kinds, f.Kind) {
			facts = append(facts, f)
		}
	}
	return facts
}

// count adds up how often the log says something.
func (v *view) count(kinds ...LogKind) int {
	n := 0
	for _, f := range v.facts(kinds...) {
		n += f.Count
	}
	return n
}

// events are those with one of the reasons.
func (v *view) events(reasons ...string) []Event {
	var events []Event
	for _, e := range v.Events {
		if slices.Contains(reasons, e.Reason) {
			events = append(events, e)
		}
	}
	return events
}

// property is the evidence of a key: where it was set, or that it has its default.
func (v *view) property(key spark.Key) Evidence {
	value, origin := v.conf.Value(key)
	for _, p := range v.Conf {
		if p.Key == origin.Key && !origin.Default {
			at := p.Place
			if at.Path == "" {
				at.Path = p.Key
			}
			return seen(at, "%s=%s", p.Key, p.Value)
		}
	}
	if value == "" {
		value = "(not set)"
	}
	return seen(Place{Source: "configuration", Path: key.Name}, "%s=%s (%s)", key.Name, value, origin)
}

// asks is how many executors the application asks for at most: the maximum, or the fixed count.
func (v *view) asks() int { return v.policy.EffectiveMax() }

// registered counts the executors that ever registered, by the best source.
func (v *view) registered() int {
	n := len(v.facts(LogRegistered))
	if v.Run != nil {
		n = max(n, len(v.Run.Executors))
	}
	if v.Live != nil {
		n = max(n, len(v.Live.Executors))
	}
	return n
}

// age is how long ago a moment was when the snapshot was taken, and whether both are known.
func (v *view) age(since workload.Instant) (time.Duration, bool) {
	if !since.Known() || !v.Taken.Known() {
		return 0, false
	}
	return v.Taken.Sub(since), true
}

// end is the end of the run, or where that is not known the moment of the snapshot.
func (v *view) end() workload.Instant {
	if v.Run != nil {
		return v.Run.End
	}
	return v.Taken
}

// enoughRun reports whether the run is long enough to speak of its efficiency.
func (v *view) enoughRun() bool {
	return v.Run != nil && v.Run.Wall() >= v.o.MinWall && v.Run.TasksFinished > 0
}

// ofRun is the evidence that the log of the run gives.
func (v *view) ofRun(path, format string, args ...any) Evidence {
	return seen(Place{Source: v.Run.Source, Path: path}, format, args...)
}

func hours(d time.Duration) float64 { return d.Hours() }

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// brief writes a time for people: to the second, or the millisecond below ten of them.
func brief(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// number reads a key of any name, or gives the default.
func number(c spark.Conf, key string, standard int) int {
	text, _ := c.Lookup(key)
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return standard
}

// first gives at most n elements.
func first[T any](list []T, n int) []T { return list[:min(n, len(list))] }

// lines writes the lines of a quota, sorted.
func lines(m map[string]string) string {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, k+"="+m[k])
	}
	return strings.Join(list, ", ")
}

// sortedBySpan gives the stages by their span, the shortest first.
func sortedBySpan(stages []RunStage) []RunStage {
	return slices.SortedStableFunc(slices.Values(stages), func(a, b RunStage) int { return cmp.Compare(a.Span(), b.Span()) })
}
