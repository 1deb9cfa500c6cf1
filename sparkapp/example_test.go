package sparkapp_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/units"
)

func ExampleNew() {
	app, err := sparkapp.New("analytics", "data",
		sparkapp.Scala("3.5.6", "com.example.Analytics", "local:///opt/app/analytics.jar"),
		sparkapp.Image("registry.example.com/analytics:1.4"),
		sparkapp.Arguments("--full"),
		sparkapp.Conf(map[string]string{"spark.sql.shuffle.partitions": "400"}),
		sparkapp.Driver(sparkapp.Pod{Cores: 1, Memory: units.GiB(2), ServiceAccount: "spark"}),
		sparkapp.Executor(sparkapp.Pod{Cores: 4, CoreLimit: units.Cores(4), Memory: units.GiB(8), MemoryOverhead: units.GiB(1)}),
		sparkapp.DynamicAllocation(sparkapp.Dynamic{MinExecutors: new(2), MaxExecutors: new(50), CachedExecutorIdleTimeout: new(10 * time.Minute)}),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(app.YAML()))
	// Output:
	// apiVersion: sparkoperator.k8s.io/v1beta2
	// kind: SparkApplication
	// metadata:
	//   name: analytics
	//   namespace: data
	// spec:
	//   type: Scala
	//   mode: cluster
	//   sparkVersion: 3.5.6
	//   image: registry.example.com/analytics:1.4
	//   mainClass: com.example.Analytics
	//   mainApplicationFile: local:///opt/app/analytics.jar
	//   arguments:
	//   - --full
	//   sparkConf:
	//     spark.dynamicAllocation.cachedExecutorIdleTimeout: 600s
	//     spark.sql.shuffle.partitions: "400"
	//   dynamicAllocation:
	//     enabled: true
	//     minExecutors: 2
	//     maxExecutors: 50
	//   driver:
	//     cores: 1
	//     memory: 2g
	//     serviceAccount: spark
	//   executor:
	//     cores: 4
	//     coreLimit: "4"
	//     memory: 8g
	//     memoryOverhead: 1g
}

func ExampleNew_invalid() {
	_, err := sparkapp.New("pi", "default", sparkapp.Java("3.5.6", "Pi", "local:///pi.jar"),
		sparkapp.DynamicAllocation(sparkapp.Dynamic{MinExecutors: new(10), MaxExecutors: new(2)}))
	var invalid *sparkapp.InvalidError
	fmt.Println(errors.As(err, &invalid))
	fmt.Println(err)
	// Output:
	// true
	// sparkapp: spec.dynamicAllocation.minExecutors: Invalid value: 10: must be at most spark.dynamicAllocation.maxExecutors, which is 2
}

const nightly = `# owned by team data
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata:
  name: nightly
spec:
  type: Python
  sparkVersion: "3.5.6"
  mainApplicationFile: local:///opt/app/nightly.py
  driver: {}
  executor:
    instances: 20    # all that fit
    memory: 8g       # never measured
`

func ExampleParse() {
	app, err := sparkapp.Parse([]byte(nightly))
	fmt.Println(app.Kind(), app.Name(), app.Version(), err)
	shape, err := app.Shape()
	fmt.Println(shape.Cores, shape.Heap, shape.Language, err)
	policy, err := app.Policy()
	fmt.Println(policy, err)
	// Output:
	// SparkApplication nightly 3.5.6 <nil>
	// 1 8 GiB python <nil>
	// 20 executors <nil>
}

func ExampleApp_Apply() {
	app, _ := sparkapp.Parse([]byte(nightly))
	policy := allocation.Default(spark.V35)
	policy.Min, policy.Initial, policy.Max, policy.Ratio = 1, 1, 14, 0.8
	changes, err := app.Apply(sizing.Shape{Cores: 2, Heap: units.GiB(5), Language: sizing.Python}, policy)
	for _, change := range changes {
		fmt.Println(change)
	}
	fmt.Println(err)
	fmt.Print(string(app.YAML()))
	// Output:
	// spec.dynamicAllocation.enabled: nothing -> true (the policy decides it)
	// spec.dynamicAllocation.maxExecutors: nothing -> 14 (the policy decides it)
	// spec.dynamicAllocation.minExecutors: nothing -> 1 (the policy decides it)
	// spec.executor.cores: nothing -> 2 (the shape decides it)
	// spec.executor.instances: 20 -> nothing (dynamic allocation would start with it where it is more than the initial count)
	// spec.executor.memory: 8g -> 5g (the shape decides it)
	// spec.sparkConf[spark.dynamicAllocation.executorAllocationRatio]: nothing -> 0.8 (the policy decides it)
	// <nil>
	// # owned by team data
	// apiVersion: sparkoperator.k8s.io/v1beta2
	// kind: SparkApplication
	// metadata:
	//   name: nightly
	// spec:
	//   type: Python
	//   sparkVersion: "3.5.6"
	//   mainApplicationFile: local:///opt/app/nightly.py
	//   sparkConf:
	//     spark.dynamicAllocation.executorAllocationRatio: "0.8"
	//   dynamicAllocation:
	//     enabled: true
	//     minExecutors: 1
	//     maxExecutors: 14
	//   driver: {}
	//   executor:
	//     cores: 2
	//     memory: 5g       # never measured
}

func ExampleApp_MergePatch() {
	app, _ := sparkapp.Parse([]byte(nightly))
	_, err := app.Edit(sparkapp.Instances(10))
	if err != nil {
		fmt.Println(err)
		return
	}
	patch, err := app.MergePatch()
	fmt.Println(string(patch.Data), err)
	for _, w := range patch.Warnings {
		fmt.Println(w)
	}
	// Output:
	// {"spec":{"executor":{"instances":10}}} <nil>
	// warning RESTARTS spec: a running application is restarted, and a finished one runs again: the operator deletes the driver and submits anew, and the work done is lost
}

func ExampleApp_JSONPatch() {
	app, _ := sparkapp.Parse([]byte(nightly))
	_, _ = app.Edit(sparkapp.Executor(sparkapp.Pod{Cores: 2, Memory: units.GiB(6)}))
	patch, err := app.JSONPatch()
	fmt.Println(string(patch.Data), err)
	// Output:
	// [{"op":"add","path":"/spec/executor/cores","value":2},{"op":"replace","path":"/spec/executor/memory","value":"6g"}] <nil>
}

func ExampleApp_ServerSideApply() {
	app, _ := sparkapp.New("pi", "default", sparkapp.R("4.0.1", "local:///pi.R"))
	patch, err := app.ServerSideApply("platform")
	fmt.Println(patch.Type, patch.FieldManager, err)
	fmt.Println(string(patch.Data))
	// Output:
	// application/apply-patch+yaml platform <nil>
	// {"apiVersion":"sparkoperator.k8s.io/v1beta2","kind":"SparkApplication","metadata":{"name":"pi","namespace":"default"},"spec":{"driver":{},"executor":{},"mainApplicationFile":"local:///pi.R","mode":"cluster","sparkVersion":"4.0.1","type":"R"}}
}

func ExampleApp_Validate() {
	app, _ := sparkapp.Parse([]byte(nightly + `    coreLimit: 500m
  dynamicAllocation:
    executorAllocationRatio: 0.5
`))
	err := app.Validate(sparkapp.ValidateOptions{})
	var invalid *sparkapp.InvalidError
	if errors.As(err, &invalid) {
		for _, e := range invalid.Errors {
			fmt.Println(e)
		}
	}
	_, found := errors.AsType[*field.Error](err)
	fmt.Println(found)
	// Output:
	// spec.dynamicAllocation.executorAllocationRatio: Forbidden: the operator 2.5.2 has no such field: the API server drops it, or refuses it with strict validation; write it as spec.sparkConf[spark.dynamicAllocation.executorAllocationRatio]
	// spec.executor.coreLimit: Invalid value: "500m": it is below the request, 1, and Kubernetes refuses the pod; raise it, or lower coreRequest
	// true
}

func ExampleApp_Issues() {
	app, _ := sparkapp.Parse([]byte(nightly + `  sparkConf:
    spark.dynamicAllocation.enabled: "true"
`))
	for _, issue := range app.Issues(sparkapp.ValidateOptions{Quota: allocation.Quota{LimitsCPU: units.Cores(200)}}) {
		fmt.Println(issue.Severity, issue.Code, issue.Path)
	}
	// Output:
	// error OVER-QUOTA spec.driver.coreLimit
	// error OVER-QUOTA spec.executor.coreLimit
	// warning ONLY-IN-SPARKCONF spec.sparkConf[spark.dynamicAllocation.enabled]
}

func ExampleApp_Edit() {
	app, _ := sparkapp.Parse([]byte(nightly))
	suspended := func(s *v1beta2.SparkApplicationSpec) error { s.Suspend = new(true); return nil }
	changes, err := app.Edit(suspended, sparkapp.Instances(10))
	for _, change := range changes {
		fmt.Println(change)
	}
	fmt.Println(err)
	// Output:
	// spec.executor.instances: 20 -> 10 (edited)
	// spec.suspend: nothing -> true (edited)
	// <nil>
}

func ExampleApp_Locate() {
	app, _ := sparkapp.Parse([]byte(nightly))
	fmt.Println(app.Locate("spark.executor.memory"))
	fmt.Println(app.Locate("spark.dynamicAllocation.executorIdleTimeout"))
	// Output:
	// spec.executor.memory
	// spec.sparkConf[spark.dynamicAllocation.executorIdleTimeout]
}

func ExampleConf() {
	_, err := sparkapp.New("pi", "default", sparkapp.Python("3.5.6", "local:///pi.py"),
		sparkapp.Conf(map[string]string{"spark.dynamicAllocation.shuffleServiceFetchRddTimeout": "60s"}))
	fmt.Println(err)
	fmt.Println(errors.Is(err, &sparkapp.Refusal{Code: sparkapp.RefuseKey}))
	// Output:
	// sparkapp: NO-SUCH-KEY: Spark has no key spark.dynamicAllocation.shuffleServiceFetchRddTimeout in any release; what exists is spark.shuffle.service.fetch.rdd.enabled (with an external shuffle service, blocks on disk do not hold an executor), spark.dynamicAllocation.cachedExecutorIdleTimeout, and spark.dynamicAllocation.shuffleTracking.timeout
	// true
}

func ExampleParseAll() {
	file, err := sparkapp.ParseAll([]byte("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: data\n---\n" + nightly))
	fmt.Println(len(file.Apps), err)
	_, _ = file.Apps[0].Edit(sparkapp.Instances(5))
	fmt.Println(string(file.YAML()[:40]))
	// Output:
	// 1 <nil>
	// apiVersion: v1
	// kind: Namespace
	// metadata:
}

func ExampleFrom() {
	stored := &v1beta2.SparkApplication{
		ObjectMeta: metav1.ObjectMeta{Name: "pi", ResourceVersion: "42"},
		Spec:       v1beta2.SparkApplicationSpec{Type: "Scala", SparkVersion: "3.5.6", MainApplicationFile: new("local:///pi.jar")},
		Status:     v1beta2.SparkApplicationStatus{SubmissionID: "1"},
	}
	app, err := sparkapp.From(stored)
	fmt.Println(err)
	fmt.Print(string(app.YAML()))
	// Output:
	// <nil>
	// apiVersion: sparkoperator.k8s.io/v1beta2
	// kind: SparkApplication
	// metadata:
	//   name: pi
	// spec:
	//   type: Scala
	//   sparkVersion: 3.5.6
	//   mainApplicationFile: local:///pi.jar
	//   driver: {}
	//   executor: {}
}

func ExampleQuota() {
	quota, err := sparkapp.Quota("spark", "data", allocation.Quota{
		CPU: units.Cores(100), LimitsCPU: units.Cores(200), Memory: units.GiB(200), LimitsMemory: units.GiB(400), Pods: 200,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := sparkapp.YAML(quota)
	fmt.Print(string(text))
	fmt.Println(err)
	// Output:
	// apiVersion: v1
	// kind: ResourceQuota
	// metadata:
	//   name: spark
	//   namespace: data
	// spec:
	//   hard:
	//     limits.cpu: "200"
	//     limits.memory: 400Gi
	//     pods: "200"
	//     requests.cpu: "100"
	//     requests.memory: 200Gi
	// <nil>
}

func ExampleQuotaFor() {
	app, _ := sparkapp.Parse([]byte(nightly))
	driver, _ := app.DriverPod()
	shape, _ := app.Shape()
	executor, _ := shape.Pod(app.Version())
	limits, err := sparkapp.QuotaFor(driver, executor, 20)
	fmt.Println(limits.CPU, limits.LimitsCPU, limits.Memory, limits.Pods, err)
	// Output: 21 0 225 GiB 21 <nil>
}

func ExamplePriority() {
	class, err := sparkapp.Priority("spark-driver", 1000, sparkapp.PriorityOptions{Description: "drivers before executors"})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := sparkapp.YAML(class)
	fmt.Print(string(text))
	fmt.Println(err)
	// Output:
	// apiVersion: scheduling.k8s.io/v1
	// kind: PriorityClass
	// metadata:
	//   name: spark-driver
	// description: drivers before executors
	// value: 1000
	// <nil>
}
