package objectscaler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
)

// OpenFolder makes a store of a folder: keys are paths below it with slashes, and what is no regular file does not count, nor
// what the fileblob of gocloud.dev keeps beside its files (.attrs). Links that lead out of the folder are not followed.
//
// The fileblob itself does not serve here: it passes over folders that it cannot read, so that one that vanished would count as
// no backlog, and it walks the whole tree again for every page.
func OpenFolder(dir string) (Store, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", dir)
	}
	return folder(dir), nil
}

type folder string

// Close implements Store.
func (folder) Close() error { return nil }

// Objects implements Store. The folder is opened anew each time: one that was removed is an error, not an empty one.
func (f folder) Objects(ctx context.Context, prefix string) iter.Seq2[*Object, error] {
	return func(yield func(*Object, error) bool) {
		root, err := os.OpenRoot(string(f))
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = root.Close() }()
		w := walk{root: root, prefix: prefix, yield: yield}
		err = w.start(ctx)
		if err == nil {
			err = f.stays(root)
		}
		if err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}

// stays makes sure at the end that the folder is still the one that was walked. Files may go in the meantime, but where all of it
// went, what was not seen is not known to be none.
func (f folder) stays(root *os.Root) error {
	walked, err := root.Stat(".")
	if err != nil {
		return err
	}
	now, err := os.Stat(string(f))
	if err == nil && !os.SameFile(walked, now) {
		err = fmt.Errorf("%s was replaced while it was listed", string(f))
	}
	return err
}

// errStop ends a walk that the consumer has enough of.
var errStop = errors.New("enough")

type walk struct {
	root   *os.Root
	prefix string
	yield  func(*Object, error) bool
	object Object
}

// start walks the deepest folder that holds everything with the prefix. Where there is none, no key has it.
func (w *walk) start(ctx context.Context) error {
	top := "."
	if i := strings.LastIndex(w.prefix, "/"); i > 0 {
		top = path.Clean(w.prefix[:i])
	}
	if _, err := w.root.Stat(top); errors.Is(err, fs.ErrNotExist) && top != "." {
		return nil
	}
	return w.folder(ctx, top)
}

// batch is how many entries of a folder are in memory at once.
const batch = 1000

func (w *walk) folder(ctx context.Context, name string) error {
	dir, err := w.root.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	for {
		entries, err := dir.ReadDir(batch)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		for _, entry := range entries {
			if err := w.entry(ctx, path.Join(name, entry.Name()), entry); err != nil {
				return err
			}
		}
		if len(entries) == 0 {
			return ctx.Err()
		}
	}
}

func (w *walk) entry(ctx context.Context, key string, entry fs.DirEntry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	switch {
	case entry.IsDir() && (strings.HasPrefix(key+"/", w.prefix) || strings.HasPrefix(w.prefix, key+"/")):
		return gone(w.folder(ctx, key))
	case !entry.Type().IsRegular() || !strings.HasPrefix(key, w.prefix) || strings.HasSuffix(key, ".attrs"):
		return nil
	}
	info, err := entry.Info()
	if err != nil {
		return gone(err)
	}
	w.object = Object{Key: key, Size: info.Size(), ModTime: info.ModTime()}
	if !w.yield(&w.object, nil) {
		return errStop
	}
	return nil
}

// gone lets pass what was taken away between being listed and being looked at.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
