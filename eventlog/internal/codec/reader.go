package codec

import (
	"errors"
	"io"
	"io/fs"
)

// Reader decompresses one stream. It is not safe for use by several goroutines at once.
type Reader struct {
	kind  Kind
	src   *source
	dec   io.Reader
	guard guard
	fixed int64 // compressed size known beforehand, for an entry of a zip
	err   error
}

// NewReader finds out from its first bytes what r is compressed with; an empty r is [Plain]. It returns [ErrZip] for a zip archive, an
// [*UnsupportedError] for what is recognisably no event log, and the error of r if nothing could be read. It reads ahead of what it
// delivers. The caller closes r.
func NewReader(r io.Reader, limits Limits) (*Reader, error) {
	limits, err := limits.withDefaults()
	if err != nil {
		return nil, err
	}
	src := newSource(r)
	first, err := src.Peek(DetectLen)
	if len(first) == 0 && err != io.EOF {
		return nil, err
	}
	src.in.past = false
	z := &Reader{kind: Detect(first), src: src, guard: guard{limits: limits}}
	if e, ok := r.(*entryReader); ok {
		z.fixed = e.packed
	}
	z.dec, err = newDecoder(z.kind, first, src, limits)
	if err != nil {
		return nil, err
	}
	return z, nil
}

func newDecoder(kind Kind, first []byte, src *source, limits Limits) (io.Reader, error) {
	switch kind {
	case Plain:
		return src.Reader, nil
	case Zstd:
		return newZstd(src, limits)
	case Gzip:
		return &gzipReader{src: src}, nil
	case LZ4:
		if first[0] == lz4FrameMagic[0] {
			return newLZ4Frame(src, limits)
		}
		return &blockReader{src: src, format: &lz4Blocks{limits: limits}}, nil
	case Snappy:
		return &blockReader{src: src, format: &snappyBlocks{limits: limits}}, nil
	case LZF:
		return &blockReader{src: src, format: &lzfBlocks{}}, nil
	case Zip:
		return nil, ErrZip
	}
	return nil, &UnsupportedError{Magic: foreign(string(first))}
}

// Kind is what the stream is compressed with.
func (r *Reader) Kind() Kind { return r.kind }

// Unfinished reports, after io.EOF, that the stream has no end mark although its format has one: its writer flushed it but never closed it.
// Only the block format of lz4 can tell; a stream of the other formats that ends between two blocks or frames looks finished.
func (r *Reader) Unfinished() bool {
	b, ok := r.dec.(*blockReader)
	return ok && r.err == io.EOF && b.format.unfinished()
}

// Read implements io.Reader. After all bytes that can be decoded it returns io.EOF, a [*TruncatedError], [*CorruptError], [*LimitError] or
// [*UnsupportedError], or the error of the underlying reader; the same again on every later call.
func (r *Reader) Read(p []byte) (int, error) {
	for r.err == nil && len(p) > 0 {
		n, err := r.dec.Read(p)
		if err != nil {
			r.err = r.explain(err)
		}
		if n, err = r.guard.admit(n, r.packed()); err != nil {
			r.err = err
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, r.err
}

// packed is the compressed input so far. For an entry of a zip it is what the entry takes there, so that a bomb in a bomb is measured whole.
func (r *Reader) packed() int64 {
	if r.fixed > 0 {
		return r.fixed
	}
	return r.src.offset()
}

// explain turns a decoder's error into one of this package.
func (r *Reader) explain(err error) error {
	in := &r.src.in
	switch {
	case in.past && in.err != io.EOF:
		return in.err
	case err == io.EOF, errors.Is(err, ErrLimit), errors.Is(err, ErrUnsupported):
		return err
	case in.past && errors.Is(err, io.ErrUnexpectedEOF):
		return &TruncatedError{Kind: r.kind, Offset: in.n}
	}
	return &CorruptError{Kind: r.kind, Offset: r.src.offset(), Err: err}
}

// Close releases the decoder; the underlying reader stays open. Reading on gives fs.ErrClosed.
func (r *Reader) Close() error {
	if z, ok := r.dec.(*zstdReader); ok {
		z.dec.Close()
	}
	r.err = fs.ErrClosed
	return nil
}
