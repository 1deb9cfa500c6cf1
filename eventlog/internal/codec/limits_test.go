package codec

import (
	"bytes"
	"encoding/binary"
	"io"
	"runtime"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const mib = 1 << 20

// bombs are streams of 100 MiB of zero bytes.
func bombs(t testing.TB) []sample {
	zeros := make([]byte, 1<<15)
	large := make([]byte, mib)
	small := zstdSample(t, "zstd", [][]byte{large}, true).packed
	many := func(name string, kind Kind, head, block []byte) sample {
		times := 100 * mib / (1 << 15)
		return sample{name: name, kind: kind, packed: append(head, bytes.Repeat(block, times)...)}
	}
	return []sample{
		{name: "zstd", kind: Zstd, packed: bytes.Repeat(small, 100)},
		{name: "gzip", kind: Gzip, packed: gzipBomb(t)},
		many("lz4", LZ4, nil, lz4Block(zeros)),
		many("snappy", Snappy, snappyHeader(), snappyBlock(zeros)),
		many("lzf", LZF, nil, lzfChunk(zeros)),
	}
}

func gzipBomb(t testing.TB) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	require.NoError(t, err)
	_, err = w.Write(make([]byte, 100*mib))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestBombs(t *testing.T) {
	// What a format can reach at most decides whether the default ratio can be exceeded at all.
	limit := map[Kind]int64{Zstd: 0, Gzip: 0, LZ4: 100, Snappy: 15, LZF: 60}
	for _, s := range bombs(t) {
		t.Run(s.name, func(t *testing.T) {
			r, err := NewReader(bytes.NewReader(s.packed), Limits{MaxRatio: limit[s.kind]})
			require.NoError(t, err)
			n, err := io.Copy(io.Discard, r)
			var e *LimitError
			require.ErrorAs(t, err, &e)
			require.ErrorIs(t, err, ErrLimit)
			assert.Equal(t, "MaxRatio", e.Option)
			assert.Greater(t, e.Value, e.Max)
			assert.Greater(t, n, int64(ratioFloor))
			assert.Less(t, n, int64(ratioFloor+mib), "stops soon after the threshold")
			assert.ErrorContains(t, err, "raise Limits.MaxRatio")
		})
	}
}

// Below the threshold a stream may be as repetitive as it likes.
func TestRatioIsNotJudgedEarly(t *testing.T) {
	packed := bytes.Repeat(zstdSample(t, "", [][]byte{make([]byte, mib)}, true).packed, 64)
	out, _, err := read(bytes.NewReader(packed), Limits{})
	require.NoError(t, err)
	assert.Len(t, out, ratioFloor)
}

func TestMaxOutput(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(s.name, func(t *testing.T) {
			size := int64(len(s.plain))
			out, _, err := read(bytes.NewReader(s.packed), Limits{MaxOutput: size})
			require.NoError(t, err, "exactly at the limit")
			require.Len(t, out, int(size))
			out, _, err = read(bytes.NewReader(s.packed), Limits{MaxOutput: size - 1})
			var e *LimitError
			require.ErrorAs(t, err, &e)
			assert.Equal(t, LimitError{Limit: "bytes of output", Max: size - 1, Value: size, Option: "MaxOutput"}, *e)
			assert.Equal(t, string(s.plain[:size-1]), string(out), "all that is allowed is delivered")
		})
	}
}

func TestMaxWindow(t *testing.T) {
	block := events(20_000)[:2*mib]
	window := zstdSample(t, "zstd", [][]byte{block}, true, zstd.WithWindowSize(4*mib))
	single := zstdSample(t, "zstd in a single segment", nil, true)
	w, err := zstd.NewWriter(nil, zstd.WithSingleSegment(true))
	require.NoError(t, err)
	single.packed = w.EncodeAll(block, nil)
	cases := []struct {
		sample
		value int64
	}{
		{window, 4 * mib},
		{single, 2 * mib},
		{lz4Sample([][]byte{block, block}), 2 * mib},
		{snappySample([][]byte{block}), 2 * mib},
		{lz4FrameSample(t, [][]byte{block}), 4 * mib},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := read(bytes.NewReader(c.packed), Limits{MaxWindow: c.value})
			require.NoError(t, err)
			_, _, err = read(bytes.NewReader(c.packed), Limits{MaxWindow: c.value - 1})
			var e *LimitError
			require.ErrorAs(t, err, &e)
			assert.Equal(t, LimitError{Limit: "bytes of window or block", Max: c.value - 1, Value: c.value, Option: "MaxWindow"}, *e)
		})
	}
}

// A header that promises much costs nothing before the bytes are there.
func TestForgedLengths(t *testing.T) {
	lz4Header := func(method byte, compressed, original uint32) []byte {
		b := append([]byte(lz4BlockMagic), method|15)
		b = binary.LittleEndian.AppendUint32(b, compressed)
		return append(binary.LittleEndian.AppendUint32(b, original), 0, 0, 0, 0)
	}
	cases := map[string]struct {
		packed []byte
		want   error
	}{
		"lz4 stored":         {lz4Header(lz4MethodRaw, 32*mib, 32*mib), ErrTruncated},
		"lz4 compressed":     {lz4Header(lz4MethodLZ4, 20*mib, 32*mib), ErrTruncated},
		"lz4 too dense":      {append(lz4Header(lz4MethodLZ4, 10, 32*mib), "0123456789"...), ErrCorrupt},
		"lz4 swollen":        {lz4Header(lz4MethodLZ4, 1<<31, 10), ErrCorrupt},
		"lz4 above level":    {lz4Header(lz4MethodRaw, 64*mib, 64*mib), ErrCorrupt},
		"lz4 end with sum":   {append(lz4Header(lz4MethodRaw, 0, 0)[:17], 1, 2, 3, 4), ErrCorrupt},
		"lz4 empty":          {lz4Header(lz4MethodLZ4, 0, 10), ErrCorrupt},
		"lz4 method":         {lz4Header(0x30, 10, 10), ErrCorrupt},
		"snappy absent":      {append(snappyHeader(), 0x07, 0, 0, 0), ErrTruncated},
		"snappy large":       {append(snappyHeader(), 0x7f, 0, 0, 0), ErrLimit},
		"snappy negative":    {append(snappyHeader(), 0xff, 0, 0, 0), ErrCorrupt},
		"snappy too dense":   {append(snappyHeader(), 0, 0, 0, 6, 0x80, 0x80, 0x80, 0x20, 0, 'x'), ErrCorrupt},
		"snappy version":     {append(snappyHeader()[:8], 0, 0, 0, 0, 0, 0, 0, 0), ErrCorrupt},
		"snappy magic again": {append(snappyHeader(), "\x82SNAxxxxxxxxxxxx"...), ErrCorrupt},
		"lzf type":           {[]byte("ZV\x02\x00\x01x"), ErrCorrupt},
		"lzf copy of before": {[]byte("ZV\x01\x00\x04\x00\x05\x00x\x20\x05"), ErrCorrupt},
		"lzf too long":       {[]byte("ZV\x01\x00\x04\x00\x01\x02xyz"), ErrCorrupt},
		"lzf too short":      {[]byte("ZV\x01\x00\x02\x00\x05\x00x"), ErrCorrupt},
		"lzf cut copy":       {[]byte("ZV\x01\x00\x03\x00\x05\x00x\xe0"), ErrCorrupt},
		"zstd window":        {[]byte("\x28\xb5\x2f\xfd\x00\xff"), ErrLimit},
		"zstd dictionary":    {[]byte("\x28\xb5\x2f\xfd\x01\x00\x07"), ErrUnsupported},
		"zstd block":         {[]byte("\x28\xb5\x2f\xfd\x00\x00\x02\xff\xff"), ErrCorrupt},
		"zstd skip":          {[]byte("\x50\x2a\x4d\x18\xff\xff\xff\xffx"), ErrTruncated},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _, err := read(bytes.NewReader(c.packed), Limits{})
			runtime.ReadMemStats(&after)
			require.ErrorIs(t, err, c.want)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(mib))
		})
	}
}

// Once its buffers are there, a Reader allocates nothing per block. (zstd and gzip are left to the benchmark: their pools are not ours.)
func TestSteadyAllocations(t *testing.T) {
	chunk := events(150)[:1<<15]
	buf := make([]byte, 1<<15)
	allocations := func(packed []byte) float64 {
		return testing.AllocsPerRun(3, func() {
			r, err := NewReader(bytes.NewReader(packed), Limits{})
			require.NoError(t, err)
			for err == nil {
				_, err = r.Read(buf)
			}
			require.Equal(t, io.EOF, err)
		})
	}
	for _, s := range []sample{
		lz4Sample([][]byte{chunk}),
		snappySample([][]byte{chunk}),
		lzfSample([][]byte{chunk}),
	} {
		t.Run(s.name, func(t *testing.T) {
			few, many := allocations(bytes.Repeat(s.packed, 10)), allocations(bytes.Repeat(s.packed, 1000))
			assert.Less(t, many-few, 20.0, "%v allocations for 10 blocks, %v for 1000", few, many)
		})
	}
}
