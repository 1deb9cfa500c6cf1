package report_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/internal/golden"
	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/report"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// sample is a run of two stages on so many executors, with a skewed task, a waiting stage and measured memory. Each of its
// names is what name makes of it.
func sample(executors, stages int, name func(string) string) *workload.Profile {
	b := &workload.Builder{}
	b.LogStart("3.5.6")
	b.Environment(map[string]string{
		"spark.master": "k8s://https://api", "spark.executor.cores": "2", "spark.executor.memory": "1g", "spark.executor.memoryOverhead": name("512m"),
		"spark.app.name": name("nightly"),
	})
	at := workload.Instant(1_000_000)
	b.ApplicationStart(workload.Application{ID: name("spark-1"), Name: name("nightly"), User: name("me")}, at)
	id := func(i int) string { return name(fmt.Sprint(i + 1)) }
	for i := range executors {
		b.ExecutorAdded(workload.ExecutorAdded{At: at.Add(time.Duration(2+i) * time.Second), ID: id(i), Host: name("host"), Cores: 2})
	}
	at = at.Add(time.Second)
	task := int64(0)
	for s := range stages {
		b.JobStart(workload.JobStart{At: at, ID: s, SQL: -1, StageIDs: []int{s}, Pool: name("pool"), Description: name("a job"), Group: name("group")})
		info := workload.StageInfo{ID: s, Name: name("count at Main.scala:" + fmt.Sprint(s)), NumTasks: 12, Submitted: at}
		b.StageSubmitted(info)
		end := at
		for i := range 12 {
			length := time.Second
			if i == 11 {
				length = 5 * time.Second
			}
			e := workload.TaskEnd{HasMetrics: true, Metrics: workload.Metrics{Run: length, CPU: length / 2, DiskSpill: 1 << 20}}
			e.Memory = workload.Memory{Heap: units.MiB(int64(300 + 20*i)), JVMResident: units.MiB(int64(700 + 20*i))}
			slot := i % (2 * executors)
			launch := at.Add(time.Duration(1+slot/2+i/(2*executors)) * time.Second)
			e.TaskStart = workload.TaskStart{Stage: s, ID: task, Index: i, Launch: launch, Executor: id(slot / 2)}
			e.Finish = launch.Add(length)
			end = max(end, e.Finish)
			task++
			b.TaskStart(&e.TaskStart)
			b.TaskEnd(&e)
		}
		info.Completed = end
		b.StageCompleted(info)
		b.JobEnd(s, end, true)
		at = end.Add(time.Second)
	}
	b.ExecutorRemoved(id(0), at, name("gone"))
	b.ApplicationEnd(at.Add(2 * time.Second))
	return b.Build(workload.Coverage{Source: name("events.zstd"), Bytes: 123456, Notes: []string{name("the log is short")}})
}

func same(text string) string { return text }

// planOf is a plan that nobody made, so that no change of how plans are made changes its page.
func planOf(name func(string) string) *plan.Plan {
	shape := sizing.Shape{Cores: 4, Heap: units.GiB(2)}
	pod, _ := shape.Pod(spark.V35)
	prediction := func(wall time.Duration, cost float64, executors int, basis string) plan.Prediction {
		return plan.Prediction{
			Wall: plan.Times{P10: wall * 9 / 10, P50: wall, P90: wall * 12 / 10}, Cost: plan.Costs{P10: cost * 0.9, P50: cost, P90: cost * 1.2},
			PeakExecutors: executors, AverageExecutors: float64(executors) / 2, CoreHours: cost * 20, WastedCoreHours: cost * 5, Utilisation: 0.75,
			Bound: "bound by capacity: 14s; tail 5s, driver 3s", Basis: basis, Verdict: replay.Caution, Caveats: []string{name("it was a small run")},
		}
	}
	p := &plan.Plan{
		App: name("nightly"), Version: spark.V35, Objective: "balanced", Shape: shape, Policy: allocation.Fixed(2), Pod: pod,
		Now: prediction(25*time.Second, 0.004, 3, "measured"), Then: prediction(22*time.Second, 0.002, 2, "replayed"),
		Saves: plan.Saving{Cost: 0.5, Time: 0.12}, SelfError: 0.01, Assumptions: []string{name("a node costs nothing")}, Fingerprint: name("0123456789abcdef"),
		Reasons: []workload.Figure{workload.NewFigure(name("executor heap"), "2 GiB", workload.Measured(24, name("tasks")), name("highest of 24 peaks"))},
	}
	p.Now.Wall.P10, p.Now.Wall.P90 = p.Now.Wall.P50, p.Now.Wall.P50
	p.Runs = []plan.Run{{AppID: name("spark-1")}}
	p.Candidates = []plan.Candidate{{Shape: shape, Policy: p.Policy, Prediction: p.Then, Chosen: true, Frontier: true}}
	for i := 1; i < 16; i++ {
		wall := time.Duration(120/i) * time.Second
		c := plan.Candidate{Shape: shape, Policy: allocation.Fixed(i), Prediction: prediction(wall, 0.001*float64(i), i, "replayed"), Frontier: i%3 == 0}
		c.Why = name(fmt.Sprintf("%s slower, and not the balanced one", wall))
		p.Candidates = append(p.Candidates, c)
	}
	return p
}

// resultOf is a replay that nobody made.
func resultOf(run *workload.Profile, executors int, wall time.Duration) *replay.Result {
	r := &replay.Result{Wall: wall, PeakExecutors: executors}
	for i := range executors + 1 {
		r.Timeline = append(r.Timeline, workload.Level{At: run.Since().Add(time.Duration(i) * time.Second), Executors: i})
	}
	for i := range run.Stages {
		from := time.Duration(i) * wall / time.Duration(len(run.Stages))
		to := from + wall/time.Duration(2*len(run.Stages))
		r.Stages = append(r.Stages, replay.StageTime{Stage: i, Tasks: 12, Submitted: from, Completed: to, Tail: (to - from) / 4, Critical: i%2 == 0})
		r.Critical = append(r.Critical, replay.Step{Stage: -1, Job: i, From: from - time.Second, To: from}, replay.Step{Stage: i, From: from, To: to})
	}
	return r
}

// planPage is a page of a plan with all that it can have.
func planPage(executors, stages int, name func(string) string) report.Page {
	run := sample(executors, stages, name)
	return report.Page{
		Run: run, Plan: planOf(name), Was: resultOf(run, 3, 25*time.Second), Now: resultOf(run, 3, 25*time.Second), Then: resultOf(run, 2, 22*time.Second),
	}
}

func written(t testing.TB, p report.Page) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, report.HTML(&out, p))
	return out.Bytes()
}

func TestHTML(t *testing.T) {
	page := written(t, planPage(3, 2, same))
	assert.Equal(t, string(page), string(written(t, planPage(3, 2, same))), "the same page, the same bytes")
	golden.Equal(t, "plan.html", page)
	golden.Equal(t, "profile.html", written(t, report.Page{Run: sample(3, 2, same)}))
}

func TestHTMLHasNoScriptAndNoAddress(t *testing.T) {
	page := string(written(t, planPage(3, 2, same)))
	assert.NotRegexp(t, `(?i)<script|<iframe|<object|<embed|<link rel="stylesheet|\bon[a-z]+=|@import|url\(|https?://`, page)
	assert.Contains(t, page, `content="default-src 'none';`)
	assert.Regexp(t, `(?s)<html lang="en">.*<h1>nightly</h1>.*<caption>.*role="img" aria-label="`, page)
	ids := regexp.MustCompile(`\bid="([^"]*)"`).FindAllStringSubmatch(page, -1)
	seen := map[string]bool{}
	for _, id := range ids {
		assert.False(t, seen[id[1]], "two elements are %q", id[1])
		seen[id[1]] = true
	}
	for _, by := range regexp.MustCompile(`aria-labelledby="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		assert.True(t, seen[by[1]], "nothing is %q", by[1])
	}
}

// payloads are names that would take over a page, each in another way.
var payloads = []string{
	`<script>document.title='owned'</script>`, `"><img src=http://canary.invalid/a onerror=document.title='owned'>`,
	`' onmouseover='document.title=1' style='background:url(http://canary.invalid/b)`, `</style></svg></title></textarea><svg onload=document.title='owned'>`,
	`{{.Plan}}`, `<!--`, `]]><iframe src=http://canary.invalid/c>`, "\x00\x1b[2J\r\n\u202e\u2028\xff", `&lt;script&gt;`, `javascript:document.title='owned'`,
}

func TestNamesChangeNoElement(t *testing.T) {
	tags := regexp.MustCompile(`<[^\s>]*`)
	for _, kind := range []struct {
		name string
		page func(func(string) string) report.Page
	}{
		{"plan", func(name func(string) string) report.Page { return planPage(3, 2, name) }},
		{"profile", func(name func(string) string) report.Page { return report.Page{Run: sample(3, 2, name)} }},
	} {
		calm := tags.FindAllString(string(written(t, kind.page(func(s string) string { return "x" + s + "y" }))), -1)
		for _, payload := range payloads {
			page := string(written(t, kind.page(func(s string) string { return payload + s })))
			assert.Equal(t, calm, tags.FindAllString(page, -1), "%s: %q", kind.name, payload)
			assert.NotContains(t, page, "\x1b")
			assert.NotContains(t, page, "\x00")
			assert.NotContains(t, page, "\u202e")
			assert.True(t, strings.HasSuffix(page, "</html>\n"))
		}
	}
}

func TestHTMLOfLittle(t *testing.T) {
	page := string(written(t, report.Page{Run: (&workload.Builder{}).Build(workload.Coverage{})}))
	for _, part := range []string{"unnamed application", "The log has no executors", "No stage of the log has a task", "No memory of an executor was measured"} {
		assert.Contains(t, page, part)
	}
	assert.NotContains(t, page, "<svg")
	page = string(written(t, report.Page{Run: hostile()}))
	assert.Contains(t, page, "<svg")
	var out bytes.Buffer
	assert.Error(t, report.HTML(&out, report.Page{}))
	assert.Error(t, report.HTML(&out, report.Page{Run: hostile(), Plan: &plan.Plan{}}))
	assert.ErrorContains(t, report.HTML(broken{}, report.Page{Run: hostile()}), "disk full")
}

func TestHTMLOfMuch(t *testing.T) {
	page := string(written(t, planPage(200, 90, same)))
	assert.Contains(t, page, "A row is 5 executors.")
	assert.Contains(t, page, "The longest of 90 are shown.")
	assert.Contains(t, page, "(78 more are not shown)")
	assert.Less(t, len(page), 1<<20)
}
