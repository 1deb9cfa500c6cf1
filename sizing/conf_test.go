package sizing_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

func TestFromConf(t *testing.T) {
	byDefault := sizing.Shape{Cores: 1, TaskCPUs: 1, Heap: units.GiB(1)}
	with := func(change func(*sizing.Shape)) sizing.Shape {
		s := byDefault
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		conf map[string]string
		want sizing.Shape
	}{
		"nothing":                      {nil, byDefault},
		"cores and memory":             {map[string]string{"spark.executor.cores": "4", "spark.task.cpus": "2", "spark.executor.memory": "14g"}, sizing.Shape{Cores: 4, TaskCPUs: 2, Heap: units.GiB(14)}},
		"overhead is MiB":              {map[string]string{"spark.executor.memoryOverhead": "512"}, with(func(s *sizing.Shape) { s.Overhead = mib(512) })},
		"factor":                       {map[string]string{"spark.executor.memoryOverheadFactor": "0.2", "spark.kubernetes.memoryOverheadFactor": "0.4"}, with(func(s *sizing.Shape) { s.OverheadFactor = 0.2 })},
		"old factor":                   {map[string]string{"spark.kubernetes.memoryOverheadFactor": "0.3"}, with(func(s *sizing.Shape) { s.OverheadFactor = 0.3 })},
		"factor that the driver wrote": {map[string]string{"spark.kubernetes.memoryOverheadFactor": "0.4", "spark.kubernetes.resource.type": "python"}, with(func(s *sizing.Shape) { s.Language = sizing.Python })},
		"factor of old, zero":          {map[string]string{"spark.kubernetes.memoryOverheadFactor": "0.0"}, with(func(s *sizing.Shape) { s.Overhead = mib(384) })},
		"off-heap":                     {map[string]string{"spark.memory.offHeap.enabled": "true", "spark.memory.offHeap.size": "2147483648"}, with(func(s *sizing.Shape) { s.OffHeap = units.GiB(2) })},
		"off-heap is cut to MiB":       {map[string]string{"spark.memory.offHeap.enabled": "TRUE", "spark.memory.offHeap.size": "1500k"}, with(func(s *sizing.Shape) { s.OffHeap = mib(1) })},
		"off-heap not enabled":         {map[string]string{"spark.memory.offHeap.size": "2g"}, byDefault},
		"cpu":                          {map[string]string{"spark.kubernetes.executor.request.cores": "0.5", "spark.kubernetes.executor.limit.cores": "1500m"}, with(func(s *sizing.Shape) { s.RequestCPU, s.LimitCPU = 500, 1500 })},
		"java":                         {map[string]string{"spark.kubernetes.resource.type": "java"}, byDefault},
		"r":                            {map[string]string{"spark.kubernetes.resource.type": "r"}, with(func(s *sizing.Shape) { s.Language = sizing.R })},
		"minimum, unknown to 3.5":      {map[string]string{"spark.executor.minMemoryOverhead": "1g"}, byDefault},
		"pyspark":                      {map[string]string{"spark.executor.pyspark.memory": "2g"}, with(func(s *sizing.Shape) { s.PySpark = units.GiB(2) })},
	} {
		got, err := sizing.FromConf(spark.NewConf(spark.V35, c.conf))
		require.NoError(t, err, name)
		assert.Equal(t, c.want, got, name)
	}
	got, err := sizing.FromConf(spark.NewConf(spark.V40, map[string]string{"spark.executor.minMemoryOverhead": "1g"}))
	require.NoError(t, err)
	assert.Equal(t, units.GiB(1), got.MinOverhead)
	got, err = sizing.FromConf(spark.NewConf(spark.Version{Major: 3, Minor: 2}, map[string]string{"spark.executor.memoryOverheadFactor": "0.9"}))
	require.NoError(t, err)
	assert.Zero(t, got.OverheadFactor, "the key is of 3.3")
}

func TestFromConfRefuses(t *testing.T) {
	for conf, why := range map[string]string{
		"spark.executor.memory=1.5g":                    "fractions",
		"spark.executor.memory=400m":                    "below 450m",
		"spark.executor.memory=0g":                      "below 450m",
		"spark.executor.memory=4096":                    "write 4096m",
		"spark.executor.memory=lots":                    "whole number",
		"spark.executor.memoryOverhead=512k":            "truncates it to 0",
		"spark.executor.memoryOverhead=0":               "at least 384m",
		"spark.executor.cores=two":                      "whole number",
		"spark.executor.cores=0":                        "at least 1",
		"spark.task.cpus=0":                             "at least 1",
		"spark.task.cpus=2":                             "executor of 1 cores",
		"spark.executor.memoryOverheadFactor=0":         "above 0",
		"spark.executor.memoryOverheadFactor=-1":        "above 0",
		"spark.executor.memoryOverheadFactor=NaN":       "above 0",
		"spark.executor.memoryOverheadFactor=much":      "number",
		"spark.kubernetes.memoryOverheadFactor=-0.1":    "negative",
		"spark.memory.offHeap.enabled=yes":              "true or false",
		"spark.kubernetes.resource.type=scala":          "java, python and r",
		"spark.kubernetes.executor.request.cores=two":   "CPU quantity",
		"spark.kubernetes.executor.request.cores=0":     "above 0",
		"spark.kubernetes.executor.limit.cores=-1":      "above 0",
		"spark.executor.pyspark.memory=1x":              "suffix",
		"spark.kubernetes.executor.limit.cores=1000000": "",
	} {
		key, value, _ := strings.Cut(conf, "=")
		_, err := sizing.FromConf(spark.NewConf(spark.V35, map[string]string{key: value}))
		if why == "" {
			assert.NoError(t, err, conf)
			continue
		}
		var at *field.Error
		require.ErrorAs(t, err, &at, conf)
		assert.Equal(t, key, at.Field, conf)
		assert.ErrorContains(t, err, why, conf)
	}
	for _, size := range []string{"", "0", "1000"} {
		conf := map[string]string{"spark.memory.offHeap.enabled": "true"}
		if size != "" {
			conf["spark.memory.offHeap.size"] = size
		}
		_, err := sizing.FromConf(spark.NewConf(spark.V35, conf))
		assert.ErrorContains(t, err, "at least 1m", "Spark requires a size where off-heap memory is enabled")
	}
}

func TestFromConfCollectsEverything(t *testing.T) {
	_, err := sizing.FromConf(spark.NewConf(spark.V35, map[string]string{
		"spark.executor.memory": "1.5g", "spark.executor.cores": "two", "spark.kubernetes.executor.limit.cores": "x",
	}))
	var all *sizing.InvalidError
	require.ErrorAs(t, err, &all)
	assert.Len(t, all.Errors, 3)
}

func TestConfHoldsWhatTheShapeSets(t *testing.T) {
	assert.Equal(t, map[string]string{"spark.executor.cores": "1", "spark.executor.memory": "1g"}, sizing.Shape{}.Conf(spark.V35))
	s := sizing.Shape{
		Cores: 4, TaskCPUs: 2, Heap: mib(1536), Overhead: mib(512), OverheadFactor: 0.2, MinOverhead: mib(400), OffHeap: units.GiB(1),
		PySpark: units.GiB(2), Language: sizing.Python, RequestCPU: 500, LimitCPU: 4000,
	}
	want := map[string]string{
		"spark.executor.cores": "4", "spark.task.cpus": "2", "spark.executor.memory": "1536m", "spark.executor.memoryOverhead": "512m",
		"spark.executor.memoryOverheadFactor": "0.2", "spark.executor.minMemoryOverhead": "400m", "spark.memory.offHeap.enabled": "true",
		"spark.memory.offHeap.size": "1g", "spark.executor.pyspark.memory": "2g", "spark.kubernetes.resource.type": "python",
		"spark.kubernetes.executor.request.cores": "500m", "spark.kubernetes.executor.limit.cores": "4",
	}
	assert.Equal(t, want, s.Conf(spark.V40))
	delete(want, "spark.executor.minMemoryOverhead")
	assert.Equal(t, want, s.Conf(spark.V35))
	delete(want, "spark.executor.memoryOverheadFactor")
	want["spark.kubernetes.memoryOverheadFactor"] = "0.2"
	assert.Equal(t, want, s.Conf(spark.Version{Major: 3, Minor: 2}))
}

func TestConfAndFromConfAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, v := shapes(t), rapid.SampledFrom(releases).Draw(t, "release")
		if v == spark.V35 {
			s.MinOverhead = 0
		}
		got, err := sizing.FromConf(spark.NewConf(v, s.Conf(v)))
		require.NoError(t, err)
		require.Equal(t, s, got)
		require.Equal(t, s.Conf(v), got.Conf(v))
	})
}

func FuzzFromConf(f *testing.F) {
	f.Add("4", "14g", "2g", "0.1", "2g", "500m", "python")
	f.Add("0", "1.5g", "512", "NaN", "0", "-1", "go")
	f.Add("2147483647", "8796093022207m", "8796093022207m", "1e300", "9223372036854775807", "9223372036854775", "r")
	f.Fuzz(func(t *testing.T, cores, memory, overhead, factor, offHeap, cpu, language string) {
		conf := spark.NewConf(spark.V40, map[string]string{
			"spark.executor.cores": cores, "spark.executor.memory": memory, "spark.executor.memoryOverhead": overhead,
			"spark.executor.memoryOverheadFactor": factor, "spark.memory.offHeap.enabled": "true", "spark.memory.offHeap.size": offHeap,
			"spark.kubernetes.executor.request.cores": cpu, "spark.kubernetes.resource.type": language,
		})
		s, err := sizing.FromConf(conf)
		if err != nil {
			var at *field.Error
			require.ErrorAs(t, err, &at)
			require.Equal(t, sizing.Shape{}, s)
			return
		}
		require.NoError(t, s.Validate(spark.V40))
		again, err := sizing.FromConf(spark.NewConf(spark.V40, s.Conf(spark.V40)))
		require.NoError(t, err)
		require.Equal(t, s, again)
		if pod, err := s.Pod(spark.V40); err == nil {
			require.GreaterOrEqual(t, pod.Memory, s.Heap)
			require.False(t, math.IsNaN(s.OverheadFactor))
		}
	})
}

func ExampleFromConf() {
	s, err := sizing.FromConf(spark.NewConf(spark.V35, map[string]string{"spark.executor.cores": "2", "spark.executor.memory": "14g"}))
	fmt.Println(s.Slots(), s.Heap, err)
	_, err = sizing.FromConf(spark.NewConf(spark.V35, map[string]string{"spark.executor.memory": "4096"}))
	fmt.Println(err)
	// Output:
	// 2 14 GiB <nil>
	// sizing: spark.executor.memory: Invalid value: "4096": Spark's memory check reads a bare number as bytes, finds less than 450m and fails; write 4096m
}

func ExampleShape_Conf() {
	fmt.Println(sizing.Shape{Cores: 2, Heap: units.GiB(5), Overhead: units.MiB(640)}.Conf(spark.V35))
	// Output: map[spark.executor.cores:2 spark.executor.memory:5g spark.executor.memoryOverhead:640m]
}
