package sparkapp

import (
	"encoding/json"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/runtime"
	kjson "sigs.k8s.io/json"

	"github.com/sparkscale/sparkscale/sparkapp/internal/yamltext"
)

// YAML writes Kubernetes objects as they belong into a repository: without status, nulls, and what an API server adds (identity of
// the stored object, managed fields); several are separated by "---". The objects must carry their apiVersion and kind, as those
// that this package makes do.
func YAML(objects ...runtime.Object) ([]byte, error) {
	var out []byte
	for i, object := range objects {
		values, err := clean(object)
		if err != nil {
			return nil, err
		}
		doc, err := yamltext.New(values, order...)
		if err != nil {
			return nil, fmt.Errorf("sparkapp: object %d: %w", i, err)
		}
		if i > 0 {
			out = append(out, "---\n"...)
		}
		out = append(out, doc.Text()...)
	}
	return out, nil
}

// stored are the metadata of an object in a cluster that its author did not write.
var stored = []string{
	"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink",
	"managedFields",
}

// noise are fields without omitempty that say nothing while they are empty.
var noise = []string{"deps", "restartPolicy", "resources"}

// clean gives the values of an object without what its author did not write.
func clean(object runtime.Object) (map[string]any, error) {
	values, err := plain(object)
	tidy(values)
	return values, err
}

func tidy(values map[string]any) {
	delete(values, "status")
	if metadata, ok := values["metadata"].(map[string]any); ok {
		for _, name := range stored {
			delete(metadata, name)
		}
	}
	quiet(values["spec"])
}

// quiet takes out what is noise, at any depth.
func quiet(value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, item := range v {
			if empty, ok := item.(map[string]any); ok && len(empty) == 0 && slices.Contains(noise, name) {
				delete(v, name)
			}
			quiet(item)
		}
	case []any:
		for _, item := range v {
			quiet(item)
		}
	}
}

// plain gives a value as JSON has it, without nulls.
func plain(value any) (map[string]any, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("sparkapp: %w", err)
	}
	var values map[string]any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, &values); err != nil {
		return nil, fmt.Errorf("sparkapp: %w", err)
	}
	if values == nil {
		return nil, fmt.Errorf("sparkapp: there is no object")
	}
	withoutNulls(values)
	return values, nil
}

func withoutNulls(value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			if item == nil {
				delete(v, key)
			}
			withoutNulls(item)
		}
	case []any:
		for _, item := range v {
			withoutNulls(item)
		}
	}
}
