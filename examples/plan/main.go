// Plan reads what a Spark application really did and says how many executors of which size it should have, scaled by
// which policy, and why; then it prints the manifests.
//
//	go run ./examples/plan                                   plans a real run that is built in
//	go run ./examples/plan -log spark-4f1c… -node-cpu 16 -node-memory 64Gi -nodes 20 -deadline 30m
//	go run ./examples/plan -log runs/ -manifest sparkapp.yaml -o out/
//	go run ./examples/plan -rest http://history:18080 -app-id spark-4f1c…
//	go run ./examples/plan -html plan.html                   writes it as a page with plots too
//
// Run it with -h for all flags. It ends with status 1 on an error, 2 on wrong flags, and 3 where there is no plan and the
// refusal says what works instead.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/examples/internal/cli"
	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/report"
	"github.com/sparkscale/sparkscale/workload"
)

func main() { cli.Main(run) }

// options are the flags.
type options struct {
	log, rest, appID    string
	cluster, quota      string
	nodeCPU, nodeMemory string
	nodes               int
	manifest            string
	deadline            time.Duration
	budget              float64
	objective           string
	price               plan.Price
	out, html           string
	json                bool
	seed                uint64
}

func (o *options) flags(errs io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet("plan", flag.ContinueOnError)
	f.SetOutput(errs)
	f.StringVar(&o.log, "log", "", "event log: a file, a rolling folder, a zip, or a folder of runs of one application")
	f.StringVar(&o.rest, "rest", "", "URL of a History Server, or of a live driver, which has no event log and is asked by its REST API")
	f.StringVar(&o.appID, "app-id", "", "application that -rest asks for; a driver has one")
	f.StringVar(&o.cluster, "cluster", "", "nodes as written by: kubectl get nodes -o yaml")
	f.StringVar(&o.quota, "quota", "", "quota as written by: kubectl get resourcequota -o yaml")
	f.StringVar(&o.nodeCPU, "node-cpu", "", "allocatable CPU of a node, for example 16 or 15500m; with -node-memory and -nodes")
	f.StringVar(&o.nodeMemory, "node-memory", "", "allocatable memory of a node, for example 64Gi")
	f.IntVar(&o.nodes, "nodes", 0, "number of nodes")
	f.StringVar(&o.manifest, "manifest", "", "SparkApplication to plan: what the plan does not decide stays as it is")
	f.DurationVar(&o.deadline, "deadline", 0, "longest time, kept at P90, for example 30m")
	f.Float64Var(&o.budget, "budget", 0, "highest cost of a run, kept at P90")
	f.StringVar(&o.objective, "objective", "balanced", "cost, time or balanced")
	f.Float64Var(&o.price.CoreHour, "price-core", plan.DefaultPrice.CoreHour, "price of a core for an hour")
	f.Float64Var(&o.price.GiBHour, "price-gib", plan.DefaultPrice.GiBHour, "price of a GiB of memory for an hour")
	f.StringVar(&o.out, "o", "", "folder to write sparkapplication.yaml, resourcequota.yaml, priorityclass.yaml and plan.json to")
	f.StringVar(&o.html, "html", "", "file to write the plan to as a page with plots, for a browser")
	f.BoolVar(&o.json, "json", false, "print the plan as JSON and nothing else")
	f.Uint64Var(&o.seed, "seed", 0, "seed for what Spark shuffles at random")
	return f
}

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	o := options{}
	flags := o.flags(errs)
	if err := flags.Parse(args); err != nil {
		return cli.FlagStatus(err)
	}
	if flags.NArg() > 0 {
		_, _ = fmt.Fprintf(errs, "plan: unexpected %q; give the log with -log\n", flags.Arg(0))
		return 2
	}
	err := o.plan(ctx, out, errs)
	var refusal *plan.Refusal
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		_, _ = fmt.Fprintln(errs, "plan:", cli.OneLine(err.Error()))
		return 2
	case errors.As(err, &refusal):
		_, _ = fmt.Fprintf(errs, "no plan: %s\ninstead: %s\n", cli.OneLine(refusal.Reason), cli.OneLine(refusal.Instead))
		return 3
	}
	_, _ = fmt.Fprintln(errs, "plan:", cli.OneLine(strings.TrimPrefix(err.Error(), "plan: ")))
	return 1
}

// usageError is a flag that makes no sense.
type usageError string

func (e usageError) Error() string { return string(e) }

func (o *options) plan(ctx context.Context, out, errs io.Writer) error {
	request, err := o.request()
	if err != nil {
		return err
	}
	app, err := o.application(&request)
	if err != nil {
		return err
	}
	if request.Runs, err = o.runs(ctx, errs); err != nil {
		return err
	}
	p, err := plan.Engine{Workers: runtime.NumCPU()}.Plan(ctx, request)
	if err != nil {
		return err
	}
	m, err := newManifests(app, p)
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := m.write(o.out, p); err != nil {
			return err
		}
	}
	latest := latestOf(request.Runs, p)
	if o.html != "" {
		if err := page(ctx, o.html, request, p, latest); err != nil {
			return err
		}
	}
	if o.json {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(p)
	}
	if err := report.Plan(out, p, latest, cli.Options(out)); err != nil {
		return err
	}
	return m.print(out)
}

// latestOf is the run that was replayed.
func latestOf(runs []*workload.Profile, p *plan.Plan) *workload.Profile {
	for _, r := range runs {
		if r.App.ID == p.Runs[len(p.Runs)-1].AppID {
			return r
		}
	}
	return runs[0]
}

// page writes the plan for a browser.
func page(ctx context.Context, name string, request plan.Request, p *plan.Plan, run *workload.Profile) error {
	c, err := plan.Engine{}.Courses(ctx, request, p)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := report.HTML(&text, report.Page{Run: run, Plan: p, Was: &c.Was, Now: &c.Now, Then: &c.Then}); err != nil {
		return err
	}
	return manifests{{filepath.Base(name), text.Bytes()}}.replace(filepath.Dir(name))
}
