package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Options says how to write. The zero value is plain text, 100 columns wide.
type Options struct {
	// Width is in columns; 0 means 100, and less than 60 counts as 60.
	Width int
	// Color uses the terminal's colours.
	Color bool
}

const (
	bold  = "1"
	dim   = "2"
	green = "32"
	cyan  = "36"
)

// printer writes lines and keeps the first error.
type printer struct {
	w     io.Writer
	width int
	color bool
	err   error
}

func newPrinter(w io.Writer, o Options) *printer {
	width := o.Width
	if width == 0 {
		width = 100
	}
	return &printer{w: w, width: max(60, width), color: o.Color}
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

func (p *printer) paint(code, text string) string {
	if !p.color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// section begins a part of the report.
func (p *printer) section(title string) {
	p.printf("\n%s\n", p.paint(bold, strings.ToUpper(title)))
}

// labelWidth is the column in which values begin.
const labelWidth = 16

// row writes a label and its text, wrapped under itself; codes are the text's colours.
func (p *printer) row(label, text string, codes ...string) {
	for i, line := range wrap(text, p.width-labelWidth-2) {
		if i > 0 {
			label = ""
		}
		for _, code := range codes {
			line = p.paint(code, line)
		}
		p.printf("  %s%s%s\n", p.paint(cyan, label), strings.Repeat(" ", max(1, labelWidth-columns(label))), line)
	}
}

// note writes a dimmed line under a row.
func (p *printer) note(text string) { p.indented(strings.Repeat(" ", labelWidth+2), text) }

// indented writes a dimmed text behind a margin.
func (p *printer) indented(margin, text string) {
	for _, line := range wrap(clean(text, 2000), p.width-len(margin)) {
		p.printf("%s%s\n", margin, p.paint(dim, line))
	}
}

// wrap cuts a text into lines of at most width columns, at blanks; a longer word stays whole.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case columns(line)+1+columns(word) > width:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

// clean makes a name out of a log safe for a terminal and at most n runes long.
func clean(name string, n int) string {
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return name
}
