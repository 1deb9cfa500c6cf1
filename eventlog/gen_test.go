package eventlog_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/eventlog/internal/gen"
	"github.com/sparkscale/sparkscale/units"
)

func generated(t testing.TB, o gen.Options) ([]byte, gen.Facts) {
	t.Helper()
	var log bytes.Buffer
	facts, err := gen.Write(&log, o)
	require.NoError(t, err)
	return log.Bytes(), facts
}

// TestGenerated reads generated logs, whose contents are known, and reads them both ways.
func TestGenerated(t *testing.T) {
	for seed := range uint64(6) {
		log, want := generated(t, gen.Options{Seed: seed, Tasks: 1000, StageTasks: 100 + int(seed), Executors: 2 + int(seed)})
		p, err := eventlog.Read(context.Background(), "x", bytes.NewReader(log))
		require.NoError(t, err)
		assert.Equal(t, want.Tasks, p.Tasks.Len())
		assert.Equal(t, want.Failed, p.Totals.TasksFailed)
		assert.Equal(t, want.Killed, p.Totals.TasksKilled)
		assert.Equal(t, want.Stages, p.Totals.StagesCompleted)
		assert.Equal(t, want.SQL, len(p.SQL))
		assert.Equal(t, want.Executors, len(p.Executors))
		assert.Equal(t, want.Blocks, p.Coverage.Skipped["SparkListenerBlockUpdated"])
		assert.Equal(t, want.RunMillis, p.Totals.Sums.Run.Milliseconds())
		assert.Equal(t, units.Bytes(want.ShuffleRead), p.Totals.Sums.ShuffleRead())
		assert.Equal(t, units.Bytes(want.Written), p.Totals.Sums.ShuffleWrite)
		assert.Equal(t, want.Bytes, p.Coverage.Bytes)
		assert.True(t, p.Coverage.Ended())
		assert.Zero(t, p.Coverage.BadLines)
		assertOracle(t, log)
	}
}

// TestSketches reads a log with sketches instead of tasks: what is counted is the same, and the coverage says so.
func TestSketches(t *testing.T) {
	log, facts := generated(t, gen.Options{Tasks: 3000})
	want, err := eventlog.Read(context.Background(), "x", bytes.NewReader(log))
	require.NoError(t, err)
	p, err := eventlog.Read(context.Background(), "x", bytes.NewReader(log), eventlog.WithSketches(1000), eventlog.WithMaxTasks(2000))
	require.NoError(t, err, "the bound is of what is kept")
	assert.Equal(t, want.Facts(), p.Facts())
	assert.Equal(t, facts.Tasks, p.Coverage.Sketched)
	assert.Zero(t, p.Tasks.Len())
	assert.Equal(t, want.TaskDurations().Sum, p.TaskDurations().Sum)
	assert.InDelta(t, want.Stats().Utilisation(), p.Stats().Utilisation(), 0.01)
	p, err = eventlog.Read(context.Background(), "x", bytes.NewReader(log), eventlog.WithSketches(3000))
	require.NoError(t, err)
	assert.Equal(t, want, p, "not beyond it")
	_, err = eventlog.Read(context.Background(), "x", bytes.NewReader(log), eventlog.WithSketches(0))
	assert.ErrorContains(t, err, "WithSketches(0)")
}
