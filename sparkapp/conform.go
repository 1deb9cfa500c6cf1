package sparkapp

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// conformity walks values along the Go types that the operator reads them into.
type conformity struct {
	unknown []stray
	wrong   field.ErrorList
}

// stray is a field that its type does not have.
type stray struct {
	path  *field.Path
	name  string
	value any
	known []string
}

func (c *conformity) check(t reflect.Type, value any, path *field.Path) {
	switch {
	case value == nil: // the API server takes null for absent
	case t.Kind() == reflect.Pointer:
		c.check(t.Elem(), value, path)
	case reflect.PointerTo(t).Implements(unmarshaler):
		c.decode(t, value, path)
	case t.Kind() == reflect.Struct:
		c.structure(t, value, path)
	case t.Kind() == reflect.Map:
		for key, item := range c.mapping(value, path) {
			c.check(t.Elem(), item, path.Key(key))
		}
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		c.list(t, value, path)
	default:
		c.scalar(t, value, path)
	}
}

// decode tries a type that reads itself, such as a quantity or a time.
func (c *conformity) decode(t reflect.Type, value any, path *field.Path) {
	raw, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(raw, reflect.New(t).Interface())
	}
	if err != nil {
		c.wrong = append(c.wrong, field.TypeInvalid(path, value, err.Error()))
	}
}

func (c *conformity) structure(t reflect.Type, value any, path *field.Path) {
	fields := jsonFields(t)
	for key, item := range c.mapping(value, path) {
		if of, known := fields[key]; known {
			c.check(of, item, path.Child(key))
			continue
		}
		c.unknown = append(c.unknown, stray{path.Child(key), key, item, sortedKeys(fields)})
	}
}

func (c *conformity) mapping(value any, path *field.Path) map[string]any {
	mapping, ok := value.(map[string]any)
	if !ok {
		c.wrong = append(c.wrong, field.TypeInvalid(path, value, "must be a mapping of keys to values"))
	}
	return mapping
}

func (c *conformity) list(t reflect.Type, value any, path *field.Path) {
	items, ok := value.([]any)
	if !ok {
		c.wrong = append(c.wrong, field.TypeInvalid(path, value, "must be a list"))
	}
	for i, item := range items {
		c.check(t.Elem(), item, path.Index(i))
	}
}

func (c *conformity) scalar(t reflect.Type, value any, path *field.Path) {
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
		c.wrong = append(c.wrong, field.TypeInvalid(path, value, want))
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
