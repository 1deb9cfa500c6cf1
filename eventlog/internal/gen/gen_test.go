package gen_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog/internal/gen"
)

// TestWrite holds each line to be JSON, and the facts to what is in it.
func TestWrite(t *testing.T) {
	for seed := range uint64(5) {
		o := gen.Options{Seed: seed, Tasks: 900, StageTasks: 70, Executors: 3, Accumulables: int(seed)}
		var log bytes.Buffer
		facts, err := gen.Write(&log, o)
		require.NoError(t, err)
		events := map[string]int{}
		for line := range bytes.Lines(log.Bytes()) {
			var event struct{ Event string }
			require.NoError(t, json.Unmarshal(line, &event), string(line))
			events[event.Event]++
			facts.Lines--
			facts.Bytes -= int64(len(line))
		}
		assert.Zero(t, facts.Lines)
		assert.Zero(t, facts.Bytes)
		assert.Equal(t, 900, facts.Tasks)
		assert.Equal(t, 900, events["SparkListenerTaskEnd"])
		assert.Equal(t, 900, events["SparkListenerTaskStart"])
		assert.Equal(t, facts.Stages, events["SparkListenerStageCompleted"])
		assert.Equal(t, facts.Jobs, events["SparkListenerJobEnd"])
		assert.Equal(t, facts.Blocks, events["SparkListenerBlockUpdated"])
		assert.Positive(t, facts.RunMillis)
		again := new(bytes.Buffer)
		_, err = gen.Write(again, o)
		require.NoError(t, err)
		assert.Equal(t, log.Bytes(), again.Bytes(), "the same options give the same bytes")
	}
}

func TestWriteErrors(t *testing.T) {
	_, err := gen.Write(io.Discard, gen.Options{Tasks: -1})
	assert.ErrorContains(t, err, "Options.Tasks is -1")
	full := errors.New("disk full")
	_, err = gen.Write(failing{full}, gen.Options{})
	assert.ErrorIs(t, err, full)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func BenchmarkWrite(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		facts, err := gen.Write(io.Discard, gen.Options{Tasks: 2000})
		require.NoError(b, err)
		b.SetBytes(facts.Bytes)
	}
}
