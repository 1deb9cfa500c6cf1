package codec

import (
	"bytes"
	"errors"
	"io"
	"math"

	"github.com/klauspost/compress/zstd"
)

// zstdReader reads all frames of a zstd stream in the caller's goroutine.
type zstdReader struct {
	src     *source
	dec     *zstd.Decoder
	tail    *tail
	limits  Limits
	drained bool
}

func newZstd(src *source, limits Limits) (*zstdReader, error) {
	z := &zstdReader{src: src, tail: &tail{r: src.Reader}, limits: limits}
	var err error
	z.dec, err = zstd.NewReader(
		z.tail,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(uint64(max(limits.MaxWindow, zstd.MinWindowSize))),
	)
	return z, err
}

func (z *zstdReader) Read(p []byte) (int, error) {
	n, err := z.dec.Read(p)
	if err != nil && n == 0 && z.src.in.past && !z.drained {
		// Of a frame cut inside its checksum the decoder still holds the last block, which is whole.
		z.drained = true
		n, err = z.dec.Read(p)
	}
	return n, z.explain(err)
}

func (z *zstdReader) explain(err error) error {
	switch {
	case errors.Is(err, zstd.ErrUnknownDictionary):
		return &UnsupportedError{Magic: "zstd data made with a dictionary"}
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		// The decoder also says this of a block larger than its window, which is damage.
		if limit := z.limits.checkBlock(z.tail.window()); limit != nil {
			return limit
		}
	}
	return err
}

// tail remembers the last bytes read through it: behind a complaint about the window they hold the frame header with its size.
type tail struct {
	r    io.Reader
	last [32]byte // a frame header takes 18 at most, the block header behind it 3
}

func (t *tail) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	keep := copy(t.last[:], t.last[min(n, len(t.last)):])
	copy(t.last[keep:], p[max(0, n-len(t.last)):n])
	return n, err
}

// window is the window size that the frame header just read asks for, 0 if there is none.
func (t *tail) window() int64 {
	i := bytes.LastIndex(t.last[:], []byte(zstdMagic))
	if i < 0 {
		return 0
	}
	var h zstd.Header
	if h.Decode(t.last[i:]) != nil {
		return 0
	}
	if h.SingleSegment {
		h.WindowSize = h.FrameContentSize
	}
	return int64(min(h.WindowSize, math.MaxInt64))
}
