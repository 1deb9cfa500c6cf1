package eventlog_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// TestSpelling reads the same log however it is written.
func TestSpelling(t *testing.T) {
	want := lines(t, startLine, jobLine, endLine).Facts()
	for name, text := range map[string]string{
		"CRLF":            strings.ReplaceAll(smallLog, "\n", "\r\n"),
		"byte order mark": "\ufeff" + smallLog,
		"no last newline": strings.TrimSuffix(smallLog, "\n"),
		"white space":     strings.NewReplacer("{", " {\t", ":", " : ", ",", "\t,  ", "}", " } ").Replace(smallLog),
		"Event last": `{"App Name":"x","App ID":"app-1","Timestamp":1000,"User":"me","Event":"SparkListenerApplicationStart"}` + "\n" +
			`{"Submission Time":2000,"Stage IDs":[0],"Job ID":0,"Event":"SparkListenerJobStart"}` + "\n" + `{"Timestamp":9000,"Event":"SparkListenerApplicationEnd"}`,
		"full names":    strings.ReplaceAll(smallLog, "SparkListener", "org.apache.spark.scheduler.SparkListener"),
		"escapes":       strings.NewReplacer("app-1", `\u0061pp\u002d1`, "SparkListenerJob", `SparkListener\u004aob`, "Timestamp", `Time\u0073tamp`).Replace(smallLog),
		"floats":        strings.NewReplacer("1000", "1.0e3", "2000", "2000.9", "9000", "90E2").Replace(smallLog),
		"other members": strings.ReplaceAll(smallLog, `{"Event`, `{"X":[{"Event":"y","Timestamp":5}],"Event`),
	} {
		p, err := eventlog.Read(context.Background(), "lines", strings.NewReader(text), eventlog.WithStrict())
		require.NoError(t, err, name)
		got := p.Facts()
		got.UncompressedBytes = want.UncompressedBytes
		assert.Equal(t, want, got, name)
	}
}

// TestNoTasks is a whole log in which no task ran.
func TestNoTasks(t *testing.T) {
	p := lines(t, startLine, jobLine, endLine)
	assert.Zero(t, p.Tasks.Len())
	assert.Empty(t, p.Stages)
	assert.Equal(t, 8*time.Second, p.Wall())
	assert.Zero(t, p.Totals.Sums)
	assert.True(t, p.Coverage.Ended())
}

func TestBlankAndUnknown(t *testing.T) {
	p := lines(t, "", startLine, "  \t\r", `{"Event":"SparkListenerBlockManagerRemoved","RDD ID":1}`, `{"Event":"com.example.Mine"}`, `{"Event":"com.example.Mine","a":[]}`, endLine, "")
	assert.Equal(t, 3, p.Coverage.BlankLines)
	assert.Equal(t, 8, p.Coverage.Lines)
	assert.Zero(t, p.Coverage.BadLines)
	assert.Equal(t, map[string]int{"SparkListenerBlockManagerRemoved": 1}, p.Coverage.Skipped)
	assert.Equal(t, map[string]int{"com.example.Mine": 2}, p.Coverage.Unknown)
	assert.True(t, p.Coverage.Ended())
	assert.False(t, p.Coverage.Truncated)
}

// TestBadLines counts lines that are no event, takes nothing of them, and reads on.
func TestBadLines(t *testing.T) {
	for _, bad := range []string{
		`{"Event":"SparkListenerJobStart","Job ID":7`, `{"Event":"SparkListenerJobStart","Job ID":7}}`, `{"Event":"SparkListenerJobStart","Job ID":7} {}`,
		`{"Event":"SparkListenerJobStart","Job ID":}`, `{"Event":"SparkListenerJobStart","Job ID":7,}`, `{"Event":"SparkListenerJobStart" "Job ID":7}`,
		`{"Event":"SparkListenerUnpersistRDD","RDD ID":[1}`, `{"Event":"unknown","x":tru}`, `{"Event":"SparkListenerJobStart`, `x` + jobLine, `[` + jobLine + `]`,
		`{"Job ID":7}`, `{}`, `null`, `"SparkListenerJobStart"`, `7`, strings.Repeat("\x00", 50), `{"Event":"SparkListenerJobStart","Job ID":7,"x":` + strings.Repeat("[", 20_000),
		`{"Event":["SparkListenerJobStart"],"Job ID":7}`, `{"Event":"SparkListenerJobStart","Job ID":7,"Stage IDs":[1,]}`, "\xff\xfe",
		`{"Event":"SparkListenerJobStart","Properties":{"spark.jobGroup.id":"\q"},"Job ID":7}`,
	} {
		start := startLine + strings.Repeat(" ", 512)
		p := lines(t, start, bad, endLine)
		assert.Equal(t, 1, p.Coverage.BadLines, bad)
		assert.Regexp(t, `^lines:2: no valid .*, at byte \d+: `, p.Coverage.FirstBad)
		assert.NotContains(t, p.Coverage.FirstBad, "\n")
		assert.Contains(t, strings.Join(p.Coverage.Notes, "\n"), "1 lines could not be read; first: lines:2: ")
		assert.Empty(t, p.Jobs, bad)
		assert.Empty(t, p.Coverage.Skipped, bad)
		assert.Empty(t, p.Coverage.Unknown, bad)
		assert.Empty(t, p.Coverage.Cut)
		assert.True(t, p.Coverage.Ended())

		_, err := eventlog.Read(context.Background(), "x", strings.NewReader(start+"\n"+bad+"\n"+endLine+"\n"), eventlog.WithStrict())
		var syntax *eventlog.SyntaxError
		require.ErrorAs(t, err, &syntax, bad)
		assertError(t, err, nil, "x:2: ", "WithStrict")
		assert.Equal(t, 2, syntax.Line)
		assert.Equal(t, "x", syntax.File)
		assert.GreaterOrEqual(t, syntax.Offset, int64(len(start)+1))
		assert.LessOrEqual(t, syntax.Offset, int64(len(start)+1+len(bad)))
	}
}

func TestSyntaxErrorPlace(t *testing.T) {
	_, err := eventlog.Read(context.Background(), "x", strings.NewReader("\ufeff"+startLine+"\n"+`{"Event":"SparkListenerJobStart","Job ID":@}`+"\n"), eventlog.WithStrict())
	var syntax *eventlog.SyntaxError
	require.ErrorAs(t, err, &syntax)
	assert.Equal(t, "SparkListenerJobStart", syntax.Event)
	assert.Equal(t, int64(len("\ufeff"+startLine+"\n"+`{"Event":"SparkListenerJobStart","Job ID":`)), syntax.Offset)
}

// TestStrict makes errors of what is else only counted.
func TestStrict(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		class error
		says  string
		cut   string
	}{
		"no end":       {startLine + "\n", eventlog.ErrTruncated, "x: the log has no ApplicationEnd", ""},
		"cut line":     {smallLog + `{"Event":"SparkLis`, eventlog.ErrTruncated, "x:4: no valid event", "x: the log ends in the middle of line 4"},
		"cut zstd":     {zstded(t, smallLog, strings.Repeat(smallLog, 9))[:180], eventlog.ErrTruncated, "x:4: ", "x: the rest after line 3 is lost: "},
		"cut gzip":     {gzipped(t, smallLog)[:130], eventlog.ErrTruncated, "x:2: gzip", "x: the rest after line 2 is lost: "},
		"broken zstd":  {zstded(t, smallLog) + strings.Repeat("\xff", 99), eventlog.ErrCorrupt, "x:4: ", "x: the rest after line 3 is lost: "},
		"broken gzip":  {gzipped(t, smallLog) + "\x1f\x8b" + strings.Repeat("\xff", 99), eventlog.ErrCorrupt, "x:4: ", "x: the rest after line 3 is lost: "},
		"second start": {gzipped(t, smallLog) + smallLog, eventlog.ErrCorrupt, "x:4: ", "x: the rest after line 3 is lost: "},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := eventlog.Read(context.Background(), "x", strings.NewReader(c.text), eventlog.WithStrict())
			assertError(t, err, c.class, c.says, "without WithStrict")
			assert.NotContains(t, err.Error(), "compressed stream is")
			assert.Nil(t, p)
			p, err = eventlog.Read(context.Background(), "x", strings.NewReader(c.text))
			require.NoError(t, err)
			assert.Equal(t, "app-1", p.App.ID)
			assert.True(t, p.Coverage.Truncated)
			assert.True(t, strings.HasPrefix(p.Coverage.Cut, c.cut), p.Coverage.Cut)
		})
	}
	_, err := eventlog.Read(context.Background(), "x", strings.NewReader(smallLog), eventlog.WithStrict())
	require.NoError(t, err)
}

// TestNumbers are no panic and keep their order, whatever they are.
func TestNumbers(t *testing.T) {
	const task = `{"Event":"SparkListenerTaskEnd","Stage ID":#,"Stage Attempt ID":#,"Task Info":{"Task ID":#,"Index":#,"Attempt":#,"Launch Time":#,"Finish Time":#,` +
		`"Getting Result Time":#,"Executor ID":"1"},"Task Executor Metrics":{"JVMHeapMemory":#,"MinorGCTime":#},"Task Metrics":{"Executor Run Time":#,"Executor CPU Time":#,` +
		`"JVM GC Time":#,"Input Metrics":{"Bytes Read":#},"Shuffle Write Metrics":{"Shuffle Write Time":#}}}`
	for _, n := range []string{
		"-1", "-9223372036854775808", "9223372036854775807", "99999999999999999999999", "-1e400", "1e400", "1e18", "1.5", "-0", "NaN", "-Infinity", "null", `"5"`, "{}", "[1]", "true",
		"4294967295", "4294967296", "2147483648",
	} {
		text := strings.NewReplacer("#", n).Replace(strings.Join([]string{
			`{"Event":"SparkListenerApplicationStart","Timestamp":#}`,
			`{"Event":"SparkListenerResourceProfileAdded","Resource Profile Id":#,"Executor Resource Requests":{"memory":{"Amount":#},"cores":{"Amount":#}},"Task Resource Requests":{"cpus":{"Amount":#}}}`,
			`{"Event":"SparkListenerExecutorAdded","Timestamp":#,"Executor ID":"1","Executor Info":{"Total Cores":#,"Request Time":#,"Registration Time":#}}`,
			`{"Event":"SparkListenerBlockManagerAdded","Block Manager ID":{"Executor ID":"1"},"Maximum Memory":#}`,
			`{"Event":"SparkListenerJobStart","Job ID":#,"Submission Time":#,"Stage IDs":[#,#]}`,
			`{"Event":"SparkListenerStageSubmitted","Stage Info":{"Stage ID":#,"Number of Tasks":#,"Submission Time":#,"RDD Info":[{"RDD ID":#,"Memory Size":#}]}}`,
			`{"Event":"SparkListenerTaskStart","Stage ID":#,"Task Info":{"Task ID":#,"Launch Time":#}}`, task, task,
			`{"Event":"SparkListenerStageCompleted","Stage Info":{"Stage ID":#,"Completion Time":#}}`,
			`{"Event":"SparkListenerJobEnd","Job ID":#,"Completion Time":#}`,
			`{"Event":"SparkListenerExecutorRemoved","Timestamp":#,"Executor ID":"1"}`,
			`{"Event":"SparkListenerApplicationEnd","Timestamp":#}`,
		}, "\n"))
		p := lines(t, text)
		assert.Zero(t, p.Coverage.BadLines, "%s: %s", n, p.Coverage.FirstBad)
		assert.Equal(t, 2, p.Totals.TasksEnded)
		assert.GreaterOrEqual(t, p.Wall(), time.Duration(0))
		for i := range p.Tasks.Len() {
			for _, d := range []time.Duration{p.Tasks.Duration(i), p.Tasks.Run(i), p.Tasks.SchedulerDelay(i)} {
				assert.GreaterOrEqual(t, d, time.Duration(0), n)
			}
			assert.GreaterOrEqual(t, p.Tasks.Launch(i), workload.Instant(0))
			assert.GreaterOrEqual(t, p.Tasks.Input(i), units.Bytes(0))
		}
		_, err := json.Marshal(p.Facts())
		require.NoError(t, err, n)
	}
}

// TestLaunchTimesRunBackwards takes no more than a moment however often a task is launched before all others.
func TestLaunchTimesRunBackwards(t *testing.T) {
	const n = 100_000
	for name, launch := range map[string]func(i int) int64{
		"by days":  func(i int) int64 { return 9e18 - int64(i)*90_000_000 },
		"negative": func(i int) int64 { return -int64(i) - 1 },
		"halving":  func(i int) int64 { return 9e18 >> (i % 62) },
	} {
		var log strings.Builder
		for i := range n {
			fmt.Fprintf(&log, `{"Event":"SparkListenerTaskEnd","Stage ID":0,"Task Info":{"Task ID":%d,"Launch Time":%d}}`+"\n", i, launch(i))
		}
		p := lines(t, strings.TrimSuffix(log.String(), "\n"))
		require.Equal(t, n, p.Tasks.Len())
		for i := 1; i < n; i++ {
			if p.Tasks.Launch(i-1) > p.Tasks.Launch(i) {
				require.Fail(t, "out of order", "%s: row %d", name, i)
			}
		}
		assert.Equal(t, max(0, launch(0)), int64(p.Tasks.Launch(n-1)), name)
	}
}

const (
	taskStart = `{"Event":"SparkListenerTaskStart","Stage ID":3,"Stage Attempt ID":1,"Task Info":{"Task ID":8,"Launch Time":4000,"Executor ID":"1"}}`
	taskEnd   = `{"Event":"SparkListenerTaskEnd","Stage ID":3,"Stage Attempt ID":1,"Task Type":"ShuffleMapTask","Task End Reason":{"Reason":"Success"},` +
		`"Task Info":{"Task ID":8,"Launch Time":4000,"Finish Time":4600,"Executor ID":"1"},"Task Metrics":{"Executor Run Time":500}}`
	executorAdded   = `{"Event":"SparkListenerExecutorAdded","Timestamp":1500,"Executor ID":"1","Executor Info":{"Host":"h","Total Cores":2}}`
	executorRemoved = `{"Event":"SparkListenerExecutorRemoved","Timestamp":5000,"Executor ID":"1","Removed Reason":"killed"}`
)

func TestTaskOfAnUnknownStage(t *testing.T) {
	for _, events := range [][]string{{taskStart, taskEnd}, {taskEnd}} {
		p := lines(t, events...)
		require.Len(t, p.Stages, 1)
		s := p.Stages[0]
		assert.Equal(t, workload.Stage{ID: 3, Attempt: 1, Job: -1, Last: 1, ShuffleMap: true, Sums: workload.Metrics{Run: 500 * time.Millisecond}}, s)
		assert.Equal(t, -1, p.Tasks.Executor(0))
		assert.Equal(t, 600*time.Millisecond, p.Tasks.Duration(0))
		assert.Equal(t, 1, p.Totals.TasksEnded)
	}
	p := lines(t, taskEnd, `{"Event":"SparkListenerStageCompleted","Stage Info":{"Stage ID":3,"Stage Attempt ID":1,"Stage Name":"n","Number of Tasks":4,"Parent IDs":[2],"Submission Time":3900,"Completion Time":4700}}`)
	require.Len(t, p.Stages, 1)
	assert.Equal(t, "n", p.Stages[0].Name, "what the missing submission would have told")
	assert.Equal(t, 4, p.Stages[0].NumTasks)
	assert.Equal(t, []int{2}, p.Stages[0].Parents)
	assert.Equal(t, workload.Instant(3900), p.Since())
}

func TestTaskThatNeverEnds(t *testing.T) {
	p := lines(t, startLine, jobLine, executorAdded, taskStart, `{"Event":"SparkListenerJobEnd","Job ID":0,"Completion Time":7000,"Job Result":{"Result":"JobFailed"}}`)
	require.Equal(t, 1, p.Tasks.Len())
	assert.Equal(t, workload.Running, p.Tasks.Status(0))
	assert.Equal(t, workload.Instant(7000), p.Tasks.Finish(0))
	assert.Equal(t, workload.EndByJob, p.Coverage.EndRule)
	assert.Equal(t, 0, p.Tasks.Executor(0))
	assert.False(t, p.Jobs[0].Succeeded)
}

func TestEndsWithoutStart(t *testing.T) {
	p := lines(t, `{"Event":"SparkListenerJobEnd","Job ID":5,"Completion Time":3000,"Job Result":{"Result":"JobSucceeded"}}`,
		`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd","executionId":1,"time":3500}`, executorRemoved, endLine)
	assert.Empty(t, p.Jobs)
	assert.Empty(t, p.SQL)
	assert.Empty(t, p.Executors)
	assert.Equal(t, 1, p.Totals.JobsEnded)
	assert.Equal(t, 1, p.Totals.ExecutorsRemoved)
	assert.Equal(t, workload.Instant(3500), p.Totals.LastJobOrSQLEnd)
}

func TestExecutorRemovedTwiceAndBack(t *testing.T) {
	again := strings.NewReplacer("5000", "5800", "killed", "exited").Replace(executorRemoved)
	p := lines(t, executorAdded, executorRemoved, again, strings.Replace(executorAdded, "1500", "6000", 1), endLine)
	require.Len(t, p.Executors, 2)
	assert.Equal(t, workload.Executor{ID: "1", Host: "h", Cores: 2, Added: 1500, Removed: 5000, Reason: "killed"}, p.Executors[0])
	assert.False(t, p.Executors[1].Removed.Known())
	assert.Equal(t, 2, p.Totals.ExecutorsRemoved, "events")
	assert.Equal(t, 1, p.Totals.ActiveExecutors)
	assert.Equal(t, 2, p.Totals.MaxCores)
}

func TestNothingButJobs(t *testing.T) {
	p := lines(t, `{"Event":"SparkListenerJobStart","Job ID":0}`, jobLine, `{"Event":"SparkListenerJobEnd","Job ID":0,"Completion Time":7000}`)
	assert.Equal(t, workload.Instant(2000), p.Since(), "the earliest time that is known")
	assert.Equal(t, 5*time.Second, p.Wall())
}

// TestRepeatedMembers: the last one counts, as in Spark's JSON library, and the whole of it.
func TestRepeatedMembers(t *testing.T) {
	for _, first := range []string{"SparkListenerJobEnd", "SparkListenerTaskEnd", "SparkListenerUnpersistRDD", "com.example.Mine"} {
		for _, last := range []string{`"Event"`, `"\u0045vent"`, ` "Event" `} {
			p := lines(t, `{"Event":"`+first+`","Job ID":1,"Stage IDs":[1,2],`+last+`:"SparkListenerJobStart","Job ID":2,"Stage IDs":[3]}`)
			require.Len(t, p.Jobs, 1, first+last)
			assert.Equal(t, 2, p.Jobs[0].ID)
			assert.Equal(t, []int{3}, p.Jobs[0].StageIDs)
			assert.Zero(t, p.Totals.JobsEnded+p.Totals.TasksEnded)
			assert.Empty(t, p.Coverage.Skipped)
			assert.Empty(t, p.Coverage.Unknown)
		}
	}
	p := lines(t, `{"Event":"SparkListenerStageSubmitted","Stage Info":{"Stage ID":1,"Stage Name":"a"},"Stage Info":{"Stage ID":2}}`,
		`{"Event":"SparkListenerTaskEnd","Task Metrics":{"Executor Run Time":5,"JVM GC Time":7},"Task Metrics":{"Executor Run Time":6}}`)
	assert.Empty(t, p.Stages[0].Name+p.Stages[1].Name)
	assert.Equal(t, 6*time.Millisecond, p.Totals.Sums.Run)
	assert.Zero(t, p.Totals.Sums.GC)
}

func TestTextsAreKept(t *testing.T) {
	p := lines(t, endLine+strings.Repeat(" ", 512), `{"Event":"SparkListenerApplicationStart","App Name":"a\u0000b\ud83d\ude00\n\"`+"\x00\t\xff"+`","Timestamp":1}`, endLine)
	assert.Equal(t, "a\x00b😀\n\"\x00\t\xff", p.App.Name)
	long := strings.Repeat("long", 1<<20)
	p = lines(t, `{"Event":"SparkListenerApplicationStart","App Name":"`+long+`","Timestamp":1}`, endLine)
	assert.Equal(t, long, p.App.Name)
}

// TestNothingIsShared holds that texts of a line outlive the buffer that the line was in.
func TestNothingIsShared(t *testing.T) {
	var log strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&log, `{"Event":"SparkListenerStageSubmitted","Stage Info":{"Stage ID":%d,"Stage Name":"name %d %s"}}`+"\n", i, i, strings.Repeat("x", 300))
	}
	p := lines(t, log.String())
	require.Len(t, p.Stages, 2000)
	for i, s := range p.Stages {
		require.True(t, strings.HasPrefix(s.Name, fmt.Sprintf("name %d xxx", i)))
	}
}

// TestDriverUp takes the time from the driver's block manager alone.
func TestDriverUp(t *testing.T) {
	p := lines(t, startLine,
		`{"Event":"SparkListenerBlockManagerAdded","Block Manager ID":{"Executor ID":"driver","Host":"h","Port":1},"Maximum Memory":5,"Timestamp":1700}`,
		`{"Event":"SparkListenerBlockManagerAdded","Block Manager ID":{"Executor ID":"1","Host":"h","Port":1},"Maximum Memory":5,"Timestamp":1900}`, endLine)
	assert.Equal(t, workload.Instant(1700), p.DriverUp)
}

// TestUnpersisted keeps which dataset was dropped, and behind what.
func TestUnpersisted(t *testing.T) {
	p := lines(t, startLine, jobLine, `{"Event":"SparkListenerJobEnd","Job ID":0,"Completion Time":5000}`, `{"Event":"SparkListenerUnpersistRDD","RDD ID":7}`,
		`{"RDD ID":9,"Event":"SparkListenerUnpersistRDD"}`, endLine)
	assert.Equal(t, []workload.Unpersisted{{RDD: 7, After: 5000}, {RDD: 9, After: 5000}}, p.Unpersisted)
}
