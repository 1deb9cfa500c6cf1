package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/workload"
)

// recording is one run of the index.
type recording struct {
	Name     string `json:"name"`
	App      string `json:"app"`
	Path     string `json:"path"`
	EventLog string `json:"eventlog"`
	JobsMS   int64  `json:"jobs_ms"`
	Quiet    bool   `json:"quiet"`

	profile *workload.Profile
	work    *replay.Work
	shape   sizing.Shape
	policy  allocation.Policy
}

// load reads the runs that have a measured time, by application and name.
func load(ctx context.Context, folder string, all bool) ([]recording, error) {
	text, err := os.ReadFile(filepath.Join(folder, "index.json"))
	if err != nil {
		return nil, err
	}
	var index []recording
	if err := json.Unmarshal(text, &index); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(folder, "index.json"), err)
	}
	var runs []recording
	for _, r := range index {
		if r.JobsMS <= 0 || !r.Quiet && !all {
			continue
		}
		if err := r.read(ctx, folder); err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, nil
}

func (r *recording) read(ctx context.Context, folder string) (err error) {
	if r.profile, err = eventlog.ReadFile(ctx, filepath.Join(folder, r.Path, r.EventLog)); err != nil {
		return err
	}
	if r.work, err = replay.NewWork(r.profile); err != nil {
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	if r.policy, err = allocation.FromConf(r.profile.Conf); err != nil {
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	r.shape, err = sizing.FromConf(r.profile.Conf)
	return err
}

// miss is one prediction beside what happened.
type miss struct {
	Kind      string         `json:"kind"`
	From      string         `json:"from"`
	To        string         `json:"to"`
	Predicted int64          `json:"predicted_ms"`
	Actual    int64          `json:"actual_ms"`
	P10       int64          `json:"p10_ms"`
	P90       int64          `json:"p90_ms"`
	Error     float64        `json:"error"`
	Verdict   replay.Verdict `json:"verdict"`
	Reasons   []string       `json:"reasons"`
}

func (m miss) note() string {
	return fmt.Sprintf("[%d, %d] %s %s", m.P10, m.P90, m.Verdict, strings.Join(m.Reasons, "; "))
}

func (r *recording) predict(ctx context.Context, kind string, to *recording, s replay.Setting) (miss, replay.Result, error) {
	s.Shape, s.Policy, s.Conf = to.shape, to.policy, to.profile.Conf
	p, err := r.work.Predict(ctx, s, 0)
	if err != nil {
		return miss{}, p.Result, fmt.Errorf("%s → %s: %w", r.Name, to.Name, err)
	}
	m := miss{
		Kind: kind, From: r.Name, To: to.Name, Predicted: p.Jobs.Milliseconds(), Actual: to.JobsMS,
		P10: p.JobsP10.Milliseconds(), P90: p.JobsP90.Milliseconds(), Verdict: p.Verdict, Reasons: p.Reasons,
	}
	m.Error = float64(m.Predicted-m.Actual) / float64(m.Actual)
	return m, p.Result, nil
}

// self replays every run under its own setting with its own executors.
func self(ctx context.Context, runs []recording) ([]miss, error) {
	var list []miss
	for i := range runs {
		m, _, err := runs[i].predict(ctx, "self", &runs[i], replay.Setting{Executors: runs[i].work.Lives()})
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// each calls f for every ordered pair of runs of one application.
func each(runs []recording, f func(from, to *recording) error) error {
	for i := range runs {
		for j := range runs {
			if i != j && runs[i].App == runs[j].App {
				if err := f(&runs[i], &runs[j]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// pairs predicts one run from the log of another, blind.
func pairs(ctx context.Context, runs []recording) (list []miss, err error) {
	err = each(runs, func(from, to *recording) error {
		m, _, err := from.predict(ctx, "pair", to, replay.Setting{})
		list = append(list, m)
		return err
	})
	return list, err
}

// given does the same with the other run's start latencies.
func given(ctx context.Context, runs []recording) (list []miss, err error) {
	err = each(runs, func(from, to *recording) error {
		arrivals := replay.NewArrivals(to.profile)
		m, _, err := from.predict(ctx, "given", to, replay.Setting{Arrivals: &replay.Arrivals{First: arrivals.First, Each: arrivals.Each}})
		list = append(list, m)
		return err
	})
	return list, err
}

// areas compares executor timelines of dynamic allocation: each run is replayed from its own log under its own policy, with
// the start latencies that it had. Predicted and actual are executor time in milliseconds, the error the area between over
// the real area.
func areas(ctx context.Context, runs []recording) (list []miss, err error) {
	for i := range runs {
		if !runs[i].policy.Dynamic {
			continue
		}
		m, err := runs[i].area(ctx)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

func (r *recording) area(ctx context.Context) (miss, error) {
	arrivals := replay.NewArrivals(r.profile)
	m, result, err := r.predict(ctx, "area", r, replay.Setting{Arrivals: &arrivals})
	if err != nil {
		return miss{}, err
	}
	since := r.profile.Since()
	predicted, real := curve(result.Timeline, since, since.Add(result.Wall)), curve(r.profile.Timeline(), since, r.profile.Until())
	var between int64
	for t := range max(len(predicted), len(real)) {
		between += int64(math.Abs(float64(at(predicted, t) - at(real, t))))
	}
	m.Predicted, m.Actual = 100*sum(predicted), 100*sum(real)
	m.Error = float64(between) / float64(max(1, sum(real)))
	return m, nil
}

// curve samples the executors each 100 ms.
func curve(levels []workload.Level, from, until workload.Instant) []int {
	var list []int
	i := 0
	for t := from; t < until; t += 100 {
		for i+1 < len(levels) && levels[i+1].At <= t {
			i++
		}
		list = append(list, levels[i].Executors)
	}
	return list
}

func at(list []int, i int) int {
	if i < len(list) {
		return list[i]
	}
	return 0
}

func sum(list []int) int64 {
	var s int64
	for _, v := range list {
		s += int64(v)
	}
	return s
}

// summary is over all misses of a kind.
type summary struct {
	Kind   string  `json:"kind"`
	Of     string  `json:"of"`
	N      int     `json:"n"`
	Mean   float64 `json:"mean"`
	Median float64 `json:"median"`
	P90    float64 `json:"p90"`
	Worst  float64 `json:"worst"`
	// Covered is the share of real times between P10 and P90.
	Covered float64 `json:"covered"`
}

func summarize(misses []miss) summary {
	s := summary{Kind: "summary", Of: misses[0].Kind, N: len(misses)}
	var errs []float64
	for _, m := range misses {
		errs = append(errs, math.Abs(m.Error))
		s.Mean += math.Abs(m.Error) / float64(len(misses))
		if m.P10 <= m.Actual && m.Actual <= m.P90 {
			s.Covered += 1 / float64(len(misses))
		}
	}
	slices.Sort(errs)
	s.Median, s.P90, s.Worst = workload.Quantile(errs, 0.5), workload.Quantile(errs, 0.9), errs[len(errs)-1]
	return s
}

// String writes the summary as a line.
func (s summary) String() string {
	text := fmt.Sprintf("%s: %d, mean %.2f %%, median %.2f %%, p90 %.2f %%, worst %.2f %%", s.Of, s.N, 100*s.Mean, 100*s.Median, 100*s.P90, 100*s.Worst)
	if s.Of == "area" {
		return text
	}
	return text + fmt.Sprintf("; %.0f %% between P10 and P90", 100*s.Covered)
}
