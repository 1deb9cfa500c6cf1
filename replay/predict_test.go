package replay_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

func workOf(t require.TestingT, p *workload.Profile) *replay.Work {
	w, err := replay.NewWork(p)
	require.NoError(t, err)
	return w
}

func predicted(t *testing.T, runs []*replay.Work, s replay.Setting, o replay.PredictOptions) replay.Prediction {
	p, err := replay.Predict(context.Background(), runs, s, o)
	require.NoError(t, err)
	assert.LessOrEqual(t, p.P10, p.P50)
	assert.LessOrEqual(t, p.P50, p.P90)
	assert.LessOrEqual(t, p.JobsP10, p.JobsP50)
	assert.LessOrEqual(t, p.JobsP50, p.JobsP90)
	return p
}

func TestSamplesAreSeeded(t *testing.T) {
	runs := []*replay.Work{workOf(t, run([][]stageSpec{{{tasks: seconds(4, 3, 2, 1)}}}, 1))}
	s, o := fixed(2, 1), replay.PredictOptions{Noise: 0.1, Samples: 64}
	first := predicted(t, runs, s, o)
	assert.Equal(t, first, predicted(t, runs, s, o), "the same seed draws the same")
	s.Seed = 7
	assert.NotEqual(t, first.P90, predicted(t, runs, s, o).P90, "another one draws other samples")
	assert.InEpsilon(t, first.Wall.Seconds(), first.P50.Seconds(), 0.05)
	assert.Less(t, first.P10, first.Wall)
	assert.Greater(t, first.P90, first.Wall)
}

func TestMoreNoiseWidensTheInterval(t *testing.T) {
	runs := []*replay.Work{workOf(t, run([][]stageSpec{{{tasks: seconds(4, 3, 2, 1)}}}, 1))}
	for _, samples := range []int{0, 200} {
		var last time.Duration
		for _, noise := range []float64{0, 0.05, 0.2} {
			p := predicted(t, runs, fixed(2, 1), replay.PredictOptions{Noise: noise, Samples: samples})
			assert.Greater(t, p.P90-p.P10, last)
			last = p.P90 - p.P10
		}
	}
}

func TestSeveralRunsTellHowTheyDiffer(t *testing.T) {
	short, long := workOf(t, run([][]stageSpec{{{tasks: seconds(10, 10)}}}, 1)), workOf(t, run([][]stageSpec{{{tasks: seconds(14, 14)}}}, 1))
	p := predicted(t, []*replay.Work{short, long}, fixed(2, 1), replay.PredictOptions{})
	assert.InDelta(t, 12.5, p.P10.Seconds(), 0.6, "the shorter run")
	assert.InDelta(t, 16.5, p.P90.Seconds(), 0.6, "the longer one")
	assert.Equal(t, 12500*time.Millisecond, p.Wall, "the first run is replayed")
}

func TestPredictRefuses(t *testing.T) {
	w := workOf(t, run([][]stageSpec{{{tasks: seconds(1)}}}, 1))
	for name, try := range map[string]func() error{
		"no run": func() error {
			_, err := replay.Predict(context.Background(), nil, fixed(1, 1), replay.PredictOptions{})
			return err
		},
		"nil": func() error {
			_, err := replay.Predict(context.Background(), []*replay.Work{w, nil}, fixed(1, 1), replay.PredictOptions{})
			return err
		},
		"samples": func() error {
			_, err := replay.Predict(context.Background(), []*replay.Work{w}, fixed(1, 1), replay.PredictOptions{Samples: replay.MaxSamples + 1})
			return err
		},
		"noise": func() error {
			_, err := replay.Predict(context.Background(), []*replay.Work{w}, fixed(1, 1), replay.PredictOptions{Noise: -1})
			return err
		},
		"stuck": func() error {
			_, err := replay.Predict(context.Background(), []*replay.Work{w}, fixed(0, 1), replay.PredictOptions{})
			return err
		},
	} {
		assert.Error(t, try(), name)
	}
}

func TestLessHeapCollectsMoreGarbage(t *testing.T) {
	p := run([][]stageSpec{{{tasks: seconds(10, 10)}}}, 1)
	p.Totals.Sums.GC = p.Totals.Sums.Run / 10
	w := workOf(t, p)
	wall := func(heap units.Bytes) time.Duration {
		s := fixed(1, 1)
		s.Shape.Heap = heap
		r, err := w.Run(context.Background(), s)
		require.NoError(t, err)
		return r.Jobs
	}
	assert.Equal(t, 20*time.Second, wall(units.GiB(1)), "the run had the default of 1g")
	assert.Equal(t, 22*time.Second, wall(units.MiB(512)), "a tenth of the time twice")
	assert.Equal(t, 19*time.Second, wall(units.GiB(2)))
	s := fixed(1, 1)
	s.Shape.Heap = units.MiB(512)
	small := predicted(t, []*replay.Work{w}, s, replay.PredictOptions{})
	s.Shape.Heap = units.GiB(1)
	same := predicted(t, []*replay.Work{w}, s, replay.PredictOptions{})
	assert.Greater(t, small.P90.Seconds()/small.Wall.Seconds(), same.P90.Seconds()/same.Wall.Seconds(), "and the interval is wider")
}
