package observe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sparkscale/sparkscale/diagnose"
)

// document is a value of a YAML or JSON text that still knows its lines.
type document struct {
	source string
	node   *yaml.Node
}

// maxNodes bounds the values of a document after its aliases are resolved, and maxDepth how deep they lie.
const (
	maxNodes = 5_000_000
	maxDepth = 200
)

var errBomb = errors.New("its aliases or its depth make it too large")

// documents reads the documents of a text. JSON is YAML but for tabs between its tokens, which cannot stand in its strings.
func documents(source string, text []byte) ([]document, error) {
	if looksJSON(text) {
		text = bytes.ReplaceAll(text, []byte{'\t'}, []byte{' '})
	}
	var list []document
	for decoder := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return list, fmt.Errorf("%s: neither YAML nor JSON: %w", source, err)
		}
		if len(node.Content) > 0 {
			list = append(list, document{source, node.Content[0]})
		}
	}
}

func looksJSON(text []byte) bool {
	trimmed := bytes.TrimSpace(text)
	return len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[')
}

// into decodes the document into a Go type by its JSON names.
func (d document) into(v any) error {
	budget := maxNodes
	value, err := plainValue(d.node, &budget, 0)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", d.source, d.node.Line, err)
	}
	raw, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(raw, v)
	}
	if err != nil {
		return fmt.Errorf("%s:%d: %w", d.source, d.node.Line, err)
	}
	return nil
}

// plainValue makes a node into what JSON can hold. Times stay texts, keys become texts.
func plainValue(n *yaml.Node, budget *int, depth int) (any, error) {
	if *budget--; *budget < 0 || depth > maxDepth {
		return nil, errBomb
	}
	switch n.Kind {
	case yaml.AliasNode:
		return plainValue(n.Alias, budget, depth+1)
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			value, err := plainValue(n.Content[i+1], budget, depth+1)
			if err != nil {
				return nil, err
			}
			m[n.Content[i].Value] = value
		}
		return m, nil
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			value, err := plainValue(item, budget, depth+1)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	}
	return scalar(n), nil
}

func scalar(n *yaml.Node) any {
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true" || n.Value == "True" || n.Value == "TRUE"
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			return json.Number(n.Value)
		}
	}
	return n.Value
}

// at goes down a path of names and indices, and returns the deepest that is there.
func (d document) at(path ...any) (document, bool) {
	for _, step := range path {
		next := child(d.node, step)
		if next == nil {
			return d, false
		}
		d.node = next
	}
	return d, true
}

func child(n *yaml.Node, step any) *yaml.Node {
	switch s := step.(type) {
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == s {
				return n.Content[i+1]
			}
		}
	case int:
		if n.Kind == yaml.SequenceNode && s >= 0 && s < len(n.Content) {
			return n.Content[s]
		}
	}
	return nil
}

// text is the scalar at a path, empty where there is none.
func (d document) text(path ...any) string {
	if v, ok := d.at(path...); ok && v.node.Kind == yaml.ScalarNode {
		return v.node.Value
	}
	return ""
}

// place is where a path stands, or the deepest part of it that is there.
func (d document) place(path ...any) diagnose.Place {
	v, _ := d.at(path...)
	return diagnose.Place{Source: d.source, Line: v.node.Line, Path: pathText(path)}
}

// items are the elements of a sequence.
func (d document) items() []document {
	if d.node.Kind != yaml.SequenceNode {
		return nil
	}
	list := make([]document, len(d.node.Content))
	for i, n := range d.node.Content {
		list[i] = document{d.source, n}
	}
	return list
}

// has reports whether a mapping has all the names.
func (d document) has(names ...string) bool {
	for _, name := range names {
		if child(d.node, name) == nil {
			return false
		}
	}
	return d.node.Kind == yaml.MappingNode
}

func pathText(path []any) string {
	text := ""
	for _, step := range path {
		switch s := step.(type) {
		case int:
			text += "[" + strconv.Itoa(s) + "]"
		case string:
			switch {
			case strings.Contains(s, "."): // a key, as of sparkConf
				text += "[" + s + "]"
			case text != "":
				text += "." + s
			default:
				text = s
			}
		}
	}
	return text
}
