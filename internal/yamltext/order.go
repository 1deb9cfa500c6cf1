package yamltext

import (
	"bytes"
	"cmp"
	"slices"

	yamlv3 "go.yaml.in/yaml/v3"
)

// order ranks keys; those that are not in it come after it.
type order []string

func (o order) rank(key string) int {
	if i := slices.Index(o, key); i >= 0 {
		return i
	}
	return len(o)
}

// encode writes a value, or a node, in block style.
func (o order) encode(value any) ([]byte, error) {
	var node yamlv3.Node
	if err := node.Encode(value); err != nil {
		return nil, err
	}
	o.arrange(&node)
	return write(&node)
}

// arrange sorts the keys of all mappings, which encoding has sorted by name.
func (o order) arrange(node *yamlv3.Node) {
	for _, item := range node.Content {
		o.arrange(item)
	}
	if node.Kind != yamlv3.MappingNode {
		return
	}
	pairs := slices.Collect(slices.Chunk(node.Content, 2))
	slices.SortStableFunc(pairs, func(a, b []*yamlv3.Node) int { return cmp.Compare(o.rank(a[0].Value), o.rank(b[0].Value)) })
	node.Content = slices.Concat(pairs...)
}

func write(node *yamlv3.Node) ([]byte, error) {
	var out bytes.Buffer
	encoder := yamlv3.NewEncoder(&out)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := encoder.Encode(node); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}
