// Package eventlog reads Spark's event logs into a workload.Profile: what did the run really do?
//
// It reads every layout and codec that Spark and its History Server write: plain JSON lines, zstd, lz4, snappy, lzf
// and gzip, told apart by their first bytes and never by a file name; rolling folders; Databricks folders of dated
// parts and a tail; the zip of the REST API; logs of running and of killed applications. It streams: memory is
// bounded by the options, not by the size of the log.
//
//	profile, err := eventlog.ReadFile(ctx, "spark-4f1c…")         // file, rolling folder or zip
//
//	logs, err := eventlog.Find("runs")                            // every log below a folder
//	for _, log := range logs {
//		profile, err := log.Read(ctx, eventlog.WithProgress(show))
//	}
//
// What a log does not tell is no error: a cut frame, a bad line in the middle or a missing end are counted in
// Profile.Coverage. [WithStrict] turns them into errors. A compacted log is refused in any case ([ErrCompacted]),
// because the History Server has dropped tasks from it.
//
// Sources: org.apache.spark.scheduler.EventLoggingListener, util.JsonProtocol, deploy.history.EventLogFileWriters
// and EventLogFileReaders, io.CompressionCodec of Spark 3.5.6, 4.0.1 and 4.1.1; logs of Spark 1.4 to 4.2 in tests.
package eventlog
