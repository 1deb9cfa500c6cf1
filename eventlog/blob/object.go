package blob

import (
	"io"
	"io/fs"
	"time"

	"gocloud.dev/blob"
)

// entry is an object or a folder of them.
type entry struct {
	name     string
	size     int64
	modified time.Time
	folder   bool
}

func (e entry) Name() string               { return e.name }
func (e entry) Size() int64                { return e.size }
func (e entry) ModTime() time.Time         { return e.modified }
func (e entry) IsDir() bool                { return e.folder }
func (e entry) Sys() any                   { return nil }
func (e entry) Type() fs.FileMode          { return e.Mode() }
func (e entry) Info() (fs.FileInfo, error) { return e, nil }

func (e entry) Mode() fs.FileMode {
	if e.folder {
		return fs.ModeDir
	}
	return 0
}

// object is an open object. The request is made by the first read.
type object struct {
	*store
	info   fs.FileInfo
	key    string
	stream *blob.Reader
}

// Stat implements fs.File.
func (o *object) Stat() (fs.FileInfo, error) { return o.info, nil }

// Read implements fs.File.
func (o *object) Read(p []byte) (int, error) {
	if o.stream == nil {
		stream, err := o.bucket.NewReader(o.ctx, o.key, nil)
		if err != nil {
			return 0, failed("open", o.key, err)
		}
		o.stream = stream
	}
	n, err := o.stream.Read(p)
	if err != nil && err != io.EOF {
		err = failed("read", o.key, err)
	}
	return n, err
}

// ReadAt implements io.ReaderAt, which a zip needs, by a request of its own for each call.
func (o *object) ReadAt(p []byte, offset int64) (int, error) {
	if offset >= o.info.Size() {
		return 0, io.EOF
	}
	stream, err := o.bucket.NewRangeReader(o.ctx, o.key, offset, int64(len(p)), nil)
	if err != nil {
		return 0, failed("read", o.key, err)
	}
	defer func() { _ = stream.Close() }()
	n, err := io.ReadFull(stream, p)
	switch {
	case err == io.ErrUnexpectedEOF:
		err = io.EOF
	case err != nil && err != io.EOF:
		err = failed("read", o.key, err)
	}
	return n, err
}

// Close implements fs.File.
func (o *object) Close() error {
	if o.stream == nil {
		return nil
	}
	return o.stream.Close()
}
