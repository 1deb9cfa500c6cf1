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
	// Name is the path by which it was found.
	Name string

	parts []part
	notes []string
	cut   string // what the layout shows to be missing
	err   error  // why it cannot be read at all
}

// part is one file of a log.
type part struct {
	name string
	size int64
	open func() (io.ReadCloser, error)
}

// Size returns the bytes of the log as stored, or 0 where they are not known.
func (l Log) Size() int64 {
	var size int64
	for _, p := range l.parts {
		size += p.size
	}
	return size
}

// ReadFile reads the one log at a path: a file, a rolling folder, a Databricks folder, a zip of the REST API, or a
// folder that holds one of these and no second one. Several logs are a *SeveralError, none is ErrNoLogs; for other
// errors see [Read].
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

// Find returns the logs at a path, sorted by name: the log itself, or every log in the folder and below. Files that
// are no event logs are passed over in a folder, hidden ones and checksums too. None at all is ErrNoLogs.
func Find(path string, opts ...Option) ([]Log, error) {
	folder, base := filepath.Split(filepath.Clean(path))
	if base == ".." || base == "." {
		folder, base = path, "."
	}
	if folder == "" {
		folder = "."
	}
	return find(os.DirFS(folder), base, path, opts)
}

// FindFS is [Find] in a file system, for example an embed.FS.
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
		return nil, fmt.Errorf("%s: %w", label, cause(err))
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
		return nil, fmt.Errorf("%s: %d files: %w", label, f.files, ErrNoLogs)
	}
	slices.SortFunc(f.logs, func(a, b Log) int { return strings.Compare(a.Name, b.Name) })
	return f.logs, nil
}

// cause strips the file system's path from an error, as the caller's own is told.
func cause(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
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
	return part{name: f.name(file), size: size, open: func() (io.ReadCloser, error) {
		opened, err := f.fsys.Open(file)
		if err != nil {
			return nil, cause(err)
		}
		return opened, nil
	}}
}

// single takes a file that was named: it is read whatever it looks like.
func (f *finder) single(file string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() && info.Mode()&(fs.ModeNamedPipe|fs.ModeCharDevice) == 0 {
		return fmt.Errorf("%s: it is no regular file", f.label)
	}
	f.files++
	p := f.part(file, info.Size())
	kind, _, err := f.sniff(p)
	if err != nil {
		return err
	}
	if kind == codec.Zip {
		return f.zip(file, p)
	}
	f.logs = append(f.logs, group([]part{p}, "")...)
	return nil
}

// folder takes what lies in a folder and below.
func (f *finder) folder(dir string) error {
	entries, err := fs.ReadDir(f.fsys, dir)
	if err != nil {
		return fmt.Errorf("%s: %w", f.name(dir), cause(err))
	}
	if f.files += len(entries); f.files > maxFiles {
		return fmt.Errorf("%s: %w: more than %d files; name a folder below", f.label, ErrLimit, maxFiles)
	}
	var parts []part
	for _, entry := range entries {
		file := path.Join(dir, entry.Name())
		switch {
		case ignored(entry.Name()):
		case entry.IsDir():
			if err := f.folder(file); err != nil {
				return err
			}
		default:
			p, isLog, err := f.candidate(file, entry)
			if err != nil {
				return err
			}
			if isLog {
				parts = append(parts, p)
			}
		}
	}
	f.logs = append(f.logs, group(parts, f.name(dir))...)
	return nil
}

// candidate looks at a file of a folder. A zip is taken apart at once; a part of a rolling log is taken by its name.
func (f *finder) candidate(file string, entry fs.DirEntry) (part, bool, error) {
	info, err := fs.Stat(f.fsys, file) // follows links
	if err != nil || !info.Mode().IsRegular() {
		return part{}, false, nil //nolint:nilerr // a dangling link is no log
	}
	p := f.part(file, info.Size())
	if rollingPart.MatchString(entry.Name()) || databricksPart.MatchString(entry.Name()) {
		return p, true, nil
	}
	kind, isLog, err := f.sniff(p)
	switch {
	case errors.Is(err, ErrUnsupportedCodec):
		return part{}, false, nil
	case err != nil:
		return part{}, false, err
	case kind == codec.Zip:
		if err := f.zip(file, p); err != nil && !errors.Is(err, ErrNoLogs) {
			return part{}, false, err
		}
		return part{}, false, nil
	}
	return p, isLog, nil
}
