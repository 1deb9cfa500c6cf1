package yamltext

import "bytes"

// Split cuts a text before each line that begins a document. Comments, directives and blank lines alone are no document.
func Split(text []byte) [][]byte {
	var documents [][]byte
	var current []byte
	filled := false
	for line := range bytes.Lines(text) {
		content := line
		if rest, marked := bytes.CutPrefix(line, []byte("---")); marked && len(bytes.TrimLeft(rest, " \t\r\n")) < max(1, len(rest)) {
			if content = rest; filled {
				documents, current, filled = append(documents, current), nil, false
			}
		}
		current = append(current, line...)
		content = bytes.TrimSpace(content)
		filled = filled || len(content) > 0 && content[0] != '#' && content[0] != '%'
	}
	if filled || len(documents) == 0 {
		return append(documents, current)
	}
	last := len(documents) - 1
	documents[last] = append(documents[last], current...)
	return documents
}
