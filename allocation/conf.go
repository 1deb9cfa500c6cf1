package allocation

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// unsetInstances is how many executors run where neither dynamic allocation nor a count is set
// (SchedulerBackendUtils.DEFAULT_NUMBER_EXECUTORS).
const unsetInstances = 2

// setting binds a key to the field of a Policy that it stands for.
type setting struct {
	key spark.Key
	// matters says whether the key has an effect under what was read before it.
	matters func(*Policy) bool
	read    func(spark.Conf, *Policy) error
	// text writes the field, or nothing where the key stays unset.
	text func(*Policy) string
}

// settings stand in the order in which they are read: a switch before what it switches.
var settings = []setting{
	bind(spark.DynamicAllocation, always, func(p *Policy) *bool { return &p.Dynamic }, spark.Conf.Bool, ifTrue),
	{spark.ExecutorInstances, always, readInstances, instancesText},
	bind(spark.MinExecutors, dynamic, func(p *Policy) *int { return &p.Min }, spark.Conf.Int, strconv.Itoa),
	bind(spark.InitialExecutors, dynamic, func(p *Policy) *int { return &p.Initial }, spark.Conf.Int, strconv.Itoa),
	bind(spark.MaxExecutors, dynamic, func(p *Policy) *int { return &p.Max }, readMax, maxText),
	bind(spark.ExecutorAllocationRatio, dynamic, func(p *Policy) *float64 { return &p.Ratio }, spark.Conf.Float, floatText),
	bind(spark.SchedulerBacklogTimeout, dynamic, func(p *Policy) *time.Duration { return &p.Backlog }, spark.Conf.Time, units.FormatTime),
	bind(spark.SustainedBacklogTimeout, dynamic, func(p *Policy) *time.Duration { return &p.Sustained }, spark.Conf.Time, units.FormatTime),
	bind(spark.ExecutorIdleTimeout, dynamic, func(p *Policy) *time.Duration { return &p.Idle }, spark.Conf.Time, units.FormatTime),
	bind(spark.CachedExecutorIdleTimeout, dynamic, func(p *Policy) *time.Duration { return &p.CachedIdle }, spark.Conf.Time, units.FormatTime),
	bind(spark.ShuffleTracking, dynamic, func(p *Policy) *bool { return &p.ShuffleTracking }, spark.Conf.Bool, strconv.FormatBool),
	bind(spark.ShuffleTrackingTimeout, dynamic, func(p *Policy) *time.Duration { return &p.ShuffleTimeout }, spark.Conf.Time, units.FormatTime),
	bind(spark.ShuffleService, dynamic, func(p *Policy) *bool { return &p.ShuffleService }, spark.Conf.Bool, strconv.FormatBool),
	bind(spark.ShuffleServiceFetchRDD, serviced, func(p *Policy) *bool { return &p.ShuffleServiceFetchRDD }, spark.Conf.Bool, strconv.FormatBool),
	bind(spark.ShuffleSortIOPlugin, dynamic, func(p *Policy) *string { return &p.ShufflePlugin }, readPlugin, strings.TrimSpace),
	bind(spark.Decommission, always, func(p *Policy) *bool { return &p.Decommission }, spark.Conf.Bool, strconv.FormatBool),
	bind(spark.StorageDecommission, drained, func(p *Policy) *bool { return &p.StorageDecommission }, spark.Conf.Bool, strconv.FormatBool),
	bind(spark.DecommissionShuffle, drained, func(p *Policy) *bool { return &p.DecommissionShuffle }, spark.Conf.Bool, strconv.FormatBool),
	bind(spark.DecommissionRDD, drained, func(p *Policy) *bool { return &p.DecommissionRDD }, spark.Conf.Bool, strconv.FormatBool),
}

func always(*Policy) bool     { return true }
func dynamic(p *Policy) bool  { return p.Dynamic }
func serviced(p *Policy) bool { return p.ShuffleService }
func drained(p *Policy) bool  { return p.Decommission }

func bind[T any](
	key spark.Key, matters func(*Policy) bool, at func(*Policy) *T, read func(spark.Conf, spark.Key) (T, error), text func(T) string,
) setting {
	return setting{
		key: key, matters: matters,
		read: func(c spark.Conf, p *Policy) (err error) { *at(p), err = read(c, key); return err },
		text: func(p *Policy) string { return text(*at(p)) },
	}
}

func ifTrue(b bool) string {
	if b {
		return "true"
	}
	return ""
}

func floatText(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

func readInstances(c spark.Conf, p *Policy) (err error) {
	if p.Instances, err = c.Int(spark.ExecutorInstances); !p.Dynamic && !c.IsSet(spark.ExecutorInstances) {
		p.Instances = unsetInstances
	}
	return err
}

func instancesText(p *Policy) string {
	if p.Dynamic && p.Instances == 0 {
		return ""
	}
	return strconv.Itoa(p.Instances)
}

func readMax(c spark.Conf, key spark.Key) (int, error) {
	n, err := c.Int(key)
	switch {
	case err != nil:
		return 0, err
	case n < 0: // or it would read as Unlimited
		return 0, &spark.ValueError{Key: key.Name, Value: strconv.Itoa(n), Err: errors.New("it must be positive")}
	case n == math.MaxInt32:
		return Unlimited, nil
	}
	return n, nil
}

func maxText(n int) string {
	if n == Unlimited {
		return ""
	}
	return strconv.Itoa(n)
}

// localDisk are the plugins of Spark that keep shuffle files on the executor's own disk.
var localDisk = []string{
	"org.apache.spark.shuffle.sort.io.LocalDiskShuffleDataIO",
	"org.apache.spark.shuffle.KubernetesLocalDiskShuffleDataIO",
}

func readPlugin(c spark.Conf, key spark.Key) (string, error) {
	class, _ := c.Value(key)
	if slices.Contains(localDisk, class) {
		return "", nil
	}
	return class, nil
}

// Keys returns all keys that a Policy decides, sorted by name. Who writes [Policy.Conf] into an existing
// configuration removes those of them that it does not give.
func Keys() []spark.Key {
	keys := make([]spark.Key, len(settings))
	for i, s := range settings {
		keys[i] = s.key
	}
	slices.SortFunc(keys, func(a, b spark.Key) int { return cmp.Compare(a.Name, b.Name) })
	return keys
}

// Conf returns the keys that make Spark follow the policy: those that differ from the version's defaults, and
// always what was decided: a fixed count, or the switch, the minimum and, unless Unlimited, the maximum. It is the
// inverse of [FromConf].
func (p Policy) Conf(v spark.Version) map[string]string {
	defaults := defaults(v)
	defaults.Initial, defaults.Sustained = p.Min, p.Backlog // what they fall back to
	conf := map[string]string{}
	for _, s := range settings {
		stated := s.key.Name == spark.MinExecutors.Name || s.key.Name == spark.MaxExecutors.Name
		if text := s.text(&p); s.matters(&p) && text != "" && (stated || text != s.text(&defaults)) {
			conf[s.key.Name] = text
		}
	}
	return conf
}

// defaults are the values of all keys where nothing is set, of those too that then have no effect.
func defaults(v spark.Version) Policy {
	var p Policy
	for _, s := range settings {
		_ = s.read(spark.NewConf(v, nil), &p) // Spark's defaults are readable
	}
	p.Instances = 0 // has no default; 2 is what the backend takes
	return p
}

// FromConf returns the policy that Spark follows with the configuration, or an [*InvalidError] with every key that Spark
// refuses and the rule. Refused is what ends the application at its start: values that cannot be read, the checks of
// ExecutorAllocationManager.validateSettings, and, unless spark.master names a standalone cluster (spark://…, which
// does not check it), that the initial count lies between min and max (SchedulerBackendUtils). As everywhere here,
// a time that Spark would truncate to 0 is refused too. With a local master dynamic allocation is off and the one
// executor is the driver, as in Spark. Without dynamic allocation and without a count it is 2, as on Kubernetes.
func FromConf(c spark.Conf) (Policy, error) {
	master, _ := c.Lookup(spark.Master.Name)
	if isLocal(master) {
		return Fixed(1), nil
	}
	p, refused := read(c)
	streaming, err := c.Bool(spark.StreamingDynamicAllocation)
	refused = append(refused, unreadable(err)...)
	options := ValidateOptions{ManagerOnly: strings.HasPrefix(master, "spark://"), Streaming: streaming}
	var broken field.ErrorList
	for _, e := range p.violations(c.Version(), options) {
		key, _ := spark.KeyByName(e.Field)
		if _, origin := c.Value(key); !names(refused, origin.Key) { // of an unreadable value nothing more is known
			broken = append(broken, e)
		}
	}
	if err := invalid(append(refused, broken...)); err != nil {
		return Policy{}, err
	}
	return p, nil
}

// read fills a Policy and returns what cannot be read, each key once. A key that the version does not know yet is not
// read, as Spark does not read it.
func read(c spark.Conf) (p Policy, refused field.ErrorList) {
	for _, s := range settings {
		if !s.matters(&p) || !s.key.In(c.Version()) {
			continue
		}
		for _, e := range unreadable(s.read(c, &p)) {
			if !names(refused, e.Field) {
				refused = append(refused, e)
			}
		}
	}
	return p, refused
}

func unreadable(err error) field.ErrorList {
	var value *spark.ValueError
	if !errors.As(err, &value) {
		return nil
	}
	return field.ErrorList{field.Invalid(field.NewPath(value.Key), value.Value, value.Err.Error())}
}

func names(list field.ErrorList, key string) bool {
	return slices.ContainsFunc(list, func(e *field.Error) bool { return e.Field == key })
}
