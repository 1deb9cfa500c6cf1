package sparkapp

import (
	"maps"
	"reflect"
	"slices"
)

// step is one difference between two values: something at path came, went, or is another one.
type step struct {
	path          []string
	before, after any
	had, has      bool
}

// diff lists the differences in the order of their paths, each as deep as both sides are mappings.
func diff(before, after map[string]any, path ...string) (steps []step) {
	names := maps.Clone(before)
	if names == nil {
		names = map[string]any{}
	}
	maps.Copy(names, after)
	for _, name := range sortedKeys(names) {
		x, had := before[name]
		y, has := after[name]
		here := append(slices.Clone(path), name)
		from, fromMap := x.(map[string]any)
		to, toMap := y.(map[string]any)
		switch {
		case fromMap && toMap:
			steps = append(steps, diff(from, to, here...)...)
		case had != has || !reflect.DeepEqual(x, y):
			steps = append(steps, step{here, x, y, had, has})
		}
	}
	return steps
}
