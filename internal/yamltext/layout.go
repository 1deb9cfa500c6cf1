package yamltext

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
)

// strangeBreak are line breaks of YAML 1.1 that are none to the rest of the world: a lone carriage return, NEL, LS and
// PS. The lines of such a text cannot be told.
var strangeBreak = regexp.MustCompile("\r[^\n]|\r$|\u0085|\u2028|\u2029")

// layout is a text in lines, with the nodes that say what stands where.
type layout struct {
	lines []string
	root  *yamlv3.Node
}

func lay(text []byte) (layout, bool) {
	var document yamlv3.Node
	if strangeBreak.Match(text) {
		return layout{}, false
	}
	if yamlv3.Unmarshal(text, &document) != nil || len(document.Content) != 1 {
		return layout{}, false
	}
	return layout{slices.Collect(strings.Lines(string(text))), document.Content[0]}, true
}

// faithful reports whether keys that are written differently are read as different ones, in all mappings. Kubernetes reads 00
// as "0" and on as "true", which then may stand beside another of the same name.
func faithful(node *yamlv3.Node, value any) bool {
	if list, ok := value.([]any); ok && node.Kind == yamlv3.SequenceNode {
		for i, item := range node.Content {
			if i >= len(list) || !faithful(item, list[i]) {
				return false
			}
		}
	}
	values, ok := value.(map[string]any)
	if !ok || node.Kind != yamlv3.MappingNode {
		return true
	}
	names := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i].Value
		names[key] = true
		if item, ok := values[key]; ok && !faithful(node.Content[i+1], item) {
			return false
		}
	}
	return names["<<"] || len(names) == len(values)
}

// block is a mapping in block style: a line for each key, up to the line end.
type block struct {
	layout
	*yamlv3.Node
	end int
}

// block finds the mapping at the path, if it and all mappings on the way are in block style.
func (l layout) block(path []string) (block, bool) {
	b := block{l, l.root, len(l.lines)}
	for _, key := range path {
		i := b.index(key)
		if i < 0 {
			return block{}, false
		}
		_, end := b.span(i)
		b = block{l, b.Content[i+1], end}
	}
	return b, b.Kind == yamlv3.MappingNode && b.Style&yamlv3.FlowStyle == 0 && len(b.Content) > 0
}

func (b block) index(key string) int { return index(b.Node, key) }

// index finds the key of a mapping, the last one where it stands twice, as the reader takes the last.
func index(node *yamlv3.Node, key string) int {
	for i := len(node.Content) - 2; i >= 0 && node.Kind == yamlv3.MappingNode; i -= 2 {
		if node.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// indent is the column, from 0, of the keys.
func (b block) indent() int { return b.Content[0].Column - 1 }

// span gives the lines from the key at i to the end of its value. Blank lines and comments that follow belong to what comes
// next, unless they are indented deeper than the key.
func (b block) span(i int) (first, end int) {
	first, end = b.Content[i].Line-1, b.end
	if i+2 < len(b.Content) {
		end = b.Content[i+2].Line - 1
	}
	end = min(end, len(b.lines))
	for end > first+1 && b.outside(b.lines[end-1]) {
		end--
	}
	return first, end
}

func (b block) outside(line string) bool {
	text := strings.TrimSpace(line)
	return text == "" || text == "..." || strings.HasPrefix(text, "#") && leading(line) <= b.indent()
}

// above gives the first of the comment lines that stand directly above a line, at the keys' own indentation.
func (b block) above(line int) int {
	for line > 0 && strings.HasPrefix(strings.TrimSpace(b.lines[line-1]), "#") && leading(b.lines[line-1]) == b.indent() {
		line--
	}
	return line
}

func leading(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// offset turns a column, which counts characters from 1, into an index of the line.
func offset(line string, column int) (int, bool) {
	at := 0
	for ; column > 1; column-- {
		if at >= len(line) {
			return 0, false
		}
		_, size := utf8.DecodeRuneInString(line[at:])
		at += size
	}
	return at, true
}
