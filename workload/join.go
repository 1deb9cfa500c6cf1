package workload

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/gonum/stat"

	"github.com/sparkscale/sparkscale/spark"
)

// Joined is what several runs of one application tell together. It is made by [Join].
type Joined struct {
	// Runs are by their start, and at least one.
	Runs []*Profile
	// Noise is the relative standard deviation of the time of runs that did the same work under the same settings; a
	// change below it cannot be told from chance. It is pooled over all groups of such runs. NoiseRuns is how many
	// runs it rests on; 0 means that no two runs can be compared, so that Noise is not known.
	Noise     float64
	NoiseRuns int
	// Growth is how the work (run time of all tasks) grows with the input: work ∝ input^Growth, the line of least
	// squares through the logarithms. Input is the bytes read from storage, or where no run reads any, the tasks.
	// GrowthRuns is how many runs it rests on; 0 means that their inputs are too alike, so that Growth is not known.
	Growth     float64
	GrowthRuns int
	// Wall summarises the times of the runs.
	Wall Durations
}

// ErrDifferent says that runs are not of one application.
var ErrDifferent = errors.New("workload: the runs are of different applications")

// Join puts runs of one application together, in any order. A run that is given twice counts once, an attempt that a
// later one superseded does not count (see [LatestAttempts]), nor does a run that did not end where another one did.
//
// The error wraps ErrDifferent where application names differ, or says that there is no run or a nil one.
func Join(runs ...*Profile) (Joined, error) {
	if len(runs) == 0 {
		return Joined{}, errors.New("workload: no run to join")
	}
	for i, r := range runs {
		if r == nil {
			return Joined{}, fmt.Errorf("workload: run %d of %d to join is nil", i+1, len(runs))
		}
		if r.App.Name != runs[0].App.Name {
			return Joined{}, fmt.Errorf("%w: %q and %q; give the runs of one application", ErrDifferent, runs[0].App.Name, r.App.Name)
		}
	}
	j := Joined{Runs: distinct(runs)}
	walls := make([]time.Duration, 0, len(j.Runs))
	for _, r := range j.Runs {
		walls = append(walls, r.Wall())
	}
	j.Wall = Summarize(walls)
	j.noise()
	j.growth()
	return j, nil
}

// distinct leaves the runs that count, by their start.
func distinct(runs []*Profile) []*Profile {
	runs, _ = LatestAttempts(runs)
	ended := slices.DeleteFunc(slices.Clone(runs), func(p *Profile) bool { return !p.Coverage.Ended() })
	if len(ended) > 0 {
		runs = ended
	}
	runs = slices.SortedStableFunc(slices.Values(runs), func(a, b *Profile) int {
		return cmp.Or(cmp.Compare(a.Since(), b.Since()), cmp.Compare(a.App.ID, b.App.ID))
	})
	return slices.Compact(runs)
}

// Latest returns the run that started last.
func (j Joined) Latest() *Profile { return j.Runs[len(j.Runs)-1] }

// sameInput is how much the inputs of runs of the same work may differ from one to the next larger one: what is read
// twice, by tasks that were tried again, differs from run to run.
const sameInput = 1.01

// otherInput is how much the largest input must exceed the smallest one to show how the work grows. A noise of 3 %
// in the work of two such runs is an error of 0.16 in the growth.
const otherInput = 1.2

// sample is the time of a run beside what tells whether it may be compared with another one's.
type sample struct {
	settings    string
	input, wall float64
}

// noise pools the relative deviations of all groups of comparable runs.
func (j *Joined) noise() {
	var all []sample
	for _, r := range j.Runs {
		if wall := r.Wall().Seconds(); wall > 0 {
			all = append(all, sample{settingsOf(r), inputOf(r), wall})
		}
	}
	slices.SortFunc(all, func(a, b sample) int {
		return cmp.Or(cmp.Compare(a.settings, b.settings), cmp.Compare(a.input, b.input), cmp.Compare(a.wall, b.wall))
	})
	var squares, freedom float64
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].settings == all[0].settings && all[n].input <= all[n-1].input*sameInput {
			n++
		}
		walls := make([]float64, n)
		for i := range walls {
			walls[i] = all[i].wall
		}
		if all = all[n:]; n > 1 {
			j.NoiseRuns += n
			freedom += float64(n - 1)
			squares += float64(n-1) * stat.Variance(walls, nil) / math.Pow(stat.Mean(walls, nil), 2)
		}
	}
	if freedom > 0 {
		j.Noise = math.Sqrt(squares / freedom)
	}
}

// settingsOf is what a run was asked to do, but for how much: its version and settings, how many stages it submitted
// (not how often), and whether a job failed. With a fixed number of executors it is the cores that it got, too;
// with dynamic allocation these are no setting but an outcome.
func settingsOf(p *Profile) string {
	var b strings.Builder
	fmt.Fprintln(&b, p.Conf.Version())
	for _, key := range spark.Keys() {
		if key.Name == spark.AppID.Name || strings.HasPrefix(key.Name, "spark.eventLog.") {
			continue
		}
		value, _ := p.Conf.Value(key)
		fmt.Fprintf(&b, "%s=%s\n", key.Name, value)
	}
	first := 0
	for i := range p.Stages {
		if p.Stages[i].Attempt == 0 {
			first++
		}
	}
	fmt.Fprintln(&b, first, p.Totals.JobsFailed > 0, p.Totals.Sums.Input > 0)
	if dynamic, err := p.Conf.Bool(spark.DynamicAllocation); err != nil || !dynamic {
		fmt.Fprintln(&b, p.Totals.MaxCores)
	}
	return b.String()
}

// inputOf is how much a run had to do: the bytes that it read, or the tasks of its stages where it read none.
func inputOf(p *Profile) float64 {
	if p.Totals.Sums.Input > 0 {
		return float64(p.Totals.Sums.Input)
	}
	return tasksOf(p)
}

// tasksOf counts the tasks of the stages, not what was tried again.
func tasksOf(p *Profile) float64 {
	tasks := 0
	for i := range p.Stages {
		if p.Stages[i].Attempt == 0 {
			tasks += p.Stages[i].NumTasks
		}
	}
	return float64(tasks)
}

// growth fits log work over log input.
func (j *Joined) growth() {
	input := tasksOf
	if slices.ContainsFunc(j.Runs, func(p *Profile) bool { return p.Totals.Sums.Input > 0 }) {
		input = func(p *Profile) float64 { return float64(p.Totals.Sums.Input) }
	}
	var inputs, works []float64
	for _, r := range j.Runs {
		if in, work := input(r), r.Totals.Sums.Run.Seconds(); in > 0 && work > 0 {
			inputs, works = append(inputs, math.Log(in)), append(works, math.Log(work))
		}
	}
	if len(inputs) > 0 && slices.Max(inputs)-slices.Min(inputs) >= math.Log(otherInput) {
		_, j.Growth = stat.LinearRegression(inputs, works, nil, false)
		j.GrowthRuns = len(inputs)
	}
}
