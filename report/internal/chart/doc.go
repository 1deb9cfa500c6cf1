// Package chart draws plots with gonum.org/v1/plot and gives them as SVG elements to put into a page.
//
// A chart has no colours of its own: every [Ink] becomes a custom property of CSS, which the page sets for light and for
// dark. It has no fonts either, and takes no more room than its view box; the page scales it. The same input gives the same
// bytes.
package chart
