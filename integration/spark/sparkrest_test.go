package spark

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/sparkrest"
	"github.com/sparkscale/sparkscale/workload"
)

// TestHistoryServer has a real History Server tell of every recorded run, and compares each with its event log.
func TestHistoryServer(t *testing.T) {
	for _, home := range homes(t) {
		t.Run(filepath.Base(home), func(t *testing.T) {
			logs := t.TempDir()
			n := gather(t, logs)
			c := historyServer(t, home, logs)
			var apps []sparkrest.Application
			until(t, "list of all applications", func(ctx context.Context) bool {
				var err error
				apps, err = c.Applications(ctx, sparkrest.ApplicationQuery{})
				return err == nil && len(apps) >= n
			})
			tasks := 0
			for _, a := range apps {
				tasks += agrees(t, c.App(a.ID))
			}
			t.Logf("%d applications, %d tasks", len(apps), tasks)
			_, err := c.App(apps[0].ID).Threads(t.Context(), workload.DriverID)
			assert.ErrorIs(t, err, sparkrest.ErrLiveOnly)
			_, err = c.App("foobar").Info(t.Context())
			assert.ErrorIs(t, err, sparkrest.ErrNotFound)
			_, err = c.Metrics(t.Context())
			assert.ErrorIs(t, err, sparkrest.ErrNotFound)
		})
	}
}

// agrees compares the profile from the API with that from the log, where both tell of whole runs, and returns the tasks.
// That every field agrees for which the coverage names no gap is a test of package sparkrest, over recordings of such answers.
func agrees(t *testing.T, app *sparkrest.App) int {
	rest, err := sparkrest.Profile(t.Context(), app)
	require.NoError(t, err, app.ID())
	log, err := sparkrest.Profile(t.Context(), app, sparkrest.FromEventLog(func(ctx context.Context, file string) (*workload.Profile, error) {
		return eventlog.ReadFile(ctx, file)
	}))
	require.NoError(t, err, app.ID())
	require.NotZero(t, log.Coverage.Lines, app.ID())
	assert.Equal(t, log.App, rest.App)
	assert.Equal(t, log.Start, rest.Start, app.ID())
	assert.Equal(t, log.End, rest.End, app.ID())
	if rest.DriverUp.Known() { // not in local mode
		assert.Equal(t, log.DriverUp, rest.DriverUp, app.ID())
	}
	assert.Equal(t, lives(log), lives(rest), app.ID())
	assert.Equal(t, log.Conf.Len(), rest.Conf.Len(), app.ID())
	assert.Equal(t, log.SQL, rest.SQL, app.ID())
	assert.Equal(t, log.ResourceProfiles, rest.ResourceProfiles, app.ID())
	require.Equal(t, len(log.Jobs), len(rest.Jobs), app.ID())
	require.Equal(t, len(log.Stages), len(rest.Stages), app.ID())
	for i := range log.Stages {
		a, b := &log.Stages[i], &rest.Stages[i]
		assert.Equal(t, []any{a.ID, a.Attempt, a.NumTasks, a.Submitted, a.Completed, a.Sums}, []any{b.ID, b.Attempt, b.NumTasks, b.Submitted, b.Completed, b.Sums}, app.ID())
		// A success that was resubmitted has a row of its own in the log alone.
		assert.Equal(t, count(log, a)-count(log, a, workload.Resubmitted), count(rest, b), app.ID())
	}
	return rest.Tasks.Len()
}

// lives are the executors with what both sources tell of them.
func lives(p *workload.Profile) (list []workload.Executor) {
	for _, e := range p.Executors {
		e.Requested, e.Registered, e.Peak = 0, 0, workload.Memory{}
		if e.IsDriver() {
			e.Host = "" // "localhost" in the log of local mode
		}
		list = append(list, e)
	}
	return list
}

// count counts the rows of a stage attempt, or those with a status.
func count(p *workload.Profile, s *workload.Stage, status ...workload.Status) int {
	n := 0
	for i := s.First; i < s.Last; i++ {
		if len(status) == 0 || p.Tasks.Status(i) == status[0] {
			n++
		}
	}
	return n
}

// sleepers caches a dataset, and then keeps every core busy.
const sleepers = `
val cached = sc.parallelize(1 to 1000, 4).map(x => (x % 10, x)).setName("pairs").cache()
cached.reduceByKey(_ + _).count()
spark.range(0, 1000, 1, 4).selectExpr("id % 7 as k", "id").groupBy("k").count().collect()
sc.parallelize(1 to 12, 12).map { x => Thread.sleep(600000); x }.count()
`

// TestDriver asks a real driver while it works.
func TestDriver(t *testing.T) {
	for _, home := range homes(t) {
		t.Run(filepath.Base(home), func(t *testing.T) {
			c := driver(t, home, sleepers)
			var app *sparkrest.App
			until(t, "twelve tasks on four cores", func(ctx context.Context) bool {
				var err error
				if app, err = c.Only(ctx); err != nil {
					return false
				}
				now, err := app.Snapshot(ctx)
				return err == nil && now.PendingTasks() == 8
			})
			asks(t, c, app)
		})
	}
}

func asks(t *testing.T, c *sparkrest.Client, app *sparkrest.App) {
	ctx := t.Context()
	now, err := app.Snapshot(ctx)
	require.NoError(t, err)
	require.NotNil(t, now.Allocation, now.Missing)
	assert.Equal(t, 2, now.Allocation.Target)
	assert.Equal(t, 6, now.Allocation.MaxNeeded, "twelve tasks, two for each executor")
	page, err := c.Metrics(ctx)
	require.NoError(t, err)
	assert.Equal(t, `live "quoted" app`, page.AppName)
	assert.Equal(t, len(now.Executors), len(page.Executors))

	rdds, err := app.RDDs(ctx)
	require.NoError(t, err)
	require.Len(t, rdds, 1)
	assert.Equal(t, 4, rdds[0].NumCachedPartitions)
	threads, err := app.Threads(ctx, workload.DriverID)
	require.NoError(t, err)
	assert.NotEmpty(t, threads)
	_, err = app.Threads(ctx, "999")
	assert.ErrorIs(t, err, sparkrest.ErrNotFound)
	_, err = app.Logs(ctx, &bytes.Buffer{})
	assert.ErrorIs(t, err, sparkrest.ErrHistoryOnly)
	_, err = app.StreamingStatistics(ctx)
	assert.ErrorIs(t, err, sparkrest.ErrNotFound)

	p, err := sparkrest.Profile(ctx, app)
	require.NoError(t, err)
	assert.False(t, p.Coverage.Ended())
	assert.Len(t, p.SQL, 1)
	assert.Equal(t, 4, running(p), "each core has one")
}

func running(p *workload.Profile) int {
	n := 0
	for i := range p.Tasks.Len() {
		if p.Tasks.Status(i) == workload.Running {
			n++
		}
	}
	return n
}
