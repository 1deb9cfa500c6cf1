package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/examples/internal/cli"
	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/workload"
)

// recording is one run of the index.
type recording struct {
	Name     string `json:"name"`
	App      string `json:"app"`
	Config   string `json:"config"`
	Spark    string `json:"spark"`
	Path     string `json:"path"`
	EventLog string `json:"eventlog"`
	JobsMS   int64  `json:"jobs_ms"`
	WallMS   int64  `json:"wall_ms"`
	Quiet    bool   `json:"quiet"`

	profile *workload.Profile
	work    *replay.Work
	shape   sizing.Shape
	policy  allocation.Policy
}

// failed is told what could not be read or replayed; the others go on.
type failed func(error)

// load reads the runs that have a measured time, by application and name.
func load(ctx context.Context, folder string, all bool, fail failed) ([]recording, error) {
	var index []recording
	if err := readJSON(filepath.Join(folder, "index.json"), &index); err != nil {
		return nil, err
	}
	var runs []recording
	seen := map[string]bool{}
	for _, r := range index {
		if r.JobsMS <= 0 || !r.Quiet && !all || seen[filepath.Join(r.Path, r.EventLog)] {
			continue
		}
		seen[filepath.Join(r.Path, r.EventLog)] = true
		if err := r.read(ctx, folder); err != nil {
			fail(err)
			continue
		}
		runs = append(runs, r)
	}
	if len(runs) == 0 && ctx.Err() == nil {
		return nil, fmt.Errorf("%s: no run that can be judged: one has jobs_ms, an event log that can be read, and is marked quiet (-all takes others too)", filepath.Join(folder, "index.json"))
	}
	return runs, ctx.Err()
}

func (r *recording) read(ctx context.Context, folder string) (err error) {
	const longest = 366 * 24 * 3600 * 1000
	if log := filepath.Join(r.Path, r.EventLog); !filepath.IsLocal(log) || r.JobsMS > longest || r.WallMS > longest {
		return fmt.Errorf("run %q of index.json: its log must lie in the folder, and its times be below a year", r.Name)
	}
	r.Name = cli.OneLine(r.Name)
	if r.profile, err = eventlog.ReadFile(ctx, filepath.Join(folder, r.Path, r.EventLog)); err != nil {
		return err
	}
	if r.work, err = replay.NewWork(r.profile); err != nil {
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	if r.policy, err = allocation.FromConf(r.profile.Conf); err != nil {
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	r.shape, err = sizing.FromConf(r.profile.Conf)
	return err
}

func readJSON(path string, v any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
