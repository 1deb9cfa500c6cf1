package eventlog

import (
	"io"

	"github.com/sparkscale/sparkscale/eventlog/internal/codec"
)

// How far decompression may run ahead of parsing: a few chunks, so that one goroutine need not wait for the other at each.
const (
	chunkSize  = 256 << 10
	chunksOpen = 4
)

// ahead reads the parts of a log, one behind the other, in a goroutine of its own.
type ahead struct {
	free     chan []byte
	full     chan chunk
	stop     chan struct{}
	done     chan struct{}
	current  chunk
	stored   int64 // how much of the part as stored the current chunk and those before it took
	inFlight int   // how many buffers there are, in the goroutine's hands
}

// chunk is the beginning of a part, with what it is compressed with or why it cannot be read, or what comes next of it.
type chunk struct {
	kind   codec.Kind
	data   []byte
	stored int64
	err    error // ends the part
}

func readAhead(parts []part, limits codec.Limits) *ahead {
	a := &ahead{free: make(chan []byte, chunksOpen), full: make(chan chunk, chunksOpen), stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(a.done)
		for _, p := range parts {
			if !a.send(p, limits) {
				return
			}
		}
	}()
	return a
}

// close ends the goroutine, at the latest when the read that it is in returns.
func (a *ahead) close() {
	close(a.stop)
	<-a.done
}

// open steps to the next part, which has to be read to its end before the next call.
func (a *ahead) open() (codec.Kind, error) {
	a.release()
	first := <-a.full
	a.current, a.stored = chunk{}, 0
	return first.kind, first.err
}

// next returns what comes next of the part, valid until the following call, and with it or behind it the error of the file
// or of codec.Reader that ends the part.
func (a *ahead) next() ([]byte, error) {
	if a.current.err != nil {
		return nil, a.current.err
	}
	a.release()
	a.current = <-a.full
	a.stored = a.current.stored
	return a.current.data, a.current.err
}

// release gives the buffer of the current chunk back.
func (a *ahead) release() {
	if a.current.data != nil {
		a.free <- a.current.data[:cap(a.current.data)]
	}
	a.current.data = nil
}

// send reads a part and reports whether to go on with the next one.
func (a *ahead) send(p part, limits codec.Limits) bool {
	file, err := p.open()
	if err != nil {
		return a.put(chunk{err: err})
	}
	defer func() { _ = file.Close() }()
	stored := &counter{in: file}
	stream, err := codec.NewReader(stored.orEntry(), limits)
	if err != nil {
		return a.put(chunk{err: err})
	}
	defer func() { _ = stream.Close() }()
	if !a.put(chunk{kind: stream.Kind()}) {
		return false
	}
	for {
		buffer := a.buffer()
		if buffer == nil {
			return false
		}
		n, err := fillUp(stream, buffer)
		if ok := a.put(chunk{data: buffer[:n], stored: stored.n, err: err}); !ok || err != nil {
			return ok
		}
	}
}

func (a *ahead) put(c chunk) bool {
	select {
	case a.full <- c:
		return true
	case <-a.stop:
		return false
	}
}

// buffer gives one that is free, or nil where the reading is to end.
func (a *ahead) buffer() []byte {
	select {
	case <-a.stop:
		return nil
	case buffer := <-a.free:
		return buffer
	default:
	}
	if a.inFlight < chunksOpen {
		a.inFlight++
		return make([]byte, chunkSize)
	}
	select {
	case buffer := <-a.free:
		return buffer
	case <-a.stop:
		return nil
	}
}

// fillUp reads until the buffer is full or the stream ends.
func fillUp(in io.Reader, buffer []byte) (n int, err error) {
	for n < len(buffer) && err == nil {
		var more int
		more, err = in.Read(buffer[n:])
		n += more
	}
	return n, err
}
