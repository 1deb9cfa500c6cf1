package codec

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/snappy"
)

const (
	snappyVersionsLen = 8  // version and least compatible version, after the magic
	snappyMaxRatio    = 22 // a copy of 3 bytes stands for 64 at most
)

// snappyBlocks is the format of org.xerial.snappy.SnappyOutputStream (snappy-java 1.1): a header, then raw blocks behind their length. A
// header may come again where streams were concatenated; its first bytes would be a negative length.
type snappyBlocks struct {
	limits Limits
	out    []byte
}

func (f *snappyBlocks) unfinished() bool { return false }

func (f *snappyBlocks) next(src *source) ([]byte, error) {
	head, err := src.take(4)
	if err != nil {
		return nil, err
	}
	if string(head) == snappyMagic[:4] {
		return nil, f.header(src)
	}
	size := binary.BigEndian.Uint32(head)
	if size > 1<<31-1 {
		return nil, errors.New("negative block length")
	}
	if err := f.limits.checkBlock(int64(size)); err != nil {
		return nil, err
	}
	data, err := src.take(int(size))
	if err != nil {
		return nil, err
	}
	return f.decode(data)
}

func (f *snappyBlocks) header(src *source) error {
	rest := snappyMagic[4:]
	b, err := src.take(len(rest) + snappyVersionsLen)
	switch {
	case err != nil:
		return err
	case string(b[:len(rest)]) != rest:
		return errors.New("stream header has a wrong magic")
	case int32(binary.BigEndian.Uint32(b[len(rest):])) < 1:
		return errors.New("stream header has a version below 1")
	}
	return nil
}

func (f *snappyBlocks) decode(data []byte) ([]byte, error) {
	n, err := snappy.DecodedLen(data)
	if err != nil {
		return nil, err
	}
	if n > len(data)*snappyMaxRatio {
		return nil, fmt.Errorf("block of %d bytes cannot be compressed to %d", n, len(data))
	}
	if err := f.limits.checkBlock(int64(n)); err != nil {
		return nil, err
	}
	f.out = sized(f.out, n)
	return snappy.Decode(f.out, data)
}
