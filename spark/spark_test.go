package spark_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

func TestParseVersion(t *testing.T) {
	for in, want := range map[string]spark.Version{
		"3.5.6":                {Major: 3, Minor: 5, Patch: 6},
		"3.5":                  {Major: 3, Minor: 5},
		"4.2.0-SNAPSHOT":       {Major: 4, Minor: 2, Suffix: "-SNAPSHOT"},
		"3.4.1-databricks-001": {Major: 3, Minor: 4, Patch: 1, Suffix: "-databricks-001"},
		"3.1.1.3.1.7270.0-253": {Major: 3, Minor: 1, Patch: 1, Suffix: ".3.1.7270.0-253"},
		"13.3.x":               {Major: 13, Minor: 3, Suffix: ".x"},
	} {
		got, err := spark.ParseVersion(in)
		require.NoError(t, err, in)
		assert.Equal(t, want, got, in)
	}
	for _, in := range []string{"", "latest", "x.5"} {
		_, err := spark.ParseVersion(in)
		assert.Error(t, err, in)
	}
	assert.True(t, spark.V40.AtLeast(3, 5))
	assert.False(t, spark.V35.AtLeast(4, 0))
	assert.Equal(t, "unknown", spark.Version{}.String())
}

func TestDefaultsByVersion(t *testing.T) {
	for version, want := range map[spark.Version]int{spark.V35: 5, spark.V40: 10, spark.V41: 10} {
		got, err := spark.NewConf(version, nil).Int(spark.AllocationBatchSize)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	tracking, err := spark.NewConf(spark.Version{Major: 3, Minor: 3}, nil).Bool(spark.ShuffleTracking)
	require.NoError(t, err)
	assert.False(t, tracking, "shuffle tracking became the default in 3.4")
	idle, err := spark.NewConf(spark.V35, nil).Time(spark.CachedExecutorIdleTimeout)
	require.NoError(t, err)
	assert.Equal(t, units.Forever, idle)
}

func TestFallback(t *testing.T) {
	conf := spark.NewConf(spark.V35, map[string]string{"spark.dynamicAllocation.schedulerBacklogTimeout": "3s"})
	sustained, err := conf.Time(spark.SustainedBacklogTimeout)
	require.NoError(t, err)
	assert.Equal(t, 3*time.Second, sustained)
	_, origin := conf.Value(spark.SustainedBacklogTimeout)
	assert.Equal(t, "spark.dynamicAllocation.schedulerBacklogTimeout", origin.String())
	_, origin = conf.Value(spark.ExecutorCores)
	assert.Equal(t, "Spark 3.5.0 default of spark.executor.cores", origin.String())
}

func TestValueErrors(t *testing.T) {
	conf := spark.NewConf(spark.V35, map[string]string{
		"spark.executor.memory": "1.5g", "spark.executor.cores": "two", "spark.dynamicAllocation.enabled": "yes",
		"spark.dynamicAllocation.executorIdleTimeout": "500ms", "spark.memory.fraction": "x",
	})
	_, size := conf.Size(spark.ExecutorMemory)
	_, cores := conf.Int(spark.ExecutorCores)
	_, enabled := conf.Bool(spark.DynamicAllocation)
	_, idle := conf.Time(spark.ExecutorIdleTimeout)
	_, fraction := conf.Float(spark.MemoryFraction)
	for _, err := range []error{size, cores, enabled, idle, fraction} {
		var value *spark.ValueError
		require.ErrorAs(t, err, &value)
		assert.ErrorContains(t, err, value.Key)
		assert.ErrorIs(t, err, value.Err)
		key, known := spark.KeyByName(value.Key)
		require.True(t, known)
		assert.EqualError(t, conf.Check(key), err.Error())
	}
	assert.NoError(t, conf.Check(spark.Master), "a text is readable whatever it is")
}

func TestEveryDefaultIsReadable(t *testing.T) {
	for _, version := range []spark.Version{spark.V35, spark.V40, spark.V41, spark.V42} {
		conf := spark.NewConf(version, nil)
		for _, key := range spark.Keys() {
			switch key.Kind {
			case spark.Size:
				require.NotZero(t, key.Bytes, key.Name)
			case spark.Time:
				require.NotZero(t, key.Tick, key.Name)
			}
			assert.NoError(t, conf.Check(key), key.Name)
		}
	}
}

func TestConfIsImmutable(t *testing.T) {
	properties := map[string]string{"spark.executor.cores": "2"}
	conf := spark.NewConf(spark.V35, properties)
	properties["spark.executor.cores"] = "8"
	changed := conf.With(map[string]string{"spark.executor.cores": "4", "spark.task.cpus": "2"})
	for c, want := range map[*spark.Conf]int{&conf: 2, &changed: 4} {
		got, err := c.Int(spark.ExecutorCores)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	assert.False(t, changed.With(map[string]string{"spark.task.cpus": ""}).IsSet(spark.TaskCPUs))
	assert.Equal(t, []string{"spark.executor.cores", "spark.task.cpus"}, changed.Keys())
	_, known := spark.KeyByName("spark.dynamicAllocation.shuffleServiceFetchRddTimeout")
	assert.False(t, known)
}

func FuzzParseVersion(f *testing.F) {
	f.Add("3.5.6")
	f.Add("4.2.0-SNAPSHOT")
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := spark.ParseVersion(s); err == nil && (v.Major < 0 || v.Minor < 0 || v.Patch < 0) {
			t.Fatalf("ParseVersion(%q) = %v", s, v)
		}
	})
}

func ExampleNewConf() {
	conf := spark.NewConf(spark.V40, map[string]string{"spark.executor.memory": "14g"})
	heap, _ := conf.Size(spark.ExecutorMemory)
	batch, _ := conf.Int(spark.AllocationBatchSize)
	fmt.Println(heap, batch)
	// Output: 14 GiB 10
}

func ExampleParseVersion() {
	v, err := spark.ParseVersion("3.5.6")
	fmt.Println(v, v.AtLeast(3, 4), err)
	// Output: 3.5.6 true <nil>
}

func ExampleKeyByName() {
	key, ok := spark.KeyByName("spark.executor.memory")
	fmt.Println(key.Kind, key.Bytes, key.Default(spark.V35), ok)
	// Output: size 1 MiB 1g true
}

func ExampleKeys() {
	for _, key := range spark.Keys() {
		if key.Kind == spark.Time && key.Default(spark.V35) == "60s" {
			fmt.Println(key.Name)
		}
	}
	// Output: spark.dynamicAllocation.executorIdleTimeout
}

func TestKeysOfLaterReleases(t *testing.T) {
	key := spark.ExecutorMinMemoryOverhead // came with 4.0
	assert.False(t, key.In(spark.V35))
	assert.True(t, key.In(spark.V40))
	assert.True(t, key.In(spark.V41))
	assert.True(t, key.In(spark.Version{}), "an unknown release may be any")
	assert.True(t, spark.ExecutorMemory.In(spark.V35))
}

func TestOnKubernetes(t *testing.T) {
	for master, want := range map[string]bool{
		"k8s://https://api:6443": true, "spark://m:7077": false, "local[2]": false, "yarn": false, "": false, "K8S://api": false, "k8s:/": false,
	} {
		conf := spark.NewConf(spark.V35, map[string]string{"spark.master": master})
		assert.Equal(t, want, conf.OnKubernetes(), master)
	}
	assert.False(t, spark.Conf{}.OnKubernetes())
}
