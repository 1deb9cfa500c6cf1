package chart

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Picture is what [SVG] draws.
type Picture struct {
	// Class is of the element, Label what a screen reader says in its place.
	Class, Label string
	// Width is in units of the view box, which are pixels where the page shows it in its own size.
	Width float64
	// Frames stand below each other and share their left and right edges.
	Frames []Frame
}

// SVG draws a picture as one svg element.
func SVG(p Picture) (template.HTML, error) {
	height := 0.0
	for _, f := range p.Frames {
		height += f.Height
	}
	canvas := vgsvg.New(vg.Length(p.Width), vg.Length(height))
	if err := drawFrames(draw.New(canvas), p.Frames); err != nil {
		return "", err
	}
	var raw bytes.Buffer
	if _, err := canvas.WriteTo(&raw); err != nil {
		return "", err
	}
	_, body, _ := strings.Cut(raw.String(), "<svg ")
	_, body, _ = strings.Cut(body, ">")
	return template.HTML(fmt.Sprintf(`<svg class="%s" viewBox="0 0 %.5g %.5g" role="img" aria-label="%s">`,
		html.EscapeString(p.Class), p.Width, height, html.EscapeString(p.Label)) + themed(body)), nil
}

// styles are the style attributes, and texts the elements that hold text, with the size of its font. Texts cannot hold
// either: vgsvg escapes quotes and angle brackets.
var (
	styles = regexp.MustCompile(`\s*style="([^"]*)"`)
	texts  = regexp.MustCompile(`<text ([^>]*font-size:([0-9.]+)px[^>]*)>([^<]*)</text>`)
)

// themed lets the page choose colours and fonts.
func themed(svg string) string {
	svg = texts.ReplaceAllStringFunc(svg, measured)
	svg = styles.ReplaceAllStringFunc(svg, func(attribute string) string {
		var kept []string
		for declaration := range strings.SplitSeq(styles.FindStringSubmatch(attribute)[1], ";") {
			if name, value, _ := strings.Cut(declaration, ":"); keep(name, value) {
				kept = append(kept, name+":"+inked(value))
			}
		}
		return ` style="` + strings.Join(kept, ";") + `"`
	})
	return strings.ReplaceAll(svg, " />", "/>")
}

// measured gives a text the width for which the plot made room, so that it fits with the reader's fonts too.
func measured(element string) string {
	parts := texts.FindStringSubmatch(element)
	size, err := strconv.ParseFloat(parts[2], 64)
	content := html.UnescapeString(parts[3])
	if err != nil || utf8.RuneCountInString(content) < 2 {
		return element
	}
	return fmt.Sprintf(`<text textLength="%.4g" lengthAdjust="spacingAndGlyphs" %s>%s</text>`,
		textStyle(size, Text).Width(content).Points(), parts[1], parts[3])
}

// keep tells the declarations that a page does not decide.
func keep(name, value string) bool {
	switch name {
	case "font-family", "font-variant", "font-style":
		return false
	case "font-weight":
		return value != "normal"
	}
	return true
}

// inked replaces the colour that stands for an ink.
func inked(value string) string {
	for i := range heat + Levels {
		if value == i.hex() {
			return "var(" + i.Property() + ")"
		}
	}
	return value
}
