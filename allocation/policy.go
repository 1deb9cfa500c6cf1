package allocation

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// Unlimited is the count of executors that has no bound. Spark writes it as Int.MaxValue; here it is never a large
// number, and never 0.
const Unlimited = -1

// FormatCount writes a count of executors for people: "12", or "unlimited".
func FormatCount(n int) string {
	if n == Unlimited {
		return "unlimited"
	}
	return strconv.Itoa(n)
}

// Policy is how many executors an application has over time, with all defaults filled in. It is a plain value:
// [Default], [Fixed] or [FromConf] make one, and each field names the key that it stands for. What has no effect is
// zero: all that belongs to dynamic allocation without Dynamic, what belongs to decommissioning without Decommission.
type Policy struct {
	// Dynamic is spark.dynamicAllocation.enabled; false means Instances executors from start to end.
	Dynamic bool
	// Instances is spark.executor.instances: the fixed count, or with Dynamic a part of the initial one (0: not set).
	Instances int
	// Min, Initial and Max are …minExecutors, …initialExecutors and …maxExecutors, for each resource profile. Max
	// may be Unlimited. See InitialTarget for what Initial comes to.
	Min, Initial, Max int
	// Ratio is …executorAllocationRatio, in (0, 1]: the part of full parallelism that is asked for. A lower one asks
	// for fewer executors and trims the target sooner; how soon idle executors leave it does not touch.
	Ratio float64
	// Backlog and Sustained are …schedulerBacklogTimeout and …sustainedSchedulerBacklogTimeout: how long tasks wait
	// before the first round of requests, and between rounds. Whole seconds, at least one.
	Backlog, Sustained time.Duration
	// Idle and CachedIdle are …executorIdleTimeout and …cachedExecutorIdleTimeout, in whole seconds: after which
	// idle time an executor leaves, and one that holds cached blocks. CachedIdle is units.Forever by default.
	Idle, CachedIdle time.Duration
	// ShuffleTracking and ShuffleTimeout are …shuffleTracking.enabled and .timeout: executors with shuffle files of
	// a running job stay, others for the timeout (whole milliseconds, by default units.Forever). The three
	// timeouts combine by max (ExecutorMonitor.Tracker).
	ShuffleTracking bool
	ShuffleTimeout  time.Duration
	// ShuffleService is spark.shuffle.service.enabled, which stock Spark does not have on Kubernetes;
	// ShuffleServiceFetchRDD is spark.shuffle.service.fetch.rdd.enabled: blocks on disk then do not hold an executor.
	ShuffleService, ShuffleServiceFetchRDD bool
	// ShufflePlugin is spark.shuffle.sort.io.plugin.class, empty for Spark's own local disk.
	ShufflePlugin string
	// Decommission is spark.decommission.enabled: an executor that leaves finishes its tasks first.
	Decommission bool
	// StorageDecommission is spark.storage.decommission.enabled: it hands over its blocks too, of those kinds that
	// DecommissionShuffle and DecommissionRDD (….shuffleBlocks.enabled, ….rddBlocks.enabled) name.
	StorageDecommission, DecommissionShuffle, DecommissionRDD bool
}

// Default returns the policy of an application of that version that sets spark.dynamicAllocation.enabled and nothing
// else. Before Spark 3.4 Spark refuses that, for want of a provision for shuffle files; see [Policy.Validate].
func Default(v spark.Version) Policy {
	p, _ := read(spark.NewConf(v, map[string]string{spark.DynamicAllocation.Name: "true"})) // Spark's defaults are readable
	return p
}

// Fixed returns the policy of n executors from start to end, without dynamic allocation.
func Fixed(n int) Policy { return Policy{Instances: n} }

// InitialTarget returns how many executors are asked for at the start: the largest of Min, Initial and Instances
// (Utils.getDynamicAllocationInitialExecutors), not bound by Max. It holds until the first tick after the first
// stage was submitted; only Min keeps executors without work.
func (p Policy) InitialTarget() int {
	if !p.Dynamic {
		return p.Instances
	}
	return max(p.Min, p.Initial, p.Instances)
}

// EffectiveMax returns the largest count of executors as Spark computes with it: Max, Int.MaxValue for Unlimited, or
// the fixed count. It is for arithmetic; for people write [FormatCount] of Max.
func (p Policy) EffectiveMax() int {
	switch {
	case !p.Dynamic:
		return p.Instances
	case p.Max == Unlimited:
		return math.MaxInt32
	}
	return p.Max
}

// TracksShuffle reports whether shuffle files hold executors: tracking is on, and no shuffle service keeps the files
// (ExecutorMonitor).
func (p Policy) TracksShuffle() bool {
	return p.Dynamic && p.ShuffleTracking && !p.ShuffleService
}

// Need returns how many executors of slots task slots each Spark wants for so many tasks of one resource profile, in
// Spark's order of float64 operations (ExecutorAllocationManager.maxNumExecutorsNeededPerResourceProfile): 100 tasks at
// ratio 0.55 need 56, not 55. Pending includes speculative copies that wait. It is not bound by Min and Max, and
// negative where pending is, as Spark's can be. Spark's extra executors for a lone speculative copy and for
// unschedulable task sets are not in it.
func (p Policy) Need(pendingTasks, runningTasks, slots int) int {
	need := math.Ceil(float64(pendingTasks+runningTasks) * p.Ratio / float64(max(1, slots)))
	return int(min(need, math.MaxInt32))
}

// String writes for example "dynamic allocation 1…14, idle 60s, shuffle tracking timeout 120s", or "12 executors".
func (p Policy) String() string {
	if !p.Dynamic {
		return executors(p.Instances)
	}
	s := fmt.Sprintf("dynamic allocation %d…%s", p.Min, FormatCount(p.Max))
	if initial := p.InitialTarget(); initial != p.Min {
		s += fmt.Sprintf(", initial %d", initial)
	}
	if p.Ratio != 1 {
		s += fmt.Sprintf(", ratio %g", p.Ratio)
	}
	s += ", idle " + formatTime(p.Idle)
	if p.TracksShuffle() {
		s += ", shuffle tracking timeout " + formatTime(p.ShuffleTimeout)
	}
	return s
}

func formatTime(d time.Duration) string {
	if d == units.Forever {
		return "never"
	}
	return units.FormatTime(d)
}

func executors(n int) string {
	if n == 1 {
		return "1 executor"
	}
	return FormatCount(n) + " executors"
}
