package sparkrest

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/sparkscale/sparkscale/workload"
)

// ProfileOption changes what a profile is made from.
type ProfileOption func(*profileOptions) error

type profileOptions struct {
	read func(ctx context.Context, file string) (*workload.Profile, error)
}

// FromEventLog downloads the event log where the server has one, to a temporary file, and gives its name, which ends in
// .zip, to read; the file is gone after. An event log tells more than the REST API, and is one request. Where there is
// none, or read cannot make anything of it, the profile is made from the API, and its coverage says so.
//
// With package eventlog, read is
//
//	func(ctx context.Context, file string) (*workload.Profile, error) { return eventlog.ReadFile(ctx, file) }
func FromEventLog(read func(ctx context.Context, file string) (*workload.Profile, error)) ProfileOption {
	return func(o *profileOptions) error {
		if o.read = read; read == nil {
			return badQuery("FromEventLog(nil)")
		}
		return nil
	}
}

// Profile returns what the application did: from its event log with [FromEventLog], else from its jobs, stages, tasks,
// executors, SQL executions and environment, of a driver as of a History Server. Of an application with several attempts
// it is that of the App, or the last.
//
// The API tells less than the log. Each note in the profile's Coverage that comes from here begins with the fields of
// workload.Profile for which what stands there is inferred, coarser or missing ("Totals.Max…" stands for all that begin
// so), then a colon; all others are as in the log. A profile of a running application is of the moments at which its parts were asked for. Building takes about
// 1 KB of memory a task; more than [WithMaxItems] of them are ErrLimit.
func Profile(ctx context.Context, app *App, opts ...ProfileOption) (*workload.Profile, error) {
	var o profileOptions
	for _, set := range opts {
		if err := set(&o); err != nil {
			return nil, err
		}
	}
	g := &gatherer{app: app}
	var unusable error
	if o.read != nil {
		var profile *workload.Profile
		if profile, unusable = app.fromLog(ctx, o.read); unusable == nil || ctx.Err() != nil {
			return profile, unusable
		}
	}
	if err := g.choose(ctx); err != nil {
		return nil, err
	}
	if o.read != nil && g.app.attempt != app.attempt { // the zip before was of all attempts
		var profile *workload.Profile
		if profile, unusable = g.app.fromLog(ctx, o.read); unusable == nil || ctx.Err() != nil {
			return profile, unusable
		}
	}
	if unusable != nil {
		g.gap("", "the event log could not be used, so this is from the REST API: "+message(unusable.Error(), nil))
	}
	return g.profile(ctx)
}

// choose takes the attempt of the App, or the last one.
func (g *gatherer) choose(ctx context.Context) (err error) {
	if g.info, err = g.app.Info(ctx); err != nil {
		return err
	}
	for _, a := range g.info.Attempts {
		if g.app.attempt == "" || g.app.attempt == a.ID {
			g.attempt, g.app = a, g.app.Attempt(a.ID)
			return nil
		}
	}
	return &classError{ErrNotFound, fmt.Sprintf("application %.60q has no attempt %.60q", g.info.ID, g.app.attempt)}
}

// fromLog downloads the event log and has it read.
func (a *App) fromLog(ctx context.Context, read func(context.Context, string) (*workload.Profile, error)) (p *workload.Profile, err error) {
	file, err := os.CreateTemp("", "eventlog-*.zip")
	if err != nil {
		return nil, err
	}
	defer func() {
		if removed := os.Remove(file.Name()); err == nil && removed != nil {
			p, err = nil, removed
		}
	}()
	_, err = a.Logs(ctx, file)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	if p, err = read(ctx, file.Name()); err != nil {
		return nil, err
	}
	p.Coverage.Source = a.url("logs")
	return p, nil
}

// url is where something of the application is, for people.
func (a *App) url(path ...string) string {
	u, err := a.client.url(a.at(path...))
	if err != nil {
		return a.client.Base()
	}
	return redacted(u)
}
