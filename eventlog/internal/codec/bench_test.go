package codec

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkReader reads 16 MiB of events, in chunks of 32 KiB as Spark writes them; bytes are those of the output.
func BenchmarkReader(b *testing.B) {
	chunks := slices.Collect(slices.Chunk(events(80_000)[:16*mib], 1<<15))
	for _, s := range []sample{
		plainSample(chunks),
		zstdSample(b, "zstd", slices.Collect(slices.Chunk(bytes.Join(chunks, nil), mib)), true),
		gzipSample(b, slices.Collect(slices.Chunk(bytes.Join(chunks, nil), mib))),
		lz4Sample(chunks),
		lz4FrameSample(b, [][]byte{bytes.Join(chunks, nil)}),
		snappySample(chunks),
		lzfSample(chunks),
	} {
		b.Run(s.name, func(b *testing.B) {
			b.SetBytes(int64(len(s.plain)))
			b.ReportAllocs()
			buf := make([]byte, 1<<16)
			for b.Loop() {
				drain(b, s, buf)
			}
			b.ReportMetric(float64(len(s.plain))/float64(len(s.packed)), "ratio")
		})
	}
}

func drain(b *testing.B, s sample, buf []byte) {
	r, err := NewReader(bytes.NewReader(s.packed), Limits{})
	require.NoError(b, err)
	defer r.Close()
	for err == nil {
		_, err = r.Read(buf)
	}
	require.Equal(b, io.EOF, err)
}

func BenchmarkXXH32(b *testing.B) {
	block := events(200)[:1<<15]
	b.SetBytes(int64(len(block)))
	for b.Loop() {
		xxh32(block, lz4Seed)
	}
}
