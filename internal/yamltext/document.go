package yamltext

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// ErrNotMapping says that a document holds something else than a mapping.
var ErrNotMapping = errors.New("the document is not a mapping of keys to values")

// Document is the text of one YAML document, which must be a mapping, and the values that it holds. It is not safe for
// concurrent use while it is edited.
type Document struct {
	text   []byte
	values map[string]any
	order  order
}

// Parse reads one document. New keys will go after the last of their siblings that stands before them in order, else before the
// first that stands after them, else to the end; order says nothing of the keys that are there. A key that stands twice is no error
// here, as it is none for Kubernetes; see [Duplicates].
func Parse(text []byte, order ...string) (*Document, error) {
	values, err := read(text)
	if err != nil {
		return nil, err
	}
	return &Document{text: bytes.Clone(text), values: values, order: order}, nil
}

// New writes values as a document: the keys of each mapping in that order, the others sorted after them.
func New(values map[string]any, order ...string) (*Document, error) {
	d := &Document{order: order}
	return d, d.become(values)
}

// Duplicate is a key that stands in a mapping again.
type Duplicate struct {
	// Line is that of the later one, from 1.
	Line int
	Key  string
}

var duplicate = regexp.MustCompile(`line (\d+): key (.+) already set in map`)

// Duplicates reports the keys that stand twice in one mapping, in the order of the text.
func Duplicates(text []byte) (found []Duplicate) {
	_, err := yaml.YAMLToJSONStrict(text)
	if err == nil {
		return nil
	}
	for _, match := range duplicate.FindAllStringSubmatch(err.Error(), -1) {
		line, _ := strconv.Atoi(match[1]) // digits
		found = append(found, Duplicate{line, strings.Trim(match[2], `"`)})
	}
	return found
}

// Text returns the document as it stands now.
func (d *Document) Text() []byte { return bytes.Clone(d.text) }

// Values returns a copy of what the document holds: maps, slices, string, int64, float64, bool and nil.
func (d *Document) Values() map[string]any { return clone(d.values).(map[string]any) }

// At returns a copy of the value at the path, and whether there is one.
func (d *Document) At(path ...string) (any, bool) {
	value, ok := at(d.values, path)
	return clone(value), ok
}

// Set puts a value (as encoding/json would write it) at the path, making the mappings on the way.
func (d *Document) Set(path []string, value any) error {
	plain, err := normalize(value)
	if err != nil {
		return fmt.Errorf("cannot write %v: %w", value, err)
	}
	wanted := clone(d.values).(map[string]any)
	put(wanted, path, plain)
	return d.edit(path, wanted)
}

// Delete removes the key at the path, if it is there.
func (d *Document) Delete(path []string) error {
	if _, ok := at(d.values, path); !ok {
		return nil
	}
	wanted := clone(d.values).(map[string]any)
	parent, _ := at(wanted, path[:len(path)-1])
	delete(parent.(map[string]any), path[len(path)-1])
	return d.edit(path, wanted)
}

// edit makes the values of the document the wanted ones, which differ at path only.
func (d *Document) edit(path []string, wanted map[string]any) error {
	if reflect.DeepEqual(d.values, wanted) {
		return nil
	}
	for len(path) > 1 && !mappingAt(d.values, path[:len(path)-1]) {
		path = path[:len(path)-1]
	}
	for depth := len(path); depth > 0; depth-- {
		for _, text := range d.candidates(path[:depth], wanted) {
			if values, err := read(text); err == nil && reflect.DeepEqual(values, wanted) {
				d.text, d.values = text, values
				return nil
			}
		}
	}
	return d.become(wanted)
}

// become writes the whole document anew.
func (d *Document) become(wanted map[string]any) error {
	text, err := d.order.encode(wanted)
	if err != nil {
		return err
	}
	values, err := read(text)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(values, wanted) {
		return fmt.Errorf("the values do not survive being written as YAML")
	}
	d.text, d.values = text, values
	return nil
}

func read(text []byte) (map[string]any, error) {
	raw, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, err
	}
	var value any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, &value); err != nil {
		return nil, err
	}
	values, ok := value.(map[string]any)
	if !ok {
		return nil, ErrNotMapping
	}
	return values, nil
}

func clone(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := maps.Clone(v)
		for key, item := range out {
			out[key] = clone(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = clone(item)
		}
		return out
	}
	return value
}

// Clone returns a document that can be edited apart from this one.
func (d *Document) Clone() *Document {
	return &Document{text: d.text, values: d.values, order: d.order}
}
