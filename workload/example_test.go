package workload_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// nightly is a run of a minute: one executor of two cores, and a stage of three tasks.
func nightly(id string, longest time.Duration) *workload.Profile {
	const began = workload.Instant(1_700_000_000_000)
	var b workload.Builder
	b.LogStart("3.5.6")
	b.Environment(map[string]string{"spark.executor.cores": "2", "spark.executor.memory": "4g"})
	b.ApplicationStart(workload.Application{ID: id, Name: "nightly"}, began)
	b.ExecutorAdded(workload.ExecutorAdded{ID: "1", At: began.Add(10 * time.Second), Cores: 2})
	b.JobStart(workload.JobStart{ID: 0, At: began.Add(12 * time.Second), StageIDs: []int{0}, SQL: -1})
	stage := workload.StageInfo{ID: 0, Name: "count at Main.scala:12", NumTasks: 3, Submitted: began.Add(12 * time.Second)}
	b.StageSubmitted(stage)
	last := began
	for i, length := range []time.Duration{10 * time.Second, 20 * time.Second, longest} {
		start := workload.TaskStart{Stage: 0, ID: int64(i), Index: i, Launch: began.Add(12 * time.Second), Executor: "1"}
		if i == 2 {
			start.Launch = began.Add(22 * time.Second) // when the first one is done
		}
		b.TaskStart(&start)
		end := workload.TaskEnd{TaskStart: start, Finish: start.Launch.Add(length), HasMetrics: true}
		end.Metrics = workload.Metrics{Run: length, CPU: length * 9 / 10, Input: units.MiB(100)}
		end.Memory.Heap = units.GiB(2)
		b.TaskEnd(&end)
		last = max(last, end.Finish)
	}
	stage.Completed = last
	b.StageCompleted(stage)
	b.JobEnd(0, last, true)
	b.ApplicationEnd(last.Add(5 * time.Second))
	return b.Build(workload.Coverage{Source: "example"})
}

func Example() {
	p := nightly("spark-1", 30*time.Second)
	s := p.Stats()
	fmt.Printf("%s took %s, %s of it the driver alone\n", p.App.Name, s.Wall, s.DriverOnly)
	fmt.Printf("%d executors at most, %.1f on average, %.0f %% busy\n", s.PeakExecutors, s.AverageExecutors, 100*s.Utilisation())
	fmt.Printf("tasks: median %s, longest %s, average %s\n", s.Tasks.P50, s.Tasks.Max, s.Tasks.Mean)
	fmt.Printf("heap: %s at most\n", s.PeakHeap)
	// Output:
	// nightly took 57s, 17s of it the driver alone
	// 1 executors at most, 0.8 on average, 64 % busy
	// tasks: median 20s, longest 30s, average 20s
	// heap: 2 GiB at most
}

func ExampleBuilder() {
	var b workload.Builder
	b.ApplicationStart(workload.Application{ID: "spark-1", Name: "etl"}, 1_700_000_000_000)
	b.StageSubmitted(workload.StageInfo{ID: 0, NumTasks: 1, Submitted: 1_700_000_001_000})
	b.TaskStart(&workload.TaskStart{Stage: 0, ID: 7, Launch: 1_700_000_001_500, Executor: "1"})
	b.ExecutorRemoved("1", 1_700_000_004_000, "exited with exit code 137") // and here the log ends

	p := b.Build(workload.Coverage{Source: "eventlog.inprogress"})
	fmt.Println(p.Since(), p.Wall(), p.Tasks.Status(0), p.Tasks.Duration(0))
	for _, note := range p.Coverage.Notes[2:] {
		fmt.Println(note)
	}
	// Output:
	// 2023-11-14T22:13:20.000Z 4s running 2.5s
	// no ApplicationEnd: the application was still running, or was killed; the end is the latest time in any event
	// no executors: the log has no ExecutorAdded
	// no executor memory peaks: set spark.eventLog.logStageExecutorMetrics=true
}

func ExampleProfile_Timeline() {
	for _, l := range nightly("spark-1", 30*time.Second).Timeline() {
		fmt.Printf("%s executors %d, running %d, pending %d\n", l.At.Time().Format("04:05"), l.Executors, l.Running, l.Pending)
	}
	// Output:
	// 13:20 executors 0, running 0, pending 0
	// 13:30 executors 1, running 0, pending 0
	// 13:32 executors 1, running 2, pending 1
	// 13:42 executors 1, running 2, pending 0
	// 13:52 executors 1, running 1, pending 0
	// 14:12 executors 1, running 0, pending 0
	// 14:17 executors 0, running 0, pending 0
}

func ExampleProfile_Traits() {
	var b workload.Builder
	b.Environment(map[string]string{"spark.master": "local[4]"})
	for _, trait := range b.Build(workload.Coverage{}).Traits() {
		fmt.Printf("%s: %s\n", trait, trait.Why())
	}
	// Output:
	// local-mode: the driver is the only executor, so that neither start-up, nor shuffles over the network, nor executor memory were measured
}

func ExampleProfile_Facts() {
	facts := nightly("spark-1", 30*time.Second).Facts()
	fmt.Println(*facts.AppID, *facts.DurationMS, facts.TasksEnded, facts.InputBytes, facts.AppAttemptID == nil)
	// Output: spark-1 57000 3 314572800 true
}

func ExampleJoin() {
	joined, err := workload.Join(nightly("spark-1", 30*time.Second), nightly("spark-2", 33*time.Second))
	fmt.Printf("%d runs, noise %.1f %% over %d, growth known: %t, %v\n",
		len(joined.Runs), 100*joined.Noise, joined.NoiseRuns, joined.GrowthRuns > 1, err)

	_, err = workload.Join(nightly("spark-1", 30*time.Second), new(workload.Builder).Build(workload.Coverage{}))
	fmt.Println(err)
	// Output:
	// 2 runs, noise 3.6 % over 2, growth known: false, <nil>
	// workload: the runs are of different applications: "nightly" and ""; give the runs of one application
}

func ExampleLatestAttempts() {
	run := func(attempt string) *workload.Profile {
		var b workload.Builder
		b.ApplicationStart(workload.Application{ID: "application_1", AttemptID: attempt}, 1)
		return b.Build(workload.Coverage{})
	}
	kept, superseded := workload.LatestAttempts([]*workload.Profile{run("1"), run("2")})
	fmt.Println(kept[0].App.AttemptID, superseded[0].App.AttemptID)
	// Output: 2 1
}

func ExampleSummarize() {
	d := workload.Summarize([]time.Duration{3 * time.Second, time.Second, 20 * time.Second, 2 * time.Second})
	fmt.Println(d.N, d.Min, d.P50, d.Max, d.Mean, d.Sum)
	fmt.Printf("skew %.1f\n", d.Skew())
	// Output:
	// 4 1s 3s 20s 6.5s 26s
	// skew 6.7
}

func ExampleQuantile() {
	for _, q := range []float64{0, 0.25, 0.5, 0.75, 1} {
		fmt.Print(workload.Quantile([]int{1, 2, 3, 4}, q), " ")
	}
	// Output: 1 2 3 4 4
}

func ExampleNewFigure() {
	f := workload.NewFigure("executor heap", "5 GiB", workload.Measured(412, "tasks"), "highest of the peaks was 3.7 GiB, 20 % on top")
	fmt.Println(f)
	data, err := json.Marshal(f)
	fmt.Println(string(data), err)
	// Output:
	// executor heap 5 GiB: highest of the peaks was 3.7 GiB, 20 % on top [measured over 412 tasks]
	// {"name":"executor heap","value":"5 GiB","rule":"highest of the peaks was 3.7 GiB, 20 % on top","basis":{"kind":"measured","text":"over 412 tasks"}} <nil>
}

func ExampleMeasured() {
	fmt.Println(workload.Measured(412, "tasks"))
	// Output: measured over 412 tasks
}

func ExampleGiven() {
	fmt.Println(workload.Given("the caller"))
	// Output: given by the caller
}

func ExampleFromConf() {
	c := spark.NewConf(spark.V35, map[string]string{"spark.executor.cores": "4"})
	_, cores := c.Value(spark.ExecutorCores)
	_, memory := c.Value(spark.ExecutorMemory)
	fmt.Println(workload.FromConf(cores))
	fmt.Println(workload.FromConf(memory))
	// Output:
	// given by spark.executor.cores
	// default of spark.executor.memory in Spark 3.5.0
}

func ExampleComputed() {
	fmt.Println(workload.Computed("cores and slots"))
	// Output: computed from cores and slots
}

func ExampleReplayed() {
	fmt.Println(workload.Replayed(2))
	// Output: replayed over 2 runs
}

func ExampleAssumed() {
	fmt.Println(workload.Assumed("the log has no request times"))
	// Output: assumed the log has no request times
}
