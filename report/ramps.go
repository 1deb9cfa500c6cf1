package report

import (
	"cmp"
	"math"
	"slices"

	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/report/internal/chart"
)

// turn is where the line of the waiting tasks jumps, or changes how steeply it falls, per second.
type turn struct{ at, jump, slope float64 }

// ramps is the line of the tasks that wait in a replay, whose timeline does not tell each launch: those of a stage are taken
// to be launched evenly between its submission and the launch of its last task. It has at most about so many points, and
// comes with its highest value.
func ramps(stages []replay.StageTime, until float64, most int) (line []chart.Step, highest float64) {
	var turns []turn
	for _, s := range stages {
		from, to := s.Submitted.Seconds(), (s.Completed - s.Tail).Seconds()
		if to > from {
			slope := float64(s.Tasks) / (to - from)
			turns = append(turns, turn{from, float64(s.Tasks), -slope}, turn{to, 0, slope})
		}
	}
	slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(a.at, b.at) })
	line = []chart.Step{{}}
	value, slope := 0.0, 0.0
	for _, t := range turns {
		value = math.Max(0, value+slope*(t.at-line[len(line)-1].X))
		line = append(line, chart.Step{X: t.at, Y: value})
		if slope += t.slope; t.jump > 0 {
			value += t.jump
			line = append(line, chart.Step{X: t.at, Y: value})
		}
		highest = max(highest, value)
	}
	return thinned(append(line, chart.Step{X: until}), until, most), highest
}

// thinned keeps the highest point of each part of the time where there are more than so many.
func thinned(line []chart.Step, until float64, most int) []chart.Step {
	if len(line) <= 2*most || until <= 0 {
		return line
	}
	kept := make([]chart.Step, 0, most+1)
	part := -1
	for _, at := range line {
		switch p := int(at.X / until * float64(most)); {
		case p != part:
			part = p
			kept = append(kept, at)
		case at.Y > kept[len(kept)-1].Y:
			kept[len(kept)-1].Y = at.Y
		}
	}
	return kept
}
