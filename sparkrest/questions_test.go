package sparkrest_test

import (
	"bytes"
	"context"
	"iter"
	"time"

	"github.com/sparkscale/sparkscale/sparkrest"
)

// A question is a call of the client, with the value that it returns.
type question struct {
	name string
	ask  func(context.Context) (any, error)
}

func ask[T any](name string, f func(context.Context) (T, error)) question {
	return question{name, func(ctx context.Context) (any, error) { return f(ctx) }}
}

func all[T any](seq iter.Seq2[T, error]) (list []T, err error) {
	for item, err := range seq {
		if err != nil {
			return list, err
		}
		list = append(list, item)
	}
	return list, nil
}

// questions are all that can be asked of an application, so that a recording holds an answer to each.
func questions(c *sparkrest.Client, app *sparkrest.App) []question {
	start := time.Date(2015, 2, 10, 0, 0, 0, 0, time.UTC)
	list := []question{
		ask("Version", c.Version),
		ask("Applications", func(ctx context.Context) ([]sparkrest.Application, error) {
			return c.Applications(ctx, sparkrest.ApplicationQuery{MinStart: start, Limit: 3})
		}),
		ask("Info", app.Info),
		ask("Jobs", func(ctx context.Context) ([]sparkrest.Job, error) { return app.Jobs(ctx) }),
		ask("Jobs succeeded", func(ctx context.Context) ([]sparkrest.Job, error) {
			return app.Jobs(ctx, sparkrest.JobSucceeded, sparkrest.JobFailed)
		}),
		ask("Job", func(ctx context.Context) (sparkrest.Job, error) { return app.Job(ctx, 0) }),
		ask("Executors", app.Executors),
		ask("AllExecutors", app.AllExecutors),
		ask("Environment", app.Environment),
		ask("Processes", app.Processes),
		ask("RDDs", app.RDDs),
		ask("RDD", func(ctx context.Context) (sparkrest.RDD, error) {
			rdds, err := app.RDDs(ctx)
			if err != nil || len(rdds) == 0 {
				return app.RDD(ctx, 12345)
			}
			return app.RDD(ctx, rdds[0].ID)
		}),
		ask("SQL", func(ctx context.Context) ([]sparkrest.SQLExecution, error) {
			return all(app.SQL(ctx, sparkrest.SQLQuery{Details: true, Plan: true}))
		}),
		ask("SQLExecution", func(ctx context.Context) (sparkrest.SQLExecution, error) {
			return app.SQLExecution(ctx, 0, sparkrest.SQLQuery{Details: true})
		}),
		ask("StreamingStatistics", app.StreamingStatistics),
		ask("StreamingReceivers", app.StreamingReceivers),
		ask("StreamingBatches", func(ctx context.Context) ([]sparkrest.StreamingBatch, error) { return app.StreamingBatches(ctx) }),
		ask("StreamingOutputs", func(ctx context.Context) ([]sparkrest.StreamingOutput, error) {
			batches, err := app.StreamingBatches(ctx)
			if err != nil || len(batches) == 0 {
				return nil, err
			}
			last := batches[len(batches)-1].ID
			if _, err := app.StreamingBatch(ctx, last); err != nil {
				return nil, err
			}
			if _, err := app.StreamingOutput(ctx, last, 0); err != nil {
				return nil, err
			}
			return app.StreamingOutputs(ctx, last)
		}),
		ask("Threads", func(ctx context.Context) ([]sparkrest.Thread, error) { return app.Threads(ctx, "driver") }),
		ask("Threads of an executor", func(ctx context.Context) ([]sparkrest.Thread, error) { return app.Threads(ctx, "0") }),
		ask("Threads of nobody", func(ctx context.Context) ([]sparkrest.Thread, error) { return app.Threads(ctx, "999") }),
		ask("TaskThread", func(ctx context.Context) (sparkrest.Thread, error) { return runningThread(ctx, app) }),
		ask("Logs", func(ctx context.Context) (int64, error) { return app.Logs(ctx, &bytes.Buffer{}) }),
		ask("Profile", func(ctx context.Context) (any, error) { return sparkrest.Profile(ctx, app) }),
		ask("Snapshot", func(ctx context.Context) (any, error) { return app.Snapshot(ctx) }),
		ask("Metrics", func(ctx context.Context) (any, error) { return c.Metrics(ctx) }),
		ask("unknown application", c.App("foobar").Info),
		ask("unknown attempt", app.Attempt("77").AllExecutors),
		ask("unknown job", func(ctx context.Context) (sparkrest.Job, error) { return app.Job(ctx, 12345) }),
		ask("unknown stage", func(ctx context.Context) ([]sparkrest.Stage, error) {
			return app.Stage(ctx, 12345, sparkrest.StageQuery{})
		}),
	}
	return append(list, stageQuestions(app)...)
}

func stageQuestions(app *sparkrest.App) []question {
	full := sparkrest.StageQuery{Details: true, Summaries: true, Quantiles: []float64{0, 0.5, 1}}
	return []question{
		ask("Stages with summaries", func(ctx context.Context) ([]sparkrest.Stage, error) {
			return app.Stages(ctx, sparkrest.StageQuery{Status: []sparkrest.StageStatus{sparkrest.StageComplete}, Summaries: true})
		}),
		ask("Stage", func(ctx context.Context) ([]sparkrest.Stage, error) { return app.Stage(ctx, 0, full) }),
		ask("StageAttempt", func(ctx context.Context) (sparkrest.Stage, error) { return app.StageAttempt(ctx, 0, 0, full) }),
		ask("unknown StageAttempt", func(ctx context.Context) (sparkrest.Stage, error) { return app.StageAttempt(ctx, 0, 55, full) }),
		ask("TaskSummary", func(ctx context.Context) (sparkrest.TaskDistributions, error) {
			return app.TaskSummary(ctx, 0, 0, 0.01, 0.5, 0.99)
		}),
		ask("Tasks by runtime", func(ctx context.Context) ([]sparkrest.Task, error) {
			return all(app.Tasks(ctx, 0, 0, sparkrest.TaskQuery{Sort: sparkrest.ByDecreasingRuntime, Status: []sparkrest.TaskStatus{sparkrest.TaskSuccess}}))
		}),
		ask("Tasks of no attempt", func(ctx context.Context) ([]sparkrest.Task, error) {
			return all(app.Tasks(ctx, 0, 55, sparkrest.TaskQuery{}))
		}),
	}
}

// runningThread dumps the thread of the first task that runs, if any does.
func runningThread(ctx context.Context, app *sparkrest.App) (sparkrest.Thread, error) {
	stages, err := app.Stages(ctx, sparkrest.StageQuery{Status: []sparkrest.StageStatus{sparkrest.StageActive}})
	if err != nil {
		return sparkrest.Thread{}, err
	}
	for _, s := range stages {
		for task, err := range app.Tasks(ctx, s.ID, s.AttemptID, sparkrest.TaskQuery{Status: []sparkrest.TaskStatus{sparkrest.TaskRunning}}) {
			if err != nil {
				return sparkrest.Thread{}, err
			}
			return app.TaskThread(ctx, task.ID, task.ExecutorID)
		}
	}
	return app.TaskThread(ctx, 999999, "0")
}
