// Package keda builds and reads the objects of KEDA (keda.sh/v1alpha1, release 2.21.0) on KEDA's own types, so that what is
// written really scales: ScaledObject, ScaledJob and TriggerAuthentication.
//
//	so, err := keda.ScaledObject("connect-hours", "spark", keda.Scaling{
//		Target: keda.Deployment("connect-workers"), Min: new(2), Max: new(15),
//		Triggers: []keda.Source{keda.Weekdays(8, 18, "America/New_York", 10)},
//	})
//	text, err := keda.YAML(so)
//
// KEDA takes nearly every object: the type of a trigger is free text, keys that a scaler does not read are ignored, a time zone is
// looked up at each evaluation only, and its webhook may not be asked at all. So everything is checked before it is applied, against
// KEDA's own list of parameters and the rules of its webhook and scalers, and each [Issue] says what to write instead, and whether
// KEDA would have told ([Issue].Silent). [Parse] does the same for a manifest that is there.
//
// A [Window] writes both expressions of a cron trigger from one set of days. [Simulate] says what a cron trigger really wants over
// any days, as KEDA computes it, changes of the clocks included.
//
// # What can be scaled
//
// KEDA writes a count through a /scale subresource. A SparkApplication has none, its executors are bare pods that their driver makes
// anew, and with dynamic allocation the driver itself owns the count. What works, by experiment on a cluster with Spark 3.5.6, is the
// StatefulSet that Spark's statefulset allocator makes, with dynamic allocation off: [TargetFor] says whether an application is made
// for that, [Target].Apply makes it so, and [ForRunning] builds the ScaledObject once the application runs. Everything else is a
// [*Refusal] that says what does work. [Conflicts] finds two owners of one count.
//
// Counts are replicas, that is executors or workers; durations are whole seconds where KEDA has seconds.
//
// Sources: apis/keda/v1alpha1, pkg/scalers and schema/generated of kedacore/keda v2.21.0, of which the list of parameters is
// generated into keda/internal/schema; github.com/robfig/cron v3.0.1, with which KEDA reads cron expressions.
//
// What it does not know: what a server behind an external trigger wants, values of Secrets, whether a queue or a topic exists, rules
// of the scalers that have no Go type here beyond their parameters, and other webhooks of a cluster.
package keda
