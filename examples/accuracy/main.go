// Accuracy replays recorded runs and says by how much the predictions miss, one line a prediction and a summary a table:
//
//   - self: each run under its own setting, with its own executors;
//   - pair: each run from the log of another of the same application, blind, and beside it what Sparklens' rule says;
//   - given: the same where the start latencies of the predicted run's executors are known;
//   - area: for dynamic allocation, the area between the predicted and the real executor timeline;
//   - noise, noise-area: what runs alike differ by among themselves, below which nothing can be told from chance;
//   - scaling: measured runs on 3 to 10 hosts of which only stage times are known, each from its group's others.
//
// What cannot be read or replayed is told, and the exit status is 1 then; the others go on.
//
// A pair that misses by more than 6 % says what the replay and the real run differ in. A summary has the mean, median, 90th
// percentile and worst of the errors' sizes.
//
//	go run ./examples/accuracy [-json] [-all] [-scaling DIR] FOLDER
//
// FOLDER holds an index.json of runs. Times are from the first job's submission to the last job's end, and wall times from
// the application's start to its end. Only runs that are marked quiet count; -all takes the others too. DIR holds the
// matched.json of the scaling runs; unset it is ../thirdparty/scaling, seen from FOLDER, and the table is left out where that
// is absent.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"github.com/sparkscale/sparkscale/examples/internal/cli"
)

func main() { cli.Main(run) }

type options struct {
	json, all       bool
	folder, scaling string
}

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	var o options
	flags := flag.NewFlagSet("accuracy", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.BoolVar(&o.json, "json", false, "print one JSON object a line")
	flags.BoolVar(&o.all, "all", false, "take runs that are not marked quiet too")
	flags.StringVar(&o.scaling, "scaling", "", "the `folder` of the scaling runs (default ../thirdparty/scaling, seen from FOLDER)")
	if err := flags.Parse(args); err != nil {
		return cli.FlagStatus(err)
	}
	if flags.NArg() != 1 {
		_, _ = fmt.Fprintln(errs, "usage: accuracy [-json] [-all] [-scaling DIR] FOLDER")
		return 2
	}
	o.folder = flags.Arg(0)
	w := writer{out: out, json: o.json}
	fail := func(err error) {
		w.code = 1
		_, _ = fmt.Fprintln(errs, "accuracy:", cli.OneLine(err.Error()))
	}
	if err := measure(ctx, o, &w, errs, fail); err != nil {
		fail(err)
	}
	return w.code
}

// measure prints one table after the other.
func measure(ctx context.Context, o options, w *writer, errs io.Writer, fail failed) error {
	runs, err := load(ctx, o.folder, o.all, fail)
	if err != nil {
		return err
	}
	for _, predict := range []func(context.Context, []recording, failed) []miss{self, pairs, given, areas} {
		if misses := predict(ctx, runs, fail); len(misses) > 0 {
			table(w, misses, summarize(misses))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if list := noise(runs); len(list) > 0 {
		table(w, list, newSummary("noise", spreads(list)))
	}
	if list := noiseAreas(runs); len(list) > 0 {
		table(w, list, newSummary("noise-area", errorsOf(list)))
	}
	return scalingTables(o, w, errs)
}
