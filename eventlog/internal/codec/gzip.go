package codec

import (
	"io"

	"github.com/klauspost/compress/gzip"
)

// gzipReader reads all members of a gzip stream. It walks them itself, because the gzip package takes a header that is cut inside its name
// for the end of the stream.
type gzipReader struct {
	src    *source
	z      gzip.Reader
	inside bool // a member
}

func (g *gzipReader) Read(p []byte) (int, error) {
	if !g.inside {
		if _, err := g.src.Peek(1); err != nil {
			return 0, err
		}
		if err := g.z.Reset(g.src.Reader); err != nil {
			return 0, noEOF(err)
		}
		g.z.Multistream(false)
		g.inside = true
	}
	n, err := g.z.Read(p)
	if err == io.EOF {
		g.inside, err = false, nil
	}
	return n, err
}
