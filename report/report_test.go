package report_test

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/report"
	"github.com/sparkscale/sparkscale/workload"
)

// hostile is a run whose names would take over a terminal.
func hostile() *workload.Profile {
	b := &workload.Builder{}
	b.LogStart("3.5.6")
	b.ApplicationStart(workload.Application{ID: "spark-1", Name: "nightly\x1b[2J\r\njob"}, 1_000_000)
	b.ExecutorAdded(workload.ExecutorAdded{At: 1_001_000, ID: "1", Host: "h", Cores: 2})
	b.JobStart(workload.JobStart{At: 1_002_000, SQL: -1, StageIDs: []int{0}})
	info := workload.StageInfo{Name: "count\x1b]0;gotcha\x07", NumTasks: 20, Submitted: 1_002_000}
	b.StageSubmitted(info)
	end := workload.Instant(0)
	for i := range 20 {
		e := workload.TaskEnd{HasMetrics: true, Metrics: workload.Metrics{Run: time.Second, CPU: time.Second / 2, DiskSpill: 1 << 20}}
		launch := workload.Instant(1_002_000 + 1000*(i/2))
		e.TaskStart = workload.TaskStart{ID: int64(i), Index: i, Launch: launch, Executor: "1"}
		e.Finish = launch.Add(time.Second)
		end = e.Finish
		b.TaskStart(&e.TaskStart)
		b.TaskEnd(&e)
	}
	info.Completed = end
	b.StageCompleted(info)
	b.JobEnd(0, end, true)
	b.ApplicationEnd(end.Add(time.Second))
	return b.Build(workload.Coverage{Source: "x\x1b[31m"})
}

func TestProfile(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, report.Profile(&out, hostile(), report.Options{Width: 80}))
	text := out.String()
	assert.NotContains(t, text, "\x1b", "names of a log reach the terminal without control characters")
	assert.NotContains(t, text, "\x07")
	for _, part := range []string{"WHAT IT DID", "peak 1", "20 in 1 stages of 1 jobs", "spilled to disk", "WHAT IT NEEDS", "peak executors  10"} {
		assert.Contains(t, text, part)
	}
	for _, line := range strings.Split(text, "\n") {
		assert.LessOrEqual(t, utf8.RuneCountInString(line), 90, "%q", line)
	}
}

func TestPlan(t *testing.T) {
	run := hostile()
	p, err := plan.Engine{}.Plan(context.Background(), plan.Request{Runs: []*workload.Profile{run}})
	require.NoError(t, err)
	var plain, coloured bytes.Buffer
	require.NoError(t, report.Plan(&plain, p, run, report.Options{}))
	require.NoError(t, report.Plan(&coloured, p, run, report.Options{Color: true}))
	assert.NotContains(t, plain.String(), "\x1b")
	assert.Contains(t, coloured.String(), "\x1b[1m")
	for _, part := range []string{"RECOMMENDED: BALANCED", "now (measured)", "WHY", "REJECTED", "TAKEN FOR GRANTED", p.Fingerprint} {
		assert.Contains(t, plain.String(), part)
	}
}

func TestWidth(t *testing.T) {
	colours := regexp.MustCompile("\x1b\\[[0-9]+m")
	for _, width := range []int{60, 80, 120} {
		for _, name := range []func(string) string{same, func(s string) string { return "夜間 バッチ 処理 の 名前 は とても 長い e\u0301 " + s }} {
			var out bytes.Buffer
			page := planPage(3, 2, name)
			page.Plan.Fingerprint = "0123456789abcdef" // no name of a log
			require.NoError(t, report.Plan(&out, page.Plan, page.Run, report.Options{Width: width, Color: true}))
			require.NoError(t, report.Profile(&out, page.Run, report.Options{Width: width, Color: true}))
			for _, line := range strings.Split(colours.ReplaceAllString(out.String(), ""), "\n") {
				columns := 0
				for _, r := range line {
					if r >= 0x3000 && r < 0xA000 {
						columns++
					}
					if r != '\u0301' {
						columns++
					}
				}
				assert.LessOrEqual(t, columns, width, "%q", strings.TrimRight(line, " "))
			}
		}
	}
}

func TestEmptyRun(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, report.Profile(&out, (&workload.Builder{}).Build(workload.Coverage{}), report.Options{Width: 1}))
	assert.Contains(t, out.String(), "no executor was seen")
}

func TestNothingToWriteOf(t *testing.T) {
	var out bytes.Buffer
	assert.Error(t, report.Profile(&out, nil, report.Options{}))
	assert.Error(t, report.Plan(&out, nil, hostile(), report.Options{}))
	assert.Error(t, report.Plan(&out, &plan.Plan{}, hostile(), report.Options{}))
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteErrors(t *testing.T) {
	assert.ErrorContains(t, report.Profile(broken{}, hostile(), report.Options{}), "disk full")
}
