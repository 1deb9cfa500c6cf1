package main

import (
	"fmt"
	"slices"
)

// repeat is what runs alike differ by among themselves, below which no prediction can be told from chance. Spread is the
// longest less the shortest over the mean.
type repeat struct {
	Kind    string   `json:"kind"`
	Runs    []string `json:"runs"`
	N       int      `json:"n"`
	Min     int64    `json:"min_ms"`
	Max     int64    `json:"max_ms"`
	Mean    float64  `json:"mean_ms"`
	Spread  float64  `json:"spread"`
	Setting string   `json:"setting"`
}

// String writes the runs as a line.
func (r repeat) String() string {
	return fmt.Sprintf("%-13s %-42s %d runs, %d to %d ms, spread %.1f %%", r.Kind, r.Setting, r.N, r.Min, r.Max, 100*r.Spread)
}

func newRepeat(kind, setting string, names []string, times []int64) repeat {
	r := repeat{Kind: kind, Setting: setting, Runs: names, N: len(times), Min: slices.Min(times), Max: slices.Max(times)}
	for _, t := range times {
		r.Mean += float64(t) / float64(len(times))
	}
	r.Spread = float64(r.Max-r.Min) / max(1, r.Mean)
	return r
}

// alike puts the quiet runs of one application, configuration and Spark together, those that have company. Of others the
// times are not to be trusted, and may be of another scale.
func alike(runs []recording) [][]*recording {
	groups := map[string][]*recording{}
	var settings []string
	for i := range runs {
		if !runs[i].Quiet {
			continue
		}
		s := runs[i].setting()
		if groups[s] == nil {
			settings = append(settings, s)
		}
		groups[s] = append(groups[s], &runs[i])
	}
	var list [][]*recording
	for _, s := range settings {
		if len(groups[s]) > 1 {
			list = append(list, groups[s])
		}
	}
	return list
}

func (r *recording) setting() string { return r.App + " " + r.Config + " on Spark " + r.Spark }

// noise is over the times of jobs.
func noise(runs []recording) (list []repeat) {
	for _, group := range alike(runs) {
		var names []string
		var times []int64
		for _, r := range group {
			names, times = append(names, r.Name), append(times, r.JobsMS)
		}
		list = append(list, newRepeat("noise", group[0].setting(), names, times))
	}
	return list
}

// twins are two runs alike of dynamic allocation. Error is the area between their executor timelines over the mean of their
// areas, in milliseconds times executors.
type twins struct {
	Kind  string  `json:"kind"`
	From  string  `json:"from"`
	To    string  `json:"to"`
	One   int64   `json:"from_area_ms"`
	Other int64   `json:"to_area_ms"`
	Error float64 `json:"error"`
}

// String writes the two as a line.
func (t twins) String() string {
	return fmt.Sprintf("%-13s %-22s ↔ %-22s %7d ms of executors and %7d, between them %.1f %%", t.Kind, t.From, t.To, t.One, t.Other, 100*t.Error)
}

// noiseAreas compares each two runs alike.
func noiseAreas(runs []recording) (list []twins) {
	for _, group := range alike(runs) {
		for i, from := range group {
			for _, to := range group[i+1:] {
				if from.policy.Dynamic {
					list = append(list, newTwins(from, to))
				}
			}
		}
	}
	return list
}

func newTwins(from, to *recording) twins {
	a, b := from.curve(), to.curve()
	t := twins{Kind: "noise-area", From: from.Name, To: to.Name, One: step * sum(a), Other: step * sum(b)}
	t.Error = float64(2*step*between(a, b)) / float64(max(1, t.One+t.Other))
	return t
}

// spreads and errorsOf are what the summaries are over.
func spreads(list []repeat) (errs []float64) {
	for _, r := range list {
		errs = append(errs, r.Spread)
	}
	return errs
}

func errorsOf(list []twins) (errs []float64) {
	for _, t := range list {
		errs = append(errs, t.Error)
	}
	return errs
}
