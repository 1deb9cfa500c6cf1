package codec

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type zipFile struct {
	name string
	data []byte
	zip.FileHeader
}

// pack writes files as java.util.zip.ZipOutputStream does: sizes behind the data.
func pack(t testing.TB, files ...zipFile) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := f.FileHeader
		h.Name = f.name
		out, err := w.CreateHeader(&h)
		require.NoError(t, err)
		_, err = out.Write(f.data)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func deflated(name string, data []byte) zipFile {
	return zipFile{name, data, zip.FileHeader{Method: zip.Deflate}}
}

func open(b []byte, limits Limits) ([]ZipEntry, error) {
	return OpenZip(bytes.NewReader(b), int64(len(b)), limits)
}

func readEntry(e ZipEntry) ([]byte, error) {
	in, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(in)
}

// What a live driver answers: an archive of nothing.
func TestZipEmpty(t *testing.T) {
	b := pack(t)
	require.Len(t, b, 22)
	entries, err := open(b, Limits{})
	require.NoError(t, err)
	assert.Empty(t, entries)
}

// A rolling log and a second attempt, each file in another codec.
func TestZipNested(t *testing.T) {
	all := samples(t)
	files := []zipFile{{name: "eventlog_v2_app/"}, deflated("eventlog_v2_app/appstatus_app", nil)}
	for _, s := range all {
		files = append(files, deflated("../"+s.name, s.packed), zipFile{name: s.name, data: s.packed})
	}
	entries, err := open(pack(t, files...), Limits{})
	require.NoError(t, err)
	require.Len(t, entries, 1+2*len(all), "all but the folder")
	assert.Equal(t, "eventlog_v2_app/appstatus_app", entries[0].Name)
	assert.Zero(t, entries[0].Size)
	for i, e := range entries[1:] {
		s := all[i/2]
		assert.Equal(t, []string{"../" + s.name, s.name}[i%2], e.Name)
		assert.Equal(t, int64(len(s.packed)), e.Size)
		in, err := e.Open()
		require.NoError(t, err)
		out, r, err := read(in, Limits{})
		require.NoError(t, err)
		assert.Equal(t, s.kind, r.Kind())
		assert.Equal(t, string(s.plain), string(out))
		require.NoError(t, in.Close())
		_, err = in.Read(make([]byte, 1))
		assert.ErrorIs(t, err, fs.ErrClosed)
	}
}

func TestZipAtOnce(t *testing.T) {
	text := events(2000)
	entries, err := open(pack(t, deflated("a", text), deflated("b", text), deflated("c", text)), Limits{})
	require.NoError(t, err)
	var wg sync.WaitGroup
	for _, e := range entries {
		wg.Go(func() {
			out, err := readEntry(e)
			assert.NoError(t, err)
			assert.True(t, bytes.Equal(text, out))
		})
	}
	wg.Wait()
}

func TestZipCut(t *testing.T) {
	b := pack(t, deflated("events_1_app", events(20)))
	for n := 1; n < len(b); n++ {
		_, err := open(b[:n], Limits{})
		require.ErrorIs(t, err, ErrTruncated, "cut at %d", n)
	}
	for _, other := range []string{"", "{}", strings.Repeat("x", 1000)} {
		_, err := open([]byte(other), Limits{})
		require.ErrorIs(t, err, ErrCorrupt)
	}
}

// A flipped bit is no panic, and whatever is read without an error is the truth.
func TestZipDamage(t *testing.T) {
	text := events(4)
	b := pack(t, deflated("a", text))
	for bit := range len(b) * 8 {
		bad := bytes.Clone(b)
		bad[bit/8] ^= 1 << (bit % 8)
		entries, err := open(bad, Limits{MaxOutput: mib})
		requireClass(t, err)
		for _, e := range entries {
			out, err := readEntry(e)
			requireClass(t, err)
			if err == nil {
				require.True(t, bytes.Equal(text, out) || e.Size == 0, "bit %d", bit)
			}
		}
	}
}

func TestZipReadError(t *testing.T) {
	b := pack(t, deflated("a", noise(200_000)))
	broken := errors.New("disk gone")
	for _, n := range []int{1, 22, 100} { // bytes that cannot be read
		_, err := OpenZip(failingAt{b, int64(len(b) - n), broken}, int64(len(b)), Limits{})
		require.ErrorIs(t, err, broken)
	}
	failing := &failingAt{b, int64(len(b)), broken}
	entries, err := OpenZip(failing, int64(len(b)), Limits{})
	require.NoError(t, err)
	failing.from = 100_000
	_, err = readEntry(entries[0])
	require.Equal(t, broken, err)
}

// failingAt fails to read anything that reaches beyond from.
type failingAt struct {
	b    []byte
	from int64
	err  error
}

func (f failingAt) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.from && off < int64(len(f.b)) {
		return 0, f.err
	}
	return bytes.NewReader(f.b).ReadAt(p, off)
}
