package allocation_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

func anyTime(tick time.Duration, least int) *rapid.Generator[time.Duration] {
	return rapid.Custom(func(t *rapid.T) time.Duration {
		if rapid.Bool().Draw(t, "never") {
			return units.Forever
		}
		return time.Duration(rapid.IntRange(least, 1<<31-2).Draw(t, "ticks")) * tick
	})
}

// anyPolicy draws valid policies in which nothing is set that has no effect.
func anyPolicy(v spark.Version) *rapid.Generator[allocation.Policy] {
	flag := rapid.Bool()
	return rapid.Custom(func(t *rapid.T) allocation.Policy {
		p := allocation.Policy{Instances: rapid.IntRange(1, 500).Draw(t, "instances"), Decommission: flag.Draw(t, "decommission")}
		if p.Decommission {
			p.StorageDecommission, p.DecommissionShuffle, p.DecommissionRDD = flag.Draw(t, "storage"), flag.Draw(t, "shuffle"), flag.Draw(t, "rdd")
		}
		if p.Dynamic = flag.Draw(t, "dynamic"); !p.Dynamic {
			return p
		}
		p.Max = rapid.OneOf(rapid.Just(allocation.Unlimited), rapid.IntRange(1, 1000)).Draw(t, "max")
		below := rapid.IntRange(0, min(p.EffectiveMax(), 1000))
		p.Min, p.Initial, p.Instances = below.Draw(t, "min"), below.Draw(t, "initial"), below.Draw(t, "instances")
		p.Ratio = rapid.Float64Range(1e-9, 1).Draw(t, "ratio")
		p.Backlog, p.Sustained = anyTime(time.Second, 1).Draw(t, "backlog"), anyTime(time.Second, 1).Draw(t, "sustained")
		p.Idle, p.CachedIdle = anyTime(time.Second, 0).Draw(t, "idle"), anyTime(time.Second, 0).Draw(t, "cached")
		p.ShuffleTracking, p.ShuffleTimeout = flag.Draw(t, "tracking"), anyTime(time.Millisecond, 0).Draw(t, "shuffle timeout")
		p.ShuffleService = flag.Draw(t, "service")
		p.ShuffleServiceFetchRDD = p.ShuffleService && flag.Draw(t, "fetch rdd")
		p.ShufflePlugin = rapid.SampledFrom([]string{"", "org.example.Reliable"}).Draw(t, "plugin")
		if p.Validate(v, allocation.ValidateOptions{}) != nil {
			p.ShuffleTracking = true
		}
		return p
	})
}

func TestConfAndFromConfAreInverse(t *testing.T) {
	for _, v := range []spark.Version{v33, spark.V35, spark.V40, spark.V41, spark.V42} {
		t.Run(v.String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				p := anyPolicy(v).Draw(t, "policy")
				require.NoError(t, p.Validate(v, allocation.ValidateOptions{}))
				back, err := allocation.FromConf(spark.NewConf(v, p.Conf(v)))
				require.NoError(t, err)
				require.Equal(t, p, back)
			})
		})
	}
}

func TestConfIsMinimalAndWithinKeys(t *testing.T) {
	keys := allocation.Keys()
	assert.True(t, slices.IsSortedFunc(keys, func(a, b spark.Key) int { return strings.Compare(a.Name, b.Name) }))
	rapid.Check(t, func(t *rapid.T) {
		p := anyPolicy(spark.V40).Draw(t, "policy")
		conf := p.Conf(spark.V40)
		for name, value := range conf {
			require.True(t, slices.ContainsFunc(keys, func(k spark.Key) bool { return k.Name == name }), name)
			require.NotEqual(t, "2147483647", value, name)
			if !p.Dynamic && name == spark.ExecutorInstances.Name || name == spark.MinExecutors.Name {
				continue
			}
			less := maps.Clone(conf)
			delete(less, name)
			q, err := allocation.FromConf(spark.NewConf(spark.V40, less))
			require.False(t, err == nil && q == p, "%s = %s says nothing", name, value)
		}
	})
}

func TestFromConfReadsWhatSparkReads(t *testing.T) {
	fixed := func(n int) allocation.Policy { return allocation.Fixed(n) }
	dynamic := func(change func(*allocation.Policy)) allocation.Policy {
		p := allocation.Default(spark.V35)
		change(&p)
		return p
	}
	for name, c := range map[string]struct {
		conf string
		want allocation.Policy
	}{
		"nothing set is two executors":      {"", fixed(2)},
		"a count":                           {"executor.instances=9", fixed(9)},
		"off ignores the rest":              {"dynamicAllocation.minExecutors=x executor.instances=3", fixed(3)},
		"local masters have no executors":   {"master=local[4] dynamicAllocation.enabled=true", fixed(1)},
		"local-cluster has":                 {"master=local-cluster[1,1,1024] dynamicAllocation.enabled=true", allocation.Default(spark.V35)},
		"sustained falls back":              {"dynamicAllocation.enabled=true dynamicAllocation.schedulerBacklogTimeout=3", dynamic(func(p *allocation.Policy) { p.Backlog, p.Sustained = 3*time.Second, 3*time.Second })},
		"initial falls back":                {"dynamicAllocation.enabled=TRUE dynamicAllocation.minExecutors=4", dynamic(func(p *allocation.Policy) { p.Min, p.Initial = 4, 4 })},
		"instances stay apart from initial": {"dynamicAllocation.enabled=true executor.instances=6", dynamic(func(p *allocation.Policy) { p.Instances = 6 })},
		"the largest int is no bound":       {"dynamicAllocation.enabled=true dynamicAllocation.maxExecutors=2147483647", dynamic(func(*allocation.Policy) {})},
		"bare numbers take the key's unit":  {"dynamicAllocation.enabled=true dynamicAllocation.executorIdleTimeout=90 dynamicAllocation.shuffleTracking.timeout=61500", dynamic(func(p *allocation.Policy) { p.Idle, p.ShuffleTimeout = 90*time.Second, 61500*time.Millisecond })},
		"times are truncated":               {"dynamicAllocation.enabled=true dynamicAllocation.executorIdleTimeout=1500ms", dynamic(func(p *allocation.Policy) { p.Idle = time.Second })},
		"an idle time of 0":                 {"dynamicAllocation.enabled=true dynamicAllocation.executorIdleTimeout=0s", dynamic(func(p *allocation.Policy) { p.Idle = 0 })},
		"own plugins are none":              {"dynamicAllocation.enabled=true shuffle.sort.io.plugin.class=org.apache.spark.shuffle.KubernetesLocalDiskShuffleDataIO", dynamic(func(*allocation.Policy) {})},
		"decommission brings its parts": {"dynamicAllocation.enabled=true decommission.enabled=true", dynamic(func(p *allocation.Policy) {
			p.Decommission, p.DecommissionShuffle, p.DecommissionRDD = true, true, true
		})},
		"parts alone have no effect":         {"dynamicAllocation.enabled=true storage.decommission.enabled=true shuffle.service.fetch.rdd.enabled=true", dynamic(func(*allocation.Policy) {})},
		"a negative initial count is no sin": {"dynamicAllocation.enabled=true dynamicAllocation.initialExecutors=-1", dynamic(func(p *allocation.Policy) { p.Initial = -1 })},
		"standalone does not check initial":  {"master=spark://m:7077 dynamicAllocation.enabled=true executor.instances=6 dynamicAllocation.maxExecutors=5", dynamic(func(p *allocation.Policy) { p.Instances, p.Max = 6, 5 })},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := allocation.FromConf(confOf(spark.V35, c.conf))
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestKeysUnknownToTheVersionAreNotRead(t *testing.T) {
	got, err := allocation.FromConf(confOf(v30, "decommission.enabled=true"))
	require.NoError(t, err)
	assert.Equal(t, allocation.Fixed(2), got)
	got, err = allocation.FromConf(confOf(spark.Version{}, "decommission.enabled=true"))
	require.NoError(t, err)
	assert.True(t, got.Decommission, "an unknown version may be any")
}

// confOf makes a configuration of "key=value key=value", without the leading "spark.".
func confOf(v spark.Version, text string) spark.Conf {
	conf := map[string]string{}
	for _, each := range strings.Fields(text) {
		key, value, _ := strings.Cut(each, "=")
		conf["spark."+key] = value
	}
	return spark.NewConf(v, conf)
}

func fieldsOf(t *testing.T, err error) []string {
	t.Helper()
	var invalid *allocation.InvalidError
	require.ErrorAs(t, err, &invalid)
	var one *field.Error
	require.ErrorAs(t, err, &one)
	assert.Len(t, invalid.Unwrap(), len(invalid.Errors))
	var fields []string
	for _, e := range invalid.Errors {
		assert.ErrorContains(t, err, e.Error())
		fields = append(fields, strings.TrimPrefix(e.Field, "spark."))
	}
	return fields
}

func FuzzFromConf(f *testing.F) {
	f.Add("spark.dynamicAllocation.enabled", "true", "spark.dynamicAllocation.maxExecutors", "-1")
	f.Add("spark.dynamicAllocation.enabled", "true", "spark.dynamicAllocation.executorAllocationRatio", "NaN")
	f.Add("spark.dynamicAllocation.enabled", "true", "spark.dynamicAllocation.shuffleTracking.timeout", "9223372036854775807ms")
	f.Add("spark.executor.instances", "0", "spark.decommission.enabled", "1")
	f.Fuzz(func(t *testing.T, key1, value1, key2, value2 string) {
		for _, v := range []spark.Version{{}, v33, spark.V41} {
			conf := spark.NewConf(v, map[string]string{key1: value1, key2: value2})
			p, err := allocation.FromConf(conf)
			if err != nil {
				if invalid := (*allocation.InvalidError)(nil); !errors.As(err, &invalid) || len(invalid.Errors) == 0 {
					t.Fatalf("%T: %v", err, err)
				}
				continue
			}
			if err := p.Validate(v, allocation.ValidateOptions{ManagerOnly: true}); err != nil {
				t.Fatalf("%+v was read but is invalid: %v", p, err)
			}
			if back, err := allocation.FromConf(spark.NewConf(v, p.Conf(v)).With(map[string]string{"spark.master": "spark://m"})); err != nil || back != p {
				t.Fatalf("%+v became %+v, %v", p, back, err)
			}
		}
	})
}
