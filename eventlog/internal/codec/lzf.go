package codec

import (
	"encoding/binary"
	"errors"
)

const (
	lzfStored     = 0
	lzfCompressed = 1
)

var errLZF = errors.New("chunk does not decode to the length in its header")

// lzfBlocks is the format of com.ning.compress.lzf.LZFOutputStream (compress-lzf 1.x): chunks of at most 65,535 bytes.
type lzfBlocks struct {
	out []byte
}

func (f *lzfBlocks) unfinished() bool { return false }

func (f *lzfBlocks) next(src *source) ([]byte, error) {
	head, err := src.take(5)
	if err != nil {
		return nil, err
	}
	if string(head[:2]) != lzfMagic {
		return nil, errors.New("no chunk header where one must stand")
	}
	kind, size := head[2], int(binary.BigEndian.Uint16(head[3:]))
	switch kind {
	case lzfStored:
		return src.take(size)
	case lzfCompressed:
		return f.decode(src, size)
	}
	return nil, errors.New("unknown chunk type")
}

func (f *lzfBlocks) decode(src *source, size int) ([]byte, error) {
	b, err := src.take(2 + size)
	if err != nil {
		return nil, err
	}
	f.out = sized(f.out, int(binary.BigEndian.Uint16(b)))
	return f.out, lzfDecode(f.out, b[2:])
}

// lzfDecode decodes src, which must fill dst exactly. An instruction is a run of up to 32 literal bytes, or a copy of up to 264 bytes from
// at most 8 KiB back.
func lzfDecode(dst, src []byte) error {
	d, s := 0, 0
	for s < len(src) {
		c := int(src[s])
		s++
		if c < 32 {
			n := c + 1
			if n > len(src)-s || n > len(dst)-d {
				return errLZF
			}
			d += copy(dst[d:], src[s:s+n])
			s += n
			continue
		}
		n := c >> 5
		if n == 7 && s < len(src) {
			n += int(src[s])
			s++
		}
		if s == len(src) {
			return errLZF
		}
		back := (c&31)<<8 + int(src[s]) + 1
		s++
		if n += 2; back > d || n > len(dst)-d {
			return errLZF
		}
		repeat(dst, d, back, n)
		d += n
	}
	if d != len(dst) {
		return errLZF
	}
	return nil
}

// repeat writes n bytes at d that repeat the back bytes before it; each round doubles what can be copied at once.
func repeat(buf []byte, d, back, n int) {
	for n > 0 {
		m := copy(buf[d:d+n], buf[d-back:d])
		d, back, n = d+m, back+m, n-m
	}
}
