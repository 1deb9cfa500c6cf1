package codec

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/pierrec/lz4/v4"
)

const (
	lz4HeaderLen = len(lz4BlockMagic) + 1 + 4 + 4 + 4 // magic, token, compressed length, original length, checksum

	lz4MethodRaw  = 0x10
	lz4MethodLZ4  = 0x20
	lz4LevelBase  = 10 // a block holds at most 1 << (10 + level) bytes, 32 MiB at level 15
	lz4Seed       = 0x9747b28c
	lz4SumMask    = 0x0fffffff // StreamingXXHash32.asChecksum keeps 28 bits
	lz4MaxRatio   = 255        // one byte of match length stands for 255 bytes at most
	lz4FrameBlock = 4 << 20    // largest block of an lz4 frame
)

// lz4Blocks is the format of net.jpountz.lz4.LZ4BlockOutputStream (lz4-java 1.8); the checks are those of LZ4BlockInputStream, and two on
// lengths that no encoder can produce.
type lz4Blocks struct {
	limits Limits
	out    []byte
	open   bool // blocks since the last end mark
}

func (f *lz4Blocks) unfinished() bool { return f.open }

func (f *lz4Blocks) next(src *source) ([]byte, error) {
	head, err := src.take(lz4HeaderLen)
	if err != nil {
		return nil, err
	}
	h, err := parseLZ4Header(head)
	if err != nil {
		return nil, err
	}
	f.open = h.original > 0
	if !f.open {
		return nil, nil
	}
	if err := f.limits.checkBlock(max(h.original, h.compressed)); err != nil {
		return nil, err
	}
	data, err := src.take(int(h.compressed))
	if err != nil {
		return nil, err
	}
	return f.decode(h, data)
}

func (f *lz4Blocks) decode(h lz4Header, data []byte) ([]byte, error) {
	if h.method == lz4MethodLZ4 {
		f.out = sized(f.out, int(h.original))
		n, err := lz4.UncompressBlock(data, f.out)
		if err != nil {
			return nil, err
		}
		if int64(n) != h.original {
			return nil, fmt.Errorf("block holds %d bytes, its header says %d", n, h.original)
		}
		data = f.out
	}
	if sum := xxh32(data, lz4Seed) & lz4SumMask; sum != h.sum {
		return nil, fmt.Errorf("block has checksum %07x, its header says %07x", sum, h.sum)
	}
	return data, nil
}

type lz4Header struct {
	method               byte
	compressed, original int64
	sum                  uint32
}

func parseLZ4Header(b []byte) (lz4Header, error) {
	if string(b[:len(lz4BlockMagic)]) != lz4BlockMagic {
		return lz4Header{}, errors.New("no block header where one must stand")
	}
	token, b := b[len(lz4BlockMagic)], b[len(lz4BlockMagic)+1:]
	h := lz4Header{
		method:     token & 0xf0,
		compressed: int64(binary.LittleEndian.Uint32(b)),
		original:   int64(binary.LittleEndian.Uint32(b[4:])),
		sum:        binary.LittleEndian.Uint32(b[8:]),
	}
	return h, h.check(token & 0x0f)
}

func (h lz4Header) check(level byte) error {
	switch {
	case h.method != lz4MethodRaw && h.method != lz4MethodLZ4:
		return fmt.Errorf("unknown block method %#x", h.method)
	case h.original == 0 && (h.compressed != 0 || h.sum != 0):
		return errors.New("end mark with a length or a checksum")
	case h.original > 1<<(lz4LevelBase+level):
		return fmt.Errorf("block of %d bytes in a stream whose blocks hold %d", h.original, 1<<(lz4LevelBase+level))
	case h.method == lz4MethodRaw && h.original != h.compressed:
		return fmt.Errorf("stored block of %d bytes takes %d", h.original, h.compressed)
	case h.original > h.compressed*lz4MaxRatio, h.compressed > int64(lz4.CompressBlockBound(int(h.original))):
		return fmt.Errorf("block of %d bytes cannot be compressed to %d", h.original, h.compressed)
	}
	return nil
}

// newLZ4Frame reads the standard lz4 frame format.
func newLZ4Frame(src *source, limits Limits) (io.Reader, error) {
	if err := limits.checkBlock(lz4FrameBlock); err != nil {
		return nil, err // any frame that follows may announce blocks of that size
	}
	z := lz4.NewReader(src.Reader)
	return z, z.Apply(lz4.ConcurrencyOption(1))
}
