package sparkrest_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/sparkrest"
	"github.com/sparkscale/sparkscale/workload"
)

func readLog(ctx context.Context, file string) (*workload.Profile, error) {
	return eventlog.ReadFile(ctx, file)
}

// historyCassettes are those of a History Server: they hold an event log.
func historyCassettes(t *testing.T) map[string]*cassette {
	all := cassettes(t)
	maps.DeleteFunc(all, func(name string, _ *cassette) bool { return !strings.HasPrefix(name, "history") })
	require.NotEmpty(t, all)
	return all
}

// TestProfileAgreesWithTheEventLog compares a profile from the API with one from the log of the same run, for every value
// of which the coverage does not say that the API tells less.
func TestProfileAgreesWithTheEventLog(t *testing.T) {
	for name, tape := range historyCassettes(t) {
		t.Run(name, func(t *testing.T) {
			app := client(t, tape).App(tape.app())
			rest, err := sparkrest.Profile(t.Context(), app)
			require.NoError(t, err)
			log, err := sparkrest.Profile(t.Context(), app, sparkrest.FromEventLog(readLog))
			require.NoError(t, err)
			require.NotZero(t, log.Coverage.Lines)

			compared, differ := differences(rest, log)
			t.Logf("%d values compared, %d tasks", compared, rest.Tasks.Len())
			assert.Empty(t, differ)
			assert.Greater(t, compared, 20*rest.Tasks.Len())
		})
	}
}

// TestWhatIsExact holds the notes to their word: what a plan rests on is never among what the API tells less of.
func TestWhatIsExact(t *testing.T) {
	for name, tape := range historyCassettes(t) {
		p, err := sparkrest.Profile(t.Context(), client(t, tape).App(tape.app()))
		require.NoError(t, err)
		for _, field := range []string{"Start", "End", "Conf", "App", "DriverUp", "Stages.Submitted", "Stages.Completed", "Stages.NumTasks", "Jobs.Submitted", "Jobs.Completed", "SQL"} {
			assert.NotContains(t, gaps(p.Coverage), field, name)
		}
		assert.True(t, p.Coverage.Ended(), name)
		assert.Contains(t, p.Coverage.Source, "/api/v1/applications/"+tape.app())
	}
}

// TestInferredParents counts how the inferred graph compares with the real one, and holds that it never lets a stage start
// before what it really waited for.
func TestInferredParents(t *testing.T) {
	for name, tape := range historyCassettes(t) {
		app := client(t, tape).App(tape.app())
		rest, err := sparkrest.Profile(t.Context(), app)
		require.NoError(t, err)
		log, err := sparkrest.Profile(t.Context(), app, sparkrest.FromEventLog(readLog))
		require.NoError(t, err)
		inferred := map[int][]int{}
		for _, s := range rest.Stages {
			inferred[s.ID] = s.Parents
		}
		ran := func(id int) bool { _, ok := inferred[id]; return ok }
		same := 0
		for _, s := range log.Stages {
			real := slices.DeleteFunc(slices.Clone(s.Parents), func(id int) bool { return !ran(id) })
			slices.Sort(real)
			if slices.Equal(real, inferred[s.ID]) {
				same++
			}
			for _, parent := range real {
				assert.True(t, reaches(inferred, s.ID, parent), "%s: stage %d waited for %d", name, s.ID, parent)
			}
		}
		t.Logf("%s: %d of %d stages have just the parents that they had", name, same, len(log.Stages))
	}
}

func reaches(parents map[int][]int, from, to int) bool {
	return slices.ContainsFunc(parents[from], func(p int) bool { return p == to || reaches(parents, p, to) })
}

// TestProfileOfPartialRecordings builds profiles of what lies beside the recordings: of each run all but most lists of
// tasks. What is missing is in the coverage, and all else agrees with the log.
func TestProfileOfPartialRecordings(t *testing.T) {
	runs := 0
	for _, dir := range recordingDirs(t) {
		logs, err := filepath.Glob(filepath.Join(dir, "eventlog*"))
		require.NoError(t, err)
		if _, err := os.Stat(filepath.Join(dir, "hs", "stages.json")); err != nil || len(logs) != 1 {
			continue
		}
		runs++
		server, id := partial(t, dir)
		rest, err := sparkrest.Profile(t.Context(), client(t, server).App(id))
		require.NoError(t, err, dir)
		log, err := eventlog.ReadFile(t.Context(), logs[0])
		require.NoError(t, err)
		compared, differ := differences(rest, log)
		t.Logf("%s: %d values compared, %d of %d tasks", filepath.Base(dir), compared, rest.Tasks.Len(), log.Tasks.Len())
		assert.Empty(t, differ, dir)
	}
	assert.NotZero(t, runs)
}

// partial serves what was saved of a History Server; what was not is not found.
func partial(t *testing.T, dir string) (http.Handler, string) {
	read := func(name string) []byte {
		body, err := os.ReadFile(filepath.Join(dir, "hs", name+".json"))
		require.NoError(t, err)
		return body
	}
	info := regexpID.FindSubmatch(read("applications"))
	require.NotNil(t, info, dir)
	app := "/api/v1/applications/" + string(info[1])
	answers := map[string][]byte{app: read("applications"), app + "/storage/rdd": []byte("[]")}
	for _, name := range []string{"jobs", "stages", "allexecutors", "environment", "sql"} {
		answers[app+"/"+name] = read(name)
	}
	tasks := read("taskList")
	stage := stageOfTasks(t, read("stages"), tasks)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[r.URL.Path]
		if r.URL.Path == app+"/stages/"+stage+"/taskList" {
			body, ok = tasks, true
		}
		if offset := r.URL.Query().Get("offset"); offset != "" && offset != "0" {
			body = []byte("[]")
		}
		if !ok {
			http.Error(w, "unknown stage", http.StatusNotFound)
			return
		}
		_, _ = w.Write(body)
	}), string(info[1])
}

func TestProfileSaysWhyThereIsNoLog(t *testing.T) {
	tape := openCassette(t, "testdata/driver-3.5.6.zip")
	p, err := sparkrest.Profile(t.Context(), client(t, tape).App(tape.app()), sparkrest.FromEventLog(readLog))
	require.NoError(t, err)
	notes := strings.Join(p.Coverage.Notes, "\n")
	assert.Contains(t, notes, "the event log could not be used, so this is from the REST API")
	assert.Contains(t, notes, "as a live driver sends it")
	assert.Contains(t, notes, "the application runs, or was killed")
	assert.False(t, p.Coverage.Ended())
	assert.True(t, p.Coverage.Truncated)
	assert.NotEmpty(t, p.Stages)
	assert.NotZero(t, p.Totals.TasksFailed, "a job of it fails")
	assert.Contains(t, p.Traits(), workload.DStreams)

	history := openCassette(t, "testdata/history-3.5.6-failures.zip")
	broken := func(context.Context, string) (*workload.Profile, error) { return nil, errors.New("compacted") }
	p, err = sparkrest.Profile(t.Context(), client(t, history).App(history.app()), sparkrest.FromEventLog(broken))
	require.NoError(t, err)
	assert.Contains(t, strings.Join(p.Coverage.Notes, "\n"), "compacted")
	assert.NotZero(t, p.Tasks.Len())
}

func TestProfileLeavesNoFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	tape := openCassette(t, "testdata/history-3.5.6-failures.zip")
	_, err := sparkrest.Profile(t.Context(), client(t, tape).App(tape.app()), sparkrest.FromEventLog(readLog))
	require.NoError(t, err)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestProfileTakesTheLastAttempt(t *testing.T) {
	const info = `{"id":"a","name":"n","attempts":[{"attemptId":"2","startTime":"2026-01-01T00:00:00.000GMT","endTime":"1969-12-31T23:59:59.999GMT","sparkUser":"u","completed":false,"appSparkVersion":"3.5.6"},{"attemptId":"1","completed":true}]}`
	var asked []string
	server := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		switch {
		case strings.HasSuffix(r.URL.Path, "/applications/a"):
			_, _ = w.Write([]byte(info))
		case strings.HasSuffix(r.URL.Path, "environment"):
			_, _ = w.Write([]byte("{}"))
		default:
			_, _ = w.Write([]byte("[]"))
		}
	}))
	p, err := sparkrest.Profile(t.Context(), server.App("a"))
	require.NoError(t, err)
	assert.Equal(t, "2", p.App.AttemptID)
	assert.Contains(t, asked, "/api/v1/applications/a/2/jobs")
	_, err = sparkrest.Profile(t.Context(), server.App("a").Attempt("7"))
	assert.ErrorIs(t, err, sparkrest.ErrNotFound)
}

// TestForgottenIsNoted has a driver that keeps few jobs and stages.
func TestForgottenIsNoted(t *testing.T) {
	server := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := map[string]string{
			"/a":            `{"id":"a","attempts":[{"startTime":"2026-01-01T00:00:00.000GMT","endTime":"1969-12-31T23:59:59.999GMT"}]}`,
			"/environment":  `{}`,
			"/jobs":         `[{"jobId":9,"status":"SUCCEEDED","stageIds":[7,8]}]`,
			"/stages":       `[{"status":"COMPLETE","stageId":8,"numTasks":3,"numCompleteTasks":3,"submissionTime":"2026-01-01T00:00:01.000GMT","completionTime":"2026-01-01T00:00:02.000GMT"}]`,
			"/0/taskList":   `[{"taskId":5,"status":"SUCCESS","launchTime":"2026-01-01T00:00:01.000GMT","duration":10,"executorId":"1"}]`,
			"/sql":          `[{"id":4,"status":"RUNNING","submissionTime":"2026-01-01T00:00:01.000GMT"}]`,
			"/allexecutors": `[{"id":"1","addTime":"2026-01-01T00:00:00.500GMT","totalCores":2}]`,
		}
		for suffix, text := range body {
			if strings.HasSuffix(r.URL.Path, suffix) {
				_, _ = w.Write([]byte(text))
				return
			}
		}
		_, _ = w.Write([]byte("[]"))
	}))
	p, err := sparkrest.Profile(t.Context(), server.App("a"))
	require.NoError(t, err)
	notes := strings.Join(p.Coverage.Notes, "\n")
	for _, want := range []string{
		"9 of 10 jobs are no longer kept", "1 stages of the jobs are no longer kept",
		"4 of 5 SQL executions are no longer kept", "2 of 3 attempts of stage 8 attempt 0 are not listed",
	} {
		assert.Contains(t, notes, want)
	}
}

func TestProfileIsTheSameEachTime(t *testing.T) {
	tape := openCassette(t, "testdata/history-3.5.6-sql.zip")
	app := client(t, tape).App(tape.app())
	one, err := sparkrest.Profile(t.Context(), app)
	require.NoError(t, err)
	two, err := sparkrest.Profile(t.Context(), app)
	require.NoError(t, err)
	assert.Equal(t, one, two)
}

func TestLogsAreTheZip(t *testing.T) {
	tape := openCassette(t, "testdata/history-3.5.6-failures.zip")
	app := client(t, tape).App(tape.app())
	var b bytes.Buffer
	n, err := app.Logs(t.Context(), &b)
	require.NoError(t, err)
	assert.EqualValues(t, b.Len(), n)
	assert.Equal(t, "PK", b.String()[:2])

	small := client(t, tape, sparkrest.WithMaxDownload(1000)).App(tape.app())
	b.Reset()
	_, err = small.Logs(t.Context(), &b)
	require.ErrorIs(t, err, sparkrest.ErrLimit)
	assert.Contains(t, err.Error(), "WithMaxDownload")
	assert.Equal(t, 1000, b.Len())

	full := errors.New("disk full")
	_, err = app.Logs(t.Context(), writer(func([]byte) (int, error) { return 0, full }))
	assert.ErrorIs(t, err, full)
	assert.NotErrorIs(t, err, sparkrest.ErrUnavailable)
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
