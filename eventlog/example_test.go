package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/units"
)

// A rolling log of two compressed parts is one run.
func ExampleReadFile() {
	p, err := eventlog.ReadFile(context.Background(), "testdata/runs/eventlog_v2_local-1795457007725")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.App.ID, "on Spark", p.Conf.Version())
	fmt.Println(len(p.Jobs), "job,", p.Tasks.Len(), "tasks in", p.Wall())
	fmt.Println(p.Coverage.Lines, "lines,", p.Coverage.Codecs, "to the", p.Coverage.EndRule)
	// Output:
	// local-1795457007725 on Spark 4.0.1
	// 1 job, 40 tasks in 4.215s
	// 91 lines, [zstd] to the ApplicationEnd
}

// A killed driver leaves its log open. What is there is read, and the coverage says what is missing.
func ExampleReadFile_killed() {
	p, err := eventlog.ReadFile(context.Background(), "testdata/runs/app-20261123180345-0001.zstd.inprogress")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("ended:", p.Coverage.Ended(), "by", p.Coverage.EndRule)
	for _, note := range p.Coverage.Notes {
		fmt.Println(note)
	}
	// Output:
	// ended: false by latest time in any event
	// no ApplicationEnd: the application was still running, or was killed; the end is the latest time in any event
	// no executor memory peaks: set spark.eventLog.logStageExecutorMetrics=true
	// testdata/runs/app-20261123180345-0001.zstd.inprogress: the rest after line 70 is lost: zstd stream is cut after 5203 bytes: the writer was killed or the copy is incomplete
}

// A folder with several logs is no log; the error names them.
func ExampleReadFile_several() {
	_, err := eventlog.ReadFile(context.Background(), "testdata/runs")
	var several *eventlog.SeveralError
	if errors.As(err, &several) {
		fmt.Println(strings.Join(several.Names, "\n"))
	}
	// Output:
	// testdata/runs/app-20261123180345-0001.zstd.inprogress
	// testdata/runs/eventlog_v2_local-1795457007725
	// testdata/runs/spark-e2cb81b107f145318740de4f12c97e46
}

// Every log in a folder, two at a time, in their order. One that cannot be read does not end the others.
func ExampleReadAll() {
	logs, err := eventlog.Find("testdata/runs")
	if err != nil {
		fmt.Println(err)
		return
	}
	for p, err := range eventlog.ReadAll(context.Background(), logs, 2) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(p.App.Name, p.Tasks.Len())
	}
	// Output:
	// lab-dag20 31
	// lab-widesmall 40
	// lost 6
}

// Every log in a folder, whatever lies beside it.
func ExampleFind() {
	logs, err := eventlog.Find("testdata/runs")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, log := range logs {
		p, err := log.Read(context.Background())
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s, %d bytes: %d of %d tasks failed\n", p.App.Name, log.Size(), p.Totals.TasksFailed, p.Totals.TasksEnded)
	}
	// Output:
	// lab-dag20, 5203 bytes: 0 of 27 tasks failed
	// lab-widesmall, 4847 bytes: 0 of 40 tasks failed
	// lost, 28624 bytes: 5 of 5 tasks failed
}

// Any file system will do, for example an embed.FS in a test.
func ExampleFindFS() {
	logs, err := eventlog.FindFS(os.DirFS("testdata"), "runs")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, log := range logs {
		fmt.Println(log.Name)
	}
	// Output:
	// runs/app-20261123180345-0001.zstd.inprogress
	// runs/eventlog_v2_local-1795457007725
	// runs/spark-e2cb81b107f145318740de4f12c97e46
}

// A stream has a name only, for errors and for the coverage.
func ExampleRead() {
	file, err := os.Open("testdata/runs/spark-e2cb81b107f145318740de4f12c97e46")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = file.Close() }()
	p, err := eventlog.Read(context.Background(), "s3://logs/spark-e2cb81b1", file)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range p.Executors {
		if e.Removed.Known() {
			fmt.Printf("executor %s after %v, peak %v: %.56s\n", e.ID, e.Removed.Sub(e.Added), e.Peak.Resident(), strings.TrimSpace(e.Reason))
		}
	}
	// Output:
	// executor 1 after 8.598s, peak 413 MiB: The executor with id 1 exited with exit code 137(SIGKILL
	// executor 2 after 8.967s, peak 474 MiB: The executor with id 2 exited with exit code 137(SIGKILL
	// executor 3 after 5.477s, peak 0 B: The executor with id 3 exited with exit code 137(SIGKILL
	// executor 5 after 4.19s, peak 0 B: The executor with id 5 exited with exit code 137(SIGKILL
	// executor 6 after 4.845s, peak 0 B: The executor with id 6 exited with exit code 137(SIGKILL
}

// Bounds protect a service that reads what others send.
func ExampleRead_bounds() {
	_, err := eventlog.ReadFile(context.Background(), "testdata/runs/spark-e2cb81b107f145318740de4f12c97e46",
		eventlog.WithMaxLine(units.MiB(16)), eventlog.WithMaxBytes(units.GiB(4)), eventlog.WithMaxRatio(200), eventlog.WithMaxTasks(4))
	fmt.Println(errors.Is(err, eventlog.ErrLimit))
	fmt.Println(err)
	// Output:
	// true
	// testdata/runs/spark-e2cb81b107f145318740de4f12c97e46:27: limit exceeded: task attempts or other entries of one kind: 5, the bound is 4; raise it with WithMaxTasks
}

// WithStrict takes whole logs only.
func ExampleWithStrict() {
	_, err := eventlog.ReadFile(context.Background(), "testdata/runs/app-20261123180345-0001.zstd.inprogress", eventlog.WithStrict())
	fmt.Println(errors.Is(err, eventlog.ErrTruncated))

	log := `{"Event":"SparkListenerLogStart","Spark Version":"3.5.6"}` + "\n" + `{"Event":"SparkListenerJobStart","Job ID":}` + "\n"
	_, err = eventlog.Read(context.Background(), "run", strings.NewReader(log), eventlog.WithStrict())
	var syntax *eventlog.SyntaxError
	if errors.As(err, &syntax) {
		fmt.Println(syntax)
		fmt.Println(syntax.File, syntax.Line, syntax.Offset, syntax.Event)
	}
	// Output:
	// true
	// run:2: no valid "SparkListenerJobStart", at byte 100: a value is missing
	// run 2 100 SparkListenerJobStart
}

// The function is called about every 16 MiB of JSON, and at the end.
func ExampleWithProgress() {
	show := eventlog.WithProgress(func(p eventlog.Progress) {
		fmt.Printf("%d of %d bytes, %d lines, done %t\n", p.Read, p.Total, p.Lines, p.Done)
	})
	_, err := eventlog.ReadFile(context.Background(), "testdata/runs/eventlog_v2_local-1795457007725", show)
	fmt.Println(err)
	// Output:
	// 4847 of 4847 bytes, 91 lines, done true
	// <nil>
}
