// Profile says what Spark jobs really did: how many executors they needed, how well they used them, and which size an
// executor should have, for each event log that it is given.
//
//	go run ./examples/profile [-json] PATH…
//
// A PATH is a log, a rolling folder, or a folder of logs. With -json it prints one line a log, in the order given, with
// the facts of the run or with the error; it ends with status 1 if any log could not be read.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"runtime"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/examples/internal/cli"
	"github.com/sparkscale/sparkscale/report"
	"github.com/sparkscale/sparkscale/workload"
)

func main() { cli.Main(run) }

// line is what -json prints of a log.
type line struct {
	Log   string          `json:"log"`
	Facts *workload.Facts `json:"facts,omitempty"`
	Error *failure        `json:"error,omitempty"`
}

type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("profile", flag.ContinueOnError)
	flags.SetOutput(errs)
	asJSON := flags.Bool("json", false, "print one JSON object a line")
	if err := flags.Parse(args); err != nil {
		return cli.FlagStatus(err)
	}
	if flags.NArg() == 0 {
		_, _ = fmt.Fprintln(errs, "usage: profile [-json] PATH…  (a log, a rolling folder, or a folder of logs)")
		return 2
	}
	p := printer{out: out, errs: errs, json: *asJSON}
	for _, path := range flags.Args() {
		p.path(ctx, path)
	}
	return p.code
}

type printer struct {
	out, errs io.Writer
	json      bool
	shown     int
	code      int
}

// path prints every log at a path.
func (p *printer) path(ctx context.Context, path string) {
	logs, err := eventlog.Find(path)
	if err != nil {
		p.failed(path, err)
		return
	}
	show, clear := cli.Progress(p.errs)
	i := 0
	for profile, err := range eventlog.ReadAll(ctx, logs, runtime.GOMAXPROCS(0), show) {
		clear()
		name := logs[i].Name
		if len(logs) == 1 {
			name = path
		}
		if err != nil {
			p.failed(name, err)
		} else {
			p.profile(name, profile)
		}
		i++
	}
}

func (p *printer) failed(name string, err error) {
	p.code = 1
	if p.json {
		p.line(line{Log: name, Error: &failure{cli.Code(err), err.Error()}})
		return
	}
	_, _ = fmt.Fprintln(p.errs, "profile:", cli.OneLine(err.Error()))
}

func (p *printer) profile(name string, profile *workload.Profile) {
	if p.json {
		facts := profile.Facts()
		p.line(line{Log: name, Facts: &facts})
		return
	}
	if p.shown++; p.shown > 1 {
		_, _ = fmt.Fprintln(p.out)
	}
	if err := report.Profile(p.out, profile, cli.Options(p.out)); err != nil {
		p.code = 1
	}
}

func (p *printer) line(l line) {
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(l); err != nil {
		p.code = 1
	}
}
