package chart

import (
	"fmt"
	"image/color"
)

// Ink is what a mark stands for; the page says how that looks. Ink i is the custom property that [Ink.Property] names.
type Ink uint8

// The inks.
const (
	Text Ink = iota
	Faint
	Grid
	Real
	RealFill
	Now
	Then
	Waiting
	Critical
	Skew
	Limit
	heat // and Levels-1 more
)

// Levels is how many steps [Heat] has.
const Levels = 9

// Heat returns the ink of a share from 0 to 1.
func Heat(share float64) Ink {
	return heat + Ink(min(max(share, 0), 1)*(Levels-1)+0.5)
}

var properties = [...]string{
	"text", "faint", "grid", "real", "real-fill", "now", "then", "waiting", "critical", "skew", "limit",
}

// Property is the name of the custom property, for example "--then".
func (i Ink) Property() string {
	if i >= heat {
		return fmt.Sprintf("--heat-%d", i-heat)
	}
	return "--" + properties[i]
}

// color is how the ink goes through the plot, which knows only colours. It is never black, which vgsvg leaves out.
func (i Ink) color() color.Color { return color.NRGBA{R: 0xF0, G: 0x0D, B: uint8(i), A: 0xFF} }

// hex is how vgsvg writes that colour.
func (i Ink) hex() string { return fmt.Sprintf("#F00D%02X", uint8(i)) }
