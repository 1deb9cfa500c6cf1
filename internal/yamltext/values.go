package yamltext

import (
	"encoding/json"

	kjson "sigs.k8s.io/json"
)

// at follows the path through mappings.
func at(value any, path []string) (any, bool) {
	for _, key := range path {
		mapping, _ := value.(map[string]any)
		next, ok := mapping[key]
		if !ok {
			return nil, false
		}
		value = next
	}
	return value, true
}

// put sets the value at the path; what stands in the way and is no mapping becomes one.
func put(mapping map[string]any, path []string, value any) {
	for _, key := range path[:len(path)-1] {
		next, ok := mapping[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			mapping[key] = next
		}
		mapping = next
	}
	mapping[path[len(path)-1]] = value
}

// normalize gives the value in the types that reading gives.
func normalize(value any) (plain any, err error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	err = kjson.UnmarshalCaseSensitivePreserveInts(raw, &plain)
	return plain, err
}

func mappingAt(value any, path []string) bool {
	found, _ := at(value, path)
	_, ok := found.(map[string]any)
	return ok
}
