package main

import (
	"encoding/json"
	"fmt"
	"io"
)

// writer prints lines and their summaries, as text or JSON.
type writer struct {
	out  io.Writer
	json bool
	code int
}

// table prints the lines of a kind and their summary.
func table[L fmt.Stringer](w *writer, lines []L, s summary) {
	for _, l := range lines {
		w.line(l)
	}
	w.line(s)
	if !w.json {
		w.check(fmt.Fprintln(w.out))
	}
}

func (w *writer) line(l fmt.Stringer) {
	if w.json {
		w.check(0, json.NewEncoder(w.out).Encode(l))
		return
	}
	w.check(fmt.Fprintln(w.out, l))
}

func (w *writer) check(_ int, err error) {
	if err != nil {
		w.code = 1
	}
}
