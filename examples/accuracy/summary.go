package main

import (
	"fmt"
	"slices"

	"github.com/sparkscale/sparkscale/workload"
)

// summary is over all lines of a kind.
type summary struct {
	Kind string `json:"kind"`
	Of   string `json:"of"`
	N    int    `json:"n"`
	score
	// Covered is the share of real times between P10 and P90, where there is such an interval.
	Covered *float64 `json:"covered,omitempty"`
	// Wall is of the times from the application's start to its end.
	Wall *score `json:"wall,omitempty"`
	// Sparklens and Baseline are of what others say of the same.
	Sparklens *score `json:"sparklens,omitempty"`
	Baseline  *score `json:"baseline,omitempty"`
	// Note says what to think of it.
	Note string `json:"note,omitempty"`
}

func newSummary(of string, errs []float64) summary {
	return summary{Kind: "summary", Of: of, N: len(errs), score: newScore(errs)}
}

// summarize is over the misses of a kind.
func summarize(misses []miss) summary {
	var errs, walls, lens []float64
	covered := 0.0
	for _, m := range misses {
		errs, walls = append(errs, m.Error), append(walls, relative(m.PredictedWall, m.ActualWall))
		if m.SparklensError != nil {
			lens = append(lens, *m.SparklensError)
		}
		if m.P10 <= m.Actual && m.Actual <= m.P90 {
			covered += 1 / float64(len(misses))
		}
	}
	s := newSummary(misses[0].Kind, errs)
	if s.Of == "area" { // the interval is of the time
		return s
	}
	wall := newScore(walls)
	s.Covered, s.Wall = &covered, &wall
	if len(lens) > 0 {
		said := newScore(lens)
		s.Sparklens = &said
	}
	return s
}

// String writes the summary as a line, and as one more each what stands beside it.
func (s summary) String() string {
	text := fmt.Sprintf("%s: %d, %s", s.Of, s.N, s.score)
	if s.Covered != nil {
		text += fmt.Sprintf("; %.0f %% between P10 and P90", 100**s.Covered)
	}
	for _, beside := range []struct {
		name string
		of   *score
	}{{"wall clock", s.Wall}, {"Sparklens", s.Sparklens}, {"baseline", s.Baseline}} {
		if beside.of != nil {
			text += fmt.Sprintf("\n%s, %s: %s", s.Of, beside.name, beside.of)
		}
	}
	if s.Note != "" {
		text += "\n" + s.Of + ": " + s.Note
	}
	return text
}

// score summarises relative errors by their sizes.
type score struct {
	Mean   float64 `json:"mean"`
	Median float64 `json:"median"`
	P90    float64 `json:"p90"`
	Worst  float64 `json:"worst"`
}

func newScore(errs []float64) (s score) {
	sizes := make([]float64, len(errs))
	for i, e := range errs {
		sizes[i] = max(e, -e)
		s.Mean += sizes[i] / float64(len(errs))
	}
	slices.Sort(sizes)
	s.Median, s.P90, s.Worst = workload.Quantile(sizes, 0.5), workload.Quantile(sizes, 0.9), workload.Quantile(sizes, 1)
	return s
}

// String writes the numbers in per cent.
func (s score) String() string {
	return fmt.Sprintf("mean %.2f %%, median %.2f %%, p90 %.2f %%, worst %.2f %%", 100*s.Mean, 100*s.Median, 100*s.P90, 100*s.Worst)
}
