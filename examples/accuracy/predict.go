package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/sparkscale/sparkscale/replay"
)

// miss is one prediction beside what happened.
type miss struct {
	Kind      string `json:"kind"`
	From      string `json:"from"`
	To        string `json:"to"`
	Predicted int64  `json:"predicted_ms"`
	Actual    int64  `json:"actual_ms"`
	// P10 and P90 are 0 for an area.
	P10           int64   `json:"p10_ms"`
	P90           int64   `json:"p90_ms"`
	Error         float64 `json:"error"`
	PredictedWall int64   `json:"predicted_wall_ms"`
	ActualWall    int64   `json:"actual_wall_ms"`
	// Sparklens and SparklensError are what Sparklens' rule says of a pair.
	Sparklens      *int64         `json:"sparklens_ms,omitempty"`
	SparklensError *float64       `json:"sparklens_error,omitempty"`
	Verdict        replay.Verdict `json:"verdict"`
	Reasons        []string       `json:"reasons"`
	Why            string         `json:"why,omitempty"`
}

// String writes the miss as a line, and why on a second one.
func (m miss) String() string {
	text := fmt.Sprintf("%-5s %-22s → %-22s %7d ms, really %7d  %+6.1f %%", m.Kind, m.From, m.To, m.Predicted, m.Actual, 100*m.Error)
	if m.Sparklens != nil {
		text += fmt.Sprintf("  Sparklens %7d  %+6.1f %%", *m.Sparklens, 100**m.SparklensError)
	}
	text += fmt.Sprintf("  wall %7d, really %7d  [%d, %d] %s %s", m.PredictedWall, m.ActualWall, m.P10, m.P90, m.Verdict, strings.Join(m.Reasons, "; "))
	if m.Why != "" {
		text += "\n      why: " + m.Why
	}
	return text
}

func relative(predicted, actual int64) float64 {
	return float64(predicted-actual) / float64(max(1, actual))
}

// predict replays the work of r under the shape, policy and configuration of another run.
func (r *recording) predict(ctx context.Context, kind string, to *recording, s replay.Setting) (miss, replay.Result, error) {
	s.Shape, s.Policy, s.Conf = to.shape, to.policy, to.profile.Conf
	p, err := replay.Predict(ctx, []*replay.Work{r.work}, s, replay.PredictOptions{})
	if err != nil {
		return miss{}, p.Result, fmt.Errorf("%s → %s: %w", r.Name, to.Name, err)
	}
	m := miss{
		Kind: kind, From: r.Name, To: to.Name, Predicted: p.Jobs.Milliseconds(), Actual: to.JobsMS,
		P10: p.JobsP10.Milliseconds(), P90: p.JobsP90.Milliseconds(),
		PredictedWall: p.Wall.Milliseconds(), ActualWall: to.WallMS, Verdict: p.Verdict, Reasons: append([]string{}, p.Reasons...),
	}
	m.Error = relative(m.Predicted, m.Actual)
	return m, p.Result, nil
}

// self replays every run under its own setting with its own executors.
func self(ctx context.Context, runs []recording, fail failed) (list []miss) {
	for i := range runs {
		m, _, err := runs[i].predict(ctx, "self", &runs[i], replay.Setting{Executors: runs[i].work.Lives()})
		if err != nil {
			fail(err)
			continue
		}
		list = append(list, m)
	}
	return list
}

// each predicts every ordered pair of runs of one application.
func each(runs []recording, fail failed, predict func(from, to *recording) (miss, error)) (list []miss) {
	for i := range runs {
		for j := range runs {
			if i == j || runs[i].App != runs[j].App {
				continue
			}
			m, err := predict(&runs[i], &runs[j])
			if err != nil {
				fail(err)
				continue
			}
			list = append(list, m)
		}
	}
	return list
}

// pairs predicts one run from the log of another, blind, and what Sparklens would have said beside it.
func pairs(ctx context.Context, runs []recording, fail failed) []miss {
	return each(runs, fail, func(from, to *recording) (miss, error) {
		m, err := from.explained(ctx, "pair", to, replay.Setting{})
		said := sparklens(from.profile, to.allCores())
		missed := relative(said, m.Actual)
		m.Sparklens, m.SparklensError = &said, &missed
		return m, err
	})
}

// given does the same with the other run's start latencies.
func given(ctx context.Context, runs []recording, fail failed) []miss {
	return each(runs, fail, func(from, to *recording) (miss, error) {
		return from.explained(ctx, "given", to, replay.Setting{Arrivals: to.arrivals()})
	})
}

// arrivals are the start latencies that a run had.
func (r *recording) arrivals() *replay.Arrivals {
	a := r.work.Arrivals()
	return &replay.Arrivals{First: a.First, Each: a.Each}
}

// explained predicts, and says why where that misses by much.
func (r *recording) explained(ctx context.Context, kind string, to *recording, s replay.Setting) (miss, error) {
	m, result, err := r.predict(ctx, kind, to, s)
	if err == nil && (m.Error > muchMissed || m.Error < -muchMissed) {
		m.Why = why(seen(result, r.profile.Tasks.Len()), happened(to.profile))
	}
	return m, err
}
