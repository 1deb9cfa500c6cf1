package sparkapp

import (
	"math"
	"strconv"
	"time"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// Dynamic is what somebody decided about dynamic allocation; nil fields are not decided and stay as they are. The names are
// Spark's, below spark.dynamicAllocation. A plan's policy is applied with [App.Apply] instead.
type Dynamic struct {
	// MinExecutors, InitialExecutors and MaxExecutors bound the number of executors: min ≤ initial ≤ max.
	MinExecutors, InitialExecutors, MaxExecutors *int
	// ShuffleTracking is shuffleTracking.enabled, which the operator takes for true.
	ShuffleTracking *bool
	// ShuffleTrackingTimeout is in whole milliseconds.
	ShuffleTrackingTimeout *time.Duration
	// ExecutorAllocationRatio is in (0, 1]. The operator has no field for it and the next four: they go into sparkConf.
	ExecutorAllocationRatio *float64
	// The timeouts are in whole seconds.
	SchedulerBacklogTimeout, SustainedSchedulerBacklogTimeout *time.Duration
	ExecutorIdleTimeout, CachedExecutorIdleTimeout            *time.Duration
}

// DynamicAllocation switches dynamic allocation on and takes executor.instances out, because Spark would start with it where it is
// more than the initial count. What the operator has a field for goes there, the rest into sparkConf.
func DynamicAllocation(d Dynamic) Option {
	return func(s *v1beta2.SparkApplicationSpec) error {
		block := v1beta2.DynamicAllocation{}
		if s.DynamicAllocation != nil {
			block = *s.DynamicAllocation
		}
		block.Enabled = true
		if err := d.fields(&block); err != nil {
			return err
		}
		conf, err := d.conf()
		if err != nil {
			return err
		}
		s.DynamicAllocation, s.Executor.Instances = &block, nil
		delete(s.SparkConf, spark.ExecutorInstances.Name)
		addConf(s, conf)
		return nil
	}
}

func (d Dynamic) fields(block *v1beta2.DynamicAllocation) error {
	path := field.NewPath("spec", dynamicBlock)
	for _, c := range []struct {
		name string
		from *int
		to   **int32
	}{
		{"minExecutors", d.MinExecutors, &block.MinExecutors},
		{"initialExecutors", d.InitialExecutors, &block.InitialExecutors},
		{"maxExecutors", d.MaxExecutors, &block.MaxExecutors},
	} {
		if c.from == nil {
			continue
		}
		n, err := count(path.Child(c.name), *c.from)
		if err != nil {
			return err
		}
		*c.to = &n
	}
	if d.ShuffleTracking != nil {
		block.ShuffleTrackingEnabled = d.ShuffleTracking
	}
	switch t := d.ShuffleTrackingTimeout; {
	case t == nil:
	case *t == units.Forever:
		block.ShuffleTrackingTimeout = new(int64(math.MaxInt64)) // as Spark writes it
	case *t < 0 || *t%time.Millisecond != 0:
		return wrong(path.Child("shuffleTrackingTimeout"), t.String(), "must be whole milliseconds and not negative")
	default:
		block.ShuffleTrackingTimeout = new(t.Milliseconds())
	}
	return nil
}

func (d Dynamic) conf() (map[string]string, error) {
	conf := map[string]string{}
	if d.ExecutorAllocationRatio != nil {
		conf[spark.ExecutorAllocationRatio.Name] = strconv.FormatFloat(*d.ExecutorAllocationRatio, 'g', -1, 64)
	}
	for _, c := range []struct {
		key  spark.Key
		time *time.Duration
	}{
		{spark.SchedulerBacklogTimeout, d.SchedulerBacklogTimeout},
		{spark.SustainedBacklogTimeout, d.SustainedSchedulerBacklogTimeout},
		{spark.ExecutorIdleTimeout, d.ExecutorIdleTimeout},
		{spark.CachedExecutorIdleTimeout, d.CachedExecutorIdleTimeout},
	} {
		if c.time == nil {
			continue
		}
		if *c.time < 0 || *c.time != units.Forever && *c.time%c.key.Tick != 0 {
			path := field.NewPath("spec", "sparkConf").Key(c.key.Name)
			return nil, wrong(path, c.time.String(), "must be whole seconds and not negative: Spark cuts the rest")
		}
		conf[c.key.Name] = units.FormatTime(*c.time)
	}
	return conf, nil
}
