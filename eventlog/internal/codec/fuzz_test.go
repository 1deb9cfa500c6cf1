package codec

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

var fuzzLimits = Limits{MaxOutput: 4 * mib, MaxWindow: 4 * mib}

// FuzzReader feeds any bytes to the decoder that they choose: no panic, no output above the limit, an error of a known class, and the same
// whatever the pieces that they come in.
func FuzzReader(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.packed)
		f.Add(s.packed[:len(s.packed)-3])
		f.Add(append(bytes.Clone(s.packed), s.packed...))
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		out, r, err := read(bytes.NewReader(packed), fuzzLimits)
		requireClass(t, err)
		require.LessOrEqual(t, int64(len(out)), fuzzLimits.MaxOutput)
		if r == nil {
			return
		}
		again, _, errAgain := read(iotest.HalfReader(bytes.NewReader(packed)), fuzzLimits)
		require.Equal(t, err, errAgain)
		require.True(t, bytes.Equal(out, again))
	})
}

// FuzzLZF decodes any instructions into any length; what was encoded comes back.
func FuzzLZF(f *testing.F) {
	for _, chunk := range chunks() {
		f.Add(chunk, uint16(len(chunk)))
		f.Add(lzfEncode(chunk), uint16(len(chunk)))
	}
	f.Fuzz(func(t *testing.T, data []byte, size uint16) {
		_ = lzfDecode(make([]byte, size), data)
		back := make([]byte, len(data))
		require.NoError(t, lzfDecode(back, lzfEncode(data)))
		require.True(t, bytes.Equal(data, back))
	})
}

// FuzzZip lists and reads any archive: no panic, no output above the limit, an error of a known class.
func FuzzZip(f *testing.F) {
	f.Add(pack(f))
	f.Add(pack(f, deflated("events_1_app", events(3)), zipFile{name: "b", data: lz4Block(events(2))}))
	f.Add(zip64(3, 100))
	f.Fuzz(func(t *testing.T, packed []byte) {
		entries, err := open(packed, fuzzLimits)
		requireClass(t, err)
		require.LessOrEqual(t, len(entries), maxEntries)
		var total int64
		for _, e := range entries {
			in, err := e.Open()
			requireClass(t, err)
			if err == nil {
				n, err := io.Copy(io.Discard, in)
				requireClass(t, err)
				require.NoError(t, in.Close())
				require.LessOrEqual(t, n, e.Size)
				total += n
			}
		}
		require.LessOrEqual(t, total, fuzzLimits.MaxOutput)
	})
}
