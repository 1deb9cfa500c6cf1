package eventlog_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/workload"
)

// signs are what shows each state of a log that other tools tell, by a word of their reason.
var signs = map[string]func(*testing.T, *workload.Profile){
	"GPU":       inConf("spark.plugins", "com.nvidia.spark.SQLPlugin"),
	"PHOTON":    inConf("spark.databricks.clusterUsageTags.sparkVersion", "photon"),
	"Streaming": func(t *testing.T, p *workload.Profile) { assert.NotZero(t, skipped(p, "QueryStartedEvent")) },
	"AppInfo":   noStart, "no-app-start": noStart,
	"no-env-update": noConf, "bad-env-update": noConf,
	"empty":    func(t *testing.T, p *workload.Profile) { assert.Zero(t, p.Coverage.Bytes) },
	"LogStart": func(t *testing.T, p *workload.Profile) { assert.Empty(t, p.LoggedVersion) },
}

func inConf(key, part string) func(*testing.T, *workload.Profile) {
	return func(t *testing.T, p *workload.Profile) {
		value, _ := p.Conf.Lookup(key)
		assert.Contains(t, value, part)
	}
}

func noStart(t *testing.T, p *workload.Profile) {
	assert.False(t, p.Start.Known())
	assert.Contains(t, strings.Join(p.Coverage.Notes, "\n"), "ApplicationStart")
}

func noConf(t *testing.T, p *workload.Profile) {
	assert.Zero(t, p.Conf.Len())
	assert.Contains(t, strings.Join(p.Coverage.Notes, "\n"), "EnvironmentUpdate")
}

// logStatus finds the facts behind a verdict; the verdict itself is the other tool's policy.
func logStatus(t *testing.T, c aCase) {
	var want struct {
		Why   string
		Crash *bool
	}
	expect(t, c, &want)
	require.Len(t, c.Log, 1)
	p, err := eventlog.ReadFile(context.Background(), dataset.Path(t, "thirdparty", c.Log[0]))
	if err != nil {
		require.ErrorIs(t, err, eventlog.ErrNoEvents)
		assert.NotContains(t, err.Error(), "\n")
	}
	require.NotNil(t, p)
	told := false
	for word, check := range signs {
		if strings.Contains(want.Why, word) {
			check(t, p)
			told = true
		}
	}
	assert.True(t, told || len(p.Coverage.Notes) > 0, "nothing tells of %q", want.Why)
	if want.Crash != nil {
		assert.False(t, *want.Crash)
		assert.NotEmpty(t, p.Coverage.FirstBad)
	}
}

// reasons tell from its reason how a task attempt ended (TaskFailedReason.toErrorString).
var reasons = []struct {
	start  string
	status workload.Status
}{
	{"TaskKilled", workload.Killed},
	{"ExecutorLostFailure", workload.Lost},
	{"FetchFailed", workload.FetchFailed},
	{"Resubmitted", workload.Resubmitted},
	{"", workload.Failed},
}

// failures compares the rows of failed tasks, stages and jobs and of removed executors.
func failures(t *testing.T, c aCase) {
	compareFailures(t, table(t, c), read(t, c))
}

// compareFailures tells by the columns what a table lists; their names differ between versions of the tool.
func compareFailures(t assert.TestingT, rows []map[string]string, p *workload.Profile) {
	if !assert.NotEmpty(t, rows) {
		return
	}
	var got []map[string]any
	switch row := failureOf(rows[0]); {
	case row["task"] != "":
		got = failedTasks(p)
	case row["stage"] != "":
		got = failedStages(p)
	case row["job"] != "":
		got = failedJobs(p)
	case row["executor"] != "" && row["reason"] != "":
		got = removedExecutors(p)
	default:
		assert.Fail(t, "no failures that a Profile holds", rows[0])
	}
	assert.Len(t, got, len(rows))
	for _, row := range rows {
		want := failureOf(row)
		i := slices.IndexFunc(got, func(values map[string]any) bool { return agrees(want, values) })
		if assert.GreaterOrEqual(t, i, 0, "no %v in %v", want, got) {
			got = slices.Delete(got, i, i+1)
		}
	}
}

var plainNames = map[string]string{
	"stageid": "stage", "stageattemptid": "attempt", "attemptid": "attempt", "taskid": "task", "taskattemptid": "try", "attempt": "try",
	"jobid": "job", "jobresult": "result", "executorid": "executor", "endreason": "reason", "failurereason": "reason", "numtasks": "tasks",
}

// failureOf maps the columns of a row to plain names and adds the status that the reason of a task tells.
func failureOf(row map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range row {
		if plain := plainNames[strings.ToLower(name)]; plain != "" {
			name = plain
		}
		out[name] = value
	}
	for _, r := range slices.Backward(reasons) {
		if strings.HasPrefix(strings.Trim(out["reason"], `"' `), r.start) {
			out["status"] = r.status.String()
		}
	}
	return out
}

// agrees compares the values that both name.
func agrees(want map[string]string, got map[string]any) bool {
	for name, value := range got {
		if name == "reason" && sameReason(want[name], text(value)) {
			continue
		}
		if want[name] != text(value) {
			return false
		}
	}
	return true
}

// sameReason compares the beginnings of reasons without white space and quotes, which the tool escapes and cuts.
func sameReason(want, got string) bool {
	flat := func(s string) string {
		s = strings.NewReplacer(`\n`, "", `\t`, "", `\r`, "").Replace(s)
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || strings.ContainsRune(`"'\`, r) {
				return -1
			}
			return r
		}, s)
	}
	want, got = strings.TrimSuffix(flat(want), "..."), flat(got)
	return want != "" && strings.HasPrefix(got, want)
}

// failedTasks names what rows of tasks that did not succeed have in common with the table.
func failedTasks(p *workload.Profile) (rows []map[string]any) {
	for _, s := range p.Stages {
		for i := s.First; i < s.Last; i++ {
			if status := p.Tasks.Status(i); status != workload.Succeeded && status != workload.Running {
				rows = append(rows, map[string]any{"stage": s.ID, "attempt": s.Attempt, "try": p.Tasks.Attempt(i), "status": status.String()})
			}
		}
	}
	return rows
}

func failedStages(p *workload.Profile) (rows []map[string]any) {
	for _, s := range stagesOf(p, func(s workload.Stage) bool { return s.Failure != "" }) {
		rows = append(rows, map[string]any{"stage": s.ID, "attempt": s.Attempt, "name": s.Name, "tasks": s.NumTasks, "reason": s.Failure})
	}
	return rows
}

func failedJobs(p *workload.Profile) (rows []map[string]any) {
	for _, j := range p.Jobs {
		if j.Completed.Known() && !j.Succeeded {
			rows = append(rows, map[string]any{"job": j.ID, "result": "JobFailed"})
		}
	}
	return rows
}

func removedExecutors(p *workload.Profile) (rows []map[string]any) {
	for _, e := range p.Executors {
		if e.Removed.Known() {
			rows = append(rows, map[string]any{"executor": e.ID, "time": int64(e.Removed), "reason": e.Reason})
		}
	}
	return rows
}

// TestCompareFailures shows that the comparison accepts what is right and no more.
func TestCompareFailures(t *testing.T) {
	p := lines(t,
		`{"Event":"SparkListenerJobStart","Job ID":4,"Stage IDs":[7],"Submission Time":5}`,
		`{"Event":"SparkListenerTaskEnd","Stage ID":7,"Stage Attempt ID":1,"Task End Reason":{"Reason":"TaskKilled"},"Task Info":{"Task ID":31,"Attempt":2,"Launch Time":6,"Finish Time":7}}`,
		`{"Event":"SparkListenerTaskEnd","Stage ID":7,"Stage Attempt ID":1,"Task End Reason":{"Reason":"ExceptionFailure"},"Task Info":{"Task ID":32,"Attempt":0,"Launch Time":6,"Finish Time":7}}`,
		`{"Event":"SparkListenerTaskEnd","Stage ID":7,"Stage Attempt ID":1,"Task End Reason":{"Reason":"Success"},"Task Info":{"Task ID":33,"Attempt":1,"Launch Time":6,"Finish Time":7}}`,
		`{"Event":"SparkListenerStageCompleted","Stage Info":{"Stage ID":7,"Stage Attempt ID":1,"Stage Name":"x","Number of Tasks":3,"Failure Reason":"Job aborted:\n\t\"why\"","Completion Time":8}}`,
		`{"Event":"SparkListenerJobEnd","Job ID":4,"Completion Time":9,"Job Result":{"Result":"JobFailed"}}`,
		`{"Event":"SparkListenerExecutorAdded","Timestamp":1,"Executor ID":"2","Executor Info":{"Total Cores":1}}`,
		`{"Event":"SparkListenerExecutorRemoved","Timestamp":3,"Executor ID":"2","Removed Reason":"gone"}`,
	)
	for name, c := range map[string]struct {
		right, wrong []string
	}{
		"tasks": {
			[]string{"stageId,stageAttemptId,taskId,taskAttemptId,endReason", "7,1,31,2,TaskKilled (another attempt succeeded)", "7,1,32,0,java.lang.Exception: x"},
			[]string{"stageId,stageAttemptId,taskId,taskAttemptId,endReason", "7,1,31,2,ExecutorLostFailure (x)", "7,1,32,0,java.lang.Exception: x"},
		},
		"stages":    {[]string{"appIndex,stageId,attemptId,name,numTasks,failureReason", `1,7,1,x,3,Job aborted:\n...`}, []string{"stageId,attemptId,name,numTasks,failureReason", "7,1,x,3,other"}},
		"jobs":      {[]string{"jobID,jobResult,failureReason", "4,JobFailed,x"}, []string{"jobID,jobResult,failureReason", "5,JobFailed,x"}},
		"executors": {[]string{"executorId,time,reason", "2,3,gone"}, []string{"executorId,time,reason", "2,4,gone"}},
	} {
		t.Run(name, func(t *testing.T) {
			compareFailures(t, rowsFrom(t, strings.Join(c.right, "\n")), p)
			wrong := new(silent)
			compareFailures(wrong, rowsFrom(t, strings.Join(c.wrong, "\n")), p)
			assert.NotZero(t, wrong.failures)
			missing := new(silent)
			compareFailures(missing, rowsFrom(t, strings.Join(c.right, "\n"))[:len(c.right)-2], p)
			assert.NotZero(t, missing.failures)
		})
	}
}

// silent counts failures instead of reporting them.
type silent struct{ failures int }

func (s *silent) Errorf(string, ...any) { s.failures++ }
