package sparkapp

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
)

// Change is one value of a manifest that is another one now.
type Change struct {
	// Path is where, for example "spec.executor.memory" or "spec.sparkConf[spark.task.cpus]".
	Path string
	// Before and After are the values as JSON has them; nil where there is none.
	Before, After any
	// Reason says why.
	Reason string
}

// String writes "spec.executor.memory: 4g -> 14g (the shape)".
func (c Change) String() string {
	return fmt.Sprintf("%s: %s -> %s (%s)", c.Path, describe(c.Before), describe(c.After), c.Reason)
}

// draft is a copy of an application that is being changed; the first error ends it.
type draft struct {
	*App
	changes []Change
	err     error
}

func (a *App) draft() *draft {
	return &draft{App: &App{doc: a.doc.Clone(), original: a.original}}
}

// commit makes the application what the draft is, or leaves it where the draft failed.
func (a *App) commit(d *draft) ([]Change, error) {
	if d.err != nil {
		return nil, d.err
	}
	a.doc = d.doc
	slices.SortStableFunc(d.changes, func(x, y Change) int { return cmp.Compare(x.Path, y.Path) })
	return d.changes, nil
}

// set puts a value at a path below the root of the document.
func (d *draft) set(path []string, value any, reason string) {
	if d.err != nil {
		return
	}
	before, _ := d.doc.At(path...)
	if reflect.DeepEqual(before, value) {
		return
	}
	if d.err = d.doc.Set(path, value); d.err == nil {
		d.changes = append(d.changes, Change{pathOf(path).String(), before, value, reason})
	}
}

// remove takes a value out, and its mapping too if that is empty then and need not be there.
func (d *draft) remove(path []string, reason string) {
	before, there := d.doc.At(path...)
	if d.err != nil || !there {
		return
	}
	d.changes = append(d.changes, Change{pathOf(path).String(), before, nil, reason})
	d.err = d.doc.Delete(path)
	for path = path[:len(path)-1]; d.err == nil && d.needless(path); path = path[:len(path)-1] {
		d.err = d.doc.Delete(path)
	}
}

func (d *draft) needless(path []string) bool {
	rest, _ := d.doc.At(path...)
	return len(path) > 1 && reflect.DeepEqual(rest, map[string]any{}) && !slices.Contains(required, path[len(path)-1])
}

// required are mappings of the spec that must be there even if they are empty.
var required = []string{"driver", "executor", "template"}
