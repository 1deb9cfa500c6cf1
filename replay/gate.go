package replay

import (
	"math"
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// maxGate is spark.scheduler.maxRegisteredResourcesWaitingTime where it cannot be read.
const maxGate = ms(30_000)

// gateCount is how many registered executors the driver waits for before it begins, by
// spark.scheduler.minRegisteredResourcesRatio: of the initial target on Kubernetes, where the default is 0.8
// (KubernetesClusterSchedulerBackend); of spark.cores.max on standalone, where the default is 0
// (StandaloneSchedulerBackend).
func gateCount(c spark.Conf, initial, cores int) int {
	ratio, err := c.Float(spark.MinRegisteredRatio)
	if err != nil {
		return 0
	}
	ratio = min(1, ratio)
	if c.OnKubernetes() && !c.IsSet(spark.MinRegisteredRatio) {
		ratio = 0.8
	}
	if !onStandalone(c) {
		return int(math.Ceil(ratio * float64(initial)))
	}
	expected, err := c.Int(spark.CoresMax)
	if err != nil {
		return 0
	}
	return int(math.Ceil(ratio * float64(expected) / float64(max(1, cores))))
}

func onStandalone(c spark.Conf) bool {
	master, _ := c.Value(spark.Master)
	return strings.HasPrefix(master, "spark://")
}

func gateWait(c spark.Conf) ms {
	if d, err := c.Time(spark.MaxRegisteredWait); err == nil {
		return toMS(d)
	}
	return maxGate
}

// gateOf returns when the driver of the recorded run could go on after the executors that it waited for, or the time of
// the first request where it waited for none.
func gateOf(p *workload.Profile, first ms) ms {
	policy, err := allocation.FromConf(p.Conf)
	if err != nil {
		return first
	}
	need := gateCount(p.Conf, policy.InitialTarget(), p.Slots()*p.TaskCPUs())
	var registered []ms
	for _, e := range p.Executors {
		registered = append(registered, ms(e.Added-p.Since()))
	}
	slices.Sort(registered)
	if need <= 0 || need > len(registered) {
		return first
	}
	return min(registered[need-1], first+gateWait(p.Conf))
}
