package yamltext

import (
	"encoding/json"
	"errors"
	"slices"

	kjson "sigs.k8s.io/json"
)

// ErrNothing says that there is no object to write.
var ErrNothing = errors.New("there is no object")

// stored are the metadata of an object in a cluster that its author did not write.
var stored = []string{
	"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink",
	"managedFields",
}

// Plain gives a value as JSON has it, without nulls.
func Plain(value any) (map[string]any, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var values map[string]any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, &values); err != nil {
		return nil, err
	}
	if values == nil {
		return nil, ErrNothing
	}
	WithoutNulls(values)
	return values, nil
}

// Tidy takes out of an object what its author did not write: the status, what an API server adds to the metadata, and below the
// spec, at any depth, the mappings of those names that are empty.
func Tidy(values map[string]any, noise ...string) {
	delete(values, "status")
	if metadata, ok := values["metadata"].(map[string]any); ok {
		for _, name := range stored {
			delete(metadata, name)
		}
	}
	quiet(values["spec"], noise)
}

func quiet(value any, noise []string) {
	switch v := value.(type) {
	case map[string]any:
		for name, item := range v {
			quiet(item, noise)
			if empty, ok := item.(map[string]any); ok && len(empty) == 0 && slices.Contains(noise, name) {
				delete(v, name)
			}
		}
	case []any:
		for _, item := range v {
			quiet(item, noise)
		}
	}
}

// WithoutNulls takes the keys out that have no value.
func WithoutNulls(value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			if item == nil {
				delete(v, key)
			}
			WithoutNulls(item)
		}
	case []any:
		for _, item := range v {
			WithoutNulls(item)
		}
	}
}
