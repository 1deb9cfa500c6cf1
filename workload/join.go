package workload

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"
)

// Joined is what several runs of one application tell together.
type Joined struct {
	// Runs are by their start.
	Runs []*Profile
	// Noise is the relative standard deviation of the time of runs that did the same work under the same
	// settings; a change below it cannot be told from chance. NoiseRuns is how many runs it rests on; below 2
	// Noise is 0 and unknown.
	Noise     float64
	NoiseRuns int
	// Growth is how the work (run time of all tasks) grows with the input: work ∝ input^Growth, fitted over
	// GrowthRuns runs of different input. It is unknown where GrowthRuns is below 2.
	Growth     float64
	GrowthRuns int
	// Wall summarises the times of the runs.
	Wall Durations
}

// ErrDifferent says that runs are not of one application.
var ErrDifferent = errors.New("workload: the runs are of different applications")

// Join puts runs of one application together. Runs that did not end are left out where another one ended. An error
// wraps ErrDifferent where application names differ, or says that there is no run.
func Join(runs ...*Profile) (Joined, error) {
	if len(runs) == 0 {
		return Joined{}, errors.New("workload: no run to join")
	}
	for _, r := range runs[1:] {
		if r.App.Name != runs[0].App.Name {
			return Joined{}, fmt.Errorf("%w: %q and %q; give the runs of one application", ErrDifferent, runs[0].App.Name, r.App.Name)
		}
	}
	ended := slices.DeleteFunc(slices.Clone(runs), func(p *Profile) bool { return !p.Coverage.Ended() })
	if len(ended) > 0 {
		runs = ended
	}
	j := Joined{Runs: slices.SortedStableFunc(slices.Values(runs), func(a, b *Profile) int {
		return cmp.Or(cmp.Compare(a.Since(), b.Since()), cmp.Compare(a.App.ID, b.App.ID))
	})}
	walls := make([]time.Duration, 0, len(j.Runs))
	for _, r := range j.Runs {
		walls = append(walls, r.Wall())
	}
	j.Wall = Summarize(walls)
	j.noise()
	j.growth()
	return j, nil
}

// Latest returns the run that started last.
func (j Joined) Latest() *Profile { return j.Runs[len(j.Runs)-1] }

// settings tells runs apart that may be compared for noise: the same work on the same executors.
type settings struct {
	tasks, stages, executors, cores int
	input                           int64
}

func settingsOf(p *Profile) settings {
	input := int64(p.Totals.Sums.Input)
	if input > 0 { // the same input may differ by headers read twice
		input = int64(math.Round(math.Log(float64(input)) * 50))
	}
	return settings{p.Totals.TasksEnded - p.Totals.TasksFailed - p.Totals.TasksKilled, len(p.Stages), p.Totals.MaxExecutors, p.Totals.MaxCores, input}
}

// noise pools the relative deviations of all groups of comparable runs.
func (j *Joined) noise() {
	groups := map[settings][]float64{}
	for _, r := range j.Runs {
		groups[settingsOf(r)] = append(groups[settingsOf(r)], r.Wall().Seconds())
	}
	squares := make([]float64, 0, len(j.Runs))
	freedom := 0
	for _, walls := range groups {
		mean := stat.Mean(walls, nil)
		if len(walls) < 2 || mean <= 0 {
			continue
		}
		j.NoiseRuns += len(walls)
		freedom += len(walls) - 1
		for _, w := range walls {
			squares = append(squares, (w/mean-1)*(w/mean-1))
		}
	}
	slices.Sort(squares) // the order of a map must not show in the last bit
	var sum float64
	for _, s := range squares {
		sum += s
	}
	if freedom > 0 {
		j.Noise = math.Sqrt(sum / float64(freedom))
	}
}

// growth fits log work over log input.
func (j *Joined) growth() {
	var inputs, works []float64
	distinct := map[int64]bool{}
	for _, r := range j.Runs {
		if in, work := r.Totals.Sums.Input, r.Totals.Sums.Run; in > 0 && work > 0 {
			inputs, works = append(inputs, math.Log(float64(in))), append(works, math.Log(work.Seconds()))
			distinct[settingsOf(r).input] = true
		}
	}
	if len(distinct) < 2 {
		return
	}
	_, j.Growth = stat.LinearRegression(inputs, works, nil, false)
	j.GrowthRuns = len(inputs)
}
