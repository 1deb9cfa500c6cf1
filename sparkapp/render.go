package sparkapp

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/sparkscale/sparkscale/internal/yamltext"
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

// noise are fields without omitempty that say nothing while they are empty.
var noise = []string{"deps", "restartPolicy", "resources"}

// clean gives the values of an object without what its author did not write.
func clean(object runtime.Object) (map[string]any, error) {
	values, err := plain(object)
	yamltext.Tidy(values, noise...)
	return values, err
}

// plain gives a value as JSON has it, without nulls.
func plain(value any) (map[string]any, error) {
	values, err := yamltext.Plain(value)
	if err != nil {
		return nil, fmt.Errorf("sparkapp: %w", err)
	}
	return values, nil
}
