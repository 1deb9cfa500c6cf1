package replay_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// stageSpec is a stage of a made-up run.
type stageSpec struct {
	parents []int
	tasks   []time.Duration
}

// run makes a profile of jobs that follow one another, recorded on one executor of so many cores.
func run(jobs [][]stageSpec, cores int) *workload.Profile {
	b := &workload.Builder{}
	b.LogStart("3.5.6")
	b.Environment(map[string]string{"spark.executor.cores": fmt.Sprint(cores), "spark.executor.instances": "1", "spark.master": "spark://m"})
	b.ApplicationStart(workload.Application{ID: "app-1", Name: "made"}, 1_000_000)
	b.ExecutorAdded(workload.ExecutorAdded{At: 1_001_000, ID: "0", Host: "h", Cores: cores})
	now, id, stage := workload.Instant(1_002_000), int64(0), 0
	for job, stages := range jobs {
		start, first := now, stage
		ids := []int{}
		for range stages {
			ids = append(ids, stage)
			stage++
		}
		b.JobStart(workload.JobStart{At: start, ID: job, StageIDs: ids, SQL: -1})
		for i, s := range stages {
			parents := []int{}
			for _, p := range s.parents {
				parents = append(parents, first+p)
			}
			info := workload.StageInfo{ID: first + i, NumTasks: len(s.tasks), Parents: parents, Submitted: now}
			b.StageSubmitted(info)
			for index, length := range s.tasks {
				start := workload.TaskStart{Stage: first + i, ID: id, Index: index, Launch: now, Executor: "0"}
				id++
				b.TaskStart(&start)
				now = now.Add(length)
				b.TaskEnd(&workload.TaskEnd{TaskStart: start, Finish: now, HasMetrics: true, Metrics: workload.Metrics{Run: length}})
			}
			info.Completed = now
			b.StageCompleted(info)
		}
		b.JobEnd(job, now, true)
		now = now.Add(500 * time.Millisecond)
	}
	b.ApplicationEnd(now)
	return b.Build(workload.Coverage{})
}

func seconds(list ...int) []time.Duration {
	var times []time.Duration
	for _, s := range list {
		times = append(times, time.Duration(s)*time.Second)
	}
	return times
}

func replayed(t require.TestingT, p *workload.Profile, s replay.Setting) replay.Result {
	w, err := replay.NewWork(p)
	require.NoError(t, err)
	r, err := w.Run(context.Background(), s)
	require.NoError(t, err)
	return r
}

func fixed(n, cores int) replay.Setting {
	return replay.Setting{Shape: sizing.Shape{Cores: cores}, Policy: allocation.Fixed(n)}
}

func TestListScheduling(t *testing.T) {
	p := run([][]stageSpec{{{tasks: seconds(4, 3, 2, 1)}}}, 1)
	// Executors come at 1 s, the job 1 s later, its end is followed by 500 ms of the driver.
	overhead := 2500 * time.Millisecond
	assert.Equal(t, 10*time.Second+overhead, replayed(t, p, fixed(1, 1)).Wall)
	assert.Equal(t, 5*time.Second+overhead, replayed(t, p, fixed(2, 1)).Wall)
	assert.Equal(t, 5*time.Second+overhead, replayed(t, p, fixed(1, 2)).Wall)
	assert.Equal(t, 4*time.Second+overhead, replayed(t, p, fixed(4, 1)).Wall)
	assert.Equal(t, 4*time.Second+overhead, replayed(t, p, fixed(9, 1)).Wall)
}

func TestMemoryIsThePodOverTheLivesOfExecutors(t *testing.T) {
	s := fixed(2, 1)
	r := replayed(t, run([][]stageSpec{{{tasks: seconds(4, 3, 2, 1)}}}, 1), s)
	pod, err := s.Shape.Pod(spark.V35)
	require.NoError(t, err)
	// Both come at 1 s and stay until the end at 7.5 s.
	assert.Equal(t, 13*time.Second, r.ExecutorTime)
	assert.InDelta(t, pod.Memory.GiB()*13/3600, r.GiBHours(), 1e-9)
}

func TestStagesWaitForParentsAndRunBesideEachOther(t *testing.T) {
	p := run([][]stageSpec{{{tasks: seconds(3)}, {tasks: seconds(2)}, {parents: []int{0, 1}, tasks: seconds(1)}}}, 1)
	overhead := 2500 * time.Millisecond
	assert.Equal(t, 6*time.Second+overhead, replayed(t, p, fixed(1, 1)).Wall)
	// On two slots the two roots run at once; in the recording the second was submitted when the first was done, and
	// that lag is the driver's.
	assert.LessOrEqual(t, replayed(t, p, fixed(2, 1)).Wall, 6*time.Second+overhead)
}

func TestDriverGapsStay(t *testing.T) {
	p := run([][]stageSpec{{{tasks: seconds(2, 2)}}, {{tasks: seconds(2, 2)}}, {{tasks: seconds(2, 2)}}}, 1)
	r := replayed(t, p, fixed(2, 1))
	assert.Equal(t, 3*2*time.Second+2500*time.Millisecond+2*500*time.Millisecond, r.Wall)
	assert.Equal(t, 3500*time.Millisecond, r.Bound.Driver)
}

func TestDynamicAllocationRampsAndReleases(t *testing.T) {
	p := run([][]stageSpec{{{tasks: seconds(10, 10, 10, 10, 10, 10, 10, 10)}}}, 1)
	policy := allocation.Default(spark.V35)
	policy.Max = 4
	r := replayed(t, p, replay.Setting{Shape: sizing.Shape{Cores: 1}, Policy: policy})
	assert.Equal(t, 4, r.PeakExecutors)
	assert.Greater(t, r.Wall, 20*time.Second, "four slots need twenty seconds, and the ramp more")
	assert.Less(t, r.Wall, 40*time.Second)
	assert.Positive(t, r.Bound.Allocation)
}

func TestCapacityBounds(t *testing.T) {
	p := run([][]stageSpec{{{tasks: seconds(1, 1, 1, 1, 1, 1, 1, 1)}}}, 1)
	s := fixed(8, 1)
	s.Capacity = 2
	r := replayed(t, p, s)
	assert.Equal(t, 2, r.PeakExecutors)
	assert.GreaterOrEqual(t, r.Wall, 4*time.Second)
}

func TestRefusals(t *testing.T) {
	p := run([][]stageSpec{{{tasks: seconds(1)}}}, 1)
	w, err := replay.NewWork(p)
	require.NoError(t, err)
	_, err = w.Run(context.Background(), fixed(0, 1))
	assert.ErrorIs(t, err, replay.ErrStuck)
	_, err = w.Run(context.Background(), replay.Setting{Shape: sizing.Shape{Cores: 1, TaskCPUs: 2}, Policy: allocation.Fixed(1)})
	assert.ErrorContains(t, err, "holds no task")
	s := fixed(1, 1)
	s.Provisioning = -1
	_, err = w.Run(context.Background(), s)
	assert.Error(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = w.Run(ctx, fixed(1, 1))
	assert.ErrorIs(t, err, context.Canceled)
	_, err = replay.NewWork((&workload.Builder{}).Build(workload.Coverage{}))
	assert.ErrorIs(t, err, replay.ErrNothing)
}

func drawRun(t *rapid.T) *workload.Profile {
	jobs := make([][]stageSpec, rapid.IntRange(1, 3).Draw(t, "jobs"))
	for j := range jobs {
		jobs[j] = make([]stageSpec, rapid.IntRange(1, 4).Draw(t, "stages"))
		for i := range jobs[j] {
			if i > 0 && rapid.Bool().Draw(t, "has parent") {
				jobs[j][i].parents = []int{rapid.IntRange(0, i-1).Draw(t, "parent")}
			}
			for range rapid.IntRange(1, 20).Draw(t, "tasks") {
				jobs[j][i].tasks = append(jobs[j][i].tasks, time.Duration(rapid.IntRange(1, 5000).Draw(t, "ms"))*time.Millisecond)
			}
		}
	}
	return run(jobs, 1)
}

func drawSetting(t *rapid.T) replay.Setting {
	s := fixed(rapid.IntRange(1, 6).Draw(t, "executors"), rapid.IntRange(1, 4).Draw(t, "cores"))
	if rapid.Bool().Draw(t, "dynamic") {
		p := allocation.Default(spark.V35)
		p.Min, p.Max = rapid.IntRange(0, 2).Draw(t, "min"), rapid.IntRange(2, 6).Draw(t, "max")
		p.Initial = rapid.IntRange(p.Min, p.Max).Draw(t, "initial")
		p.Idle = time.Duration(rapid.IntRange(0, 10).Draw(t, "idle")) * time.Second
		p.ShuffleTimeout = p.Idle
		s.Policy = p
	}
	s.Seed = rapid.Uint64().Draw(t, "seed")
	return s
}

func TestWorkIsConservedAndBoundsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, s := drawRun(t), drawSetting(t)
		r := replayed(t, p, s)
		assert.Equal(t, p.Totals.Sums.Run, r.BusyTime, "every task runs once, whatever it runs on")
		assert.LessOrEqual(t, r.BusyTime, r.CoreTime)
		most := s.Policy.InitialTarget()
		if s.Policy.Dynamic {
			most = s.Policy.Max
		}
		assert.LessOrEqual(t, r.PeakExecutors, most)
		b := r.Bound
		assert.Equal(t, r.Wall, b.Driver+b.Allocation+b.Capacity+b.Tail, "the parts are the whole")
		assertStages(t, r)
		assertCritical(t, r)
		w, err := replay.NewWork(p)
		require.NoError(t, err)
		assert.LessOrEqual(t, w.Perfect(), r.Wall, "nothing is faster than perfect")
		i := r.Idle
		assert.Equal(t, r.CoreTime-r.BusyTime, i.Driver+i.Allocation+i.Capacity+i.Tail, "the idle parts are the whole")
		for _, l := range r.Timeline {
			assert.GreaterOrEqual(t, l.Executors, 0)
			assert.LessOrEqual(t, l.Running, l.Cores)
		}
		again := replayed(t, p, s)
		assert.Equal(t, r, again, "the same input gives the same result")
	})
}

func assertStages(t *rapid.T, r replay.Result) {
	for _, s := range r.Stages {
		assert.Equal(t, s.Completed-s.Submitted, s.Allocation+s.Capacity+s.Tail, "the parts of a stage are the whole")
		assert.LessOrEqual(t, s.Skew, s.Tail)
		for _, part := range []time.Duration{s.Allocation, s.Capacity, s.Tail, s.Skew, s.Idle} {
			assert.GreaterOrEqual(t, part, time.Duration(0))
		}
	}
}

func assertCritical(t *rapid.T, r replay.Result) {
	var at time.Duration
	for _, s := range r.Critical {
		assert.Equal(t, at, s.From, "each step begins where the one before ended")
		at = s.To
	}
	assert.Equal(t, r.Wall, at, "the steps are the whole")
}

func TestSelfReplayOfRecordings(t *testing.T) {
	var index []struct {
		Path, EventLog string
		JobsMS         int64 `json:"jobs_ms"`
		Quiet          bool
	}
	dataset.JSON(t, "recordings/index.json", &index)
	var sum float64
	n := 0
	for _, rec := range index {
		if !rec.Quiet {
			continue
		}
		p, err := eventlog.ReadFile(context.Background(), dataset.Path(t, "recordings", rec.Path, rec.EventLog))
		require.NoError(t, err)
		w, err := replay.NewWork(p)
		require.NoError(t, err)
		shape, err := sizing.FromConf(p.Conf)
		require.NoError(t, err)
		r, err := w.Run(context.Background(), replay.Setting{Shape: shape, Executors: w.Lives()})
		require.NoError(t, err)
		miss := math.Abs(float64(r.Jobs.Milliseconds()-rec.JobsMS) / float64(rec.JobsMS))
		assert.Less(t, miss, 0.06, rec.Path)
		sum, n = sum+miss, n+1
	}
	require.NotZero(t, n)
	t.Logf("%d quiet runs replayed with their own executors: mean miss %.2f %%", n, 100*sum/float64(n))
	assert.Less(t, sum/float64(n), 0.008)
}

func ExampleNewWork() {
	p := run([][]stageSpec{{{tasks: seconds(4, 3, 2, 1)}}}, 1)
	work, err := replay.NewWork(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, executors := range []int{1, 2, 4} {
		r, err := work.Run(context.Background(), replay.Setting{Shape: sizing.Shape{Cores: 1}, Policy: allocation.Fixed(executors)})
		fmt.Println(executors, r.Wall, r.Bound, err)
	}
	// Output:
	// 1 12.5s bound by capacity: 9s; driver 2.5s, tail 1s <nil>
	// 2 7.5s bound by capacity: 4s; driver 2.5s, tail 1s <nil>
	// 4 6.5s bound by tail: 4s; driver 2.5s <nil>
}

func BenchmarkRun(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		tasks := make([]time.Duration, n)
		for i := range tasks {
			tasks[i] = time.Duration(500+i*7919%1000) * time.Millisecond
		}
		w, err := replay.NewWork(run([][]stageSpec{{{tasks: tasks}}}, 1))
		require.NoError(b, err)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err = w.Run(context.Background(), fixed(100, 4))
			}
			require.NoError(b, err)
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "tasks/s")
		})
	}
}

// BenchmarkFrontier predicts 64 settings from a run of 200,000 tasks, one after the other.
func BenchmarkFrontier(b *testing.B) {
	const tasks, settings = 200_000, 64
	stages := make([]stageSpec, 20)
	for i := range stages {
		if i > 0 {
			stages[i].parents = []int{i - 1}
		}
		for k := range tasks / len(stages) {
			stages[i].tasks = append(stages[i].tasks, time.Duration(500+k*7919%1000)*time.Millisecond)
		}
	}
	w := workOf(b, run([][]stageSpec{stages}, 1))
	b.ReportAllocs()
	for b.Loop() {
		for n := range settings {
			s := fixed(10+5*n, 4)
			if n%2 == 1 {
				s.Policy = allocation.Default(spark.V35)
				s.Policy.Max = 10 + 5*n
			}
			_, err := replay.Predict(context.Background(), []*replay.Work{w}, s, replay.PredictOptions{})
			require.NoError(b, err)
		}
	}
	b.ReportMetric(3*tasks*settings*float64(b.N)/b.Elapsed().Seconds(), "tasks/s")
}

func ExampleWork_Arrivals() {
	w, err := replay.NewWork(run([][]stageSpec{{{tasks: seconds(1)}}}, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	a := w.Arrivals()
	fmt.Println(a.Each, a.Alone, a.Basis)
	// Output: [1s] 1s measured over 1 executors, driver start to registration: the log has no request times
}

func ExamplePredict() {
	p := run([][]stageSpec{{{tasks: seconds(4, 3, 2, 1)}}}, 1)
	work, err := replay.NewWork(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	s := replay.Setting{Shape: sizing.Shape{Cores: 1}, Policy: allocation.Fixed(8)}
	r, err := replay.Predict(context.Background(), []*replay.Work{work}, s, replay.PredictOptions{Noise: 0.03})
	fmt.Println(r.Wall, r.P10.Round(time.Millisecond), r.P90.Round(time.Millisecond), r.Verdict, r.Reasons, err)
	fmt.Println("never below", work.Perfect())
	for _, step := range r.Critical {
		fmt.Println(step.Stage, step.From, step.To)
	}
	// Output:
	// 6.5s 6.247s 7.156s Caution [8 cores at most against 1 that ran] <nil>
	// never below 6.5s
	// -1 0s 2s
	// 0 2s 6s
	// -1 6s 6.5s
}

func ExampleWork_Lives() {
	w, err := replay.NewWork(run([][]stageSpec{{{tasks: seconds(4)}}}, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := w.Run(context.Background(), replay.Setting{Shape: sizing.Shape{Cores: 1}, Executors: w.Lives()})
	fmt.Println(r.Jobs, err)
	// Output: 4s <nil>
}
