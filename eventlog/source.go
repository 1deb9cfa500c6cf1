package eventlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/eventlog/internal/codec"
	"github.com/sparkscale/sparkscale/workload"
)

// Log is one event log: one file, or the parts of a rolling one. It is safe for concurrent use.
type Log struct {
	// Name is the path by which it was found, with slashes: of the file, of the folder that holds the parts, or of
	// the first part where a folder holds the parts of several logs. Below a zip it goes on with the names inside.
	Name string

	parts []part
	notes []string
	cut   string // what the layout shows to be missing
	err   error  // why it cannot be read at all
}

// part is one file of a log.
type part struct {
	name   string
	size   int64
	zipped bool
	open   func() (io.ReadCloser, error)
}

// Size returns the bytes of the log as stored, or 0 where they are not known: in a zip.
func (l Log) Size() int64 {
	var size int64
	for _, p := range l.parts {
		size += p.size
	}
	return size
}

// ReadFile reads the one log at a path: a file, a rolling folder, a Databricks folder, a zip of the REST API, or a
// folder that holds one of these and no second one. Several logs are a *SeveralError, none is ErrNoLogs; for other
// errors see [Read], which also says when the Profile is not nil.
func ReadFile(ctx context.Context, path string, opts ...Option) (*workload.Profile, error) {
	logs, err := Find(path, opts...)
	if err != nil {
		return nil, err
	}
	if len(logs) > 1 {
		several := &SeveralError{Path: path}
		for _, log := range logs {
			several.Names = append(several.Names, log.Name)
		}
		return nil, several
	}
	return logs[0].Read(ctx, opts...)
}

// Find returns the logs at a path, sorted by name: the log itself, or every log in the folder and below. A file that
// is named is taken whatever it looks like; in a folder, files that are no event logs are passed over, and so are
// hidden ones, checksums, jars, links to folders and what is no regular file. A folder or file that may not be opened is
// an error, and so is a damaged zip; none at all is ErrNoLogs.
func Find(path string, opts ...Option) ([]Log, error) {
	if path == "" {
		return nil, fmt.Errorf("eventlog: the path is empty: %w; name a file or a folder", fs.ErrNotExist)
	}
	folder, base := filepath.Split(filepath.Clean(path))
	switch {
	case base == "" || base == "." || base == "..":
		folder, base = path, "."
	case folder == "":
		folder = "."
	}
	return find(os.DirFS(folder), base, path, opts)
}

// FindFS is [Find] in a file system, for example an embed.FS; the name is as in fs.ValidPath, "." for all of it. A zip
// needs a file system whose files implement io.ReaderAt.
func FindFS(fsys fs.FS, name string, opts ...Option) ([]Log, error) {
	return find(fsys, name, name, opts)
}

// maxFiles bounds the walk through a folder.
const maxFiles = 1_000_000

// finder walks through a file system.
type finder struct {
	options
	fsys fs.FS
	// root is what was asked for, in the file system; label what the caller calls it.
	root, label string
	files       int
	logs        []Log
}

func find(fsys fs.FS, root, label string, opts []Option) ([]Log, error) {
	o, err := newOptions(opts)
	if err != nil {
		return nil, err
	}
	f := &finder{options: o, fsys: fsys, root: root, label: label}
	info, err := fs.Stat(fsys, root)
	if err != nil {
		return nil, at(label, err)
	}
	if info.IsDir() {
		err = f.folder(root)
	} else {
		err = f.single(root, info)
	}
	if err != nil {
		return nil, err
	}
	if len(f.logs) == 0 {
		return nil, at(label, fmt.Errorf("folder of %d files: %w", f.files, ErrNoLogs))
	}
	slices.SortFunc(f.logs, func(a, b Log) int { return strings.Compare(a.Name, b.Name) })
	return f.logs, nil
}

// name turns a path in the file system into the caller's.
func (f *finder) name(file string) string {
	if file == f.root {
		return f.label
	}
	if f.root != "." {
		file = strings.TrimPrefix(strings.TrimPrefix(file, f.root), "/")
	}
	return path.Join(filepath.ToSlash(f.label), file)
}

func (f *finder) part(file string, size int64) part {
	return part{name: f.name(file), size: size, open: func() (io.ReadCloser, error) { return f.fsys.Open(file) }}
}

// single takes a file that was named. A pipe is refused because it can be opened once only, and may block.
func (f *finder) single(file string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return at(f.label, errors.New("it is no regular file; open it yourself and give it to Read"))
	}
	p := f.part(file, info.Size())
	kind, _, err := f.sniff(p.open)
	switch {
	case err != nil:
		return at(p.name, err)
	case kind == codec.Zip:
		return f.zip(file, p)
	}
	f.logs = append(f.logs, group([]part{p}, "")...)
	return nil
}

// folder takes what lies in a folder and below.
func (f *finder) folder(dir string) error {
	entries, err := fs.ReadDir(f.fsys, dir)
	if err != nil {
		return at(f.name(dir), err)
	}
	if f.files += len(entries); f.files > maxFiles {
		return at(f.label, fmt.Errorf("%w: more than %d files; name a folder below", ErrLimit, maxFiles))
	}
	var parts []part
	for _, entry := range entries {
		file := path.Join(dir, entry.Name())
		switch {
		case ignored(entry.Name()):
		case entry.IsDir():
			err = f.folder(file)
		default:
			parts, err = f.candidate(parts, file, entry)
		}
		if err != nil {
			return err
		}
	}
	f.logs = append(f.logs, group(parts, f.name(dir))...)
	return nil
}

// candidate looks at a file of a folder. A zip is taken apart at once; a part of a rolling log is taken by its name.
func (f *finder) candidate(parts []part, file string, entry fs.DirEntry) ([]part, error) {
	info, err := fs.Stat(f.fsys, file) // follows links
	switch {
	case gone(err) || err != nil && entry.Type()&fs.ModeSymlink != 0: // a link in a circle is no log either
		return parts, nil
	case err != nil:
		return nil, at(f.name(file), err)
	case !info.Mode().IsRegular():
		return parts, nil
	}
	p := f.part(file, info.Size())
	if isPart(file) {
		return append(parts, p), nil
	}
	kind, isLog, err := f.sniff(p.open)
	switch {
	case isFormat(err) || gone(err):
	case err != nil:
		return nil, at(p.name, err)
	case kind == codec.Zip:
		if err := f.zip(file, p); !errors.Is(err, ErrNoLogs) {
			return parts, err
		}
	case isLog:
		parts = append(parts, p)
	}
	return parts, nil
}

// gone reports a dangling link, or a file that Spark has renamed since the folder was listed.
func gone(err error) bool { return errors.Is(err, fs.ErrNotExist) }
