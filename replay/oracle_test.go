package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/sparkscale/sparkscale/spark"
)

// oracleCases is how many random cases the engine and the oracle must agree on.
const oracleCases = 10_000

func TestEngineAgreesWithTheOracle(t *testing.T) {
	var seen oracleTally
	cases := oracleCases
	if testing.Short() {
		cases /= 20
	}
	for seed := range uint64(cases) {
		d := atRandom(seed)
		if difference := seen.compare(drawCase(d)); difference != "" {
			c, difference := shrink(d.taken, difference)
			t.Fatalf("seed %d, the smallest such case:\n%s\n%s", seed, c, difference)
		}
	}
	t.Logf("%d cases, %+v", cases, seen)
}

// oracleTally says what the cases came to.
type oracleTally struct{ stuck, happenings, milliseconds int }

// compare runs a case both ways and describes the first difference, if there is one.
func (tally *oracleTally) compare(c oracleCase) string {
	return tally.compareTo(c, newOracle(c.work, c.setting))
}

func (tally *oracleTally) compareTo(c oracleCase, o *oracle) string {
	var happened []happening
	c.setting.watch = func(h happening) { happened = append(happened, h) }
	result, err := runSafely(c)
	ended := o.run()
	tally.happenings += len(happened)
	tally.milliseconds += int(o.now)
	for i := range max(len(happened), len(o.happened)) {
		if i >= len(happened) || i >= len(o.happened) || happened[i] != o.happened[i] {
			return fmt.Sprintf("happening %d: the engine has %s, the oracle %s\nbefore:%s", i, at(happened, i), at(o.happened, i), last(happened[:min(i, len(happened))]))
		}
	}
	if !ended {
		tally.stuck++
	}
	if ended && err != nil || !ended && !errors.Is(err, ErrStuck) {
		return fmt.Sprintf("the engine says %v, the oracle ended: %t at %d", err, ended, o.now)
	}
	if !ended {
		return ""
	}
	return differ(result, o)
}

// TestOracleTellsSettingsApart lets the engine replay under another setting than the oracle.
func TestOracleTellsSettingsApart(t *testing.T) {
	key := func(key spark.Key, value string) func(s *Setting) {
		return func(s *Setting) { s.Conf = s.Conf.With(map[string]string{key.Name: value}) }
	}
	changes := map[string]func(s *Setting){
		"seed":          func(s *Setting) { s.Seed++ },
		"capacity":      func(s *Setting) { s.Capacity++ },
		"nodes":         func(s *Setting) { s.Ready++ },
		"idle":          func(s *Setting) { s.Policy.Idle += time.Second },
		"cached idle":   func(s *Setting) { s.Policy.CachedIdle = 0 },
		"shuffles":      func(s *Setting) { s.Policy.ShuffleTimeout = 0 },
		"backlog":       func(s *Setting) { s.Policy.Backlog += time.Second },
		"decommission":  func(s *Setting) { s.Policy.Decommission = !s.Policy.Decommission },
		"lives":         func(s *Setting) { s.Executors = s.Executors[:max(0, len(s.Executors)-1)] },
		"strain":        func(s *Setting) { s.strain = 3 },
		"FIFO":          key(spark.SchedulerMode, "FIFO"),
		"locality wait": key(spark.LocalityWait, "0s"),
		"gate":          key(spark.MinRegisteredRatio, "0"),
		"batch size":    key(spark.AllocationBatchSize, "100"),
		"batch delay":   key(spark.AllocationBatchDelay, "1ms"),
	}
	for name, change := range changes {
		differs := func(seed uint64) bool {
			c := drawCase(atRandom(seed))
			o := newOracle(c.work, c.setting)
			change(&c.setting)
			return new(oracleTally).compareTo(c, o) != ""
		}
		seed := uint64(0)
		for seed < 1000 && !differs(seed) {
			seed++
		}
		if seed == 1000 {
			t.Errorf("%s: no difference", name)
		}
	}
}

// runSafely makes an error of a panic of the engine, so that its case can be shown.
func runSafely(c oracleCase) (r Result, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("panic: %v", broken)
		}
	}()
	return c.work.Run(context.Background(), c.setting)
}

func differ(r Result, o *oracle) string {
	want := o.result()
	got := Result{
		Wall: r.Wall, Jobs: r.Jobs, ExecutorTime: r.ExecutorTime, BusyTime: r.BusyTime, PeakExecutors: r.PeakExecutors, Bound: r.Bound,
	}
	if text := fmt.Sprintf("%+v", got); text != fmt.Sprintf("%+v", want) {
		return fmt.Sprintf("the engine's result is\n%+v, the oracle's\n%+v", text, want)
	}
	if slices.Sort(o.waited); len(o.waited) == 0 {
		return ""
	}
	for _, q := range []struct {
		at  float64
		got time.Duration
	}{{0.5, r.TaskWaitP50}, {0.95, r.TaskWaitP95}} {
		exact := o.waited[min(int(q.at*float64(len(o.waited))), len(o.waited)-1)].duration()
		if q.got > exact || exact-q.got > exact/64+time.Millisecond {
			return fmt.Sprintf("tasks waited %s at %g, the engine says %s", exact, q.at, q.got)
		}
	}
	return ""
}

func at(list []happening, i int) string {
	if i >= len(list) {
		return "nothing more"
	}
	return fmt.Sprintf("%+v", list[i])
}

func last(list []happening) (text string) {
	for _, h := range list[max(0, len(list)-12):] {
		text += fmt.Sprintf("\n  %+v", h)
	}
	return text
}

// shrink looks for a simpler case with a difference: with fewer choices and smaller ones.
func shrink(choices []int, difference string) (oracleCase, string) {
	smallest := drawCase(again(choices))
	budget := 4000
	try := func(candidate []int) bool {
		if budget--; budget < 0 {
			return false
		}
		d := again(candidate)
		c := drawCase(d)
		if text := new(oracleTally).compare(c); text != "" {
			smallest, difference, choices = c, text, d.taken
			return true
		}
		return false
	}
	for smaller := true; smaller && budget > 0; {
		smaller = false
		for n := 16; n > 0; n /= 2 {
			for i := 0; i+n <= len(choices); i++ {
				smaller = try(slices.Delete(slices.Clone(choices), i, i+n)) || smaller
			}
		}
		for i := 0; i < len(choices); i++ {
			for _, less := range []int{0, choices[min(i, len(choices)-1)] / 2, choices[min(i, len(choices)-1)] - 1} {
				if i < len(choices) && less >= 0 && less < choices[i] {
					candidate := slices.Clone(choices)
					candidate[i] = less
					smaller = try(candidate) || smaller
				}
			}
		}
	}
	return smallest, difference
}
