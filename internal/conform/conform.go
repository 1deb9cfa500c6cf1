// Package conform walks values, as a manifest has them, along the Go types that a program reads them into, and says what does not
// fit: fields that a type does not have, and values of another type.
package conform

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// Report is what does not fit.
type Report struct {
	// Unknown are fields that their type does not have, in no order.
	Unknown []Stray
	// Wrong are values of another type than their field, sorted by path.
	Wrong field.ErrorList
}

// Stray is a field that its type does not have.
type Stray struct {
	Path  *field.Path
	Name  string
	Value any
	// Known are the fields that the type has, sorted.
	Known []string
}

// Check compares values, as encoding/json gives them but with whole numbers as int64, with a type.
func Check(t reflect.Type, values any) Report {
	var r Report
	r.check(t, values, nil)
	slices.SortFunc(r.Wrong, func(x, y *field.Error) int { return strings.Compare(x.Field, y.Field) })
	return r
}

func (r *Report) check(t reflect.Type, value any, path *field.Path) {
	switch {
	case value == nil: // the API server takes null for absent
	case t.Kind() == reflect.Pointer:
		r.check(t.Elem(), value, path)
	case reflect.PointerTo(t).Implements(unmarshaler):
		r.decode(t, value, path)
	case t.Kind() == reflect.Struct:
		r.structure(t, value, path)
	case t.Kind() == reflect.Map:
		for key, item := range r.mapping(value, path) {
			r.check(t.Elem(), item, path.Key(key))
		}
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		r.list(t, value, path)
	default:
		r.scalar(t, value, path)
	}
}

// decode tries a type that reads itself, such as a quantity or a time.
func (r *Report) decode(t reflect.Type, value any, path *field.Path) {
	raw, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(raw, reflect.New(t).Interface())
	}
	if err != nil {
		r.Wrong = append(r.Wrong, field.TypeInvalid(path, value, err.Error()))
	}
}

func (r *Report) structure(t reflect.Type, value any, path *field.Path) {
	fields := jsonFields(t)
	for key, item := range r.mapping(value, path) {
		if of, known := fields[key]; known {
			r.check(of, item, path.Child(key))
			continue
		}
		r.Unknown = append(r.Unknown, Stray{path.Child(key), key, item, slices.Sorted(maps.Keys(fields))})
	}
}

func (r *Report) mapping(value any, path *field.Path) map[string]any {
	mapping, ok := value.(map[string]any)
	if !ok {
		r.Wrong = append(r.Wrong, field.TypeInvalid(path, value, "must be a mapping of keys to values"))
	}
	return mapping
}

func (r *Report) list(t reflect.Type, value any, path *field.Path) {
	items, ok := value.([]any)
	if !ok {
		r.Wrong = append(r.Wrong, field.TypeInvalid(path, value, "must be a list"))
	}
	for i, item := range items {
		r.check(t.Elem(), item, path.Index(i))
	}
}

func (r *Report) scalar(t reflect.Type, value any, path *field.Path) {
	var ok bool
	var want string
	switch t.Kind() {
	case reflect.String, reflect.Slice:
		_, ok = value.(string)
		want = fmt.Sprintf("must be a string; put it in quotes: \"%v\"", value)
	case reflect.Bool:
		_, ok = value.(bool)
		want = "must be true or false, without quotes"
	case reflect.Int32:
		n, whole := value.(int64)
		ok, want = whole && n >= math.MinInt32 && n <= math.MaxInt32, "must be a whole number of 32 bits, without quotes"
	default:
		_, ok = value.(int64)
		want = "must be a whole number, without quotes"
	}
	if !ok {
		r.Wrong = append(r.Wrong, field.TypeInvalid(path, value, want))
	}
}

// jsonFields gives the fields of a struct, with those of the structs inlined in it, by their names in JSON.
func jsonFields(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case name == "" && (f.Anonymous || strings.Contains(options, "inline")):
			for inner, of := range jsonFields(f.Type) {
				fields[inner] = of
			}
		case name != "":
			fields[name] = f.Type
		}
	}
	return fields
}
