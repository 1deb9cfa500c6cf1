package eventlog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/pierrec/lz4/v4"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/eventlog/internal/codec"
	"github.com/sparkscale/sparkscale/eventlog/internal/gen"
	"github.com/sparkscale/sparkscale/internal/dataset"
)

// benchSize is how much JSON of a large log is read at once.
const benchSize = 128 << 20

// packed gives a log as it is stored: zstd in frames of a MiB, because Spark ends one at each flush.
func packed(b *testing.B, log []byte) map[string][]byte {
	b.Helper()
	var frames []string
	for rest := log; len(rest) > 0; rest = rest[min(len(rest), 1<<20):] {
		frames = append(frames, string(rest[:min(len(rest), 1<<20)]))
	}
	var out bytes.Buffer
	w := lz4.NewWriter(&out)
	_, err := w.Write(log)
	require.NoError(b, err)
	require.NoError(b, w.Close())
	return map[string][]byte{"plain": log, "zstd": []byte(zstded(b, frames...)), "lz4": out.Bytes()}
}

// BenchmarkRead reads a generated log.
func BenchmarkRead(b *testing.B) {
	log, _ := generated(b, gen.Options{Seed: 1, Tasks: 25_000})
	benchLog(b, log)
}

// BenchmarkReadLarge reads the beginning of each large recorded log.
func BenchmarkReadLarge(b *testing.B) {
	large, err := filepath.Glob(filepath.Join(dataset.Path(b, "big"), "*.zstd"))
	require.NoError(b, err)
	for _, path := range large {
		file, err := os.Open(path)
		require.NoError(b, err)
		stream, err := codec.NewReader(file, codec.Limits{})
		require.NoError(b, err)
		log, err := io.ReadAll(io.LimitReader(stream, benchSize))
		require.NoError(b, err)
		require.NoError(b, file.Close())
		b.Run(filepath.Base(path), func(b *testing.B) { benchLog(b, log[:1+bytes.LastIndexByte(log, '\n')]) })
	}
}

// benchLog reads a log from memory in three ways: as a profile, decompressed alone with its lines counted, and each line
// with encoding/json. MB/s are of JSON after decompression. With -cpu 1 it is one core.
func benchLog(b *testing.B, log []byte) {
	stored := packed(b, log)
	for _, kind := range []string{"plain", "zstd", "lz4"} {
		for _, way := range ways {
			b.Run(kind+"/"+way.name, func(b *testing.B) { benchRead(b, stored[kind], int64(len(log)), way.read) })
		}
	}
	b.Run("plain/encoding-json", func(b *testing.B) { benchRead(b, log, int64(len(log)), decodeAll) })
}

var ways = []struct {
	name string
	read func(b *testing.B, log []byte) (lines int)
}{
	{"profile", func(b *testing.B, log []byte) int {
		p, err := eventlog.Read(context.Background(), "x", bytes.NewReader(log))
		require.NoError(b, err)
		return p.Coverage.Lines
	}},
	{"count", func(b *testing.B, log []byte) (lines int) {
		stream, err := codec.NewReader(bytes.NewReader(log), codec.Limits{})
		require.NoError(b, err)
		for buffer := make([]byte, 256<<10); ; {
			n, err := stream.Read(buffer)
			lines += bytes.Count(buffer[:n], []byte("\n"))
			if err != nil {
				require.Equal(b, io.EOF, err)
				return lines
			}
		}
	}},
}

func decodeAll(b *testing.B, log []byte) (lines int) {
	for line := range bytes.Lines(log) {
		var event map[string]any
		require.NoError(b, json.Unmarshal(line, &event))
		lines++
	}
	return lines
}

// benchRead reports the allocations of an event beside those of all.
func benchRead(b *testing.B, log []byte, size int64, read func(*testing.B, []byte) int) {
	b.SetBytes(size)
	b.ReportAllocs()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	lines := 0
	for b.Loop() {
		lines += read(b, log)
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(lines), "allocs/event")
}

// BenchmarkReadRecorded reads the recorded runs as they are stored, which are small.
func BenchmarkReadRecorded(b *testing.B) {
	var index []struct{ Name, Path, EventLog string }
	dataset.JSON(b, "recordings/index.json", &index)
	for _, run := range index {
		path := dataset.Path(b, "recordings", run.Path, run.EventLog)
		if info, err := os.Stat(path); err != nil || info.IsDir() || info.Size() < 1<<20 {
			continue
		}
		data, err := os.ReadFile(path)
		require.NoError(b, err)
		b.Run(run.Name, func(b *testing.B) {
			p, err := eventlog.Read(context.Background(), run.Name, bytes.NewReader(data))
			require.NoError(b, err)
			benchRead(b, data, p.Coverage.Bytes, ways[0].read)
		})
	}
}

// TestSkippedEventsAllocateNothing reads more and more events that nobody needs.
func TestSkippedEventsAllocateNothing(t *testing.T) {
	const skipped = `{"Event":"SparkListenerBlockUpdated","Block Updated Info":{"Block ID":"broadcast_1_piece0","Memory Size":7}}` + "\n"
	const unknown = `{"Event":"com.example.Mine","Name":"a\n\"b","x":[1,2,{}]}` + "\n"
	allocations := func(n int) float64 {
		log := []byte(smallLog + string(bytes.Repeat([]byte(skipped+unknown), n)))
		return testing.AllocsPerRun(5, func() {
			_, err := eventlog.Read(context.Background(), "x", bytes.NewReader(log))
			require.NoError(t, err)
		})
	}
	require.InDelta(t, allocations(100), allocations(20_000), 10, "not one for each of the 39,800 more")
}
