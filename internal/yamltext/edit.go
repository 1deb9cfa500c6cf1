package yamltext

import (
	"bytes"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
)

// candidates writes the text in which the value at the path is as it is in wanted, the least disturbing way first. None of
// them is known to be right.
func (d *Document) candidates(path []string, wanted map[string]any) (texts [][]byte) {
	l, ok := lay(d.text)
	ok = ok && faithful(l.root, d.values)
	if !ok {
		return nil
	}
	value, present := at(wanted, path)
	if line, number, ok := l.swap(path, value); ok && present {
		texts = append(texts, l.replace(number, number+1, line))
	}
	b, ok := l.block(path[:len(path)-1])
	if !ok {
		return texts
	}
	key := path[len(path)-1]
	switch i := b.index(key); {
	case present && i >= 0:
		first, end := b.span(i)
		texts = append(texts, b.replace(first, end, b.render(d.order, key, value, b.comment(i))))
	case present:
		line := b.place(d.order, key)
		texts = append(texts, b.replace(line, line, b.render(d.order, key, value, "")))
	case i >= 0:
		first, end := b.span(i)
		texts = append(texts, b.replace(b.above(first), end, ""))
	}
	return texts
}

// comment is the one on the line of the key at i.
func (b block) comment(i int) string {
	if comment := b.Content[i+1].LineComment; comment != "" {
		return comment
	}
	return b.Content[i].LineComment
}

// place is the line at which a new key goes: after the last sibling of a lower rank, else before the first of a higher one. A key
// without a rank goes to the end.
func (b block) place(o order, key string) int {
	after, before := -1, -1
	for i := 0; i < len(b.Content); i += 2 {
		switch rank := o.rank(b.Content[i].Value); {
		case rank == len(o):
		case rank < o.rank(key) && (after < 0 || rank > o.rank(b.Content[after].Value)):
			after = i
		case rank > o.rank(key) && before < 0:
			before = i
		}
	}
	switch {
	case o.rank(key) == len(o) || after < 0 && before < 0:
		after = len(b.Content) - 2
	case after < 0:
		first, _ := b.span(before)
		return b.above(first)
	}
	_, end := b.span(after)
	return end
}

// replace gives the text in which the lines from first up to end are another text.
func (l layout) replace(first, end int, text string) []byte {
	var out bytes.Buffer
	for _, line := range l.lines[:first] {
		out.WriteString(line)
	}
	newline := "\n"
	if len(l.lines) > 0 && strings.HasSuffix(l.lines[0], "\r\n") {
		newline = "\r\n"
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", newline)
	}
	if text != "" && first > 0 && !strings.HasSuffix(l.lines[first-1], "\n") {
		out.WriteString(newline)
	}
	out.WriteString(text)
	for _, line := range l.lines[end:] {
		out.WriteString(line)
	}
	return out.Bytes()
}

// render writes a key with its value on lines of their own.
func (b block) render(o order, key string, value any, comment string) string {
	var node yamlv3.Node
	if node.Encode(value) != nil {
		return ""
	}
	o.arrange(&node)
	name := yamlv3.Node{Kind: yamlv3.ScalarNode, Value: key, Tag: "!!str"}
	if node.Kind == yamlv3.ScalarNode || node.Style&yamlv3.FlowStyle != 0 {
		node.LineComment = comment
	} else {
		name.LineComment = comment
	}
	text, err := write(&yamlv3.Node{Kind: yamlv3.MappingNode, Content: []*yamlv3.Node{&name, &node}})
	if err != nil {
		return ""
	}
	return indented(string(text), b.indent())
}

func indented(text string, by int) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			out.WriteString(strings.Repeat(" ", by))
		}
		out.WriteString(line)
	}
	return out.String()
}

// swap gives the line of the scalar at the path with another scalar in its place, in the same quotes, and its number.
func (l layout) swap(path []string, value any) (text string, number int, ok bool) {
	node := l.root
	for _, key := range path {
		i := index(node, key)
		if i < 0 {
			return "", 0, false
		}
		node = node.Content[i+1]
	}
	if node.Kind != yamlv3.ScalarNode || node.Line > len(l.lines) {
		return "", 0, false
	}
	line := l.lines[node.Line-1]
	start, ok := offset(line, node.Column)
	if !ok {
		return "", 0, false
	}
	length := token(line[start:], node)
	replacement, ok := scalar(value, node.Style)
	return line[:start] + replacement + line[start+length:], node.Line - 1, ok && length > 0
}

// token is the length of a scalar that begins the text and ends on the same line, 0 where it does not.
func token(text string, node *yamlv3.Node) int {
	switch {
	case node.Style == 0 && strings.HasPrefix(text, node.Value):
		return len(node.Value)
	case node.Style == yamlv3.SingleQuotedStyle || node.Style == yamlv3.DoubleQuotedStyle:
		return quoted(text)
	}
	return 0
}

func quoted(text string) int {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		return 0
	}
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[0] == '"':
			i++
		case text[i] == text[0] && text[0] == '\'' && strings.HasPrefix(text[i+1:], "'"):
			i++
		case text[i] == text[0]:
			return i + 1
		}
	}
	return 0
}

// scalar writes a value that fits on one line, in the style if it is a string and the style is that of quotes.
func scalar(value any, style yamlv3.Style) (string, bool) {
	switch value.(type) {
	case map[string]any, []any:
		return "", false
	}
	var node yamlv3.Node
	if node.Encode(value) != nil {
		return "", false
	}
	if node.ShortTag() == "!!str" && style&(yamlv3.SingleQuotedStyle|yamlv3.DoubleQuotedStyle) != 0 {
		node.Style = style
	}
	text, err := write(&node)
	line := strings.TrimSuffix(string(text), "\n")
	return line, err == nil && !strings.Contains(line, "\n")
}
