// Package workload holds what one run of a Spark application really did: a [Profile] of its jobs, stages, tasks,
// executors, memory peaks and configuration, and the statistics of it.
//
// A Profile is made by a [Builder] from Spark's listener events, whether they come from an event log (package
// eventlog) or from the REST API (package sparkrest). It is immutable once built; nothing in it may be modified.
// Tasks lie in columns, because a run may have millions of them. [Coverage] says what the source did not tell:
// a cut log, bad lines, no memory metrics, no end. [Profile.Traits] says what makes the run unlike a batch job.
//
//	stats := profile.Stats()
//	stats.Utilisation(), stats.DriverShare(), stats.Tasks.P95, stats.WorstSkew
//	for _, level := range profile.Timeline() { … } // executors, running and pending tasks over time
//	joined, err := workload.Join(monday, tuesday)  // noise of the runs, growth with their input
//
// Every number that is derived from a run can carry its working: a [Figure] is a value with its [Basis].
//
// Units: times are [Instant]s (the driver's clock, in milliseconds since 1970) and time.Duration, sizes are
// units.Bytes. Sources: org.apache.spark.scheduler.EventLoggingListener, util.JsonProtocol and status.AppStatusUtils
// of Spark 3.5.6 and 4.1.1.
//
// What a Profile cannot know because Spark does not log it: the targets of dynamic allocation, locality
// preferences, when a shuffle was cleaned, when a core was free again, and, without
// spark.eventLog.logBlockUpdates.enabled, which executor held which cached block.
package workload
