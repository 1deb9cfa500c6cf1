package codec

import (
	"bufio"
	"bytes"
	"io"
)

// bufferSize lets every lzf chunk and every block of the sizes that Spark uses be decoded out of the input buffer itself.
const bufferSize = 128 << 10

// source is the compressed input of one Reader. Decoders read the embedded bufio.Reader, for which flate has a fast path.
type source struct {
	*bufio.Reader
	in  input
	big bytes.Buffer // blocks larger than the buffer
}

func newSource(r io.Reader) *source {
	s := &source{in: input{r: r}}
	s.Reader = bufio.NewReaderSize(&s.in, bufferSize)
	return s
}

// offset is the number of bytes that decoders have consumed.
func (s *source) offset() int64 { return s.in.n - int64(s.Buffered()) }

// take returns the next n bytes, valid until the next use of s, or io.ErrUnexpectedEOF. Memory grows with what really arrives.
func (s *source) take(n int) ([]byte, error) {
	if n > s.Size() {
		s.big.Reset()
		_, err := io.CopyN(&s.big, s.Reader, int64(n))
		return s.big.Bytes(), noEOF(err)
	}
	b, err := s.Peek(n)
	if err != nil {
		return nil, noEOF(err)
	}
	_, err = s.Discard(n)
	return b, err
}

// noEOF makes the end of input, where more must follow, unexpected.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// input counts the bytes of the caller's reader and remembers its end, so that a decoder's complaint can be told from a cut and from a
// failing read.
type input struct {
	r    io.Reader
	n    int64
	err  error // how r ended
	past bool  // more was asked for after that
}

// Read implements io.Reader; an error comes alone, after all data.
func (in *input) Read(p []byte) (int, error) {
	if in.err != nil {
		in.past = true
		return 0, in.err
	}
	n, err := in.r.Read(p)
	in.n += int64(n)
	in.err = err
	if n > 0 {
		return n, nil
	}
	in.past = err != nil
	return 0, err
}
