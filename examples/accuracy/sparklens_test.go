package main

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/workload"
)

func TestLens(t *testing.T) {
	one := map[int]lensStage{0: {tasks: []int64{4, 3, 2, 1}}}
	child := map[int]lensStage{0: one[0], 1: {[]int64{2}, []int{0}}}
	diamond := map[int]lensStage{0: {tasks: []int64{5}}, 1: {[]int64{3}, []int{0}}, 2: {[]int64{4}, []int{0}}, 3: {[]int64{1}, []int{1, 2, 9}}}
	for name, c := range map[string]struct {
		stages map[int]lensStage
		goals  []int
		cores  int
		want   int64
	}{
		"one core, all in a row":                  {one, []int{0}, 1, 10},
		"two cores: 4 1, 3 2":                     {one, []int{0}, 2, 5},
		"more cores than tasks":                   {one, []int{0}, 9, 4},
		"a child waits":                           {child, []int{1}, 2, 7},
		"branches run beside each other":          {diamond, []int{3}, 2, 10},
		"branches one after the other":            {diamond, []int{3}, 1, 13},
		"two jobs of a group share the cores":     {map[int]lensStage{0: {tasks: []int64{3}}, 1: {tasks: []int64{5}}}, []int{0, 1}, 2, 5},
		"what no goal needs does not run":         {map[int]lensStage{0: {tasks: []int64{7}}, 1: {tasks: []int64{2}}}, []int{1}, 1, 2},
		"a stage that waits for itself: given up": {map[int]lensStage{0: {[]int64{7}, []int{0}}}, []int{0}, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLens(c.cores)
			l.stages, l.goals = c.stages, c.goals
			assert.Equal(t, c.want, l.run())
		})
	}
}

// made is a job of one stage without a parent.
type made struct {
	sql, from, until int // seconds
	tasks            []int
}

// profile makes a run of such jobs. What a task took is its run time, whatever room the cores had.
func profile(jobs ...made) *workload.Profile {
	at := func(s int) workload.Instant { return workload.Instant(1_000_000 + 1000*s) }
	var b workload.Builder
	b.LogStart("3.5.6")
	b.ApplicationStart(workload.Application{ID: "app", Name: "made"}, at(0))
	b.ExecutorAdded(workload.ExecutorAdded{At: at(1), ID: "1", Cores: 2})
	id := int64(0)
	for i, j := range jobs {
		b.JobStart(workload.JobStart{At: at(j.from), ID: i, StageIDs: []int{i}, SQL: j.sql})
		for index, length := range j.tasks {
			start := workload.TaskStart{Stage: i, ID: id, Index: index, Launch: at(j.from), Executor: "1"}
			id++
			b.TaskStart(&start)
			took := time.Duration(length) * time.Second
			b.TaskEnd(&workload.TaskEnd{TaskStart: start, Finish: start.Launch.Add(took), HasMetrics: true, Metrics: workload.Metrics{Run: took}})
		}
		if len(j.tasks) > 0 {
			info := workload.StageInfo{ID: i, NumTasks: len(j.tasks), Submitted: at(j.from), Completed: at(j.until)}
			b.StageSubmitted(info)
			b.StageCompleted(info)
		}
		b.JobEnd(i, at(j.until), true)
	}
	b.ApplicationEnd(at(100))
	return b.Build(workload.Coverage{})
}

func TestSparklens(t *testing.T) {
	one, other := made{-1, 10, 20, []int{4, 4}}, made{-1, 15, 25, []int{6}}
	for name, c := range map[string]struct {
		jobs  []made
		cores int
		want  int64 // seconds
	}{
		"nothing":                                         {nil, 1, 0},
		"a job on two cores; its 10 s were 4":             {[]made{one}, 2, 4},
		"a pause of the driver stays: 4 + 5 + 6":          {[]made{one, {-1, 25, 31, []int{6}}}, 2, 15},
		"no SQL: 15 s - 10 s - 10 s of the driver, 4 + 6": {[]made{one, other}, 2, 5},
		"one SQL execution: 4 4 6 on two cores":           {[]made{{7, 10, 20, []int{4, 4}}, {7, 15, 25, []int{6}}}, 2, 10},
		"one SQL execution, not beside each other":        {[]made{{7, 10, 20, []int{4, 4}}, {7, 25, 31, []int{6}}}, 2, 15},
		"a job without a stage takes its time":            {[]made{{-1, 8, 10, nil}, one}, 1, 2 + 8},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, 1000*c.want, sparklens(profile(c.jobs...), c.cores)) })
	}
}

// TestSparklensModel holds what the scheduler is fed beside what Sparklens itself took out of the same log.
func TestSparklensModel(t *testing.T) {
	var cases []struct {
		Kind         string
		Log          any    // a list for some kinds
		ExpectedFile string `json:"expected_file"`
	}
	dataset.JSON(t, "thirdparty/cases.json", &cases)
	for _, c := range cases {
		log, one := c.Log.(string)
		if c.Kind != "sparklens-model" || !one {
			continue
		}
		var dump struct {
			StageMap map[string]struct{ TaskExecutionTimes string }
		}
		text, err := os.ReadFile(dataset.Path(t, "thirdparty", c.ExpectedFile))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &dump))
		p, err := eventlog.ReadFile(context.Background(), dataset.Path(t, "thirdparty", log))
		require.NoError(t, err)
		got := 0
		for _, stages := range stagesByJob(p) {
			for id, s := range stages {
				var want []int64
				require.NoError(t, json.Unmarshal([]byte(dump.StageMap[strconv.Itoa(id)].TaskExecutionTimes), &want))
				assert.Equal(t, want, s.tasks, "stage %d", id)
				got++
			}
		}
		assert.Len(t, dump.StageMap, got)
	}
}
