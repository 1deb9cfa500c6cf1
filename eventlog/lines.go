package eventlog

import (
	"bytes"
	"fmt"
	"math/bits"
)

// lines cuts the chunks of a stream into lines. Only those that lie in several chunks are copied.
type lines struct {
	more   func() ([]byte, error)
	max    int64
	rest   []byte // of the chunk
	whole  []byte // a line that lies in several
	err    error
	from   int64 // where the line that was returned begins, in the stream
	offset int64 // where the line to come begins
	open   bool  // the stream ended before the newline of the line that was returned
}

// newLines takes what gives the next chunk, valid until the following call, with the error that ends the stream.
func newLines(more func() ([]byte, error), longest int64) *lines {
	return &lines{more: more, max: longest}
}

// next returns the next line without its newline, valid until the following call. The last line may lack the
// newline; behind it comes io.EOF, or the error of the stream.
func (l *lines) next() ([]byte, error) {
	l.whole = l.whole[:0]
	for {
		if i := bytes.IndexByte(l.rest, '\n'); i >= 0 {
			line := l.rest[:i]
			l.rest = l.rest[i+1:]
			return l.take(line, 1)
		}
		switch {
		case int64(len(l.whole)+len(l.rest)) > l.max:
			return nil, l.tooLong()
		case l.err == nil:
			l.keep(l.rest)
			l.rest, l.err = l.more()
		case len(l.whole)+len(l.rest) > 0:
			line := l.rest
			l.open, l.rest = true, nil
			return l.take(line, 0)
		default:
			return nil, l.err
		}
	}
}

// keep copies a part of a line, before its chunk is gone.
func (l *lines) keep(part []byte) {
	if need := len(l.whole) + len(part); need > cap(l.whole) {
		l.whole = append(make([]byte, 0, min(1<<bits.Len64(uint64(need)|64<<10), max(l.max, int64(need)))), l.whole...)
	}
	l.whole = append(l.whole, part...)
}

// take returns the line that ends with a part of the chunk.
func (l *lines) take(line []byte, newline int) ([]byte, error) {
	if int64(len(l.whole)+len(line)) > l.max {
		return nil, l.tooLong()
	}
	if len(l.whole) > 0 {
		l.keep(line)
		line = l.whole
	}
	l.from = l.offset
	l.offset += int64(len(line) + newline)
	return line, nil
}

func (l *lines) tooLong() error {
	return fmt.Errorf("%w: the line is longer than %d bytes; raise it with WithMaxLine", ErrLimit, l.max)
}
