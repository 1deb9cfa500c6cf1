package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/examples/internal/cli"
	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/sparkrest"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

//go:embed testdata/driver-heavy.zstd
var builtIn []byte

// request makes a request of the flags, without runs.
func (o *options) request() (plan.Request, error) {
	r := plan.Request{Price: o.price, Seed: o.seed}
	if o.deadline < 0 || o.budget < 0 {
		return r, usageError("-deadline and -budget must not be negative")
	}
	switch o.objective {
	case "balanced":
		r.Objective = plan.Balanced()
	case "cost":
		r.Objective = plan.Cheapest()
	case "time":
		r.Objective = plan.Fastest()
	default:
		return r, usageError(fmt.Sprintf("-objective %q: it is cost, time or balanced", o.objective))
	}
	if o.deadline > 0 && o.objective == "balanced" {
		r.Objective = plan.Cheapest() // who names a deadline wants the cheapest that keeps it
	}
	r.Objective = r.Objective.Within(o.deadline).WithBudget(o.budget)
	var err error
	if r.Cluster, err = o.nodesOf(); err != nil {
		return r, err
	}
	if o.quota != "" {
		data, err := os.ReadFile(o.quota)
		if err != nil {
			return r, err
		}
		if r.Quota, err = allocation.ParseQuota(data); err != nil {
			return r, fmt.Errorf("%s: %w", o.quota, err)
		}
	}
	return r, nil
}

func (o *options) nodesOf() (allocation.Cluster, error) {
	one := o.nodes != 0 || o.nodeCPU != "" || o.nodeMemory != ""
	switch {
	case o.cluster != "" && one:
		return allocation.Cluster{}, usageError("give the nodes by -cluster, or by -nodes, -node-cpu and -node-memory")
	case o.cluster != "":
		data, err := os.ReadFile(o.cluster)
		if err != nil {
			return allocation.Cluster{}, err
		}
		c, err := allocation.ParseNodes(data)
		if err == nil && len(c.Nodes) == 0 {
			err = errors.New("no node that takes pods; write it with: kubectl get nodes -o yaml")
		}
		if err != nil {
			return c, fmt.Errorf("%s: %w", o.cluster, err)
		}
		return c, nil
	case !one:
		return allocation.Cluster{}, nil
	case o.nodes < 1 || o.nodeCPU == "" || o.nodeMemory == "":
		return allocation.Cluster{}, usageError("-nodes (at least 1), -node-cpu and -node-memory belong together")
	}
	cpu, err := units.ParseCPU(o.nodeCPU)
	if err != nil {
		return allocation.Cluster{}, usageError("-node-cpu: " + err.Error())
	}
	memory, err := units.ParseQuantity(o.nodeMemory)
	if err != nil {
		return allocation.Cluster{}, usageError("-node-memory: " + err.Error())
	}
	return allocation.Nodes(o.nodes, cpu, memory), nil
}

// application reads the manifest, which then says what the plan is compared with.
func (o *options) application(r *plan.Request) (*sparkapp.App, error) {
	if o.manifest == "" {
		return nil, nil
	}
	text, err := os.ReadFile(o.manifest)
	if err != nil {
		return nil, err
	}
	app, err := sparkapp.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.manifest, err)
	}
	if r.Version = app.Version(); !r.Version.Known() {
		return nil, fmt.Errorf("%s: spec.sparkVersion is missing; defaults depend on the release, write for example 3.5.6", o.manifest)
	}
	if r.Current.Shape, err = app.Shape(); err != nil {
		return nil, fmt.Errorf("%s: %w", o.manifest, err)
	}
	if r.Current.Policy, err = app.Policy(); err != nil {
		return nil, fmt.Errorf("%s: %w", o.manifest, err)
	}
	if r.Driver, err = app.DriverPod(); err != nil {
		return nil, fmt.Errorf("%s: %w", o.manifest, err)
	}
	return app, nil
}

// runs reads the logs.
func (o *options) runs(ctx context.Context, errs io.Writer) ([]*workload.Profile, error) {
	show, clear := cli.Progress(errs)
	defer clear()
	switch {
	case o.appID != "" && o.rest == "":
		return nil, usageError("-app-id belongs to -rest")
	case o.log != "" && o.rest != "":
		return nil, usageError("give the run by -log or by -rest, not by both")
	case o.rest != "":
		return o.ask(ctx, show)
	case o.log == "":
		p, err := eventlog.Read(ctx, "the built-in run", bytes.NewReader(builtIn), show)
		return []*workload.Profile{p}, err
	}
	return readAll(ctx, o.log, show)
}

func readAll(ctx context.Context, path string, show eventlog.Option) ([]*workload.Profile, error) {
	logs, err := eventlog.Find(path)
	if err != nil {
		return nil, err
	}
	var runs []*workload.Profile
	for _, log := range logs {
		p, err := log.Read(ctx, show)
		if err != nil {
			return nil, err
		}
		runs = append(runs, p)
	}
	return runs, nil
}

// ask asks a History Server for the event log of an application, and does without where there is none, as at a driver.
func (o *options) ask(ctx context.Context, show eventlog.Option) ([]*workload.Profile, error) {
	client, err := sparkrest.New(o.rest)
	if err != nil {
		return nil, usageError("-rest: " + err.Error())
	}
	app := client.App(o.appID)
	if o.appID == "" {
		if app, err = client.Only(ctx); err != nil {
			return nil, err
		}
	}
	p, err := sparkrest.Profile(ctx, app, sparkrest.FromEventLog(func(ctx context.Context, file string) (*workload.Profile, error) {
		return eventlog.ReadFile(ctx, file, show)
	}))
	return []*workload.Profile{p}, err
}
