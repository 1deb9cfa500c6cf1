package sparkapp

import (
	"maps"
	"regexp"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// endlessQuantity is a number with an exponent of three digits or more. Kubernetes' parser works such a quantity out digit by
// digit, and does not come back from 9E23372036854775.
var endlessQuantity = regexp.MustCompile(`^[+-]?[0-9.]+[eE][+-]?[0-9]*[1-9][0-9]{2}`)

// quantityKeys are fields with quantities in or below them.
var quantityKeys = []string{"resources", "limits", "requests", "sizeLimit", "resource", "divisor"}

// endless finds quantities that must not reach the operator's types.
func endless(at *field.Path, value any, quantity bool) (list field.ErrorList) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			list = append(list, endless(at.Child(key), v[key], quantity || slices.Contains(quantityKeys, key))...)
		}
	case []any:
		for i, item := range v {
			list = append(list, endless(at.Index(i), item, quantity)...)
		}
	case string:
		if quantity && endlessQuantity.MatchString(v) {
			list = append(list, field.Invalid(at, v, "no quantity is that large or small; write for example 2 or 500m"))
		}
	}
	return list
}
