package sparkrest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sparkscale/sparkscale/workload"
)

// gatherer asks for what a profile is made from.
type gatherer struct {
	app     *App
	info    Application
	attempt Attempt

	environment Environment
	executors   []Executor
	jobs        []Job
	stages      []Stage
	queries     []SQLExecution
	cached      map[int]RDD
	tasks       []workload.TaskEnd

	events []event
	// waited is which stages each one waited for, by id.
	waited map[int][]int
	notes  []string
}

// event is something that happened, at a place in the order of the run. A task's is an index in tasks.
type event struct {
	at    workload.Instant
	kind  kind
	task  int32
	apply func(*workload.Builder)
}

// kind orders what happened at one time: what ends makes room for what starts.
type kind uint8

const (
	begins kind = iota
	taskEnds
	ends
	starts
	taskStarts
	closes
)

// gap notes for which fields the profile tells less than an event log would.
func (g *gatherer) gap(fields, why string) {
	if fields != "" {
		why = fields + ": " + why
	}
	g.notes = append(g.notes, why)
}

func (g *gatherer) profile(ctx context.Context) (*workload.Profile, error) {
	for _, ask := range []func(context.Context) error{g.askEnvironment, g.askExecutors, g.askJobs, g.askStages, g.askSQL, g.askRDDs, g.askTasks} {
		if err := ask(ctx); err != nil {
			return nil, err
		}
	}
	g.waited = g.parents()
	g.addApplication()
	g.addExecutors()
	g.addJobs()
	g.addStages()
	g.addTasks()
	g.judge()
	return g.build(), nil
}

// build tells the builder everything in the order of time.
func (g *gatherer) build() *workload.Profile {
	slices.SortStableFunc(g.events, func(x, y event) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.kind, y.kind)) })
	var b workload.Builder
	for _, e := range g.events {
		switch {
		case e.apply != nil:
			e.apply(&b)
		case e.kind == taskEnds:
			b.TaskEnd(&g.tasks[e.task])
		default:
			b.TaskStart(&g.tasks[e.task].TaskStart)
		}
	}
	return b.Build(workload.Coverage{Source: g.app.url(), Notes: g.notes})
}

func (g *gatherer) add(at Time, k kind, apply func(*workload.Builder)) {
	g.events = append(g.events, event{at: at.Instant(), kind: k, apply: apply})
}

func (g *gatherer) askEnvironment(ctx context.Context) (err error) {
	g.environment, err = g.app.Environment(ctx)
	return err
}

func (g *gatherer) askExecutors(ctx context.Context) (err error) {
	g.executors, err = g.app.AllExecutors(ctx)
	slices.SortStableFunc(g.executors, func(a, b Executor) int { return compareIDs(a.ID, b.ID) })
	return err
}

func (g *gatherer) askJobs(ctx context.Context) (err error) {
	g.jobs, err = g.app.Jobs(ctx)
	slices.SortStableFunc(g.jobs, func(a, b Job) int { return cmp.Compare(a.ID, b.ID) })
	listed := 0
	for i := range g.jobs {
		listed += len(g.jobs[i].StageIDs)
	}
	if listed > g.app.client.maxItems {
		return g.app.client.tooMany(g.app.at("jobs"))
	}
	return err
}

func (g *gatherer) askStages(ctx context.Context) (err error) {
	g.stages, err = g.app.Stages(ctx, StageQuery{})
	slices.SortStableFunc(g.stages, func(a, b Stage) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.AttemptID, b.AttemptID)) })
	return err
}

// askSQL takes what there is: a server can be without Spark SQL.
func (g *gatherer) askSQL(ctx context.Context) error {
	for x, err := range g.app.SQL(ctx, SQLQuery{}) {
		if errors.Is(err, ErrNotFound) {
			g.gap("SQL, Jobs.SQL", "the server does not tell: "+err.Error())
			return nil
		}
		if err != nil {
			return err
		}
		g.queries = append(g.queries, x)
	}
	return nil
}

func (g *gatherer) askRDDs(ctx context.Context) error {
	list, err := g.app.RDDs(ctx)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	g.cached = map[int]RDD{}
	for _, r := range list {
		g.cached[r.ID] = r
	}
	return nil
}

func (g *gatherer) askTasks(ctx context.Context) error {
	finals := g.finalStages()
	for i := range g.stages {
		s := &g.stages[i]
		if !s.ran() {
			continue
		}
		if err := g.askTasksOf(ctx, s, g.writesShuffle(s, finals)); err != nil {
			return err
		}
	}
	return nil
}

// askTasksOf takes the tasks of a stage attempt that there are: a running driver may forget it in between.
func (g *gatherer) askTasksOf(ctx context.Context, s *Stage, shuffleMap bool) error {
	if s.NumActiveTasks+s.NumCompleteTasks+s.NumFailedTasks+s.NumKilledTasks == 0 {
		return nil
	}
	var told counts
	for t, err := range g.app.Tasks(ctx, s.ID, s.AttemptID, TaskQuery{}) {
		if errors.Is(err, ErrNotFound) {
			break
		}
		if err != nil {
			return err
		}
		if len(g.tasks) == g.app.client.maxItems {
			return g.app.client.tooMany(g.app.at("stages"))
		}
		g.tasks = append(g.tasks, taskEnd(s, &t, shuffleMap))
		told.add(t.Status)
	}
	g.compare(s, told)
	return nil
}

// counts are task attempts by how they ended.
type counts struct{ succeeded, failed, killed, other int }

func (c *counts) add(status TaskStatus) {
	switch status {
	case TaskSuccess:
		c.succeeded++
	case TaskFailed:
		c.failed++
	case TaskKilled:
		c.killed++
	default:
		c.other++
	}
}

// compare notes what the list of tasks lacks of what the stage counts. Successes whose output was lost and that ran again
// (TaskEndReason Resubmitted) are counted as failures and have no entry of their own.
func (g *gatherer) compare(s *Stage, told counts) {
	name := fmt.Sprintf("stage %d attempt %d", s.ID, s.AttemptID)
	listed, all := told.succeeded+told.failed+told.killed+told.other, s.NumCompleteTasks+s.NumFailedTasks+s.NumKilledTasks+s.NumActiveTasks
	lost := s.NumFailedTasks + s.NumKilledTasks - told.failed - told.killed
	switch {
	case told.succeeded < s.NumCompleteTasks:
		g.gap("Tasks, Stages.Sums, Stages.Last, Totals.Sums, Totals.Tasks…", fmt.Sprintf("%d of %d attempts of %s are not listed (of a stage spark.ui.retainedTasks are kept, 100000)", max(0, all-listed), all, name))
	case lost > 0:
		g.gap("Tasks, Stages.Sums, Stages.Last, Totals.Sums, Totals.Tasks…", fmt.Sprintf("%d failures of %s are counted and not listed: map tasks that had succeeded and whose output was lost", lost, name))
	}
}
