// Package diagnose answers why an application does not have the executors that it should have: why it does not scale up,
// scales down too eagerly, never lets go, or pays for what it does not use.
//
//	findings := diagnose.Run(snapshot, diagnose.Options{})
//	for _, f := range findings {
//		f.Code, f.Severity, f.Message, f.Evidence, f.Fixes
//	}
//
// A [Snapshot] is what is known of one application: objects of Kubernetes, the facts of its logs, answers of its REST API, and
// the digest of what it ran ([DigestOf] a workload.Profile). Package observe gathers one from a cluster or from a folder of
// saved files. What could not be gathered is among its Gaps, and a rule that would need it stays silent: see [Unchecked].
//
// Each rule stands in a file of its own, has a stable code, and says what it saw, where, what that costs and what helps, and
// whether that works on the running application (almost nothing does: Spark reads its configuration once, and a changed
// SparkApplication is submitted anew) or at the next run. A cause hides its symptoms. What looks like trouble and is none is no
// finding: executors that the operator calls FAILED with exit code 143 at the end, FailedPreStopHook at every decommission, two
// ExecutorRemoved for one executor, a FailedMount before the configmap is there.
//
// Times are Spark's (milliseconds since 1970), sizes bytes, processor time thousandths of a core, costs core-hours: cores that
// were held and did nothing, or did work that had to be done again. Texts from outside are on one line and bounded wherever they
// appear in a finding.
//
// Sources are named at each rule: classes of Spark 3.5.6 to 4.1.1, kubeflow/spark-operator v2.5.2, Kubernetes 1.34, KEDA 2.20,
// and recordings of real runs on these.
//
// What it does not know: what happened where no source tells of it, custom resources such as GPUs beyond their names, and
// external shuffle services, which stock Spark does not have on Kubernetes.
package diagnose
