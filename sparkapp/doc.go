// Package sparkapp reads, builds and changes the SparkApplication of the Kubeflow Spark operator (sparkoperator.k8s.io/v1beta2,
// release 2.5.2), on the operator's own types: what a plan decided goes into the manifest that is there, and everything else in
// it stays, down to its comments.
//
//	app, err := sparkapp.Parse(manifest)             // or New, or From an object of a cluster
//	shape, err := app.Shape()                         // what Spark will be asked for, after the operator's defaults
//	changes, err := app.Apply(shape, policy)          // each with its path, both values and the reason
//	err = app.Validate(sparkapp.ValidateOptions{})    // what the operator checks, and what it does not
//	text := app.YAML()                                // or app.MergePatch(), app.JSONPatch(), app.ServerSideApply("platform")
//
// A key goes to the field that the operator has for it, else into sparkConf under its full name. The operator has no field for
// executorAllocationRatio, cachedExecutorIdleTimeout or sustainedSchedulerBacklogTimeout, and drops such fields without a word;
// nobody has shuffleServiceFetchRddTimeout, which is refused. A field wins over the same key in sparkConf, so Apply removes the
// latter. Values are declared: what nobody decided is not in the text.
//
// A change of a running application restarts it: the operator deletes the driver and submits anew, also a finished application,
// for any change of the spec but suspend and timeToLiveSeconds. Every patch says so among its Warnings. Nothing scales the
// executors of a running SparkApplication from outside.
//
// [Quota] and [Priority] make the objects around it. A ResourceQuota with limits.cpu makes Kubernetes refuse every pod that has
// no CPU limit, and Spark sets none by default: with such a quota an application needs coreLimit for driver and executors, which
// [App.Validate] asks for when it is told the quota.
//
// Memory is written and read as Spark's sizes ("14g"), CPU requests and limits as Kubernetes quantities ("500m"), the shuffle
// tracking timeout in milliseconds, as the operator has them.
//
// Sources: api/v1beta2, internal/webhook and internal/controller/sparkapplication of kubeflow/spark-operator v2.5.2.
//
// What it does not know: the pod templates in a manifest and other webhooks of a cluster, both of which may change what a pod
// asks for; the defaults file of an image; whether an operator runs with other feature gates than the default ones. Manifests of
// the other operator (group spark.apache.org) and SparkConnect objects are refused, with the reason.
package sparkapp
