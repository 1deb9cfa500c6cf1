package chart

import (
	"errors"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Frame is one pair of axes with what is drawn between them.
type Frame struct {
	// Height is in the units of [Picture.Width].
	Height float64
	X, Y   Axis
	// Marks are drawn in their order.
	Marks []plot.Plotter
}

// Axis is a range of values and what is written beside it.
type Axis struct {
	Min, Max float64
	// Title names the quantity: over the upper end of a y axis, under the right end of an x axis.
	Title string
	Ticks []plot.Tick
	// Grid draws a line at each tick, Log a logarithmic scale.
	Grid, Log bool
}

// sizes of texts, and the room for titles and around marks.
const (
	small, normal = 12, 13
	titleRoom     = 20
	inset         = 4
)

var errRange = errors.New("chart: the range of an axis is empty")

func (a Axis) check() error {
	if !(a.Max > a.Min) || math.IsInf(a.Max-a.Min, 0) || a.Log && a.Min <= 0 {
		return errRange
	}
	return nil
}

// drawFrames draws the frames from top to bottom, with the edges of their data aligned.
func drawFrames(c draw.Canvas, frames []Frame) error {
	plots, places := make([]*plot.Plot, len(frames)), make([]draw.Canvas, len(frames))
	left, right := c.Min.X, c.Max.X
	top := vg.Length(0)
	for i, f := range frames {
		if err := errors.Join(f.X.check(), f.Y.check()); err != nil {
			return err
		}
		plots[i] = f.plot()
		bottom := c.Max.Y - c.Min.Y - top - vg.Length(f.Height)
		places[i] = draw.Crop(c, 0, 0, bottom, -top)
		top += vg.Length(f.Height)
		data := plots[i].DataCanvas(f.inner(places[i]))
		left, right = max(left, data.Min.X), min(right, data.Max.X)
	}
	for i, f := range frames {
		inner := f.inner(places[i])
		data := plots[i].DataCanvas(inner)
		plots[i].Draw(draw.Crop(inner, left-data.Min.X, right-data.Max.X, 0, 0))
		f.titles(places[i])
	}
	return nil
}

// inner is the place without the titles.
func (f Frame) inner(c draw.Canvas) draw.Canvas {
	c = draw.Crop(c, 0, -inset, inset, -inset)
	if f.Y.Title != "" {
		c.Max.Y -= titleRoom
	}
	if f.X.Title != "" {
		c.Min.Y += titleRoom
	}
	return c
}

func (f Frame) titles(c draw.Canvas) {
	style := textStyle(small, Faint)
	if f.Y.Title != "" {
		style.XAlign, style.YAlign = draw.XLeft, draw.YTop
		c.FillText(style, vg.Point{X: c.Min.X, Y: c.Max.Y - inset}, f.Y.Title)
	}
	if f.X.Title != "" {
		style.XAlign, style.YAlign = draw.XRight, draw.YBottom
		c.FillText(style, vg.Point{X: c.Max.X - inset, Y: c.Min.Y + inset}, f.X.Title)
	}
}

func (f Frame) plot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	axes(&p.X, f.X)
	axes(&p.Y, f.Y)
	p.Y.Width, p.Y.Tick.Width, p.Y.Padding = 0, 0, 3
	if len(f.X.Ticks) == 0 {
		p.X.Tick.Width = 0
	}
	p.Add(grid{f})
	p.Add(f.Marks...)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = f.X.Min, f.X.Max, f.Y.Min, f.Y.Max
	return p
}

func axes(p *plot.Axis, a Axis) {
	p.Min, p.Max, p.Padding = a.Min, a.Max, 0
	p.Color, p.Width = Faint.color(), 1
	p.Tick.Color, p.Tick.Width, p.Tick.Length = Faint.color(), 1, 4
	p.Tick.Marker = plot.ConstantTicks(a.Ticks)
	style := textStyle(small, Faint)
	style.XAlign, style.YAlign = p.Tick.Label.XAlign, p.Tick.Label.YAlign
	p.Tick.Label = style
	if a.Log {
		p.Scale = plot.LogScale{}
	}
}

func textStyle(size float64, ink Ink) text.Style {
	return text.Style{
		Color: ink.color(), Font: font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, vg.Length(size)), Handler: plot.DefaultTextHandler,
	}
}

// grid draws the lines behind the marks.
type grid struct{ Frame }

// Plot implements plot.Plotter.
func (g grid) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := draw.LineStyle{Color: Grid.color(), Width: 1}
	for _, t := range g.X.Ticks {
		if at := x(t.Value); g.X.Grid && c.ContainsX(at) {
			c.StrokeLine2(style, at, c.Min.Y, at, c.Max.Y)
		}
	}
	for _, t := range g.Y.Ticks {
		if at := y(t.Value); g.Y.Grid && c.ContainsY(at) {
			c.StrokeLine2(style, c.Min.X, at, c.Max.X, at)
		}
	}
}
