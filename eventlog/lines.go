package eventlog

import (
	"bytes"
	"io"
)

// lines cuts a stream into lines without copying them.
type lines struct {
	in      io.Reader
	max     int64
	buffer  []byte
	start   int // of the line to come
	end     int // of what was read
	scanned int // before it there is no newline
	err     error
	offset  int64 // of start, in the stream
}

func newLines(in io.Reader, longest int64) *lines {
	return &lines{in: in, max: longest, buffer: make([]byte, 256<<10)}
}

// next returns the next line without its newline, valid until the following call. The last line may lack the
// newline; behind it comes io.EOF, or the error of the stream.
func (l *lines) next() ([]byte, error) {
	for {
		if i := bytes.IndexByte(l.buffer[l.scanned:l.end], '\n'); i >= 0 {
			return l.take(l.scanned+i, 1), nil
		}
		l.scanned = l.end
		if l.err != nil {
			if l.start < l.end {
				return l.take(l.end, 0), nil
			}
			return nil, l.err
		}
		if err := l.fill(); err != nil {
			return nil, err
		}
	}
}

func (l *lines) take(end, newline int) []byte {
	line := l.buffer[l.start:end]
	l.offset += int64(len(line) + newline)
	l.start = end + newline
	l.scanned = l.start
	return line
}

// fill reads more behind the line that has begun, making room first.
func (l *lines) fill() error {
	if l.start > 0 && l.end-l.start < len(l.buffer)/2 {
		copy(l.buffer, l.buffer[l.start:l.end])
		l.end -= l.start
		l.scanned -= l.start
		l.start = 0
	}
	if int64(l.end-l.start) >= l.max {
		return tooLarge("a line's length in bytes", l.max, int64(l.end-l.start), "WithMaxLine")
	}
	if l.end == len(l.buffer) {
		grown := make([]byte, 2*len(l.buffer))
		copy(grown, l.buffer[l.start:l.end])
		l.buffer = grown
		l.end -= l.start
		l.scanned -= l.start
		l.start = 0
	}
	n, err := l.in.Read(l.buffer[l.end:])
	l.end += n
	l.err = err
	return nil
}
