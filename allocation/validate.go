package allocation

import (
	"fmt"
	"math"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// ValidateOptions says what a policy meets. The zero value is an application on Kubernetes.
type ValidateOptions struct {
	// ManagerOnly leaves out what only the start on Kubernetes (or YARN) refuses: an initial count above the maximum.
	// Spark's allocation manager itself accepts it.
	ManagerOnly bool
	// Master is spark.master, if known; dynamic allocation has no effect with a local one.
	Master string
	// Barrier says that the application runs barrier stages, which Spark refuses with dynamic allocation.
	Barrier bool
	// Streaming says that spark.streaming.dynamicAllocation.enabled is on, the allocation of DStreams.
	Streaming bool
}

// Validate returns an [*InvalidError] with everything that Spark of that version refuses in the policy, or nil. Each
// entry has the key as its path, the value and the rule (ExecutorAllocationManager.validateSettings, the checks of
// internal.config, SchedulerBackendUtils, SparkSubmitArguments, DAGScheduler). Times that Spark would truncate, and
// keys that the version does not know, are refused as well, because the policy would not be what runs.
func (p Policy) Validate(v spark.Version, o ValidateOptions) error {
	return invalid(p.violations(v, o))
}

func (p Policy) violations(v spark.Version, o ValidateOptions) field.ErrorList {
	var found field.ErrorList
	refuse := func(key spark.Key, value any, rule string, args ...any) {
		found = append(found, field.Invalid(field.NewPath(key.Name), value, fmt.Sprintf(rule, args...)))
	}
	if p.Dynamic {
		p.checkCounts(o, refuse)
		p.checkTimes(refuse)
		p.checkShuffle(v, refuse)
		p.checkSurroundings(o, refuse)
	} else if p.Instances < 1 || p.Instances > math.MaxInt32 {
		refuse(spark.ExecutorInstances, p.Instances, "without dynamic allocation there must be at least 1 executor")
	}
	p.checkVersion(v, refuse)
	return found
}

type refuse func(key spark.Key, value any, rule string, args ...any)

func (p Policy) checkCounts(o ValidateOptions, refuse refuse) {
	top := p.EffectiveMax()
	if p.Min < 0 {
		refuse(spark.MinExecutors, p.Min, "must not be negative")
	}
	switch {
	case p.Max < Unlimited:
		refuse(spark.MaxExecutors, p.Max, "must be positive")
	case p.Max == 0:
		refuse(spark.MaxExecutors, p.Max, "must be greater than 0; without a bound it is Unlimited")
	case p.Max >= math.MaxInt32:
		refuse(spark.MaxExecutors, p.Max, "Spark counts executors in 32 bits; without a bound it is Unlimited")
	case p.Min > top:
		refuse(spark.MinExecutors, p.Min, "must be at most %s, which is %s", spark.MaxExecutors.Name, FormatCount(p.Max))
	case o.ManagerOnly:
	case p.Initial > top:
		refuse(spark.InitialExecutors, p.Initial, "must be at most %s, which is %s: the start on Kubernetes fails", spark.MaxExecutors.Name, FormatCount(p.Max))
	case p.Instances > top:
		refuse(spark.ExecutorInstances, p.Instances, "is part of the initial count and must be at most %s, which is %s: the start on Kubernetes fails", spark.MaxExecutors.Name, FormatCount(p.Max))
	}
	if !(p.Ratio > 0 && p.Ratio <= 1) { // NaN too
		refuse(spark.ExecutorAllocationRatio, p.Ratio, "must be greater than 0 and at most 1")
	}
}

func (p Policy) checkTimes(refuse refuse) {
	for _, t := range []struct {
		key      spark.Key
		value    time.Duration
		positive bool
	}{
		{spark.SchedulerBacklogTimeout, p.Backlog, true},
		{spark.SustainedBacklogTimeout, p.Sustained, true},
		{spark.ExecutorIdleTimeout, p.Idle, false},
		{spark.CachedExecutorIdleTimeout, p.CachedIdle, false},
		{spark.ShuffleTrackingTimeout, p.ShuffleTimeout, false},
	} {
		switch {
		case t.value == units.Forever:
		case t.value < 0:
			refuse(t.key, t.value.String(), "must not be negative")
		case t.positive && t.value < t.key.Tick:
			refuse(t.key, t.value.String(), "must be at least %s: Spark truncates it to 0, which it refuses", t.key.Tick)
		case t.value%t.key.Tick != 0:
			refuse(t.key, t.value.String(), "must be a multiple of %s: Spark truncates the rest", t.key.Tick)
		case t.value >= math.MaxInt32*time.Second:
			refuse(t.key, t.value.String(), "a time that never comes is units.Forever")
		}
	}
}

func (p Policy) checkShuffle(v spark.Version, refuse refuse) {
	if p.keepsShuffle(v) {
		return
	}
	refuse(spark.ShuffleTracking, false, "shuffle files would be lost with their executors: turn it on, or turn on %s and %s, or %s, or set %s to a plugin with reliable storage (Spark 3.5 and later)",
		spark.Decommission.Name, spark.DecommissionShuffle.Name, spark.ShuffleService.Name, spark.ShuffleSortIOPlugin.Name)
}

// keepsShuffle reports whether shuffle files outlive executors, or executors stay for them. Whether a plugin of others
// has reliable storage only its class can say: it is taken for one.
func (p Policy) keepsShuffle(v spark.Version) bool {
	plugin := p.ShufflePlugin != "" && (!v.Known() || v.AtLeast(3, 5))
	return p.ShuffleService || p.ShuffleTracking || p.Decommission && p.DecommissionShuffle || plugin
}

func (p Policy) checkSurroundings(o ValidateOptions, refuse refuse) {
	if isLocal(o.Master) {
		refuse(spark.DynamicAllocation, true, "has no effect with the master %s", o.Master)
	}
	if o.Barrier {
		refuse(spark.DynamicAllocation, true, "Spark refuses barrier stages with dynamic allocation; fix the count of executors")
	}
	if o.Streaming {
		refuse(spark.DynamicAllocation, true, "Spark refuses it together with %s; turn one off", spark.StreamingDynamicAllocation.Name)
	}
}

func (p Policy) checkVersion(v spark.Version, refuse refuse) {
	conf := p.Conf(v)
	for _, s := range settings {
		if text, written := conf[s.key.Name]; written && !s.key.In(v) {
			refuse(s.key, text, "Spark %s does not have it; it came with %s", v, s.key.Since)
		}
	}
}

// isLocal is Utils.isLocalMaster.
func isLocal(master string) bool {
	return master == "local" || strings.HasPrefix(master, "local[")
}
