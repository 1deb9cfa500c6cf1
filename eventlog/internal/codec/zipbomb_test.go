package codec

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func requireLimit(t *testing.T, err error, limit, option string) {
	t.Helper()
	var e *LimitError
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, ErrLimit)
	assert.Equal(t, limit, e.Limit)
	assert.Equal(t, option, e.Option)
	assert.Greater(t, e.Value, e.Max)
}

func TestZipTotal(t *testing.T) {
	b := pack(t, deflated("a", make([]byte, 600)), deflated("b", make([]byte, 600)))
	_, err := open(b, Limits{MaxOutput: 1200})
	require.NoError(t, err)
	_, err = open(b, Limits{MaxOutput: 1199})
	requireLimit(t, err, "bytes of output", "MaxOutput")
}

func TestZipDeclaredRatio(t *testing.T) {
	entries, err := open(pack(t, deflated("a", make([]byte, 70*mib)), deflated("b", events(10))), Limits{})
	require.NoError(t, err)
	_, err = entries[0].Open()
	requireLimit(t, err, "ratio of decompression", "MaxRatio")
	out, err := readEntry(entries[1])
	require.NoError(t, err, "the other entry can still be read")
	assert.Equal(t, events(10), out)
}

// An entry that holds more than it declares is damaged, and no more than the declared size comes out.
func TestZipLies(t *testing.T) {
	b := pack(t, deflated("a", make([]byte, 70*mib)))
	directory := bytes.LastIndex(b, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[directory+24:], mib)
	entries, err := open(b, Limits{})
	require.NoError(t, err)
	out, err := readEntry(entries[0])
	require.ErrorIs(t, err, ErrCorrupt)
	assert.LessOrEqual(t, len(out), mib)
}

// A bomb inside a deflated entry is measured by what the archive spends on it.
func TestZipNestedBomb(t *testing.T) {
	bomb := bytes.Repeat(lz4Block(make([]byte, 1<<15)), 100*mib>>15)
	_, r, err := read(bytes.NewReader(bomb), Limits{})
	require.NoError(t, err, "lz4 alone stays below the ratio")
	require.Equal(t, LZ4, r.Kind())
	entries, err := open(pack(t, deflated("a", bomb)), Limits{})
	require.NoError(t, err)
	in, err := entries[0].Open()
	require.NoError(t, err)
	r, err = NewReader(in, Limits{})
	require.NoError(t, err)
	n, err := io.Copy(io.Discard, r)
	requireLimit(t, err, "ratio of decompression", "MaxRatio")
	assert.Less(t, n, int64(ratioFloor+mib))
}

func TestZipOverlap(t *testing.T) {
	b := pack(t, deflated("a", noise(1000)), deflated("b", noise(1000)))
	directory := bytes.Index(b, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[directory+20:], uint32(len(b)-500))
	_, err := open(b, Limits{})
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorContains(t, err, "overlap")
}

func TestZipEntries(t *testing.T) {
	files := make([]zipFile, maxEntries)
	for i := range files {
		files[i].name = strconv.Itoa(i)
	}
	entries, err := open(pack(t, files...), Limits{})
	require.NoError(t, err)
	require.Len(t, entries, maxEntries)
	_, err = open(pack(t, append(files, zipFile{name: "more"})...), Limits{})
	requireLimit(t, err, "zip entries", "")
	require.ErrorContains(t, err, "split the archive")
}

// A directory that understates its entries, or overstates them, takes no memory for them.
func TestZipForgedDirectory(t *testing.T) {
	files := make([]zipFile, 70_000)
	for i := range files {
		files[i].name = strconv.Itoa(i)
		files[i].Comment = "a directory of many bytes"
	}
	many := pack(t, files...)
	end := many[len(many)-22:]
	binary.LittleEndian.PutUint16(end[8:], uint16(70_000-1<<16))
	binary.LittleEndian.PutUint16(end[10:], uint16(70_000-1<<16))
	_, err := open(many, Limits{})
	require.ErrorIs(t, err, ErrLimit)

	forged := zip64(1<<40, 1<<24)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = open(forged, Limits{})
	runtime.ReadMemStats(&after)
	requireLimit(t, err, "zip entries", "")
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(mib))
}

// zip64 makes an archive of size bytes whose zip64 end record declares some entries.
func zip64(entries uint64, size int) []byte {
	b := make([]byte, size, size+128)
	copy(b, "PK\x03\x04")
	record := append([]byte(zip64EndMagic), make([]byte, zip64EndLen-4)...)
	binary.LittleEndian.PutUint64(record[24:], entries)
	binary.LittleEndian.PutUint64(record[32:], entries)
	locator := append([]byte(zipLocatorMagic), make([]byte, zipLocatorLen-4)...)
	binary.LittleEndian.PutUint64(locator[8:], uint64(size))
	end := append([]byte(zipEndMagic), make([]byte, zipEndLen-4)...)
	binary.LittleEndian.PutUint16(end[10:], 0xffff)
	return append(append(append(b, record...), locator...), end...)
}

func TestZipUnsupported(t *testing.T) {
	b := pack(t, deflated("a", events(3)))
	directory := bytes.LastIndex(b, []byte("PK\x01\x02"))
	for name, change := range map[string]func([]byte){
		"encrypted": func(entry []byte) { entry[8] |= 1 },
		"methods":   func(entry []byte) { entry[10] = 93 },
	} {
		bad := bytes.Clone(b)
		change(bad[directory:])
		entries, err := open(bad, Limits{})
		require.NoError(t, err)
		_, err = entries[0].Open()
		require.ErrorIs(t, err, ErrUnsupported)
		require.ErrorContains(t, err, name)
	}
}

func TestZipChecksum(t *testing.T) {
	b := pack(t, zipFile{name: "a", data: events(3), FileHeader: zip.FileHeader{Method: zip.Store}})
	b[bytes.IndexByte(b, '{')+2] ^= 1
	entries, err := open(b, Limits{})
	require.NoError(t, err)
	_, err = readEntry(entries[0])
	var corrupt *CorruptError
	require.ErrorAs(t, err, &corrupt)
	assert.Equal(t, Zip, corrupt.Kind)
	require.ErrorIs(t, err, zip.ErrChecksum)
}
