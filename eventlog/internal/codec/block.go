package codec

// blockFormat decodes a stream of self-contained blocks.
type blockFormat interface {
	// next decodes the block or header that follows, of which at least one byte is there. The data is valid until the next use of src;
	// it may be empty.
	next(src *source) ([]byte, error)
	// unfinished reports, between blocks, that an end mark is missing.
	unfinished() bool
}

// blockReader delivers the blocks of a format as a stream. An input that ends between blocks is a clean end.
type blockReader struct {
	src    *source
	format blockFormat
	rest   []byte // decoded, not yet delivered
}

func (b *blockReader) Read(p []byte) (int, error) {
	for len(b.rest) == 0 {
		if _, err := b.src.Peek(1); err != nil {
			return 0, err
		}
		var err error
		if b.rest, err = b.format.next(b.src); err != nil {
			b.rest = nil
			return 0, err
		}
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// sized returns buf with n bytes, new ones only if it is too small.
func sized(buf []byte, n int) []byte {
	if cap(buf) < n {
		return make([]byte, n)
	}
	return buf[:n]
}
