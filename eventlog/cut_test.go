package eventlog_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pierrec/lz4/v4"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/eventlog/internal/gen"
	"github.com/sparkscale/sparkscale/internal/dataset"
)

// cutEverywhere reads what is left of a log at each length, or at a sample of lengths and at those near its ends: without
// a panic, and with no count that differs from that of the whole log unless the coverage says that it is cut.
func cutEverywhere(t *testing.T, log []byte) {
	t.Helper()
	whole, err := eventlog.Read(context.Background(), "x", bytes.NewReader(log))
	require.NoError(t, err)
	near, sample, all := 128, 300, 3000
	if testing.Short() {
		near, sample, all = 32, 60, 300
	}
	random := rand.New(rand.NewPCG(1, uint64(len(log))))
	for length := 0; length < len(log); length++ {
		if far := length > near && length < len(log)-near; far && len(log) > all && random.IntN(len(log)) > sample {
			continue
		}
		p, err := eventlog.Read(context.Background(), "x", bytes.NewReader(log[:length]))
		if err != nil {
			require.True(t, errors.Is(err, eventlog.ErrNoEvents) || errors.Is(err, eventlog.ErrTruncated), "%d: %v", length, err)
			continue
		}
		if !p.Coverage.Truncated {
			require.Equal(t, whole.Totals, p.Totals, length)
			require.Equal(t, whole.Tasks, p.Tasks, length)
			require.Equal(t, whole.Jobs, p.Jobs, length)
		}
		require.LessOrEqual(t, p.Totals.TasksEnded, whole.Totals.TasksEnded, length)
		require.LessOrEqual(t, p.Coverage.BadLines, 1, "%d: only the line of the cut", length)
	}
}

// TestCut cuts logs of the codecs that can be written here: a short one at each byte, and a longer one.
func TestCut(t *testing.T) {
	small, _ := generated(t, gen.Options{Tasks: 3, Executors: 1, Accumulables: 1})
	long, _ := generated(t, gen.Options{Seed: 2, Tasks: 400, StageTasks: 40})
	for name, log := range map[string][]byte{"few lines": []byte(smallLog), "few tasks": small, "many tasks": long} {
		half := len(log) / 2
		var framed bytes.Buffer
		w := lz4.NewWriter(&framed)
		_, err := w.Write(log)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		for codec, stored := range map[string]string{
			"plain": string(log), "zstd": zstded(t, string(log[:half]), string(log[half:])), "gzip": gzipped(t, string(log)), "lz4": framed.String(),
		} {
			t.Run(name+"/"+codec, func(t *testing.T) { cutEverywhere(t, []byte(stored)) })
		}
	}
}

// TestCutRecordings cuts a recorded run of every codec that Spark has.
func TestCutRecordings(t *testing.T) {
	var index []struct{ Path, EventLog string }
	dataset.JSON(t, "recordings/index.json", &index)
	done := map[string]bool{}
	for _, run := range index {
		path := dataset.Path(t, "recordings", run.Path, run.EventLog)
		info, err := os.Stat(path)
		require.NoError(t, err)
		log, err := os.ReadFile(path)
		if info.IsDir() || err != nil || strings.HasSuffix(path, ".inprogress") {
			continue
		}
		p, err := eventlog.Read(context.Background(), "x", bytes.NewReader(log))
		require.NoError(t, err)
		if codec := p.Coverage.Codecs[0]; !done[codec] && p.Coverage.Ended() {
			done[codec] = true
			t.Run(codec+" "+filepath.Base(run.Path), func(t *testing.T) { cutEverywhere(t, log) })
		}
	}
	t.Logf("codecs that were cut: %v", slices.Sorted(maps.Keys(done)))
}
