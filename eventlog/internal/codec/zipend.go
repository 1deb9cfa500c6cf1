package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// Sizes of the records at the end of a zip archive (APPNOTE 4.3.14 to 4.3.16).
const (
	zipEndLen       = 22
	zipMaxComment   = 1<<16 - 1
	zipLocatorMagic = "PK\x06\x07"
	zipLocatorLen   = 20
	zip64EndMagic   = "PK\x06\x06"
	zip64EndLen     = 56
)

// checkZipEnd tells an archive whose end is missing from a damaged one, and refuses a forged number of entries before archive/zip makes room
// for them. Only the zip64 record can declare enough to matter.
func checkZipEnd(r io.ReaderAt, size int64) error {
	tail := make([]byte, min(size, zipLocatorLen+zipEndLen+zipMaxComment))
	if err := readAt(r, tail, size-int64(len(tail))); err != nil {
		return err
	}
	end := findZipEnd(tail)
	if end < 0 {
		return noZipEnd(r, size)
	}
	locator := max(end-zipLocatorLen, 0)
	if !bytes.HasPrefix(tail[locator:end], []byte(zipLocatorMagic)) {
		return nil
	}
	record := make([]byte, zip64EndLen)
	at := binary.LittleEndian.Uint64(tail[locator+8:])
	if at > uint64(size) {
		return &CorruptError{Kind: Zip, Offset: size, Err: errors.New("the directory lies beyond the archive")}
	}
	if err := readAt(r, record, int64(at)); err != nil || !bytes.HasPrefix(record, []byte(zip64EndMagic)) {
		return err
	}
	return checkEntries(binary.LittleEndian.Uint64(record[32:]))
}

func checkEntries(n uint64) error {
	if n > maxEntries {
		return &LimitError{Limit: "zip entries", Max: maxEntries, Value: int64(min(n, 1<<62))}
	}
	return nil
}

// findZipEnd finds the last end record whose comment fits behind it, as archive/zip does.
func findZipEnd(tail []byte) int {
	for i := len(tail) - zipEndLen; i >= 0; i-- {
		if string(tail[i:i+len(zipEndMagic)]) != zipEndMagic {
			continue
		}
		if comment := int(binary.LittleEndian.Uint16(tail[i+zipEndLen-2:])); i+zipEndLen+comment <= len(tail) {
			return i
		}
	}
	return -1
}

func noZipEnd(r io.ReaderAt, size int64) error {
	first := make([]byte, min(size, 4))
	if err := readAt(r, first, 0); err != nil {
		return err
	}
	if Detect(first) == Zip {
		return &TruncatedError{Kind: Zip, Offset: size}
	}
	return &CorruptError{Kind: Zip, Offset: size, Err: errors.New("no zip end record")}
}

// readAt fills p; what lies beyond the end of r stays zero.
func readAt(r io.ReaderAt, p []byte, off int64) error {
	if _, err := r.ReadAt(p, off); err != io.EOF {
		return err
	}
	return nil
}
