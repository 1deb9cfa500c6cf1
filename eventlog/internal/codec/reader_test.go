package codec

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestRoundTrip(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(s.name, func(t *testing.T) {
			out, r, err := read(bytes.NewReader(s.packed), Limits{})
			require.NoError(t, err)
			assert.Equal(t, s.kind, r.Kind())
			assert.Equal(t, string(s.plain), string(out))
			assert.False(t, r.Unfinished())
			n, err := r.Read(make([]byte, 1))
			assert.Zero(t, n)
			assert.Equal(t, io.EOF, err, "the end stays the end")
		})
	}
}

func TestEmpty(t *testing.T) {
	out, r, err := read(bytes.NewReader(nil), Limits{})
	require.NoError(t, err)
	assert.Empty(t, out)
	assert.Equal(t, Plain, r.Kind())
	assert.False(t, r.Unfinished())
}

// A stream cut after any byte gives all blocks before the cut, and only a cut between blocks is clean.
func TestCut(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(s.name, func(t *testing.T) {
			for n := range s.packed {
				checkCut(t, s, n)
			}
		})
	}
}

func checkCut(t *testing.T, s sample, n int) {
	t.Helper()
	out, r, err := read(bytes.NewReader(s.packed[:n]), Limits{})
	m := s.upTo(n)
	require.True(t, bytes.HasPrefix(s.plain, out), "cut at %d: not a prefix", n)
	require.GreaterOrEqual(t, len(out), m.out, "cut at %d: a whole block is missing", n)
	if s.kind == Plain || m.clean && m.at == n {
		require.NoError(t, err, "cut at %d, between blocks", n)
		return
	}
	require.ErrorIs(t, err, ErrTruncated, "cut at %d", n)
	var cut *TruncatedError
	require.ErrorAs(t, err, &cut)
	require.Equal(t, TruncatedError{Kind: s.kind, Offset: int64(n)}, *cut)
	require.Equal(t, s.kind, r.Kind())
}

func TestUnfinished(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(s.name, func(t *testing.T) {
			for _, m := range s.marks {
				if !m.clean {
					continue
				}
				_, r, err := read(bytes.NewReader(s.packed[:m.at]), Limits{})
				require.NoError(t, err)
				ended := bytes.HasSuffix(s.packed[:m.at], lz4End())
				assert.Equal(t, s.name == "lz4" && !ended, r.Unfinished(), "end at %d", m.at)
			}
		})
	}
}

// The pieces in which the input comes and the output is asked for change nothing.
func TestPieces(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(s.name, func(t *testing.T) {
			for _, in := range []io.Reader{
				iotest.OneByteReader(bytes.NewReader(s.packed)),
				iotest.HalfReader(bytes.NewReader(s.packed)),
				iotest.DataErrReader(bytes.NewReader(s.packed)),
			} {
				r, err := NewReader(in, Limits{})
				require.NoError(t, err)
				out, err := io.ReadAll(iotest.OneByteReader(r))
				require.NoError(t, err)
				assert.Equal(t, string(s.plain), string(out))
			}
		})
	}
}

// The error of the underlying reader comes through unchanged, after what was read before it, and is never called a cut.
func TestReadError(t *testing.T) {
	for _, broken := range []error{errors.New("connection reset"), io.ErrUnexpectedEOF} {
		for _, s := range samples(t) {
			t.Run(s.name, func(t *testing.T) {
				for n := 1; n <= len(s.packed); n += 7 {
					in := io.MultiReader(bytes.NewReader(s.packed[:n]), iotest.ErrReader(broken))
					out, _, err := read(in, Limits{})
					require.Equal(t, broken, err, "after %d bytes", n)
					require.True(t, bytes.HasPrefix(s.plain, out))
					require.GreaterOrEqual(t, len(out), s.upTo(n).out)
				}
			})
		}
	}
	_, err := NewReader(iotest.ErrReader(fs.ErrPermission), Limits{})
	assert.Equal(t, fs.ErrPermission, err)
}

// A flipped bit is never a panic; what is delivered of a format with checksums on its blocks is the truth.
func TestDamage(t *testing.T) {
	for _, s := range samples(t) {
		if s.kind == Plain {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			noticed := 0
			for bit := range len(s.packed) * 8 {
				bad := bytes.Clone(s.packed)
				bad[bit/8] ^= 1 << (bit % 8)
				out, r, err := read(bytes.NewReader(bad), Limits{MaxWindow: 4 << 20})
				requireClass(t, err)
				if err != nil {
					noticed++
				}
				if s.name == "lz4" && r != nil && r.Kind() == LZ4 {
					require.True(t, bytes.HasPrefix(s.plain, out), "bit %d: wrong data delivered", bit)
				}
			}
			assert.Positive(t, noticed)
		})
	}
}

func requireClass(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		known := errors.Is(err, ErrTruncated) || errors.Is(err, ErrCorrupt) || errors.Is(err, ErrLimit) || errors.Is(err, ErrUnsupported)
		require.True(t, known || errors.Is(err, ErrZip), "error without a class: %v", err)
	}
}

// Garbage behind a whole stream is damage, noticed after all the data.
func TestGarbageBehind(t *testing.T) {
	for _, s := range samples(t) {
		if s.kind == Plain {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			out, _, err := read(bytes.NewReader(append(bytes.Clone(s.packed), "this is no block, header or frame"...)), Limits{})
			require.Equal(t, string(s.plain), string(out))
			if s.kind == Snappy { // the four letters are a length
				require.ErrorIs(t, err, ErrLimit)
				return
			}
			var corrupt *CorruptError
			require.ErrorAs(t, err, &corrupt)
			require.ErrorIs(t, err, ErrCorrupt)
			require.Equal(t, s.kind, corrupt.Kind)
			require.Error(t, corrupt.Err)
			require.GreaterOrEqual(t, corrupt.Offset, int64(len(s.packed)))
			require.LessOrEqual(t, corrupt.Offset, int64(len(s.packed)+33))
		})
	}
}

func TestClose(t *testing.T) {
	for _, s := range samples(t) {
		r, err := NewReader(bytes.NewReader(s.packed), Limits{})
		require.NoError(t, err)
		_, err = r.Read(make([]byte, 10))
		require.NoError(t, err)
		require.NoError(t, r.Close())
		require.NoError(t, r.Close())
		_, err = r.Read(make([]byte, 10))
		assert.ErrorIs(t, err, fs.ErrClosed, s.name)
	}
}

func TestNegativeLimits(t *testing.T) {
	for _, limits := range []Limits{{MaxOutput: -1}, {MaxRatio: -1}, {MaxWindow: -1}} {
		_, err := NewReader(bytes.NewReader(nil), limits)
		require.ErrorContains(t, err, "is -1")
		_, err = OpenZip(bytes.NewReader(nil), 0, limits)
		require.ErrorContains(t, err, "is -1")
	}
}

// Any text in any chunks comes back from every format.
func TestRoundTripProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		chunk := rapid.Custom(func(t *rapid.T) []byte {
			word := rapid.SliceOfN(rapid.ByteRange(1, 255), 1, 40).Draw(t, "word")
			return bytes.Repeat(word, rapid.IntRange(1, 65535/len(word)).Draw(t, "times"))
		})
		chunks := append([][]byte{[]byte("{")}, rapid.SliceOfN(chunk, 1, 4).Draw(rt, "chunks")...)
		for _, s := range []sample{lz4Sample(chunks), snappySample(chunks), lzfSample(chunks), zstdSample(t, "zstd", chunks, true)} {
			out, _, err := read(bytes.NewReader(s.packed), Limits{})
			if err != nil || !bytes.Equal(out, s.plain) {
				rt.Fatalf("%s: %d bytes of %d, %v", s.name, len(out), len(s.plain), err)
			}
		}
	})
}
