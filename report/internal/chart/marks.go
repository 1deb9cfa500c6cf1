package chart

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Step is a value that holds from X to the next step.
type Step struct{ X, Y float64 }

// Steps draws a step function.
type Steps struct {
	List []Step
	// Until is how far the last step reaches.
	Until float64
	Ink   Ink
	Width float64
	Dash  bool
	// Fill fills down to 0 in Below.
	Fill  bool
	Below Ink
}

// Plot implements plot.Plotter.
func (s Steps) Plot(c draw.Canvas, p *plot.Plot) {
	if len(s.List) == 0 {
		return
	}
	x, y := p.Transforms(&c)
	var line vg.Path
	first := s.List[0]
	line.Move(vg.Point{X: x(first.X), Y: y(first.Y)})
	for i, step := range s.List {
		end := s.Until
		if i+1 < len(s.List) {
			end = s.List[i+1].X
		}
		if i > 0 {
			line.Line(vg.Point{X: x(step.X), Y: y(step.Y)})
		}
		line.Line(vg.Point{X: x(end), Y: y(step.Y)})
	}
	if s.Fill {
		area := append(vg.Path{}, line...)
		area.Line(vg.Point{X: x(s.Until), Y: y(0)})
		area.Line(vg.Point{X: x(first.X), Y: y(0)})
		area.Close()
		c.SetColor(s.Below.color())
		c.Fill(area)
	}
	stroke(c, s.Ink, s.Width, s.Dash)
	c.Stroke(line)
}

func stroke(c draw.Canvas, ink Ink, width float64, dash bool) {
	style := draw.LineStyle{Color: ink.color(), Width: vg.Length(width)}
	if dash {
		style.Dashes = []vg.Length{5, 4}
	}
	c.SetLineStyle(style)
}

// Box is a rectangle between two values of each axis.
type Box struct{ X0, X1, Y0, Y1 float64 }

// Boxes draws rectangles as one shape. None is thinner than a hair.
type Boxes struct {
	List []Box
	Ink  Ink
}

const hair = 0.8

// Plot implements plot.Plotter.
func (b Boxes) Plot(c draw.Canvas, p *plot.Plot) {
	if len(b.List) == 0 {
		return
	}
	x, y := p.Transforms(&c)
	var path vg.Path
	for _, box := range b.List {
		x0, x1, y0, y1 := x(box.X0), x(box.X1), y(box.Y0), y(box.Y1)
		x1 = max(x1, x0+hair)
		path.Move(vg.Point{X: x0, Y: y0})
		path.Line(vg.Point{X: x1, Y: y0})
		path.Line(vg.Point{X: x1, Y: y1})
		path.Line(vg.Point{X: x0, Y: y1})
		path.Close()
	}
	c.SetColor(b.Ink.color())
	c.Fill(path)
}

// Shape is that of a point.
type Shape uint8

// The shapes.
const (
	Disc Shape = iota
	Square
	Diamond
)

// Point is a value with its interval on both axes.
type Point struct{ X, Y, X0, X1, Y0, Y1 float64 }

// Points draws points, with their intervals where Bars is set.
type Points struct {
	List  []Point
	Ink   Ink
	Shape Shape
	// Size is half the width.
	Size float64
	Bars bool
}

// Plot implements plot.Plotter.
func (s Points) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, point := range s.List {
		at := vg.Point{X: x(point.X), Y: y(point.Y)}
		if s.Bars {
			stroke(c, s.Ink, 1.2, false)
			s.bar(c, vg.Point{X: max(x(point.X0), c.Min.X), Y: at.Y}, vg.Point{X: min(x(point.X1), c.Max.X), Y: at.Y})
			s.bar(c, vg.Point{X: at.X, Y: max(y(point.Y0), c.Min.Y)}, vg.Point{X: at.X, Y: min(y(point.Y1), c.Max.Y)})
		}
		s.glyph(c, at)
	}
}

func (s Points) bar(c draw.Canvas, from, to vg.Point) {
	var path vg.Path
	path.Move(from)
	path.Line(to)
	c.Stroke(path)
}

func (s Points) glyph(c draw.Canvas, at vg.Point) {
	r := vg.Length(s.Size)
	corners := []vg.Point{{X: -r, Y: -r}, {X: r, Y: -r}, {X: r, Y: r}, {X: -r, Y: r}}
	if s.Shape == Diamond {
		corners = []vg.Point{{Y: -1.3 * r}, {X: 1.3 * r}, {Y: 1.3 * r}, {X: -1.3 * r}}
	}
	var path vg.Path
	if s.Shape == Disc {
		path.Move(vg.Point{X: at.X + r, Y: at.Y})
		path.Arc(at, r, 0, 2*math.Pi)
	} else {
		path.Move(at.Add(corners[0]))
		for _, corner := range corners[1:] {
			path.Line(at.Add(corner))
		}
	}
	path.Close()
	c.SetColor(s.Ink.color())
	c.Fill(path)
}

// Line joins points by straight lines.
type Line struct {
	List  []Step
	Ink   Ink
	Width float64
	Dash  bool
}

// Plot implements plot.Plotter.
func (l Line) Plot(c draw.Canvas, p *plot.Plot) {
	if len(l.List) < 2 {
		return
	}
	x, y := p.Transforms(&c)
	var path vg.Path
	path.Move(vg.Point{X: x(l.List[0].X), Y: y(l.List[0].Y)})
	for _, at := range l.List[1:] {
		path.Line(vg.Point{X: x(at.X), Y: y(at.Y)})
	}
	stroke(c, l.Ink, l.Width, l.Dash)
	c.Stroke(path)
}

// Label writes a text at a point, moved by DX and DY units; with Left it ends there instead of beginning. It is kept within
// the frame.
type Label struct {
	X, Y, DX, DY float64
	Text         string
	Ink          Ink
	Left         bool
}

// Plot implements plot.Plotter.
func (l Label) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := textStyle(normal, l.Ink)
	style.YAlign = draw.YCenter
	width := style.Width(l.Text)
	at := vg.Point{X: x(l.X) + vg.Length(l.DX), Y: y(l.Y) + vg.Length(l.DY)}
	if l.Left {
		at.X -= width
	}
	at.X = max(c.Min.X, min(at.X, c.Max.X-width))
	c.FillText(style, at, l.Text)
}
