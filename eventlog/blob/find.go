package blob

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/sparkscale/sparkscale/eventlog"
)

// Find returns the logs in a bucket whose keys begin with the path, sorted by name: a key, a folder with or without its
// final slash, or "" for the whole bucket. It takes what eventlog.Find takes of a folder, and its options and errors are
// the same; a key or folder that is not there is fs.ErrNotExist. It lists the bucket and reads the beginning of each
// object.
//
// The bucket and the context are used again when the logs are read: neither may end before.
func Find(ctx context.Context, bucket *blob.Bucket, path string, opts ...eventlog.Option) ([]eventlog.Log, error) {
	name := strings.TrimSuffix(path, "/")
	if name == "" {
		name = "."
	}
	return eventlog.FindFS(&store{ctx: ctx, bucket: bucket}, name, opts...)
}

// store shows a bucket as a file system. The methods of fs.FS take no context, so that it has to hold one.
type store struct {
	ctx    context.Context
	bucket *blob.Bucket
}

// Open implements fs.FS for objects; folders are only listed.
func (s *store) Open(name string) (fs.File, error) {
	info, err := s.Stat(name)
	if err != nil {
		return nil, err
	}
	return &object{store: s, info: info, key: name}, nil
}

// Stat implements fs.StatFS. What is no object but lies before others is a folder.
func (s *store) Stat(name string) (fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, failed("stat", name, fs.ErrInvalid)
	}
	if err := s.ctx.Err(); err != nil || name == "." { // not every driver looks at the context
		return entry{name: ".", folder: true}, err
	}
	attributes, err := s.bucket.Attributes(s.ctx, name)
	if err == nil {
		return entry{name: base(name), size: attributes.Size, modified: attributes.ModTime}, nil
	}
	if gcerrors.Code(err) != gcerrors.NotFound {
		return nil, failed("stat", name, err)
	}
	switch _, err := s.bucket.List(&blob.ListOptions{Prefix: name + "/"}).Next(s.ctx); {
	case err == io.EOF:
		return nil, failed("stat", name, fs.ErrNotExist)
	case err != nil:
		return nil, failed("stat", name, err)
	}
	return entry{name: base(name), folder: true}, nil
}

// ReadDir implements fs.ReadDirFS.
func (s *store) ReadDir(name string) ([]fs.DirEntry, error) {
	prefix := name + "/"
	if name == "." {
		prefix = ""
	}
	var entries []fs.DirEntry
	for list := s.bucket.List(&blob.ListOptions{Prefix: prefix, Delimiter: "/"}); ; {
		found, err := list.Next(s.ctx)
		switch {
		case err == io.EOF:
			return entries, nil
		case err != nil:
			return nil, failed("list", name, err)
		}
		key := strings.TrimSuffix(found.Key, "/")
		if fs.ValidPath(key) && key+"/" != prefix && strings.HasPrefix(key, prefix) && (found.IsDir || key == found.Key) {
			entries = append(entries, entry{name: base(key), size: found.Size, modified: found.ModTime, folder: found.IsDir})
		}
	}
}

func base(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// failed is an error as package os makes it, of a class of package fs where there is one.
func failed(op, name string, err error) error {
	switch gcerrors.Code(err) {
	case gcerrors.NotFound:
		err = fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	case gcerrors.PermissionDenied:
		err = fmt.Errorf("%w: %w", fs.ErrPermission, err)
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}
