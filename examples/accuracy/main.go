// Accuracy replays recorded runs and says by how much the predictions miss: each run under its own setting (self), each
// pair of runs of one application from the log of the one to the setting of the other (pair; given, where the other's
// start latencies are known), and for dynamic allocation the area between the predicted and the real executor timeline.
//
//	go run ./examples/accuracy [-json] [-all] FOLDER
//
// FOLDER holds an index.json of runs. Times are from the first job's submission to the last job's end. Only runs that are
// marked quiet count; -all takes the others too.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"

	"github.com/sparkscale/sparkscale/examples/internal/cli"
)

func main() { cli.Main(run) }

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("accuracy", flag.ContinueOnError)
	flags.SetOutput(errs)
	asJSON := flags.Bool("json", false, "print one JSON object a line")
	all := flags.Bool("all", false, "take runs that are not marked quiet too")
	if err := flags.Parse(args); err != nil {
		return cli.FlagStatus(err)
	}
	if flags.NArg() != 1 {
		_, _ = fmt.Fprintln(errs, "usage: accuracy [-json] [-all] FOLDER")
		return 2
	}
	runs, err := load(ctx, flags.Arg(0), *all)
	if err != nil {
		_, _ = fmt.Fprintln(errs, "accuracy:", cli.OneLine(err.Error()))
		return 1
	}
	w := writer{out: out, json: *asJSON}
	for _, measure := range []func(context.Context, []recording) ([]miss, error){self, pairs, given, areas} {
		misses, err := measure(ctx, runs)
		if err != nil {
			_, _ = fmt.Fprintln(errs, "accuracy:", cli.OneLine(err.Error()))
			return 1
		}
		w.print(misses)
	}
	return w.code
}

// writer prints misses and their summaries.
type writer struct {
	out  io.Writer
	json bool
	code int
}

func (w *writer) print(misses []miss) {
	for _, m := range misses {
		if w.json {
			w.object(m)
			continue
		}
		w.text("%-5s %-22s → %-22s %7d ms, really %7d  %+6.1f %%  %s\n", m.Kind, m.From, m.To, m.Predicted, m.Actual, 100*m.Error, m.note())
	}
	if len(misses) == 0 {
		return
	}
	s := summarize(misses)
	if w.json {
		w.object(s)
		return
	}
	w.text("%s\n\n", s)
}

func (w *writer) object(v any) {
	if err := json.NewEncoder(w.out).Encode(v); err != nil {
		w.code = 1
	}
}

func (w *writer) text(format string, args ...any) {
	if _, err := fmt.Fprintf(w.out, format, args...); err != nil {
		w.code = 1
	}
}
