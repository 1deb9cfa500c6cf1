package eventlog

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"

	"github.com/sparkscale/sparkscale/eventlog/internal/codec"
)

// openZip lists the files in a zip; the closer is the zip's.
func (f *finder) openZip(file string, size int64) ([]codec.ZipEntry, io.Closer, error) {
	opened, err := f.fsys.Open(file)
	if err != nil {
		return nil, nil, err
	}
	archive, ok := opened.(io.ReaderAt)
	if !ok {
		err = errors.New("a zip needs a file system that can read anywhere in a file; unpack it")
	}
	var entries []codec.ZipEntry
	if err == nil {
		entries, err = codec.OpenZip(archive, size, f.limits)
	}
	if err != nil {
		_ = opened.Close()
		return nil, nil, err
	}
	return entries, opened, nil
}

// zip takes the logs out of the archive that the REST API sends: one file, a rolling folder, or several attempts.
func (f *finder) zip(file string, p part) error {
	entries, archive, err := f.openZip(file, p.size)
	if err != nil {
		return at(p.name, err)
	}
	defer func() { _ = archive.Close() }()
	folders := map[string][]part{}
	for i, entry := range entries {
		folder, base := path.Split(entry.Name)
		wanted := !ignored(base)
		if wanted && !isPart(entry.Name) {
			if _, wanted, err = f.sniff(entry.Open); err != nil && !isFormat(err) {
				return at(p.name+"/"+entry.Name, err)
			}
		}
		if wanted {
			folders[folder] = append(folders[folder], f.zipPart(file, p, i, entry.Name))
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		f.logs = append(f.logs, group(folders[folder], path.Join(p.name, folder))...)
	}
	switch {
	case len(entries) == 0:
		return at(p.name, fmt.Errorf("%w: the zip is empty, as a live driver sends it; ask a History Server", ErrNoLogs))
	case len(folders) == 0:
		return at(p.name, fmt.Errorf("zip of %d files: %w", len(entries), ErrNoLogs))
	}
	return nil
}

// zipPart opens the archive anew for each reading, so that nothing stays open in between.
func (f *finder) zipPart(file string, p part, index int, name string) part {
	return part{name: p.name + "/" + name, zipped: true, open: func() (io.ReadCloser, error) {
		entries, archive, err := f.openZip(file, p.size)
		if err != nil {
			return nil, err
		}
		var inner io.ReadCloser
		if index < len(entries) && entries[index].Name == name {
			inner, err = entries[index].Open()
		} else {
			err = errors.New("the zip has changed since it was found; find it again")
		}
		if err != nil {
			_ = archive.Close()
			return nil, err
		}
		return &zipped{ReadCloser: inner, archive: archive}, nil
	}}
}

// zipped closes an entry and its archive.
type zipped struct {
	io.ReadCloser
	archive io.Closer
}

func (z *zipped) Close() error { return errors.Join(z.ReadCloser.Close(), z.archive.Close()) }
