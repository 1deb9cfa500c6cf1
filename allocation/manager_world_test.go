package allocation_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// world is a manager with a backend that answers as it is told, and a log of what they did.
type world struct {
	*allocation.Manager
	now                 time.Duration
	registered, leaving map[string]bool
	refuses             bool
	kept                map[string]bool
	log                 []string
	last                string
	// ramps are the states of the default profile at the ticks that changed them, as time:target/step/addTime.
	ramps []string
}

func newWorld(t require.TestingT, p allocation.Policy, slots int) *world {
	w := &world{registered: map[string]bool{}, leaving: map[string]bool{}, kept: map[string]bool{}}
	var err error
	w.Manager, err = allocation.NewManager(p, slots, w)
	require.NoError(t, err)
	return w
}

func (w *world) RequestTotal(targets []allocation.Target) bool {
	w.log = append(w.log, fmt.Sprintf("%d request %v %t", w.now.Milliseconds(), targets, !w.refuses))
	return !w.refuses
}

func (w *world) Remove(asked []allocation.Executor) []allocation.Executor {
	w.log = append(w.log, fmt.Sprintf("%d remove %s", w.now.Milliseconds(), w.ids(asked)))
	return slices.DeleteFunc(asked, func(e allocation.Executor) bool {
		id := w.ID(e)
		if !w.Active(e) || w.kept[id] {
			return true
		}
		w.leaving[id] = true
		return false
	})
}

func (w *world) Active(e allocation.Executor) bool {
	id := w.ID(e)
	return w.registered[id] && !w.leaving[id]
}

func (w *world) ids(executors []allocation.Executor) string {
	var ids []string
	for _, e := range executors {
		ids = append(ids, w.ID(e))
	}
	return strings.Join(ids, ",")
}

// state is what is worth a line when it changes.
func (w *world) state() string {
	return fmt.Sprintf("%v %+v", slices.Collect(w.Profiles()), w.State())
}

func (w *world) observe() {
	if s := w.state(); s != w.last {
		w.log, w.last = append(w.log, fmt.Sprintf("%d %s", w.now.Milliseconds(), s)), s
	}
}

func (w *world) start() {
	w.Start(w.now)
	w.observe()
}

// do applies an event at a time, after the ticks before it.
func (w *world) do(at time.Duration, event func()) {
	w.run(at - 1)
	w.now = at
	event()
	w.observe()
}

// run ticks up to a time where the manager says that something can happen.
func (w *world) run(until time.Duration) {
	for {
		next, ok := w.NextTick()
		if !ok || next > until {
			return
		}
		w.tick(next)
	}
}

func (w *world) tick(at time.Duration) {
	before := w.ramp()
	w.now = at
	w.Tick(at)
	if after := w.ramp(); after != before {
		w.ramps = append(w.ramps, fmt.Sprintf("%d:%s", at.Milliseconds(), after))
	}
	w.observe()
}

func (w *world) add(ids ...int) {
	for _, n := range ids {
		id := strconv.Itoa(n)
		w.registered[id] = true
		w.ExecutorAdded(w.now, w.Executor(id), allocation.DefaultProfile)
	}
}

func (w *world) gone(ids ...string) {
	for _, id := range ids {
		delete(w.registered, id)
		delete(w.leaving, id)
		w.ExecutorRemoved(w.now, w.Executor(id))
	}
}

func (w *world) task(stage, index int, executor string) allocation.Task {
	return allocation.Task{Stage: allocation.Stage{ID: stage}, Index: index, Executor: w.Executor(executor)}
}

// requests are the targets of the default profile and the removals, as "1300:1 60000:-1,10".
func (w *world) requests() string {
	var short []string
	for _, line := range w.log {
		at, rest, _ := strings.Cut(line, " ")
		if ids, ok := strings.CutPrefix(rest, "remove "); ok {
			short = append(short, at+":-"+ids)
		} else if target, ok := strings.CutPrefix(rest, "request [{0 "); ok {
			target, _, _ = strings.Cut(target, "}")
			short = append(short, at+":"+target)
		}
	}
	return strings.Join(short, " ")
}

func (w *world) ramp() string {
	s := "none"
	if t := w.State().AddTime; t != units.Forever {
		s = strconv.FormatInt(t.Milliseconds(), 10)
	}
	for p := range w.Profiles() {
		return fmt.Sprintf("%d/%d/%s", p.Target, p.Add, s)
	}
	return ""
}

// removals are the removals alone.
func (w *world) removals() string {
	isRequest := func(word string) bool { return !strings.Contains(word, ":-") }
	return strings.Join(slices.DeleteFunc(strings.Fields(w.requests()), isRequest), " ")
}

func policyWith(change func(*allocation.Policy)) allocation.Policy {
	p := allocation.Default(spark.V35)
	if change != nil {
		change(&p)
	}
	return p
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func upTo(n int) (ids []int) {
	for i := 1; i <= n; i++ {
		ids = append(ids, i)
	}
	return ids
}

func TestWorldKeepsWhatItIsToldToKeep(t *testing.T) {
	w := newWorld(t, policyWith(nil), 1)
	w.registered["1"], w.registered["2"], w.kept["2"] = true, true, true
	require.Equal(t, []allocation.Executor{0}, w.Remove([]allocation.Executor{w.Executor("1"), w.Executor("2")}))
}
