package eventlog

import (
	"bytes"
	"fmt"
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
	from    int64 // where the line that was returned begins, in the stream
	offset  int64 // where the line to come begins
	open    bool  // the stream ended before the newline of the line that was returned
}

func newLines(in io.Reader, longest int64) *lines {
	return &lines{in: in, max: longest, buffer: make([]byte, 256<<10)}
}

// next returns the next line without its newline, valid until the following call. The last line may lack the
// newline; behind it comes io.EOF, or the error of the stream.
func (l *lines) next() ([]byte, error) {
	for {
		if i := bytes.IndexByte(l.buffer[l.scanned:l.end], '\n'); i >= 0 {
			return l.take(l.scanned+i, 1)
		}
		l.scanned = l.end
		switch {
		case int64(l.end-l.start) > l.max:
			return nil, l.tooLong()
		case l.err == nil:
			l.fill()
		case l.start < l.end:
			l.open = true
			return l.take(l.end, 0)
		default:
			return nil, l.err
		}
	}
}

func (l *lines) take(end, newline int) ([]byte, error) {
	line := l.buffer[l.start:end]
	if int64(len(line)) > l.max {
		return nil, l.tooLong()
	}
	l.from = l.offset
	l.offset += int64(len(line) + newline)
	l.start = end + newline
	l.scanned = l.start
	return line, nil
}

func (l *lines) tooLong() error {
	return fmt.Errorf("%w: the line is longer than %d bytes; raise it with WithMaxLine", ErrLimit, l.max)
}

// fill reads more behind the line that has begun, making room first.
func (l *lines) fill() {
	if l.start > 0 {
		l.move(l.buffer)
	}
	if l.end == len(l.buffer) {
		l.move(make([]byte, min(2*int64(len(l.buffer)), l.max)+1))
	}
	n, err := l.in.Read(l.buffer[l.end:])
	l.end += n
	l.err = err
}

// move puts the line that has begun at the beginning of a buffer.
func (l *lines) move(to []byte) {
	l.end = copy(to, l.buffer[l.start:l.end])
	l.buffer, l.start, l.scanned = to, 0, l.end
}
