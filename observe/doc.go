// Package observe gathers a diagnose.Snapshot: what is known of one Spark application, from a folder of saved files or from a
// live cluster.
//
//	snapshot, err := observe.Dir(ctx, "case-4711")             // what kubectl, logs and REST gave, under any names
//	snapshot, err := observe.Cluster(config).Snapshot(ctx, types.NamespacedName{Namespace: "spark", Name: "job"})
//	findings := diagnose.Run(snapshot, diagnose.Options{})
//
// A folder may hold what `kubectl get -o yaml` or `-o json` writes of pods, events, nodes, quotas, StatefulSets,
// SparkApplications, ScaledObjects, HorizontalPodAutoscalers and priority classes, one or many in a file; logs of the driver and
// of executors, plain or structured JSON; answers of the REST API; and event logs of every layout that package eventlog reads.
// Files are told apart by what is in them, never by their names. What is none of these is passed over with a note.
//
// What could not be gathered (not there, not allowed) is a gap of the snapshot, not an error. Everything is bounded: see the
// options. Of names and log texts only what a rule may cite is kept, each cut to a bounded length.
//
// The driver's log is read by its own clock, which states no time zone; it is taken for UTC, as containers have it.
//
// Sources: log texts of Spark 3.5.6, 4.0.1 and 4.1.1; objects of Kubernetes 1.34, kubeflow/spark-operator v2.5.2 and KEDA 2.20.
package observe
