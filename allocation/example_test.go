package allocation_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

func ExampleDefault() {
	fmt.Println(allocation.Default(spark.V35))
	fmt.Println(allocation.Default(spark.V35).Validate(spark.V35, allocation.ValidateOptions{}))
	// Output:
	// dynamic allocation 0…unlimited, idle 60s, shuffle tracking timeout never
	// <nil>
}

func ExampleFixed() {
	p := allocation.Fixed(12)
	fmt.Println(p, p.Conf(spark.V35))
	// Output: 12 executors map[spark.executor.instances:12]
}

func ExampleFromConf() {
	conf := spark.NewConf(spark.V35, map[string]string{
		"spark.dynamicAllocation.enabled":      "true",
		"spark.dynamicAllocation.maxExecutors": "4",
		"spark.executor.instances":             "6",
	})
	_, err := allocation.FromConf(conf)
	fmt.Println(err)

	p, err := allocation.FromConf(conf.With(map[string]string{"spark.executor.instances": "3"}))
	fmt.Println(p, err)
	// Output:
	// allocation: spark.executor.instances: Invalid value: 6: is part of the initial count and must be at most spark.dynamicAllocation.maxExecutors, which is 4: the start on Kubernetes fails
	// dynamic allocation 0…4, initial 3, idle 60s, shuffle tracking timeout never <nil>
}

func ExamplePolicy_Conf() {
	p := allocation.Default(spark.V35)
	p.Max, p.Idle, p.ShuffleTimeout = 14, 90*time.Second, 2*time.Minute
	conf := p.Conf(spark.V35)
	for _, key := range slices.Sorted(maps.Keys(conf)) {
		fmt.Println(key, conf[key])
	}
	// Output:
	// spark.dynamicAllocation.enabled true
	// spark.dynamicAllocation.executorIdleTimeout 90s
	// spark.dynamicAllocation.maxExecutors 14
	// spark.dynamicAllocation.minExecutors 0
	// spark.dynamicAllocation.shuffleTracking.timeout 120s
}

func ExamplePolicy_Need() {
	p := allocation.Default(spark.V35)
	p.Ratio = 0.55
	fmt.Println(p.Need(100, 0, 1)) // 100 × 0.55 is 55.00000000000001 in float64
	// Output: 56
}

func ExamplePolicy_Validate() {
	p := allocation.Default(spark.V35)
	p.Ratio, p.Backlog = 1.5, 500*time.Millisecond
	var invalid *allocation.InvalidError
	if errors.As(p.Validate(spark.V35, allocation.ValidateOptions{Barrier: true}), &invalid) {
		for _, e := range invalid.Errors {
			fmt.Println(e.Field)
		}
	}
	// Output:
	// spark.dynamicAllocation.executorAllocationRatio
	// spark.dynamicAllocation.schedulerBacklogTimeout
	// spark.dynamicAllocation.enabled
}

func ExampleKeys() {
	conf := spark.NewConf(spark.V35, map[string]string{
		"spark.dynamicAllocation.enabled": "true", "spark.dynamicAllocation.maxExecutors": "9", "spark.executor.cores": "2",
	})
	decided := map[string]string{}
	for _, key := range allocation.Keys() {
		decided[key.Name] = "" // unset
	}
	maps.Copy(decided, allocation.Fixed(5).Conf(spark.V35))
	fmt.Println(conf.With(decided).Keys())
	// Output: [spark.executor.cores spark.executor.instances]
}

func ExampleFormatCount() {
	fmt.Println(allocation.FormatCount(12), allocation.FormatCount(allocation.Unlimited))
	// Output: 12 unlimited
}

func ExampleNodes() {
	fmt.Println(allocation.Nodes(20, units.Cores(16), units.GiB(64)))
	// Output: allocatable of 20 nodes
}

func ExampleBounds() {
	cluster := allocation.Nodes(20, units.Cores(16), units.GiB(64))
	room, err := allocation.Bounds(cluster, sizing.Shape{Cores: 2, Heap: units.GiB(14)}, spark.V35, allocation.BoundsOptions{})
	fmt.Println(room.Executors, room.BoundBy, err)
	fmt.Println(room.Naive, "by cluster cores / executor cores")
	fmt.Println(room.StrandedCPU, "cpu stranded")
	// Output:
	// 80 memory <nil>
	// 160 by cluster cores / executor cores
	// 159 cpu stranded
}

func ExampleParseNodes() {
	cluster, err := allocation.ParseNodes([]byte(`
kind: List
items:
- kind: Node
  metadata: {name: worker-1}
  status: {allocatable: {cpu: 15890m, memory: 60Gi, pods: "110"}}
- kind: Node
  metadata: {name: control-1}
  spec: {taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]}
  status: {allocatable: {cpu: "4", memory: 16Gi, pods: "110"}}
`))
	fmt.Println(cluster, err)
	fmt.Println(cluster.Notes[0])
	// Output:
	// allocatable of 1 node, 1 left out <nil>
	// node control-1 left out: taint node-role.kubernetes.io/control-plane:NoSchedule
}

func ExampleParseQuota() {
	quota, err := allocation.ParseQuota([]byte(`
kind: ResourceQuota
status:
  hard: {requests.cpu: "24", pods: "20"}
  used: {requests.cpu: 23500m, pods: "7"}
`))
	fmt.Println(quota.UsedCPU, "of", quota.CPU, "cpu,", quota.UsedPods, "of", quota.Pods, "pods", err)
	// Output: 23500m of 24 cpu, 7 of 20 pods <nil>
}

func ExampleSuggest() {
	var b workload.Builder
	b.LogStart("3.5.6")
	b.ApplicationStart(workload.Application{ID: "spark-1"}, 1000)
	b.ExecutorAdded(workload.ExecutorAdded{ID: "1", At: 13000, Cores: 2, Requested: 1000, Registered: 13000})
	b.StageSubmitted(workload.StageInfo{NumTasks: 8, Submitted: 14000})
	for i := range 8 {
		launch := workload.Instant(14000 + 5000*(i/2))
		b.TaskEnd(&workload.TaskEnd{TaskStart: workload.TaskStart{ID: int64(i), Index: i, Launch: launch, Executor: "1"}, Finish: launch + 5000})
	}
	b.StageCompleted(workload.StageInfo{NumTasks: 8, Submitted: 14000, Completed: 34000})
	b.ApplicationEnd(35000)

	policy, figures := allocation.Suggest(b.Build(workload.Coverage{}), sizing.Shape{Cores: 2}, allocation.SuggestOptions{Capacity: 80})
	fmt.Println(policy)
	fmt.Println(figures[0])
	// Output:
	// dynamic allocation 0…4, idle 13s, shuffle tracking timeout never
	// useful width 4 executors: at most 8 tasks waited or ran at once, 2 on an executor; more executors than that cannot have a task [measured over 8 tasks]
}
