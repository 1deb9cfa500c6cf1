package main

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestBadScenarios(t *testing.T) {
	cases := map[string]struct{ text, line, want string }{
		"empty":                 {"", ":1:", "run-until"},
		"no run-until":          {"# nothing\nat 0 job-end 1\n", ":3:", "run-until"},
		"unknown command":       {"on 0 job-end 1\nrun-until 0", ":1:", `unknown command "on"; write conf, profile, at or run-until`},
		"unknown event":         {"at 0 task-begun 0.0 1 1\nrun-until 0", ":1:", `unknown event "task-begun"; write one of backend, `},
		"time goes back":        {"at 200 job-end 1\nat 100 job-end 2\nrun-until 500", ":2:", "100 is before 200"},
		"negative time":         {"at -5 job-end 1\nrun-until 500", ":1:", `T "-5"`},
		"time too far":          {"run-until 9223372036854775800", ":1:", "write a whole number"},
		"off the grid":          {"run-until 150", ":1:", "multiple of 100"},
		"ends too soon":         {"at 350 job-end 1\nrun-until 300", ":2:", "before the last event, at 350"},
		"after the end":         {"run-until 100\nat 50 job-end 1", ":2:", "order"},
		"two ends":              {"run-until 100\nrun-until 200", ":2:", "order"},
		"conf too late":         {"at 0 job-end 1\nconf spark.executor.cores 2\nrun-until 0", ":2:", "conf stands too late"},
		"profile too late":      {"at 0 job-end 1\nprofile 1 cores=1 cpus=1\nrun-until 0", ":2:", "profile stands too late"},
		"conf without value":    {"conf spark.executor.cores\nrun-until 0", ":1:", "VALUE is missing"},
		"word too many":         {"at 0 job-end 1 2\nrun-until 0", ":1:", `"2" is one word too many`},
		"at alone":              {"at\nrun-until 0", ":1:", "T is missing"},
		"event missing":         {"at 0\nrun-until 0", ":1:", "event is missing"},
		"profile 0":             {"profile 0 cores=1 cpus=1\nrun-until 0", ":1:", "default one"},
		"profile twice":         {"profile 1 cores=1 cpus=1\nprofile 1 cores=1 cpus=1\nrun-until 0", ":2:", "twice"},
		"profile without cores": {"profile 1 cpus=1\nrun-until 0", ":1:", "cores="},
		"gpus without a task":   {"profile 1 cores=1 cpus=1 gpus=1\nrun-until 0", ":1:", "task-gpus= is missing"},
		"gpus of a task":        {"profile 1 cores=1 cpus=1 gpus=1 task-gpus=NaN\nrun-until 0", ":1:", `task-gpus "NaN"`},
		"unknown profile":       {"at 0 stage-submitted 0.0 tasks=1 rp=3\nrun-until 0", ":1:", "profile 3 is not declared"},
		"stage without attempt": {"at 0 stage-completed 0\nrun-until 0", ":1:", "stageId.attempt"},
		"index":                 {"at 0 task-start 0.0 x 1\nrun-until 0", ":1:", `index "x"`},
		"range backwards":       {"at 0 task-start 0.0 5-3 1\nrun-until 0", ":1:", `"5-3"`},
		"range too wide":        {"at 0 task-start 0.0 0-2000000000 1\nrun-until 0", ":1:", "at most"},
		"reason":                {"at 0 task-end 0.0 1 1 bored\nrun-until 0", ":1:", "commit-denied, failed"},
		"level":                 {"at 0 block-updated 1 rdd_0_0 TAPE\nrun-until 0", ":1:", "DISK_ONLY"},
		"block":                 {"at 0 block-updated 1 rdd_99999999999_0 NONE\nrun-until 0", ":1:", "BLOCK"},
		"stages":                {"at 0 job-start 0 stages=1:x\nrun-until 0", ":1:", `shuffle id "x"`},
		"testing":               {"conf spark.dynamicAllocation.testing true\nrun-until 0", ":1:", "delete the line"},
		"backend":               {"at 0 backend sleeps\nrun-until 0", ":1:", "add, kills, remove, requests"},
		"kills":                 {"at 0 backend kills maybe\nrun-until 0", ":1:", "refuse=ID,ID"},
		"requests":              {"at 0 backend requests refuse=1\nrun-until 0", ":1:", "accept, refuse"},
		"list of executors":     {"at 0 executor-removed 1,2 lost\nrun-until 0", ":1:", "one executor id"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			file := write(t, "bad.scn", c.text)
			var stdout, stderr strings.Builder
			assert.Equal(t, 1, run([]string{file}, &stdout, &stderr))
			assert.Contains(t, stderr.String(), file+c.line)
			assert.Contains(t, stderr.String(), c.want)
			assert.Empty(t, stdout.String())
		})
	}
}

func TestEveryBadLineIsNamed(t *testing.T) {
	_, err := parse("x.scn", "at 0 nap\nat 5 job-end x\nrun-until 7\n")
	assert.ErrorContains(t, err, "x.scn:1:")
	assert.ErrorContains(t, err, "x.scn:2:")
	assert.ErrorContains(t, err, "x.scn:3:")
	var syntax *SyntaxError
	require.ErrorAs(t, err, &syntax)
	assert.Equal(t, 1, syntax.Line)
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"-"}, {"-h"}, {"testdata/two-profiles-ramp.scn", "-"}} {
		var stdout, stderr strings.Builder
		assert.Equal(t, 2, run(args, &stdout, &stderr))
		assert.Contains(t, stderr.String(), "usage: eam FILE")
		assert.Empty(t, stdout.String())
	}
}

func TestFilesFollowOneAnother(t *testing.T) {
	one := write(t, "one.scn", "# a comment\r\n\n  conf  spark.executor.cores   2\nrun-until 0\n")
	gone := filepath.Join(t.TempDir(), "gone.scn")
	two := write(t, "two.scn", "conf spark.task.cpus 2\nrun-until 0")
	var stdout, stderr strings.Builder
	assert.Equal(t, 1, run([]string{one, gone, two}, &stdout, &stderr))
	assert.Contains(t, stderr.String(), gone)
	const start = "t=0 request rp0=0\nt=0 state rp0.target=0 rp0.add=1 rp0.need=0 rp0.execs=0 addTime=none init=true execs=0 removing=0 decom=0\nt=0 end\n"
	assert.Equal(t, "eam-trace 1\nconf spark.executor.cores 2\nslots rp0=2\n"+start+
		"eam-trace 1\nconf spark.task.cpus 2\nerror settings\n", stdout.String())
}

func TestSettings(t *testing.T) {
	cases := map[string]string{
		"conf spark.executor.cores 8\nconf spark.executor.resource.gpu.amount 1\nconf spark.task.resource.gpu.amount 0.25": "slots rp0=4",
		"conf spark.task.resource.gpu.amount 1":                                        "error settings",
		"conf spark.task.resource.gpu.amount one":                                      "error settings",
		"conf spark.executor.cores two":                                                "error settings",
		"conf spark.task.cpus two":                                                     "error settings",
		"profile 1 cores=1 cpus=2":                                                     "error settings",
		"profile 2 cores=4 cpus=2\nprofile 1 cores=8 cpus=1":                           "slots rp0=1 rp1=8 rp2=2",
		"conf spark.dynamicAllocation.executorIdleTimeout 500ms":                       "slots rp0=1", // Spark truncates it to 0, which it takes
		"conf spark.dynamicAllocation.executorIdleTimeout -1":                          "error settings",
		"conf spark.dynamicAllocation.executorIdleTimeout soon":                        "error settings",
		"conf spark.dynamicAllocation.schedulerBacklogTimeout 500ms":                   "error settings",
		"conf spark.dynamicAllocation.shuffleTracking.timeout 500us":                   "slots rp0=1",
		"conf spark.dynamicAllocation.enabled false":                                   "slots rp0=1",
		"conf spark.master local[2]":                                                   "slots rp0=1",
		"conf spark.executor.instances 9\nconf spark.dynamicAllocation.maxExecutors 4": "slots rp0=1",
	}
	for conf, want := range cases {
		s, err := parse("x.scn", conf+"\nrun-until 0\n")
		require.NoError(t, err, conf)
		assert.Contains(t, traceOf(s), "\n"+want+"\n", conf)
	}
}

func traceOf(s *scenario) string {
	var text strings.Builder
	out := bufio.NewWriter(&text)
	s.trace(out)
	_ = out.Flush() // a strings.Builder takes everything
	return text.String()
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestTraceCannotBeWritten(t *testing.T) {
	var stderr strings.Builder
	assert.Equal(t, 1, run([]string{"testdata/two-profiles-ramp.scn"}, broken{}, &stderr))
	assert.Contains(t, stderr.String(), "closed pipe")
}

// A year of nothing is skipped, not ticked through.
func TestLongWait(t *testing.T) {
	s, err := parse("x.scn", "at 0 executor-added 1 rp=0 cores=1\nrun-until 31536000000\n")
	require.NoError(t, err)
	assert.Contains(t, traceOf(s), "t=60000 kill 1\n")
}

// long are times and ranges that take too long to play.
var long = regexp.MustCompile(`[0-9]{6}`)

func FuzzScenario(f *testing.F) {
	files, err := filepath.Glob("testdata/*.scn")
	require.NoError(f, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parse("fuzz.scn", text)
		if err != nil || long.MatchString(text) {
			return
		}
		if trace := traceOf(s); !strings.HasSuffix(trace, " end\n") && !strings.HasSuffix(trace, "error settings\n") {
			t.Fatalf("the trace stops early:\n%s", trace)
		}
	})
}
