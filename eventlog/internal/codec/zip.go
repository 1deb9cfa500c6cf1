package codec

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/klauspost/compress/flate"
)

const (
	maxEntries = 10_000 // a rolling log has tens of files
	// maxDirectory bounds what is read before the first entry: 10,000 entries of 400 bytes each.
	maxDirectory = 4 << 20
)

// ZipEntry is one file of a zip archive.
type ZipEntry struct {
	// Name is what the archive calls the file, with slashes. It is a label and no path: it may climb ("../x"), repeat or be empty.
	Name string
	// Size is the declared uncompressed size in bytes. Open gives that many, or an error.
	Size int64

	file   *zip.File
	limits Limits
}

// OpenZip lists the files in the zip archive of size bytes behind r, in the order of its directory, without folders. The archive that a
// live driver sends is empty: no entries, no error. An archive without its directory, which stands at the end, is a [*TruncatedError].
//
// It refuses with a [*LimitError] more than 10,000 entries or more than Limits.MaxOutput bytes in all, and as damaged an archive whose
// entries overlap. Entries may be opened and read at the same time, if r allows it.
func OpenZip(r io.ReaderAt, size int64, limits Limits) ([]ZipEntry, error) {
	limits, err := limits.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := checkZipEnd(r, max(size, 0)); err != nil {
		return nil, err
	}
	a := &archive{r: r, left: maxDirectory}
	z, err := zip.NewReader(a, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, zipError(err, 0)
	}
	a.left = -1
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	return listZip(z, size, limits)
}

func listZip(z *zip.Reader, size int64, limits Limits) ([]ZipEntry, error) {
	if err := checkEntries(uint64(len(z.File))); err != nil {
		return nil, err
	}
	entries := make([]ZipEntry, 0, len(z.File))
	var packed, total uint64
	for _, f := range z.File {
		if f.CompressedSize64 > uint64(size)-packed {
			return nil, &CorruptError{Kind: Zip, Offset: size, Err: errors.New("entries overlap or reach beyond the archive")}
		}
		packed += f.CompressedSize64
		if total += min(f.UncompressedSize64, 1<<62); total > uint64(limits.MaxOutput) {
			return nil, outputError(limits.MaxOutput, int64(total))
		}
		if !strings.HasSuffix(f.Name, "/") {
			entries = append(entries, ZipEntry{Name: f.Name, Size: int64(f.UncompressedSize64), file: f, limits: limits})
		}
	}
	return entries, nil
}

// Open reads the entry's content, which may itself be compressed: pass it to [NewReader] as it is, so that MaxRatio is judged over both.
// Errors are those of [Reader].
func (e ZipEntry) Open() (io.ReadCloser, error) {
	if e.file.Flags&1 != 0 {
		return nil, &UnsupportedError{Magic: "an encrypted zip entry"}
	}
	packed := int64(e.file.CompressedSize64)
	if err := (&guard{limits: e.limits, out: e.Size}).checkRatio(packed); err != nil {
		return nil, err
	}
	at, err := e.file.DataOffset()
	if err != nil {
		return nil, zipError(err, 0)
	}
	rc, err := e.file.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, &UnsupportedError{Magic: "a zip entry in neither of the methods stored and deflated"}
	}
	if err != nil {
		return nil, zipError(err, at)
	}
	return &entryReader{rc: rc, packed: packed, at: at, guard: guard{limits: e.limits}}, nil
}

// entryReader delivers one entry under the limits.
type entryReader struct {
	rc     io.ReadCloser
	packed int64
	at     int64
	guard  guard
	err    error
}

func (e *entryReader) Read(p []byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	n, err := e.rc.Read(p)
	switch {
	case err == io.EOF:
		e.err = err
	case err != nil:
		e.err = zipError(err, e.at)
	}
	if n, err = e.guard.admit(n, e.packed); err != nil {
		e.err = err
	}
	return n, e.err
}

func (e *entryReader) Close() error {
	e.err = fs.ErrClosed
	_ = e.rc.Close() // it only repeats the error of Read
	return nil
}

// zipError tells damage, noticed in the part of the archive that begins at offset, from a failing read of it.
func zipError(err error, offset int64) error {
	if failed, ok := errors.AsType[*readError](err); ok {
		return failed.err
	}
	return &CorruptError{Kind: Zip, Offset: offset, Err: noEOF(err)}
}

// archive is what archive/zip reads. It marks the errors of the caller's reader, and bounds how much is read while the entries are listed,
// whose number a forged directory understates.
type archive struct {
	r    io.ReaderAt
	left int64 // negative: no bound any more
}

func (a *archive) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 { // a damaged directory points before the archive
		return 0, io.ErrUnexpectedEOF
	}
	if a.left >= 0 {
		if a.left -= int64(len(p)); a.left < 0 {
			return 0, &readError{&LimitError{Limit: "bytes of zip directory", Max: maxDirectory, Value: maxDirectory - a.left}}
		}
	}
	n, err := a.r.ReadAt(p, off)
	if err != nil && err != io.EOF {
		err = &readError{err}
	}
	return n, err
}

// readError is an error that archive/zip did not make.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }
