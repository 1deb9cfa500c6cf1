package sparkapp

import (
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// switches checks that dynamic allocation is on or off in one place, and that what goes with it says the same.
func (c *checker) switches() {
	if c.now.text("mode") == "client" {
		c.found.fail(ClientMode, c.at("mode"), "client",
			"the driver would run in the operator's own pod, and the operator fails the application because it finds no driver pod; write cluster")
	}
	_, block := c.now.at(dynamicBlock)
	on := strings.EqualFold(strings.TrimSpace(c.now.texts("sparkConf")[spark.DynamicAllocation.Name]), "true")
	inConf := c.at("sparkConf", spark.DynamicAllocation.Name)
	switch {
	case c.now.switchedOn():
		c.beside()
	case block && on:
		c.found.fail(NotSwitchedOff, c.at(dynamicBlock, "enabled"), false,
			"the operator passes nothing for it, so that %s: true stays in force and the bounds beside it do not; "+
				"remove the key, or write enabled: true", inConf)
	case on:
		c.found.warn(OnlyInSparkConf, inConf, "true",
			"the operator does not see it there and sets executor.instances to 1, with which Spark starts at least; "+
				"write it as %s with its bounds", c.at(dynamicBlock))
	case block:
		for _, f := range crdFields {
			if value, set := c.now.at(f.below()...); set && f.dynamic() && f.key != spark.DynamicAllocation.Name {
				c.found.warn(NoEffect, c.at(f.below()...), value, "dynamic allocation is off; remove it, or write enabled: true")
			}
		}
	}
}

// beside checks the counts of executors while dynamic allocation is on.
func (c *checker) beside() {
	least, errMin := c.conf.Int(spark.MinExecutors)
	initial, errInitial := c.conf.Int(spark.InitialExecutors)
	if errMin == nil && errInitial == nil && initial < least {
		c.found.fail(BadBounds, c.Locate(spark.InitialExecutors.Name), initial,
			"must be at least %s, which is %d and with which Spark starts", c.Locate(spark.MinExecutors.Name), least)
	}
	if n, err := c.conf.Int(spark.ExecutorInstances); err == nil && c.conf.IsSet(spark.ExecutorInstances) {
		c.found.warn(InstancesBesideDynamic, c.Locate(spark.ExecutorInstances.Name), n,
			"with dynamic allocation Spark starts with it where it is more than the initial count; remove it")
	}
}

// pods checks the containers against their limits and against a quota.
func (c *checker) pods(quota allocation.Quota) {
	shape, errShape := sizing.FromConf(c.conf)
	executor, errPod := shape.Pod(c.Version())
	if errShape == nil && errPod == nil {
		c.limits("executor", executor)
	}
	driver, errDriver := sizing.DriverPod(c.conf, c.Language())
	if errDriver == nil {
		c.limits("driver", driver)
	}
	policy, errPolicy := allocation.FromConf(c.conf)
	if errShape == nil && errPod == nil && errDriver == nil && errPolicy == nil {
		c.quota(quota, shape, policy, driver, executor)
	}
}

func (c *checker) limits(role string, pod sizing.Pod) {
	if pod.CPULimit > 0 && pod.CPULimit < pod.CPU {
		c.found.fail(BadValue, c.at(role, "coreLimit"), pod.CPULimit.String(),
			"it is below the request, %s, and Kubernetes refuses the pod; raise it, or lower coreRequest", pod.CPU)
	}
	_, set := c.now.at(role, "memoryLimit")
	text := c.now.text(role, "memoryLimit")
	limit, err := memoryLimit(text)
	switch {
	case !set:
	case err != nil:
		c.found.fail(BadValue, c.at(role, "memoryLimit"), text, "%v", err)
	case limit < pod.Memory:
		c.found.fail(BadValue, c.at(role, "memoryLimit"), text,
			"it is below the memory that Spark requests, %s, and Kubernetes refuses the pod; remove it", pod.Memory)
	}
}

// boundless is a cluster that holds more pods than any quota allows.
func boundless() allocation.Cluster {
	return allocation.Cluster{Nodes: []allocation.Node{{CPU: units.Cores(1 << 30), Memory: units.TiB(1 << 20), Pods: 1 << 30}}}
}

var quotaBounds = []allocation.Bound{
	allocation.ByQuotaCPU, allocation.ByQuotaMemory, allocation.ByQuotaLimitsCPU, allocation.ByQuotaLimitsMemory, allocation.ByQuotaPods,
}

// quota checks that the namespace admits the pods: each for itself, and as many as the application starts with.
func (c *checker) quota(q allocation.Quota, s sizing.Shape, p allocation.Policy, driver, executor sizing.Pod) {
	if q.LimitsCPU != 0 && (driver.CPULimit == 0 || executor.CPULimit == 0) {
		c.unlimited("driver", driver)
		c.unlimited("executor", executor)
		return
	}
	room, err := allocation.Bounds(boundless(), s, c.Version(), allocation.BoundsOptions{Driver: driver, Quota: q})
	if err != nil {
		c.found.fail(OverQuota, c.at("executor"), nil, "%v", err)
		return
	}
	start, most := max(1, p.InitialTarget()), p.EffectiveMax()
	key := spark.ExecutorInstances.Name
	if p.Dynamic {
		key = spark.MaxExecutors.Name
	}
	switch {
	case room.Executors < start:
		c.found.fail(OverQuota, c.Locate(key), start,
			"the %s admits %d executors beside the driver, and the application starts with %d", room.BoundBy, room.Executors, start)
	case room.Executors < most && slices.Contains(quotaBounds, room.BoundBy):
		c.found.warn(OverQuota, c.Locate(key), allocation.FormatCount(p.Max),
			"the %s admits %d executors beside the driver; Kubernetes refuses those above", room.BoundBy, room.Executors)
	}
}

func (c *checker) unlimited(role string, pod sizing.Pod) {
	if pod.CPULimit == 0 {
		c.found.fail(OverQuota, c.at(role, "coreLimit"), nil,
			"the quota has limits.cpu, and Kubernetes then refuses a pod without a CPU limit, which Spark does not set by default; "+
				"set it to at least %s", pod.CPU)
	}
}
