package main

import (
	"context"
	"math"

	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/workload"
)

// areas compares executor timelines of dynamic allocation: each run is replayed from its own log under its own policy, with
// the start latencies that it had. Predicted and actual are executor time in milliseconds, the error the area between over
// the real area.
func areas(ctx context.Context, runs []recording, fail failed) (list []miss) {
	for i := range runs {
		if !runs[i].policy.Dynamic {
			continue
		}
		m, err := runs[i].area(ctx)
		if err != nil {
			fail(err)
			continue
		}
		list = append(list, m)
	}
	return list
}

func (r *recording) area(ctx context.Context) (miss, error) {
	m, result, err := r.predict(ctx, "area", r, replay.Setting{Arrivals: r.arrivals()})
	if err != nil {
		return miss{}, err
	}
	since := r.profile.Since()
	predicted, real := curve(result.Timeline, since, since.Add(result.Wall)), r.curve()
	m.P10, m.P90 = 0, 0 // they are of time
	m.Predicted, m.Actual = step*sum(predicted), step*sum(real)
	m.Error = float64(between(predicted, real)) / float64(max(1, sum(real)))
	return m, nil
}

// step is how far the samples of a curve are apart, in milliseconds.
const step = 100

func (r *recording) curve() []int {
	return curve(r.profile.Timeline(), r.profile.Since(), r.profile.Until())
}

// curve samples the executors each step.
func curve(levels []workload.Level, from, until workload.Instant) []int {
	var list []int
	i := 0
	for t := from; t < until; t += step {
		for i+1 < len(levels) && levels[i+1].At <= t {
			i++
		}
		list = append(list, levels[i].Executors)
	}
	return list
}

// between is the area between two curves, in executors times steps.
func between(a, b []int) (area int64) {
	for t := range max(len(a), len(b)) {
		area += int64(math.Abs(float64(at(a, t) - at(b, t))))
	}
	return area
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
