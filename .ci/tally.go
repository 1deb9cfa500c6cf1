// Command tally reads the events of go test -json. It prints the result of each package as it comes, with the output of what
// failed; with -sum it prints the counts of all tests instead.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

type event struct{ Action, Package, Test, Output string }

type tally struct {
	passed, failed, skipped, noData int
	output                          map[event]string // by Package and Test, until it ends
	failures                        map[string]int   // tests that failed, by package
}

func main() {
	t := tally{output: map[event]string{}, failures: map[string]int{}}
	show := io.Writer(os.Stdout)
	if len(os.Args) > 1 && os.Args[1] == "-sum" {
		show = io.Discard
	}
	if err := t.read(os.Stdin, show); err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(1)
	}
	if show == io.Discard {
		t.sum(os.Stdout)
	}
}

func (t *tally) read(r io.Reader, show io.Writer) error {
	for dec := json.NewDecoder(bufio.NewReader(r)); ; {
		var e event
		if err := dec.Decode(&e); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		t.add(e, show)
	}
}

func (t *tally) add(e event, show io.Writer) {
	key := event{Package: e.Package, Test: e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(show, e.Output)
	case "output":
		t.output[key] += e.Output
		t.noData += strings.Count(e.Output, "SKIPPED-DATA:")
	case "pass", "skip", "fail":
		t.end(e, show)
		delete(t.output, key)
	}
}

func (t *tally) end(e event, show io.Writer) {
	text := t.output[event{Package: e.Package, Test: e.Test}]
	switch {
	case e.Action == "fail":
		fmt.Fprint(show, text)
		if e.Test != "" || t.failures[e.Package] == 0 { // a package can fail without a test: it does not build, or it panics
			t.failed++
			t.failures[e.Package]++
		}
	case e.Test == "":
		fmt.Fprintln(show, lastLine(text))
	case e.Action == "pass":
		t.passed++
	default:
		t.skipped++
	}
}

func (t *tally) sum(w io.Writer) {
	if t.noData > 0 {
		fmt.Fprintf(w, "%d skipped for lack of data; SPARKSCALE_DATA names the folder that holds it\n", t.noData)
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndex(text, "\n")+1:]
}
