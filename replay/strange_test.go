package replay_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/workload"
)

func TestStrangeSettingsAreRefused(t *testing.T) {
	w := workOf(t, run([][]stageSpec{{{tasks: seconds(4, 3)}}}, 1))
	arrivals := func(a replay.Arrivals) func(*replay.Setting) { return func(s *replay.Setting) { s.Arrivals = &a } }
	life := func(l replay.Life) func(*replay.Setting) {
		return func(s *replay.Setting) { s.Executors = []replay.Life{l} }
	}
	for name, change := range map[string]func(*replay.Setting){
		"at once is no number":      arrivals(replay.Arrivals{Alone: time.Second, AtOnce: math.NaN()}),
		"at once is next to none":   arrivals(replay.Arrivals{Alone: time.Second, AtOnce: 1e-300}),
		"at once is negative":       arrivals(replay.Arrivals{Alone: time.Second, AtOnce: -1}),
		"alone for ever":            arrivals(replay.Arrivals{Alone: math.MaxInt64}),
		"first for ever":            arrivals(replay.Arrivals{First: math.MaxInt64}),
		"each before its request":   arrivals(replay.Arrivals{Each: []time.Duration{-1}}),
		"up for ever":               life(replay.Life{Up: math.MaxInt64}),
		"up before the start":       life(replay.Life{Up: -1}),
		"down before up":            life(replay.Life{Up: 10 * time.Second, Down: 5 * time.Second}),
		"leaving before up":         life(replay.Life{Up: 10 * time.Second, Leaving: 5 * time.Second}),
		"ready behind down":         life(replay.Life{Up: 1, Ready: 9 * time.Second, Down: 2 * time.Second}),
		"more cores than there are": func(s *replay.Setting) { s.Shape.Cores = 1 << 31 },
		"negative cores":            func(s *replay.Setting) { s.Shape.Cores = -1 },
		"no slot":                   func(s *replay.Setting) { s.Shape = sizing.Shape{Cores: 1, TaskCPUs: 2} },
		"too many executors":        func(s *replay.Setting) { s.Policy = allocation.Fixed(replay.MaxExecutors + 1) },
	} {
		s := fixed(1, 1)
		change(&s)
		_, err := w.Run(context.Background(), s)
		assert.ErrorContains(t, err, "replay: ", name)
	}
	_, err := (&replay.Work{}).Run(context.Background(), fixed(1, 1))
	assert.ErrorIs(t, err, replay.ErrNothing)
}

func TestSketchesAreNoTasks(t *testing.T) {
	p := run([][]stageSpec{{{tasks: seconds(1)}}}, 1)
	p.Coverage.Sketched = 1
	_, err := replay.NewWork(p)
	assert.ErrorContains(t, err, "sketches")
}

func TestSumsEndWhereDurationsDo(t *testing.T) {
	var long []time.Duration
	for range 40 {
		long = append(long, 23*24*time.Hour)
	}
	w := workOf(t, run([][]stageSpec{{{tasks: long}}}, 1))
	r, err := w.Run(context.Background(), fixed(1000, 4096))
	require.NoError(t, err)
	assert.Equal(t, time.Duration(math.MaxInt64), r.CoreTime)
	assert.NotEmpty(t, r.Caveats)
}

func TestWideIntervalIsNotTrusted(t *testing.T) {
	w := workOf(t, run([][]stageSpec{{{tasks: seconds(4, 3)}}}, 1))
	p := predicted(t, []*replay.Work{w}, fixed(1, 1), replay.PredictOptions{Noise: 1})
	assert.Equal(t, replay.DoNotTrust, p.Verdict)
	s := fixed(1, 1)
	s.Provisioning, s.Ready = 24*24*time.Hour, 0
	p = predicted(t, []*replay.Work{w}, s, replay.PredictOptions{})
	assert.Equal(t, replay.DoNotTrust, p.Verdict)
}

func TestOnlyRecordedExecutorsBringTheRunBack(t *testing.T) {
	w := workOf(t, run([][]stageSpec{{{tasks: seconds(4, 3, 2, 1)}}}, 1))
	other := []replay.Life{{Up: time.Second}, {Up: time.Second}}
	lives, err := w.Run(context.Background(), replay.Setting{Shape: sizing.Shape{Cores: 1}, Executors: other})
	require.NoError(t, err)
	counted, err := w.Run(context.Background(), fixed(2, 1))
	require.NoError(t, err)
	assert.InDelta(t, counted.Jobs.Seconds(), lives.Jobs.Seconds(), 0.01)
}

func TestClocksGoWrong(t *testing.T) {
	b := &workload.Builder{}
	b.LogStart("3.5.6")
	b.ApplicationStart(workload.Application{ID: "a"}, 1_000_000)
	b.ExecutorAdded(workload.ExecutorAdded{At: 1_000_500, ID: "1", Host: "h", Cores: 1})
	b.JobStart(workload.JobStart{At: 1_001_000, StageIDs: []int{0}, SQL: -1})
	info := workload.StageInfo{NumTasks: 1, Submitted: 1_001_000}
	b.StageSubmitted(info)
	start := workload.TaskStart{Launch: 1_001_000, Executor: "1"}
	b.TaskStart(&start)
	b.TaskEnd(&workload.TaskEnd{TaskStart: start, Finish: 1_002_000})
	info.Completed = 900_000_000_000 // years later
	b.StageCompleted(info)
	b.JobEnd(0, 1_002_100, true)
	b.ApplicationEnd(1_003_000)
	w := workOf(t, b.Build(workload.Coverage{}))
	r, err := w.Run(context.Background(), fixed(1, 1))
	require.NoError(t, err)
	assert.Less(t, r.Wall, time.Minute)
}
