package objectscaler_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/keda/objectscaler"
	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// run is an application that worked for 10 s on 4 tasks of 2 s, 2 at a time: 4 GiB of input in one stage from 3 s to 7 s.
func run(change func(b *workload.Builder)) *workload.Profile {
	var b workload.Builder
	b.LogStart("3.5.6")
	b.ApplicationStart(workload.Application{ID: "spark-1", Name: "nightly"}, 1000)
	b.ExecutorAdded(workload.ExecutorAdded{At: 2000, ID: "1", Cores: 2})
	b.JobStart(workload.JobStart{At: 3000, ID: 0, StageIDs: []int{0}, SQL: -1})
	stage := workload.StageInfo{ID: 0, NumTasks: 4, Submitted: 3000}
	b.StageSubmitted(stage)
	for i := range 4 {
		start := workload.TaskStart{Stage: 0, ID: int64(i), Index: i, Executor: "1", Launch: workload.Instant(3000 + 2000*(i/2))}
		b.TaskStart(&start)
		b.TaskEnd(&workload.TaskEnd{TaskStart: start, Finish: start.Launch + 2000, HasMetrics: true, Metrics: workload.Metrics{Run: 2 * time.Second, Input: units.GiB(1)}})
	}
	stage.Completed = 7000
	b.StageCompleted(stage)
	b.JobEnd(0, 7000, true)
	if change != nil {
		change(&b)
	}
	return b.Build(workload.Coverage{})
}

func ended(b *workload.Builder) { b.ApplicationEnd(11_000) }

// planned is a plan of executors with two cores, at most 20 of them.
func planned() *plan.Plan {
	return &plan.Plan{App: "nightly", Shape: sizing.Shape{Cores: 2}, Policy: allocation.Fixed(20)}
}

func work(t testing.TB, o objectscaler.WorkOptions) objectscaler.Work {
	t.Helper()
	w, err := objectscaler.NewWork(run(ended), planned(), o)
	require.NoError(t, err)
	return w
}

func TestWorkOfARun(t *testing.T) {
	w := work(t, objectscaler.WorkOptions{})
	assert.Equal(t, 8*time.Second, w.Serial, "6 s of the driver alone, and the longest task")
	assert.InDelta(t, 2.0, w.Each*float64(units.GiB(1)), 1e-12)
	assert.Equal(t, []int{2, 20}, []int{w.Slots, w.Max})
	var text []string
	for _, f := range w.Figures {
		text = append(text, f.String())
	}
	assert.Equal(t, []string{
		"task time 2 s a GiB: 8s of tasks that succeeded over 4 GiB of input [measured over 4 tasks]",
		"serial time 8s: time of the driver alone, and the longest task of each stage [measured over 4 tasks]",
		"slots 2 tasks: cores of an executor over spark.task.cpus [given by the plan]",
		"most executors 20 executors: " + planned().Policy.String() + " [given by the plan]",
	}, text)

	w = work(t, objectscaler.WorkOptions{Objects: 40})
	assert.InDelta(t, 0.2, w.Each, 1e-12)
	assert.True(t, w.PerObject)
}

func TestWorkThatIsNotTold(t *testing.T) {
	other := planned()
	other.App = "hourly"
	for name, c := range map[string]struct {
		run  *workload.Profile
		plan *plan.Plan
		says string
	}{
		"no run":      {nil, planned(), "a run and a plan"},
		"no plan":     {run(ended), nil, "a run and a plan"},
		"other one":   {run(ended), other, `"hourly"`},
		"no end":      {run(nil), planned(), "did not end"},
		"no executor": {run(ended), &plan.Plan{App: "nightly", Shape: sizing.Shape{Cores: 1, TaskCPUs: 2}}, "no executors"},
	} {
		_, err := objectscaler.NewWork(c.run, c.plan, objectscaler.WorkOptions{})
		assert.ErrorContains(t, err, c.says, name)
	}
	_, err := objectscaler.NewWork(run(ended), planned(), objectscaler.WorkOptions{Objects: -1})
	assert.Error(t, err)
}

func TestExecutors(t *testing.T) {
	w := objectscaler.Work{PerObject: true, Each: 0.2, Serial: time.Minute, Slots: 2, Max: 20}
	for objects, want := range map[int64]int{0: 0, 1: 1, 5400: 1, 5401: 2, 9000: 2, 108_000: 20, 102_601: 20, 102_600: 19, 1 << 60: 20} {
		assert.Equal(t, want, w.Executors(objectscaler.Tally{Objects: objects}, 10*time.Minute), "%d objects", objects)
	}
	assert.Equal(t, 20, w.Executors(objectscaler.Tally{Objects: 1}, time.Minute), "no time is left")
	assert.Equal(t, "executors 2 executors: 1800 s of tasks for 9000 objects over 2 slots in 10m0s less 1m0s, at most 20 executors [measured over 9000 pending objects]",
		w.Figure(objectscaler.Tally{Objects: 9000}, 10*time.Minute).String())
	w.PerObject = false
	assert.Equal(t, 1, w.Executors(objectscaler.Tally{Objects: 3}, time.Hour), "empty objects are work too")
	assert.Contains(t, w.Figure(objectscaler.Tally{Objects: 3}, time.Hour).String(), "for 0 B over")
}

// TestDeadlineIsKept holds the count against a schedule: tasks of drawn lengths in list order on as many slots never take longer
// than the deadline, where the bound on executors does not bind.
func TestDeadlineIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lengths := rapid.SliceOfN(rapid.IntRange(1, 60), 1, 200).Draw(t, "seconds of tasks")
		total, longest := 0, 0
		for _, l := range lengths {
			total, longest = total+l, max(longest, l)
		}
		w := objectscaler.Work{
			PerObject: true, Each: float64(total) / float64(len(lengths)), Serial: time.Duration(longest) * time.Second,
			Slots: rapid.IntRange(1, 8).Draw(t, "slots"), Max: 1 << 20,
		}
		deadline := w.Serial + time.Duration(rapid.IntRange(1, 600).Draw(t, "deadline"))*time.Second
		n := w.Executors(objectscaler.Tally{Objects: int64(len(lengths))}, deadline)
		slots := make([]int, min(n*w.Slots, len(lengths)))
		end := 0
		for _, l := range lengths {
			first := 0
			for i := range slots {
				if slots[i] < slots[first] {
					first = i
				}
			}
			slots[first] += l
			end = max(end, slots[first])
		}
		assert.LessOrEqual(t, time.Duration(end)*time.Second, deadline+time.Millisecond)
	})
}

func TestPlannedTrigger(t *testing.T) {
	g := &generated{objects: 1_000_000, size: 1}
	w := objectscaler.Work{PerObject: true, Each: 0.2, Serial: time.Minute, Slots: 2, Max: 20}
	s := newScaler(t, opener(g), objectscaler.WithWork("nightly", w), objectscaler.WithLimit(108_000))
	metadata := func(pairs ...string) []string {
		return append([]string{"metric", "planned", "targetSize", "", "activationTargetSize", "", "plan", "nightly", "deadline", "10m"}, pairs...)
	}
	got, err := value(context.Background(), s, metadata()...)
	require.NoError(t, err, "the listing stops where the answer can no longer change, which is before its limit")
	assert.Equal(t, 20.0, got)
	got, err = value(context.Background(), s, metadata("maxObjects", "9000")...)
	require.NoError(t, err)
	assert.Equal(t, 2.0, got)
	spec, err := s.GetMetricSpec(context.Background(), ref(metadata()...))
	require.NoError(t, err)
	assert.Equal(t, 1.0, spec.GetMetricSpecs()[0].GetTargetSizeFloat())

	_, err = value(context.Background(), s, metadata("plan", "nightli")...)
	assert.Equal(t, codes.InvalidArgument, status.Code(err))
	assert.ErrorContains(t, err, "is it nightly?")
	_, err = value(context.Background(), s, metadata("deadline", "1m")...)
	assert.Equal(t, codes.InvalidArgument, status.Code(err))
	assert.ErrorContains(t, err, "1m0s pass without them")
}
