package keda_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/sparkscale/sparkscale/keda"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/units"
)

// pendingObjects is a manifest that many have written: scale the executors of a job by the objects that wait in a bucket.
const pendingObjects = `apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: analytics-job-s3
  namespace: spark
spec:
  scaleTargetRef:
    name: analytics-job-executor
  minReplicaCount: 2
  maxReplicaCount: 15
  triggers:
  - type: aws-s3
    metadata:
      bucketName: spark-input-data
      prefix: pending/
      awsRegion: us-east-1
      targetSize: "1000"
      activationTargetSize: "500"
`

// Executors by the objects that wait below a prefix, as people write it: KEDA takes the manifest, and nothing ever scales.
func ExampleParse_pendingObjects() {
	m, err := keda.Parse([]byte(pendingObjects))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, issue := range m.Issues(keda.Known{}) {
		fmt.Printf("%s %s %s\n  %s\n  instead: %s\n", issue.Severity, issue.Code, issue.Path, issue.Message, issue.Instead)
	}
	// Output:
	// warning UNSAFE-TARGET spec.scaleTargetRef.name
	//   is taken for a Deployment; executors of a Spark application are bare pods of its driver, and there is no Deployment of them unless allocator deployment (Spark 4.2) makes one
	//   instead: use dynamic allocation with bounds from a plan, or bounds by time window for the next run; or allocator statefulset (Spark 3.3, cluster mode) with dynamic allocation off, whose set KEDA can own (keda.Target.Apply, keda.ForRunning); or a ScaledJob, one application for each batch; or standalone or Connect workers in a Deployment or StatefulSet
	// error NO-SUCH-TRIGGER spec.triggers[0].type
	//   KEDA 2.21 accepts the object and then sits at Ready=False with "no scaler found for type: aws-s3"
	//   instead: KEDA has no scaler for objects in S3: send the bucket's notifications for the prefix to an SQS queue and write type: aws-sqs-queue (keda.AWSSQSQueue prints what the bucket and the queue need), or count the objects with an external scaler and write type: external
}

// officeHours is a manifest that many have written: ten executors while people work.
const officeHours = `apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: analytics-job-hours
  namespace: spark
spec:
  scaleTargetRef:
    apiVersion: sparkoperator.k8s.io/v1beta2
    kind: SparkApplication
    name: analytics-job
  minReplicaCount: 2
  maxReplicaCount: 15
  triggers:
  - type: cron
    metadata:
      timezone: America/New_York
      start: 0 8 * * 1-5
      end: 0 18 * * *
      desiredReplicas: "10"
`

// Executors by the clock, as people write it: the target cannot scale, and start and end are on different days.
func ExampleParse_officeHours() {
	m, err := keda.Parse([]byte(officeHours))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, issue := range m.Issues(keda.Known{}) {
		fmt.Printf("%s %s %s\n  %s\n", issue.Severity, issue.Code, issue.Path, issue.Message)
	}
	// Output:
	// error NO-SCALE spec.scaleTargetRef
	//   a SparkApplication has no /scale subresource, and the operator restarts it when executor.instances change
	// warning SKIPPED-END spec.triggers[0].metadata[end]
	//   the end at Fri 7 Jan 18:00 has no effect: another end comes before the next start, and the window stays open
}

// The same by a queue that the bucket writes to, for workers that are a Deployment.
func ExampleScaledObject_queue() {
	auth, err := keda.TriggerAuthentication("keda-aws", "spark", keda.Auth{Identity: keda.AWSIdentity("arn:aws:iam::123456789012:role/keda")})
	if err != nil {
		fmt.Println(err)
		return
	}
	so, err := keda.ScaledObject("connect-backlog", "spark", keda.Scaling{
		Target: keda.Deployment("connect-workers"), Min: new(2), Max: new(15),
		Fallback: &keda.Fallback{Failures: 3, Replicas: 4, Behavior: "currentReplicasIfHigher"},
		Triggers: []keda.Source{keda.AWSSQSQueue{
			URL: "https://sqs.us-east-1.amazonaws.com/123456789012/pending", Region: "us-east-1", Length: 1000, Auth: keda.AuthRef{Name: "keda-aws"},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := keda.YAML(auth, so)
	fmt.Print(string(text))
	// Output:
	// apiVersion: keda.sh/v1alpha1
	// kind: TriggerAuthentication
	// metadata:
	//   name: keda-aws
	//   namespace: spark
	// spec:
	//   podIdentity:
	//     provider: aws
	//     roleArn: arn:aws:iam::123456789012:role/keda
	// ---
	// apiVersion: keda.sh/v1alpha1
	// kind: ScaledObject
	// metadata:
	//   name: connect-backlog
	//   namespace: spark
	// spec:
	//   scaleTargetRef:
	//     apiVersion: apps/v1
	//     kind: Deployment
	//     name: connect-workers
	//   minReplicaCount: 2
	//   maxReplicaCount: 15
	//   fallback:
	//     behavior: currentReplicasIfHigher
	//     failureThreshold: 3
	//     replicas: 4
	//   triggers:
	//   - type: aws-sqs-queue
	//     metadata:
	//       awsRegion: us-east-1
	//       queueLength: "1000"
	//       queueURL: https://sqs.us-east-1.amazonaws.com/123456789012/pending
	//     authenticationRef:
	//       name: keda-aws
}

// Ten executors of a running application on weekdays from 8 to 18 in New York, at least 2 and at most 15: first the application is made
// for it, then, once it runs, its set gets an owner.
func ExampleForRunning() {
	app, err := sparkapp.New("analytics-job", "spark",
		sparkapp.Scala("3.5.6", "Main", "local:///opt/app.jar"), sparkapp.Image("spark:3.5.6"),
		sparkapp.Driver(sparkapp.Pod{Cores: 1, Memory: units.GiB(2), ServiceAccount: "spark"}),
		sparkapp.Executor(sparkapp.Pod{Cores: 2, Memory: units.GiB(4)}))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = keda.TargetFor(app)
	var refusal *keda.Refusal
	fmt.Println(errors.As(err, &refusal), refusal.Code)

	load := keda.Load{LongestTask: time.Minute, Shuffle: units.GiB(2)} // keda.LoadOf(profile)
	if _, err := (keda.Target{Instances: 2, Load: load}).Apply(app); err != nil {
		fmt.Println(err)
		return
	}
	_, err = keda.TargetFor(app)
	fmt.Println(err)

	// Later, from the cluster: the status of the application, and the set that Spark made.
	status := v1beta2.SparkApplicationStatus{
		SparkApplicationID: "spark-3a8c5ecc0e8d43c491c5210f172627aa",
		AppState:           v1beta2.ApplicationState{State: v1beta2.ApplicationStateRunning},
	}
	set := &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{
		Namespace: "spark", Name: keda.SetName(keda.AllocatorStatefulSet, status.SparkApplicationID, 0), UID: "6f1c2a34-0000-4000-8000-000000000000",
	}}
	so, err := keda.ForRunning(status, keda.SetOf(set), load, keda.Scaling{
		Min: new(2), Max: new(15), Triggers: []keda.Source{keda.Weekdays(8, 18, "America/New_York", 10)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := keda.YAML(so)
	fmt.Print(string(text))
	// Output:
	// true NO-SCALE
	// <nil>
	// apiVersion: keda.sh/v1alpha1
	// kind: ScaledObject
	// metadata:
	//   name: spark-s-spark-3a8c5ecc0e8d43c491c5210f172627aa-0
	//   namespace: spark
	//   ownerReferences:
	//   - apiVersion: apps/v1
	//     kind: StatefulSet
	//     name: spark-s-spark-3a8c5ecc0e8d43c491c5210f172627aa-0
	//     uid: 6f1c2a34-0000-4000-8000-000000000000
	// spec:
	//   scaleTargetRef:
	//     apiVersion: apps/v1
	//     kind: StatefulSet
	//     name: spark-s-spark-3a8c5ecc0e8d43c491c5210f172627aa-0
	//   minReplicaCount: 2
	//   maxReplicaCount: 15
	//   advanced:
	//     horizontalPodAutoscalerConfig:
	//       behavior:
	//         scaleDown:
	//           policies:
	//           - type: Pods
	//             periodSeconds: 111
	//             value: 1
	//           stabilizationWindowSeconds: 1110
	//   triggers:
	//   - type: cron
	//     metadata:
	//       desiredReplicas: "10"
	//       end: 0 18 * * 1-5
	//       start: 0 8 * * 1-5
	//       timezone: America/New_York
}

// What a pair of expressions really means: on Friday the end does not end anything.
func ExampleSimulate() {
	zone, _ := time.LoadLocation("America/New_York")
	thursday := time.Date(2026, time.March, 5, 0, 0, 0, 0, zone)
	spans, err := keda.Simulate(keda.Cron{Start: "0 8 * * 1-5", End: "0 18 * * *", Zone: "America/New_York", Executors: 10}, thursday, thursday.AddDate(0, 0, 5))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, span := range spans {
		fmt.Println(span)
	}
	// Output:
	// Thu 2026-03-05 00:00 EST to Thu 2026-03-05 08:00 EST: 0
	// Thu 2026-03-05 08:00 EST to Thu 2026-03-05 18:00 EST: 10
	// Thu 2026-03-05 18:00 EST to Fri 2026-03-06 08:00 EST: 0
	// Fri 2026-03-06 08:00 EST to Sun 2026-03-08 18:00 EDT: 10
	// Sun 2026-03-08 18:00 EDT to Mon 2026-03-09 08:00 EDT: 0
	// Mon 2026-03-09 08:00 EDT to Mon 2026-03-09 18:00 EDT: 10
	// Mon 2026-03-09 18:00 EDT to Tue 2026-03-10 00:00 EDT: 0
}

func ExampleWeekdays() {
	c, err := keda.Weekdays(8, 18, "America/New_York", 10).Cron()
	fmt.Println(c.Start, "|", c.End, "|", err)
	// Output: 0 8 * * 1-5 | 0 18 * * 1-5 | <nil>
}

func ExampleNotification() {
	n := keda.Notification{
		Bucket: "spark-input-data", Account: "123456789012", Prefix: "pending/", QueueARN: "arn:aws:sqs:us-east-1:123456789012:pending",
	}
	text, err := n.BucketConfiguration()
	fmt.Print(string(text), err)
	// Output:
	// {
	//   "QueueConfigurations": [
	//     {
	//       "Events": [
	//         "s3:ObjectCreated:*"
	//       ],
	//       "Filter": {
	//         "Key": {
	//           "FilterRules": [
	//             {
	//               "Name": "prefix",
	//               "Value": "pending/"
	//             }
	//           ]
	//         }
	//       },
	//       "QueueArn": "arn:aws:sqs:us-east-1:123456789012:pending"
	//     }
	//   ]
	// }
	// <nil>
}

// A key that KEDA would take without a word, and never read.
func ExampleCheckTrigger() {
	trigger := keda.Trigger{Type: "prometheus", Metadata: map[string]string{
		"serverAddress": "http://prometheus:9090", "query": "sum(spark_pending_tasks)", "treshold": "8",
	}}
	for _, issue := range keda.CheckTrigger(trigger, keda.Given{}) {
		fmt.Println(issue, issue.Silent)
	}
	// Output:
	// error MISSING-KEY metadata[threshold]: the scaler prometheus needs it false
	// error UNKNOWN-KEY metadata[treshold]: the scaler prometheus does not read this key, and KEDA does not say so; is it threshold? true
}

// One application for each message of a queue, at most four at once: the Job submits it and waits for its end.
func ExampleScaledJob() {
	submit := batchv1.JobSpec{BackoffLimit: new(int32(0)), Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
		RestartPolicy: corev1.RestartPolicyNever, Containers: []corev1.Container{{Name: "submit", Image: "registry/submit:1"}},
	}}}
	sj, err := keda.ScaledJob("batches", "spark", keda.Jobs{
		Job: submit, Max: new(4), Strategy: keda.Strategy{Kind: "accurate"},
		Triggers: []keda.Source{keda.AWSSQSQueue{
			URL: "https://sqs.us-east-1.amazonaws.com/123456789012/batches", Region: "us-east-1", Length: 1, Auth: keda.AuthRef{Name: "keda-aws"},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := keda.YAML(sj)
	fmt.Print(string(text))
	// Output:
	// apiVersion: keda.sh/v1alpha1
	// kind: ScaledJob
	// metadata:
	//   name: batches
	//   namespace: spark
	// spec:
	//   jobTargetRef:
	//     backoffLimit: 0
	//     template:
	//       spec:
	//         containers:
	//         - name: submit
	//           image: registry/submit:1
	//         restartPolicy: Never
	//   maxReplicaCount: 4
	//   scalingStrategy:
	//     strategy: accurate
	//   triggers:
	//   - type: aws-sqs-queue
	//     metadata:
	//       awsRegion: us-east-1
	//       queueLength: "1"
	//       queueURL: https://sqs.us-east-1.amazonaws.com/123456789012/batches
	//     authenticationRef:
	//       name: keda-aws
}

func ExampleConflicts() {
	scaling := keda.Scaling{Target: keda.Deployment("connect-workers"), Triggers: []keda.Source{keda.Weekdays(8, 18, "Etc/UTC", 4)}}
	a, _ := keda.ScaledObject("hours", "spark", scaling)
	b, _ := keda.ScaledObject("backlog", "spark", scaling)
	for _, issue := range keda.Conflicts(a, b) {
		fmt.Println(issue)
	}
	// Output: error TWO-OWNERS spark/Deployment/connect-workers: ScaledObject backlog (KEDA) and ScaledObject hours (KEDA) write it; leave one of them
}
