package eventlog_test

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/internal/dataset"
)

// BenchmarkRead reads the recorded runs as they are stored; MB/s are of JSON after decompression.
func BenchmarkRead(b *testing.B) {
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
			b.SetBytes(p.Coverage.Bytes)
			b.ReportAllocs()
			for b.Loop() {
				_, err = eventlog.Read(context.Background(), run.Name, bytes.NewReader(data))
			}
			require.NoError(b, err)
		})
	}
}
