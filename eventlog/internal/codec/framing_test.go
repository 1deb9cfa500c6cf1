package codec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/stretchr/testify/require"
)

// sample is a compressed stream with its truth: what must be readable of every beginning of it.
type sample struct {
	name   string
	kind   Kind
	packed []byte
	plain  []byte
	marks  []mark
}

// mark says that the first at compressed bytes give the first out plain ones; clean: and are a stream by themselves.
type mark struct {
	at, out int
	clean   bool
}

// upTo is the last mark within the first n compressed bytes.
func (s sample) upTo(n int) mark {
	m := mark{clean: true}
	for _, next := range s.marks {
		if next.at <= n {
			m = next
		}
	}
	return m
}

func (s *sample) mark(at int, clean bool) {
	s.marks = append(s.marks, mark{at, len(s.plain), clean})
}

// events makes lines that compress as real task events do: much repetition, some digits that differ.
func events(n int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `{"Event":"SparkListenerTaskEnd","Stage ID":%d,"Task Type":"ResultTask","Task End Reason":{"Reason":"Success"},`+
			`"Task Info":{"Task ID":%d,"Launch Time":%d,"Executor ID":"%d","Speculative":false},"Executor Run Time":%d}`+"\n",
			i/100, i, 1700000000000+rng.Int64N(1e6), rng.IntN(20), rng.IntN(1e6))
	}
	return b.Bytes()
}

// noise makes bytes that do not compress.
func noise(n int) []byte {
	rng := rand.New(rand.NewPCG(3, 4))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.IntN(255)) + 1
	}
	return b
}

// chunks is the plain text of a sample, as its writer gets it between two flushes.
func chunks() [][]byte {
	text := events(12)
	return [][]byte{text[:700], text[700:707], text[707:1900], noise(90), text[1900:]}
}

// samples writes the same chunks in every format.
func samples(t testing.TB) []sample {
	return []sample{
		plainSample(chunks()),
		zstdSample(t, "zstd", chunks(), true),
		zstdSample(t, "zstd with checksums", chunks(), true, zstd.WithEncoderCRC(true)),
		zstdSample(t, "zstd in one frame", chunks(), false, zstd.WithEncoderCRC(true)),
		zstdBlockSample(t),
		skippableSample(t),
		gzipSample(t, chunks()),
		lz4Sample(chunks()),
		lz4FrameSample(t, chunks()),
		snappySample(chunks()),
		lzfSample(chunks()),
	}
}

func plainSample(chunks [][]byte) sample {
	text := bytes.Join(chunks, nil)
	return sample{name: "plain", kind: Plain, packed: text, plain: text}
}

// zstdSample closes a frame after every chunk, as Spark does on every flush, or only flushes a block.
func zstdSample(t testing.TB, name string, chunks [][]byte, closing bool, opts ...zstd.EOption) sample {
	s := sample{name: name, kind: Zstd}
	var b bytes.Buffer
	defaults := []zstd.EOption{zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithWindowSize(64 << 10)}
	w, err := zstd.NewWriter(&b, append(defaults, opts...)...)
	require.NoError(t, err)
	for _, chunk := range chunks {
		_, err := w.Write(chunk)
		require.NoError(t, err)
		require.NoError(t, w.Flush())
		s.plain = append(s.plain, chunk...)
		s.mark(b.Len(), false)
		if closing {
			require.NoError(t, w.Close())
			s.mark(b.Len(), true)
			w.Reset(&b)
		}
	}
	if !closing {
		require.NoError(t, w.Close())
		s.mark(b.Len(), true)
	}
	s.packed = b.Bytes()
	return s
}

// zstdBlockSample is one block and a checksum: the block is whole before the checksum is.
func zstdBlockSample(t testing.TB) sample {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(true))
	require.NoError(t, err)
	s := sample{name: "zstd in one block", kind: Zstd, plain: events(3)}
	s.packed = w.EncodeAll(s.plain, nil)
	s.mark(len(s.packed)-4, false)
	s.mark(len(s.packed), true)
	return s
}

// skippableSample puts skippable frames before and between the frames of others.
func skippableSample(t testing.TB) sample {
	skip := append([]byte("\x5f\x2a\x4d\x18\x07\x00\x00\x00"), "skipped"...)
	s := sample{name: "zstd with skippable frames", kind: Zstd}
	for _, chunk := range chunks() {
		s.packed = append(s.packed, skip...)
		s.mark(len(s.packed), true)
		s.packed = append(s.packed, zstdSample(t, "", [][]byte{chunk}, true).packed...)
		s.plain = append(s.plain, chunk...)
		s.mark(len(s.packed), true)
	}
	return s
}

func gzipSample(t testing.TB, chunks [][]byte) sample {
	s := sample{name: "gzip", kind: Gzip}
	var b bytes.Buffer
	for _, chunk := range chunks {
		w := gzip.NewWriter(&b)
		w.Name = "events_1_app"
		for _, half := range [][]byte{chunk[:len(chunk)/2], chunk[len(chunk)/2:]} {
			_, err := w.Write(half)
			require.NoError(t, err)
			require.NoError(t, w.Flush())
			s.plain = append(s.plain, half...)
			s.mark(b.Len(), false)
		}
		require.NoError(t, w.Close())
		s.mark(b.Len(), true)
	}
	s.packed = b.Bytes()
	return s
}

// lz4Sample concatenates two streams of net.jpountz.lz4.LZ4BlockOutputStream.
func lz4Sample(chunks [][]byte) sample {
	s := sample{name: "lz4", kind: LZ4}
	for i, chunk := range chunks {
		s.packed = append(s.packed, lz4Block(chunk)...)
		s.plain = append(s.plain, chunk...)
		s.mark(len(s.packed), true)
		if i == 1 || i == len(chunks)-1 {
			s.packed = append(s.packed, lz4End()...)
			s.mark(len(s.packed), true)
		}
	}
	return s
}

const lz4Level = 5 // 32 KiB, Spark's default

func lz4End() []byte {
	return append([]byte(lz4BlockMagic), lz4MethodRaw|lz4Level, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}

func lz4Block(plain []byte) []byte {
	data := make([]byte, lz4.CompressBlockBound(len(plain)))
	n, _ := lz4.CompressBlock(plain, data, nil)
	token := byte(lz4MethodLZ4)
	if data = data[:n]; n == 0 || n >= len(plain) {
		token, data = lz4MethodRaw, plain
	}
	level := byte(lz4Level)
	for len(plain) > 1<<(lz4LevelBase+level) {
		level++
	}
	b := append([]byte(lz4BlockMagic), token|level)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(plain)))
	b = binary.LittleEndian.AppendUint32(b, xxh32(plain, lz4Seed)&lz4SumMask)
	return append(b, data...)
}

func lz4FrameSample(t testing.TB, chunks [][]byte) sample {
	s := sample{name: "lz4 frame", kind: LZ4}
	var b bytes.Buffer
	for _, chunk := range chunks {
		w := lz4.NewWriter(&b)
		require.NoError(t, w.Apply(lz4.BlockChecksumOption(true), lz4.BlockSizeOption(lz4.Block64Kb)))
		_, err := w.Write(chunk)
		require.NoError(t, err)
		require.NoError(t, w.Flush())
		s.plain = append(s.plain, chunk...)
		s.mark(b.Len(), false)
		require.NoError(t, w.Close())
		s.mark(b.Len(), true)
	}
	s.packed = b.Bytes()
	return s
}

// snappySample concatenates two streams of org.xerial.snappy.SnappyOutputStream.
func snappySample(chunks [][]byte) sample {
	s := sample{name: "snappy", kind: Snappy}
	for i, chunk := range chunks {
		if i%3 == 0 {
			s.packed = append(s.packed, snappyHeader()...)
			s.mark(len(s.packed), true)
		}
		s.packed = append(s.packed, snappyBlock(chunk)...)
		s.plain = append(s.plain, chunk...)
		s.mark(len(s.packed), true)
	}
	return s
}

func snappyHeader() []byte { return append([]byte(snappyMagic), 0, 0, 0, 1, 0, 0, 0, 1) }

func snappyBlock(plain []byte) []byte {
	data := snappy.Encode(nil, plain)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), data...)
}

func lzfSample(chunks [][]byte) sample {
	s := sample{name: "lzf", kind: LZF}
	for _, chunk := range chunks {
		s.packed = append(s.packed, lzfChunk(chunk)...)
		s.plain = append(s.plain, chunk...)
		s.mark(len(s.packed), true)
	}
	return s
}

func lzfChunk(plain []byte) []byte {
	data := lzfEncode(plain)
	if len(data) >= len(plain) {
		b := append([]byte(lzfMagic), lzfStored)
		b = binary.BigEndian.AppendUint16(b, uint16(len(plain)))
		return append(b, plain...)
	}
	b := append([]byte(lzfMagic), lzfCompressed)
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
	b = binary.BigEndian.AppendUint16(b, uint16(len(plain)))
	return append(b, data...)
}

// lzfEncode is a plain greedy encoder of the instructions that lzfDecode reads.
func lzfEncode(p []byte) []byte {
	var out, run []byte
	last := map[[3]byte]int{}
	for i := 0; i < len(p); {
		n, back := 0, 0
		if i+3 <= len(p) {
			key := [3]byte(p[i:])
			if at, ok := last[key]; ok && i-at <= 1<<13 {
				for back = i - at; n < 264 && i+n < len(p) && p[i+n] == p[at+n]; n++ {
				}
			}
			last[key] = i
		}
		if n < 3 {
			run = append(run, p[i])
			i++
			continue
		}
		out = append(lzfRun(out, run), lzfCopy(n-2, back-1)...)
		run, i = run[:0], i+n
	}
	return lzfRun(out, run)
}

func lzfRun(out, run []byte) []byte {
	for len(run) > 0 {
		n := min(len(run), 32)
		out = append(append(out, byte(n-1)), run[:n]...)
		run = run[n:]
	}
	return out
}

func lzfCopy(n, back int) []byte {
	if n < 7 {
		return []byte{byte(n<<5 | back>>8), byte(back)}
	}
	return []byte{byte(7<<5 | back>>8), byte(n - 7), byte(back)}
}

// read reads all of a stream.
func read(packed io.Reader, limits Limits) ([]byte, *Reader, error) {
	r, err := NewReader(packed, limits)
	if err != nil {
		return nil, nil, err
	}
	out, err := io.ReadAll(r)
	return out, r, err
}
