package allocation

import (
	"bytes"
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/sparkscale/sparkscale/units"
)

// object is a Kubernetes object, or a list of them, with the parts that bounds need.
type object struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Spec struct {
		Unschedulable bool `json:"unschedulable"`
		Taints        []struct {
			Key    string `json:"key"`
			Value  string `json:"value"`
			Effect string `json:"effect"`
		} `json:"taints"`
		Hard          map[string]string `json:"hard"`
		Scopes        []string          `json:"scopes"`
		ScopeSelector *struct{}         `json:"scopeSelector"`
	} `json:"spec"`
	Status struct {
		Allocatable map[string]string `json:"allocatable"`
		Hard        map[string]string `json:"hard"`
		Used        map[string]string `json:"used"`
	} `json:"status"`
	Items []object `json:"items"`
}

// manifest walks over the objects of one kind.
type manifest struct {
	kind  string
	each  func(at *field.Path, o *object)
	found field.ErrorList
}

// walk reads YAML documents or JSON, lists and single objects. Syntax errors name the document; what is wrong in the
// objects is collected in found, with the path to it.
func (m *manifest) walk(data []byte) error {
	documents := split(data)
	for i, document := range documents {
		var o object
		if err := yaml.Unmarshal(document, &o); err != nil {
			return fmt.Errorf("allocation: document %d of %d: %w", i+1, len(documents), err)
		}
		var at *field.Path
		if len(documents) > 1 {
			at = field.NewPath("documents").Index(i)
		}
		m.visit(at, &o)
	}
	return invalid(m.found)
}

func (m *manifest) visit(at *field.Path, o *object) {
	switch o.Kind {
	case m.kind:
		m.each(at, o)
	case "List", m.kind + "List":
		for i := range o.Items {
			item := &o.Items[i]
			if item.Kind == "" && o.Kind != "List" { // in a typed list the API leaves it out
				item.Kind = m.kind
			}
			m.visit(at.Child("items").Index(i), item)
		}
	default:
		m.found = append(m.found, field.NotSupported(at.Child("kind"), o.Kind, []string{m.kind, "List"}))
	}
}

// split cuts at the lines that start a YAML document, and drops documents of blanks and comments.
func split(data []byte) [][]byte {
	var documents [][]byte
	var current []byte
	content := false
	end := func() {
		if content {
			documents = append(documents, current)
		}
		current, content = nil, false
	}
	for line := range bytes.Lines(data) {
		if rest, ok := bytes.CutPrefix(line, []byte("---")); ok && (len(rest) == 0 || bytes.ContainsRune([]byte(" \t\r\n"), rune(rest[0]))) {
			end()
			line = rest
		}
		text := bytes.TrimSpace(line)
		content = content || len(text) > 0 && text[0] != '#'
		current = append(current, line...)
	}
	end()
	return documents
}

// amount reads the quantity of that name, and says whether it is there.
func amount[T ~int64](m *manifest, at *field.Path, from map[string]string, name string, parse func(string) (T, error)) (T, bool) {
	text, ok := from[name]
	if !ok {
		return 0, false
	}
	n, err := parse(text)
	switch {
	case err != nil:
		m.found = append(m.found, field.Invalid(at.Key(name), text, err.Error()))
	case n < 0:
		m.found = append(m.found, field.Invalid(at.Key(name), text, "must not be negative"))
	default:
		return n, true
	}
	return 0, true
}

// parseCount reads a quantity that counts things.
func parseCount(s string) (units.Bytes, error) { return units.ParseQuantity(s) }
