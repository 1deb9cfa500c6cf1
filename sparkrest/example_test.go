package sparkrest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/sparkrest"
	"github.com/sparkscale/sparkscale/workload"
)

// replay serves a recording; in its place stands a driver or a History Server.
func replay(name string) (*httptest.Server, string) {
	tape := openCassette(&testing.T{}, "testdata/"+name+".zip")
	return httptest.NewServer(tape), tape.app()
}

func ExampleNew() {
	server, id := replay("history-3.5.6-failures")
	defer server.Close()
	ctx := context.Background()

	client, err := sparkrest.New(server.URL, sparkrest.WithTimeout(10*time.Second))
	if err != nil {
		log.Fatal(err)
	}
	app := client.App(id)
	info, err := app.Info(ctx)
	if err != nil {
		log.Fatal(err)
	}
	jobs, err := app.Jobs(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Name, info.Attempts[0].AppSparkVersion, info.Attempts[0].Duration)
	for _, j := range jobs {
		fmt.Println("job", j.ID, j.Status, j.NumTasks, "tasks,", j.NumFailedTasks, "failed")
	}
	// Output:
	// lab-fail 3.5.7 20.958s
	// job 0 SUCCEEDED 64 tasks, 2 failed
}

func ExampleApp_Tasks() {
	server, id := replay("history-3.5.6-failures")
	defer server.Close()
	client, err := sparkrest.New(server.URL)
	if err != nil {
		log.Fatal(err)
	}
	var slowest sparkrest.Millis
	for task, err := range client.App(id).Tasks(context.Background(), 0, 0, sparkrest.TaskQuery{}) {
		if err != nil {
			log.Fatal(err)
		}
		if task.Status == sparkrest.TaskFailed {
			reason, _, _ := strings.Cut(task.ErrorMessage, ":")
			fmt.Println("task", task.ID, "failed:", reason)
		}
		slowest = max(slowest, *task.Duration)
	}
	fmt.Println("slowest:", slowest)
	// Output:
	// task 5 failed: java.lang.IllegalStateException
	// task 34 failed: java.lang.IllegalStateException
	// slowest: 4.578s
}

func ExampleProfile() {
	server, id := replay("history-3.5.6-failures")
	defer server.Close()
	client, err := sparkrest.New(server.URL)
	if err != nil {
		log.Fatal(err)
	}
	profile, err := sparkrest.Profile(context.Background(), client.App(id))
	if err != nil {
		log.Fatal(err)
	}
	stats := profile.Stats()
	fmt.Println(profile.App.Name, profile.Wall(), stats.PeakExecutors, "executors,", profile.Tasks.Len(), "tasks,", profile.Totals.TasksFailed, "failed")
	for _, note := range profile.Coverage.Notes[:2] {
		fmt.Println(note)
	}
	// Output:
	// lab-fail 20.958s 2 executors, 66 tasks, 2 failed
	// Executors.Requested, Executors.Registered: not in the REST API
	// Executors.Peak, Driver, Totals.PeakHeap…: as executors reported them with heartbeats; those that tasks reported at their end are not in the REST API
}

func ExampleFromEventLog() {
	server, id := replay("history-3.5.6-failures")
	defer server.Close()
	client, err := sparkrest.New(server.URL)
	if err != nil {
		log.Fatal(err)
	}
	profile, err := sparkrest.Profile(context.Background(), client.App(id), sparkrest.FromEventLog(func(ctx context.Context, file string) (*workload.Profile, error) {
		return eventlog.ReadFile(ctx, file)
	}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(profile.Coverage.Lines, "events;", strings.Join(profile.Coverage.Notes, "; "))
	// Output:
	// 148 events; no executor memory peaks: set spark.eventLog.logStageExecutorMetrics=true
}

func ExampleApp_Snapshot() {
	server, _ := replay("driver-3.5.6")
	defer server.Close()
	client, err := sparkrest.New(server.URL)
	if err != nil {
		log.Fatal(err)
	}
	app, err := client.Only(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	now, err := app.Snapshot(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(now.Executors)-1, "executors, wanted", now.Allocation.Target, "of", now.Allocation.MaxNeeded)
	// Output:
	// 2 executors, wanted 2 of 13
}

func ExampleSnapshot_AddPrometheus() {
	page := `spark_info{version="4.0.1", revision="x"} 1.0
metrics_executor_activeTasks{application_id="spark-1", application_name="nightly", executor_id="1"} 2
metrics_executor_JVMHeapMemory_bytes{application_id="spark-1", application_name="nightly", executor_id="1"} 1073741824
`
	var now sparkrest.Snapshot
	if err := now.AddPrometheus(strings.NewReader(page)); err != nil {
		log.Fatal(err)
	}
	e := now.Executors[0]
	fmt.Println(now.Version, now.AppName, e.ID, e.ActiveTasks, e.PeakMemoryMetrics.Memory().Heap)
	// Output:
	// 4.0.1 nightly 1 2 1 GiB
}

func ExampleWithRetry() {
	answers := []int{http.StatusServiceUnavailable, http.StatusOK}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(answers[0])
		answers = answers[1:]
		_, _ = w.Write([]byte(`{"spark":"4.0.1"}`))
	}))
	defer server.Close()
	client, err := sparkrest.New(server.URL, sparkrest.WithRetry(sparkrest.Retry{
		Attempts: 3, First: time.Second, Max: time.Second,
		Sleep: func(context.Context, time.Duration) error { return nil }, // a test need not wait
	}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.Version(context.Background()))
	// Output:
	// 4.0.1 <nil>
}

func ExampleStatusError() {
	server, id := replay("history-3.5.6-failures")
	defer server.Close()
	client, err := sparkrest.New(server.URL)
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.App(id).Threads(context.Background(), workload.DriverID)
	var status *sparkrest.StatusError
	fmt.Println(errors.Is(err, sparkrest.ErrLiveOnly), errors.As(err, &status) && status.Status == http.StatusServiceUnavailable)
	fmt.Println(status.Message, status.Remedy)
	// Output:
	// true true
	// Thread dumps not available through the history server. ask the driver while the application runs
}
