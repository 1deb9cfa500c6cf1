// Package eventlog reads Spark's event logs into a workload.Profile: what did the run really do?
//
// It reads every layout and codec that Spark and its History Server write: plain JSON lines, zstd, lz4, snappy, lzf
// and gzip, told apart by their first bytes and never by a file name; rolling folders; Databricks folders of dated
// parts and a tail; the zip of the REST API; logs of running and of killed applications. It streams: memory is
// bounded by the options, not by the size of the log. Of two cores it uses one to decompress, a MiB ahead at most and on
// into the next part, and one to parse; the goroutine for that ends with the call.
//
//	profile, err := eventlog.ReadFile(ctx, "spark-4f1c…")         // file, rolling folder or zip
//
//	logs, err := eventlog.Find("runs")                            // every log below a folder
//	for profile, err := range eventlog.ReadAll(ctx, logs, runtime.NumCPU()) {
//		…                                                         // in the order of the logs
//	}
//
// What a log does not tell is no error: a cut frame, a bad line in the middle, a missing part or a missing end are told
// in Profile.Coverage. [WithStrict] turns them into errors. A compacted log is refused in any case ([ErrCompacted]),
// because the History Server has dropped tasks from it. Every error is one line that names the file as the caller did,
// the place in it, and what to do.
//
// Units are those of package workload: Spark's own clock in milliseconds, sizes in bytes; numbers beyond 64 bits are
// saturated, negative ones in the columns of tasks are 0.
//
// What it does not know: SQL plans and their metrics, block updates, the progress of streaming queries (events of these
// kinds are only counted); logs in object stores (package eventlog/blob finds them); which attempt of
// an application is the last one (workload.LatestAttempts).
//
// Sources: org.apache.spark.scheduler.EventLoggingListener, util.JsonProtocol, deploy.history.EventLogFileWriters
// and EventLogFileReaders, io.CompressionCodec of Spark 3.5.6, 4.0.1 and 4.1.1; logs of Spark 1.4 to 4.2 in tests.
package eventlog
