package plan_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// recorded makes a run of one stage on eight executors of one core, whose tasks take a second each and one of them five.
func recorded(id string, tasks int) *workload.Profile {
	b := &workload.Builder{}
	b.LogStart("3.5.6")
	b.Environment(map[string]string{
		"spark.master": "k8s://https://api", "spark.executor.cores": "1", "spark.executor.memory": "4g", "spark.executor.instances": "8",
	})
	start := workload.Instant(1_000_000)
	b.ApplicationStart(workload.Application{ID: id, Name: "analytics"}, start)
	var free []workload.Instant
	for i := range 8 {
		at := start.Add(5 * time.Second)
		b.ExecutorAdded(workload.ExecutorAdded{At: at, ID: fmt.Sprint(i + 1), Host: "h", Cores: 1, Requested: start, Registered: at})
		free = append(free, at.Add(time.Second))
	}
	submitted := start.Add(6 * time.Second)
	b.JobStart(workload.JobStart{At: submitted, SQL: -1, StageIDs: []int{0}})
	info := workload.StageInfo{NumTasks: tasks, Submitted: submitted}
	b.StageSubmitted(info)
	end := submitted
	for i := range tasks {
		slot := 0
		for s := range free {
			if free[s] < free[slot] {
				slot = s
			}
		}
		length := time.Second
		if i == 0 {
			length = 5 * time.Second
		}
		e := workload.TaskEnd{HasMetrics: true, Metrics: workload.Metrics{Run: length, CPU: length * 9 / 10, GC: length / 50}, Memory: workload.Memory{Heap: units.GiB(1)}}
		e.TaskStart = workload.TaskStart{ID: int64(i), Index: i, Launch: free[slot], Executor: fmt.Sprint(slot + 1)}
		e.Finish = e.Launch.Add(length)
		free[slot] = e.Finish
		end = max(end, e.Finish)
		b.TaskStart(&e.TaskStart)
		b.TaskEnd(&e)
	}
	info.Completed = end
	b.StageCompleted(info)
	b.JobEnd(0, end, true)
	b.ApplicationEnd(end.Add(time.Second))
	return b.Build(workload.Coverage{})
}

func planned(t require.TestingT, r plan.Request) *plan.Plan {
	p, err := plan.Engine{Workers: 2}.Plan(context.Background(), r)
	require.NoError(t, err)
	return p
}

func request(o plan.Objective) plan.Request {
	return plan.Request{
		Runs: []*workload.Profile{recorded("spark-1", 100)}, Cluster: allocation.Nodes(4, units.Cores(8), units.GiB(32)), Objective: o,
	}
}

func TestObjectives(t *testing.T) {
	fastest, cheapest := planned(t, request(plan.Fastest())), planned(t, request(plan.Cheapest()))
	balanced := planned(t, request(plan.Balanced()))
	assert.Less(t, fastest.Then.Wall.P50, cheapest.Then.Wall.P50)
	assert.Less(t, cheapest.Then.Cost.P50, fastest.Then.Cost.P50)
	for _, p := range []*plan.Plan{fastest, cheapest} {
		assert.LessOrEqual(t, balanced.Then.Wall.P50.Seconds()*balanced.Then.Cost.P50, 1.02*p.Then.Wall.P50.Seconds()*p.Then.Cost.P50)
	}
	deadline := fastest.Then.Wall.P90 * 13 / 10
	within := planned(t, request(plan.CheapestWithin(deadline)))
	assert.LessOrEqual(t, within.Then.Wall.P90, deadline)
	budget := planned(t, request(plan.FastestWithin(cheapest.Then.Cost.P90*1.2)))
	assert.LessOrEqual(t, budget.Then.Cost.P90, cheapest.Then.Cost.P90*1.2)
}

func TestEveryCandidateIsAccountedFor(t *testing.T) {
	p := planned(t, request(plan.Balanced()))
	require.NotEmpty(t, p.Candidates)
	assert.True(t, p.Candidates[0].Chosen)
	assert.Empty(t, p.Candidates[0].Why)
	assert.Equal(t, p.Shape, p.Candidates[0].Shape)
	for _, c := range p.Candidates[1:] {
		assert.False(t, c.Chosen)
		assert.NotEmpty(t, c.Why, "%s", c)
	}
	for _, a := range p.Candidates {
		for _, b := range p.Candidates {
			if a.Frontier && !a.Chosen {
				dominated := b.Prediction.Wall.P50 < a.Prediction.Wall.P50 && b.Prediction.Cost.P50 < a.Prediction.Cost.P50
				assert.False(t, dominated, "%s is on the frontier and beaten by %s", a, b)
			}
		}
	}
	require.NotEmpty(t, p.Reasons)
	for _, f := range p.Reasons {
		assert.NotEmpty(t, f.Basis().Kind(), "%s", f)
	}
	assert.NotEmpty(t, p.Assumptions)
}

func TestSameInputSameBytes(t *testing.T) {
	one, err := json.Marshal(planned(t, request(plan.Balanced())))
	require.NoError(t, err)
	p, err := plan.Engine{Workers: 1}.Plan(context.Background(), request(plan.Balanced()))
	require.NoError(t, err)
	two, err := json.Marshal(p)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(one, two), "the number of workers must not show")
	other := request(plan.Balanced())
	other.Runs = []*workload.Profile{recorded("spark-1", 101)}
	assert.NotEqual(t, p.Fingerprint, planned(t, other).Fingerprint)
}

func TestJSONRoundTrip(t *testing.T) {
	p := planned(t, request(plan.Balanced()))
	text, err := json.Marshal(p)
	require.NoError(t, err)
	back, err := plan.Parse(text)
	require.NoError(t, err)
	again, err := json.Marshal(back)
	require.NoError(t, err)
	assert.Equal(t, string(text), string(again))
	assert.Equal(t, p.Shape, back.Shape)
	assert.Equal(t, p.Policy, back.Policy)
	_, err = plan.Parse([]byte(`{"schema":"sparkscale/plan/v0"}`))
	assert.ErrorContains(t, err, plan.Schema)
	_, err = plan.Parse([]byte(`{`))
	assert.Error(t, err)
}

func TestRefusals(t *testing.T) {
	ctx := context.Background()
	var refusal *plan.Refusal

	_, err := plan.Engine{}.Plan(ctx, request(plan.CheapestWithin(3*time.Second)))
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, plan.Missed, refusal.Code)
	require.NotNil(t, refusal.Nearest)
	assert.Greater(t, refusal.Nearest.Wall.P90, 3*time.Second)
	assert.EqualError(t, err, "plan: "+refusal.Reason+"; "+refusal.Instead)

	tiny := request(plan.Balanced())
	tiny.Cluster = allocation.Nodes(1, units.Cores(1), units.GiB(2))
	_, err = plan.Engine{}.Plan(ctx, tiny)
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, plan.NoRoom, refusal.Code)

	empty := request(plan.Balanced())
	b := &workload.Builder{}
	b.ApplicationStart(workload.Application{ID: "a"}, 1)
	empty.Runs = []*workload.Profile{b.Build(workload.Coverage{})}
	_, err = plan.Engine{}.Plan(ctx, empty)
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, plan.NoTasks, refusal.Code)

	b.SketchBeyond(1)
	b.ExecutorAdded(workload.ExecutorAdded{At: 1, ID: "1", Cores: 1})
	for i := range int64(3) {
		b.TaskEnd(&workload.TaskEnd{TaskStart: workload.TaskStart{ID: i, Launch: 2, Executor: "1"}, Finish: 3})
	}
	empty.Runs = []*workload.Profile{b.Build(workload.Coverage{})}
	_, err = plan.Engine{}.Plan(ctx, empty)
	require.ErrorAs(t, err, &refusal)
	assert.Contains(t, refusal.Reason, "only sketches")

	_, err = plan.Engine{}.Plan(ctx, plan.Request{})
	assert.ErrorContains(t, err, "no run")
	negative := request(plan.CheapestWithin(-time.Second))
	_, err = plan.Engine{}.Plan(ctx, negative)
	assert.ErrorContains(t, err, "negative")

	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = plan.Engine{Workers: 2}.Plan(cancelled, request(plan.Balanced()))
	assert.ErrorIs(t, err, context.Canceled)
}

func TestQuotaBindsWithoutNodes(t *testing.T) {
	r := request(plan.Fastest())
	r.Cluster = allocation.Cluster{}
	r.Quota = allocation.Quota{CPU: units.Cores(4)}
	p := planned(t, r)
	assert.LessOrEqual(t, p.Then.PeakExecutors*p.Shape.Cores, 3, "the driver takes one of four")
	r.Quota = allocation.Quota{Pods: 1}
	_, err := plan.Engine{}.Plan(context.Background(), r)
	var refusal *plan.Refusal
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, plan.NoRoom, refusal.Code)
}

func TestCurrentSettingIsTheMeasure(t *testing.T) {
	r := request(plan.Balanced())
	r.Current = plan.Current{Shape: sizing.Shape{Cores: 1, Heap: units.GiB(4), RequestCPU: 500}, Policy: allocation.Fixed(3)}
	p := planned(t, r)
	assert.Equal(t, "replayed", p.Now.Basis)
	assert.Equal(t, 3, p.Now.PeakExecutors)
	assert.Equal(t, units.MilliCPU(500*p.Shape.Cores), p.Shape.RequestCPU, "a request keeps its part of the cores")
	kept := false
	for _, c := range p.Candidates {
		kept = kept || c.Shape == r.Current.Shape && c.Policy == r.Current.Policy
	}
	assert.True(t, kept, "what is there is a candidate too")
}

func TestNonsenseIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*plan.Request){
		"nil run":          func(r *plan.Request) { r.Runs = append(r.Runs, nil) },
		"price NaN":        func(r *plan.Request) { r.Price.CoreHour = math.NaN() },
		"price infinite":   func(r *plan.Request) { r.Price.GiBHour = math.Inf(1) },
		"budget NaN":       func(r *plan.Request) { r.Objective = plan.FastestWithin(math.NaN()) },
		"negative driver":  func(r *plan.Request) { r.Driver = sizing.Pod{CPU: -5, Memory: 1} },
		"absurd executors": func(r *plan.Request) { r.MaxExecutors = math.MaxInt },
	} {
		r := request(plan.Balanced())
		spoil(&r)
		_, err := plan.Engine{}.Plan(context.Background(), r)
		assert.Error(t, err, name)
	}
}

func TestFailedRunIsRefused(t *testing.T) {
	b := &workload.Builder{}
	b.ApplicationStart(workload.Application{ID: "spark-1"}, 1000)
	b.ExecutorAdded(workload.ExecutorAdded{At: 1500, ID: "1", Cores: 1})
	b.JobStart(workload.JobStart{At: 2000, SQL: -1, StageIDs: []int{0}})
	b.StageSubmitted(workload.StageInfo{NumTasks: 1, Submitted: 2000})
	b.TaskEnd(&workload.TaskEnd{TaskStart: workload.TaskStart{Launch: 2000, Executor: "1"}, Finish: 3000, Status: workload.Lost})
	b.ExecutorRemoved("1", 3000, "exited with exit code 137")
	b.JobEnd(0, 3000, false)
	b.ApplicationEnd(4000)
	_, err := plan.Engine{}.Plan(context.Background(), plan.Request{Runs: []*workload.Profile{b.Build(workload.Coverage{})}})
	var refusal *plan.Refusal
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, plan.NoTasks, refusal.Code)
	assert.Contains(t, refusal.Reason, "137")
}

func TestWeakGroundsAreCautioned(t *testing.T) {
	for caution, spoil := range map[string]func(*workload.Profile){
		"1 of 1 jobs of the run failed":     func(p *workload.Profile) { p.Totals.JobsFailed = 1 },
		"60 of 100 tasks of the run failed": func(p *workload.Profile) { p.Totals.TasksFailed = 60 },
		"the run had 2 GPUs an executor": func(p *workload.Profile) {
			p.Conf = p.Conf.With(map[string]string{"spark.executor.resource.gpu.amount": "2"})
		},
		"the run was local": func(p *workload.Profile) { p.Executors[0].ID = workload.DriverID },
	} {
		r := request(plan.Balanced())
		sound := planned(t, r)
		spoil(r.Runs[0])
		weak := planned(t, r)
		told := func(p *plan.Plan) string { return strings.Join(p.Then.Caveats, "\n") }
		assert.NotContains(t, told(sound), caution)
		assert.Contains(t, told(weak), caution)
		assert.NotEqual(t, replay.Trusted, weak.Then.Verdict, caution)
	}
}

func TestNoiseHidesSmallSavings(t *testing.T) {
	r := request(plan.Balanced())
	r.Runs = []*workload.Profile{recorded("spark-1", 100), recorded("spark-2", 100)}
	p := planned(t, r)
	assert.Len(t, p.Runs, 2)
	assert.Zero(t, p.Noise, "two runs that are alike")
	small := plan.Saving{Cost: 0.03, Noise: 0.05, Nothing: true}
	assert.Contains(t, small.String(), "nothing beyond the noise")
	assert.Equal(t, "41 % less cost, 3 % more time", plan.Saving{Cost: 0.41, Time: -0.03}.String())
}

func TestCapacityAndQuotaHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := request(plan.Fastest())
		r.Cluster = allocation.Nodes(rapid.IntRange(1, 4).Draw(t, "nodes"), units.Cores(rapid.IntRange(2, 8).Draw(t, "cpu")), units.GiB(int64(rapid.IntRange(8, 64).Draw(t, "memory"))))
		r.MaxExecutors = rapid.IntRange(0, 20).Draw(t, "max")
		p, err := plan.Engine{}.Plan(context.Background(), r)
		if err != nil {
			var refusal *plan.Refusal
			require.ErrorAs(t, err, &refusal)
			return
		}
		for _, c := range p.Candidates {
			fits, err := allocation.Bounds(r.Cluster, c.Shape, p.Version, allocation.BoundsOptions{Driver: p.Driver})
			require.NoError(t, err)
			assert.LessOrEqual(t, c.Prediction.PeakExecutors, fits.Executors)
			if r.MaxExecutors > 0 {
				assert.LessOrEqual(t, c.Prediction.PeakExecutors, r.MaxExecutors)
			}
			assert.False(t, math.IsNaN(c.Prediction.Cost.P50))
			assert.LessOrEqual(t, c.Prediction.Wall.P10, c.Prediction.Wall.P50)
			assert.LessOrEqual(t, c.Prediction.Wall.P50, c.Prediction.Wall.P90)
		}
	})
}

func TestGivenShapes(t *testing.T) {
	r := request(plan.Balanced())
	r.Shapes = []sizing.Shape{{Cores: 2, Heap: units.GiB(3)}}
	p := planned(t, r)
	assert.Equal(t, 2, p.Shape.Cores)
	assert.Equal(t, units.GiB(3), p.Shape.Heap)
	assert.Equal(t, "3g", p.Conf()["spark.executor.memory"])
}

func TestOtherVersionHasOtherDefaults(t *testing.T) {
	r := request(plan.Balanced())
	r.Version = spark.V41
	assert.Equal(t, spark.V41, planned(t, r).Version)
}

func FuzzParse(f *testing.F) {
	text, err := json.Marshal(planned(f, request(plan.Balanced())))
	require.NoError(f, err)
	f.Add(text)
	f.Add([]byte(`{"schema":"sparkscale/plan/v1","sparkVersion":"3.5.6","conf":{"spark.executor.memory":"1.5g"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := plan.Parse(text); err == nil {
			_, _ = json.Marshal(p)
		}
	})
}

func BenchmarkPlan(b *testing.B) {
	r := request(plan.Balanced())
	r.Runs = []*workload.Profile{recorded("spark-1", 20_000)}
	b.ReportAllocs()
	for b.Loop() {
		planned(b, r)
	}
}

func ExampleEngine_Plan() {
	p, err := plan.Engine{}.Plan(context.Background(), plan.Request{
		Runs:      []*workload.Profile{recorded("spark-1", 100)},
		Cluster:   allocation.Nodes(4, units.Cores(8), units.GiB(32)),
		Objective: plan.CheapestWithin(time.Minute),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Candidates[0])
	fmt.Println(p.Pod.CPU, "cpu,", p.Pod.Memory)
	fmt.Println("now ", p.Now.Wall)
	fmt.Println("then", p.Then.Wall)
	// Output:
	// 4 cores, 4 GiB heap, dynamic allocation 0…2 from 0, idle 6s
	// 4 cpu, 4505 MiB
	// now  20s
	// then 21.8s [18.3s, 27.9s]
}

func ExampleBalanced() {
	fmt.Println(plan.Balanced())
	fmt.Println(plan.Cheapest().WithBudget(12.5))
	fmt.Println(plan.Fastest().Within(time.Hour))
	// Output:
	// balanced
	// cheapest within a cost of 12.5
	// fastest within 1h0m0s
}

func ExampleCheapestWithin() {
	_, err := plan.Engine{}.Plan(context.Background(), plan.Request{
		Runs:      []*workload.Profile{recorded("spark-1", 100)},
		Objective: plan.CheapestWithin(3 * time.Second),
	})
	var refusal *plan.Refusal
	fmt.Println(errors.As(err, &refusal), refusal.Code, refusal.Nearest.Wall.P50 > 3*time.Second)
	// Output: true missed true
}

func ExampleFastestWithin() {
	fmt.Println(plan.FastestWithin(3.5))
	// Output: fastest within a cost of 3.5
}

func ExampleParse() {
	p, err := plan.Engine{}.Plan(context.Background(), plan.Request{Runs: []*workload.Profile{recorded("spark-1", 100)}})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := json.Marshal(p)
	back, err := plan.Parse(text)
	fmt.Println(back.Fingerprint == p.Fingerprint, back.Shape == p.Shape, err)
	// Output: true true <nil>
}

func TestCoursesAreThoseOfThePlan(t *testing.T) {
	r := request(plan.Balanced())
	p := planned(t, r)
	c, err := plan.Engine{}.Courses(context.Background(), r, p)
	require.NoError(t, err)
	assert.Equal(t, p.Then.Wall.P50, c.Then.Wall)
	assert.Equal(t, p.Then.PeakExecutors, c.Then.PeakExecutors)
	assert.Equal(t, p.Now.Bound, c.Was.Bound.String())
	assert.Equal(t, c.Was, c.Now, "compared with what ran")
	assert.NotEmpty(t, c.Then.Timeline)

	r.Current = plan.Current{Shape: sizing.Shape{Cores: 2, Heap: units.GiB(4)}, Policy: allocation.Fixed(2)}
	p = planned(t, r)
	c, err = plan.Engine{}.Courses(context.Background(), r, p)
	require.NoError(t, err)
	assert.Equal(t, p.Now.Wall.P50, c.Now.Wall, "compared with a setting that did not run")

	_, err = plan.Engine{}.Courses(context.Background(), r, nil)
	assert.Error(t, err)
}
