package sizing_test

import (
	"errors"
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
	"github.com/sparkscale/sparkscale/workload"
)

var releases = []spark.Version{spark.V35, spark.V40, spark.V41}

func mib(n int64) units.Bytes { return units.MiB(n) }

// The containers that the classes of Spark 3.5.6 gave when they were run; 4.x is the same where no minimum is set.
func TestPodMemory(t *testing.T) {
	for name, c := range map[string]struct {
		shape sizing.Shape
		want  int64
	}{
		"defaults":                     {sizing.Shape{}, 1408},
		"1g":                           {sizing.Shape{Heap: mib(1024)}, 1408},
		"2g":                           {sizing.Shape{Heap: mib(2048)}, 2432},
		"3840m":                        {sizing.Shape{Heap: mib(3840)}, 4224},
		"3841m":                        {sizing.Shape{Heap: mib(3841)}, 4225},
		"4g":                           {sizing.Shape{Heap: mib(4096)}, 4505},
		"8g":                           {sizing.Shape{Heap: mib(8192)}, 9011},
		"16g":                          {sizing.Shape{Heap: mib(16384)}, 18022},
		"28g":                          {sizing.Shape{Heap: mib(28672)}, 31539},
		"python 1g":                    {sizing.Shape{Heap: mib(1024), Language: sizing.Python}, 1433},
		"r 1g":                         {sizing.Shape{Heap: mib(1024), Language: sizing.R}, 1433},
		"python 10g, pyspark 2g":       {sizing.Shape{Heap: mib(10240), PySpark: mib(2048), Language: sizing.Python}, 16384},
		"jvm ignores pyspark":          {sizing.Shape{Heap: mib(4096), PySpark: mib(2048)}, 4505},
		"off-heap":                     {sizing.Shape{Heap: mib(4096), OffHeap: mib(2048)}, 6553},
		"overhead below the minimum":   {sizing.Shape{Heap: mib(4096), Overhead: mib(100)}, 4196},
		"the factor of old, for all":   {sizing.Shape{Heap: mib(4096), OverheadFactor: 0.4}, 5734},
		"an overhead beats the factor": {sizing.Shape{Heap: mib(4096), Overhead: mib(512), OverheadFactor: 0.9}, 4608},
	} {
		for _, v := range releases {
			pod, err := c.shape.Pod(v)
			require.NoError(t, err, name)
			assert.Equal(t, mib(c.want), pod.Memory, "%s, %s", name, v)
			assert.Equal(t, pod.Memory, pod.Heap+pod.Overhead+pod.OffHeap+pod.PySpark, name)
		}
	}
}

func TestMinimumOverheadIsOfSpark4(t *testing.T) {
	s := sizing.Shape{Heap: mib(4096), MinOverhead: mib(1024)}
	for v, want := range map[spark.Version]int64{spark.V35: 4505, spark.V40: 5120, spark.V41: 5120, {}: 5120} {
		pod, err := s.Pod(v)
		require.NoError(t, err)
		assert.Equal(t, mib(want), pod.Memory, v)
	}
}

func TestOverheadIsCutTo32Bits(t *testing.T) {
	pod, err := sizing.Shape{OverheadFactor: 1e9}.Pod(spark.V35)
	require.NoError(t, err)
	assert.Equal(t, mib(math.MaxInt32), pod.Overhead)
	_, err = sizing.Shape{Heap: units.MaxBytes / mib(1) * mib(1)}.Pod(spark.V35)
	assert.ErrorIs(t, err, units.ErrOverflow)
}

func TestPodCPU(t *testing.T) {
	for name, c := range map[string]struct {
		shape          sizing.Shape
		request, limit units.MilliCPU
		slots          int
	}{
		"defaults":        {sizing.Shape{}, 1000, 0, 1},
		"cores":           {sizing.Shape{Cores: 4}, 4000, 0, 4},
		"request":         {sizing.Shape{Cores: 4, RequestCPU: 500}, 500, 0, 4},
		"limit":           {sizing.Shape{Cores: 2, LimitCPU: 2000}, 2000, 2000, 2},
		"task cpus":       {sizing.Shape{Cores: 5, TaskCPUs: 2}, 5000, 0, 2},
		"one task, 3 cpu": {sizing.Shape{Cores: 3, TaskCPUs: 3}, 3000, 0, 1},
	} {
		pod, err := c.shape.Pod(spark.V41)
		require.NoError(t, err, name)
		assert.Equal(t, c.request, pod.CPU, name)
		assert.Equal(t, c.limit, pod.CPULimit, name)
		assert.Equal(t, c.slots, c.shape.Slots(), name)
	}
	assert.Zero(t, sizing.Shape{Cores: 1, TaskCPUs: 2}.Slots())
	assert.Zero(t, sizing.Shape{Cores: -1}.Slots())
}

func TestWorkingNamesBasisAndRule(t *testing.T) {
	pod, err := sizing.Shape{Cores: 2, Heap: units.GiB(14), OffHeap: units.GiB(1), PySpark: units.GiB(2), Language: sizing.Python, LimitCPU: 2000}.Pod(spark.V35)
	require.NoError(t, err)
	want := []string{
		"executor heap 14 GiB: the JVM's -Xmx [given by spark.executor.memory]",
		"executor overhead 5734 MiB: trunc(0.4 × 14336 MiB) = 5734 MiB, at least 384 MiB (ResourceProfile.calculateOverHeadMemory) " +
			"[computed from the heap, spark.executor.memoryOverheadFactor and spark.executor.minMemoryOverhead]",
		"off-heap memory 1 GiB: added to the pod, not taken from the overhead [given by spark.memory.offHeap.size]",
		"PySpark memory 2 GiB: added to the pod, for Python alone [given by spark.executor.pyspark.memory]",
		"executor pod memory 23142 MiB: their sum; request = limit [computed from heap, overhead, off-heap and PySpark memory]",
		"executor cpu request 2: one CPU for each core [given by spark.executor.cores]",
		"executor cpu limit 2: as set; Spark sets none itself [given by spark.kubernetes.executor.limit.cores]",
	}
	assert.Equal(t, want, texts(pod.Working))
	pod, err = sizing.Shape{}.Pod(spark.V35)
	require.NoError(t, err)
	assert.Contains(t, texts(pod.Working)[0], "[default of spark.executor.memory in Spark 3.5.0]")
}

func texts(figures []workload.Figure) []string {
	list := make([]string, len(figures))
	for i, f := range figures {
		list[i] = f.String()
	}
	return list
}

func figures(list []workload.Figure) string { return strings.Join(texts(list), "\n") }

func TestValidate(t *testing.T) {
	for name, c := range map[string]struct {
		shape sizing.Shape
		path  string
		why   string
	}{
		"small heap":        {sizing.Shape{Heap: mib(449)}, "spark.executor.memory", "at least 450m"},
		"fraction of a MiB": {sizing.Shape{Heap: mib(1024) + 1}, "spark.executor.memory", "write 1025m"},
		"negative heap":     {sizing.Shape{Heap: -mib(1024)}, "spark.executor.memory", "negative"},
		"overhead":          {sizing.Shape{Overhead: 1000}, "spark.executor.memoryOverhead", "write 1m"},
		"minimum":           {sizing.Shape{MinOverhead: -1}, "spark.executor.minMemoryOverhead", "negative"},
		"off-heap":          {sizing.Shape{OffHeap: units.KiB(1500)}, "spark.memory.offHeap.size", "write 2m"},
		"pyspark":           {sizing.Shape{PySpark: 1}, "spark.executor.pyspark.memory", "write 1m"},
		"task cpus":         {sizing.Shape{Cores: 2, TaskCPUs: 3}, "spark.task.cpus", "executor of 2 cores"},
		"no task cpus":      {sizing.Shape{TaskCPUs: -1}, "spark.task.cpus", "at least 1"},
		"cores":             {sizing.Shape{Cores: -1}, "spark.executor.cores", "at least 1"},
		"factor":            {sizing.Shape{OverheadFactor: -0.1}, "spark.executor.memoryOverheadFactor", "above 0"},
		"no number":         {sizing.Shape{OverheadFactor: math.NaN()}, "spark.executor.memoryOverheadFactor", "above 0"},
		"infinite":          {sizing.Shape{OverheadFactor: math.Inf(1)}, "spark.executor.memoryOverheadFactor", "above 0"},
		"language":          {sizing.Shape{Language: "go"}, "spark.kubernetes.resource.type", "java, python and r"},
		"request":           {sizing.Shape{RequestCPU: -1}, "spark.kubernetes.executor.request.cores", "negative"},
		"limit":             {sizing.Shape{LimitCPU: -1}, "spark.kubernetes.executor.limit.cores", "negative"},
	} {
		for _, v := range releases {
			err := c.shape.Validate(v)
			var at *field.Error
			require.ErrorAs(t, err, &at, name)
			assert.Equal(t, c.path, at.Field, name)
			assert.ErrorContains(t, err, c.why, name)
			_, podErr := c.shape.Pod(v)
			assert.EqualError(t, podErr, err.Error(), name)
		}
	}
	assert.NoError(t, sizing.Shape{Heap: mib(450)}.Validate(spark.V35), "450 MiB is the smallest heap")
}

func TestValidateCollectsEverything(t *testing.T) {
	err := sizing.Shape{Cores: 1, TaskCPUs: 2, Heap: 1, Overhead: 1, LimitCPU: -1}.Validate(spark.V41)
	var all *sizing.InvalidError
	require.ErrorAs(t, err, &all)
	assert.Len(t, all.Errors, 5)
	assert.Len(t, all.Unwrap(), 5)
}

func TestLimitBelowRequest(t *testing.T) {
	for _, s := range []sizing.Shape{{Cores: 2, LimitCPU: 1000}, {RequestCPU: 1500, LimitCPU: 1000}} {
		assert.ErrorContains(t, s.Validate(spark.V41), "spark.kubernetes.executor.limit.cores")
		assert.Empty(t, s.Warnings(spark.V41))
		require.NoError(t, s.Validate(spark.V40), "Spark checks it from 4.1 on")
		require.Len(t, s.Warnings(spark.V40), 1)
		assert.Contains(t, s.Warnings(spark.V40)[0], "API server refuses every executor pod")
	}
	assert.NoError(t, sizing.Shape{Cores: 2, LimitCPU: 2000}.Validate(spark.V41))
}

func TestWarnings(t *testing.T) {
	for want, s := range map[string]sizing.Shape{
		"1 of 3 cores can take no task":   {Cores: 3, TaskCPUs: 2},
		"counts only for Python":          {PySpark: mib(512)},
		"unknown before Spark 4.0":        {MinOverhead: mib(512)},
		"below the 384 MiB":               {Overhead: mib(100)},
		"factor and minimum count for no": {Overhead: mib(500), OverheadFactor: 0.2},
	} {
		require.NoError(t, s.Validate(spark.V35), want)
		require.Len(t, s.Warnings(spark.V35), 1, want)
		assert.Contains(t, s.Warnings(spark.V35)[0], want)
	}
	assert.Empty(t, sizing.Shape{Cores: 4, Heap: units.GiB(8), Overhead: units.GiB(1)}.Warnings(spark.V35))
}

func TestProfilePod(t *testing.T) {
	s := sizing.Shape{Cores: 2, Heap: units.GiB(4), PySpark: units.GiB(1), RequestCPU: 500, LimitCPU: 3000}
	withOffHeap, python := s, s
	withOffHeap.OffHeap, python.Language = units.GiB(2), sizing.Python
	for name, c := range map[string]struct {
		shape sizing.Shape
		rp    workload.ResourceProfile
		want  int64
		cpu   units.MilliCPU
	}{
		"the trap: overhead of the default's 4g": {s, workload.ResourceProfile{ID: 1, Memory: units.GiB(16)}, 16384 + 409, 2000},
		"overhead named":                         {s, workload.ResourceProfile{ID: 1, Memory: units.GiB(16), Overhead: mib(1638)}, 16384 + 1638, 2000},
		"nothing but cores":                      {s, workload.ResourceProfile{ID: 2, Cores: 4}, 4505, 4000},
		"off-heap without being enabled":         {s, workload.ResourceProfile{ID: 2, OffHeap: units.GiB(1)}, 4505, 2000},
		"off-heap enabled":                       {withOffHeap, workload.ResourceProfile{ID: 2, OffHeap: units.GiB(1)}, 4505 + 1024, 2000},
		"off-heap of the default":                {withOffHeap, workload.ResourceProfile{ID: 2}, 4505 + 2048, 2000},
		"pyspark of the profile":                 {python, workload.ResourceProfile{ID: 2, PySpark: units.GiB(2)}, 4096 + 1638 + 2048, 2000},
		"pyspark on the JVM":                     {s, workload.ResourceProfile{ID: 2, PySpark: units.GiB(2)}, 4505, 2000},
		"the default profile":                    {s, workload.ResourceProfile{Memory: units.GiB(16)}, 4505, 500},
	} {
		for _, v := range releases {
			pod, err := sizing.ProfilePod(c.shape, c.rp, v)
			require.NoError(t, err, name)
			assert.Equal(t, mib(c.want), pod.Memory, name)
			assert.Equal(t, c.cpu, pod.CPU, name)
		}
	}
}

func TestProfilePodWarnsOfTheTrap(t *testing.T) {
	s := sizing.Shape{Heap: units.GiB(4)}
	pod, err := sizing.ProfilePod(s, workload.ResourceProfile{ID: 1, Memory: units.GiB(16)}, spark.V35)
	require.NoError(t, err)
	assert.Contains(t, figures(pod.Working), "derived from the default profile's heap of 4 GiB, not from this one's 16 GiB, for which it would be 1638 MiB")
	pod, err = sizing.ProfilePod(s, workload.ResourceProfile{ID: 1, Memory: units.GiB(3)}, spark.V35)
	require.NoError(t, err)
	assert.Contains(t, figures(pod.Working), "derived from the default profile's heap", "409 MiB for 3 GiB, which would get 384")
	pod, err = sizing.ProfilePod(s, workload.ResourceProfile{ID: 1}, spark.V35)
	require.NoError(t, err)
	assert.NotContains(t, figures(pod.Working), "derived")
	_, err = sizing.ProfilePod(s, workload.ResourceProfile{ID: 3, Memory: mib(100)}, spark.V35)
	assert.ErrorContains(t, err, "resource profile 3")
	_, err = sizing.ProfilePod(sizing.Shape{Heap: 1}, workload.ResourceProfile{ID: 3}, spark.V35)
	assert.ErrorAs(t, err, new(*sizing.InvalidError))
}

func TestDriverPod(t *testing.T) {
	for name, c := range map[string]struct {
		conf     map[string]string
		language sizing.Language
		want     map[spark.Version]int64
		cpu      units.MilliCPU
	}{
		"defaults":        {nil, sizing.JVM, nil, 1000},
		"python":          {nil, sizing.Python, map[spark.Version]int64{spark.V35: 1433, spark.V41: 1433}, 1000},
		"8g, own factor":  {map[string]string{"spark.driver.memory": "8g", "spark.driver.memoryOverheadFactor": "0.25", "spark.kubernetes.memoryOverheadFactor": "0.5"}, sizing.JVM, map[spark.Version]int64{spark.V35: 10240}, 1000},
		"8g, old factor":  {map[string]string{"spark.driver.memory": "8g", "spark.kubernetes.memoryOverheadFactor": "0.5"}, sizing.Python, map[spark.Version]int64{spark.V35: 12288}, 1000},
		"factor 0":        {map[string]string{"spark.driver.memory": "8g", "spark.kubernetes.memoryOverheadFactor": "0"}, sizing.JVM, map[spark.Version]int64{spark.V35: 8576}, 1000},
		"minimum of 4.0":  {map[string]string{"spark.driver.minMemoryOverhead": "1g"}, sizing.JVM, map[spark.Version]int64{spark.V35: 1408, spark.V40: 2048}, 1000},
		"no more terms":   {map[string]string{"spark.memory.offHeap.enabled": "true", "spark.memory.offHeap.size": "2g", "spark.executor.pyspark.memory": "1g"}, sizing.Python, map[spark.Version]int64{spark.V35: 1433}, 1000},
		"overhead":        {map[string]string{"spark.driver.memory": "512m", "spark.driver.memoryOverhead": "384m", "spark.kubernetes.driver.request.cores": "100m"}, sizing.JVM, map[spark.Version]int64{spark.V35: 896}, 100},
		"executor's keys": {map[string]string{"spark.executor.memory": "9g", "spark.executor.memoryOverheadFactor": "0.9", "spark.executor.cores": "9"}, sizing.JVM, map[spark.Version]int64{spark.V35: 1408}, 1000},
	} {
		if c.want == nil {
			c.want = map[spark.Version]int64{spark.V35: 1408, spark.V40: 1408, spark.V41: 1408}
		}
		for v, want := range c.want {
			pod, err := sizing.DriverPod(spark.NewConf(v, c.conf), c.language)
			require.NoError(t, err, name)
			assert.Equal(t, mib(want), pod.Memory, "%s, %s", name, v)
			assert.Equal(t, c.cpu, pod.CPU, name)
		}
	}
	pod, err := sizing.DriverPod(spark.NewConf(spark.V35, map[string]string{"spark.kubernetes.driver.limit.cores": "2"}), sizing.JVM)
	require.NoError(t, err)
	assert.Equal(t, units.Cores(2), pod.CPULimit)
	for key, value := range map[string]string{"spark.driver.memory": "400m", "spark.driver.cores": "0", "spark.driver.memoryOverhead": "1.5g"} {
		_, err := sizing.DriverPod(spark.NewConf(spark.V35, map[string]string{key: value}), sizing.JVM)
		var at *field.Error
		require.ErrorAs(t, err, &at)
		assert.Equal(t, key, at.Field)
	}
}

func TestLargestHeap(t *testing.T) {
	for budget, want := range map[int64]int64{2048: 1664, 4096: 3712, 4505: 4096, 8192: 7448, 16384: 14895, 834: 450} {
		for _, v := range releases {
			got, err := sizing.LargestHeap(mib(budget), sizing.Shape{Heap: 7}, v)
			require.NoError(t, err)
			assert.Equal(t, mib(want), got, "budget %d MiB", budget)
		}
	}
	_, err := sizing.LargestHeap(mib(833), sizing.Shape{}, spark.V35)
	var small *sizing.BudgetError
	require.ErrorAs(t, err, &small)
	assert.Equal(t, sizing.BudgetError{Budget: mib(833), Smallest: mib(834)}, *small)
	_, err = sizing.LargestHeap(units.GiB(16), sizing.Shape{Cores: -1}, spark.V35)
	assert.ErrorAs(t, err, new(*sizing.InvalidError))
	_, err = sizing.LargestHeap(-1, sizing.Shape{}, spark.V35)
	assert.ErrorAs(t, err, &small)
	got, err := sizing.LargestHeap(units.MaxBytes, sizing.Shape{}, spark.V35)
	require.NoError(t, err)
	assert.Equal(t, mib(450+math.MaxInt32), got, "2 PiB is the end of the search")
}

// shapes draws valid shapes.
func shapes(t *rapid.T) sizing.Shape {
	size := func(name string, low int64) units.Bytes {
		if rapid.Bool().Draw(t, name+" set") {
			return mib(rapid.Int64Range(low, 1<<20).Draw(t, name))
		}
		return 0
	}
	s := sizing.Shape{
		Cores: rapid.IntRange(1, 64).Draw(t, "cores"), Heap: mib(rapid.Int64Range(450, 1<<20).Draw(t, "heap")),
		Overhead: size("overhead", 1), MinOverhead: size("minimum", 1), OffHeap: size("offheap", 1), PySpark: size("pyspark", 1),
		OverheadFactor: rapid.SampledFrom([]float64{0, 0.05, 0.1, 0.2, 0.4, 1, 3.7}).Draw(t, "factor"),
		Language:       rapid.SampledFrom([]sizing.Language{sizing.JVM, sizing.Python, sizing.R}).Draw(t, "language"),
		RequestCPU:     units.MilliCPU(rapid.SampledFrom([]int64{0, 1, 100, 1500, 4000}).Draw(t, "request")),
	}
	s.TaskCPUs = rapid.IntRange(1, s.Cores).Draw(t, "task cpus")
	if rapid.Bool().Draw(t, "limited") {
		s.LimitCPU = units.Cores(64)
	}
	return s
}

func TestLargestHeapFitsAndOneMoreDoesNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, v := shapes(t), rapid.SampledFrom(releases).Draw(t, "release")
		budget := units.Bytes(rapid.Int64Range(0, 1<<42).Draw(t, "budget"))
		heap, err := sizing.LargestHeap(budget, s, v)
		var small *sizing.BudgetError
		if errors.As(err, &small) {
			heap, err = small.Smallest, nil
			s.Heap = mib(450)
			pod, podErr := s.Pod(v)
			require.NoError(t, podErr)
			require.Equal(t, pod.Memory, heap)
			require.Greater(t, heap, budget)
			return
		}
		require.NoError(t, err)
		s.Heap = heap
		pod, err := s.Pod(v)
		require.NoError(t, err)
		require.LessOrEqual(t, pod.Memory, budget)
		s.Heap += mib(1)
		pod, err = s.Pod(v)
		require.NoError(t, err)
		require.Greater(t, pod.Memory, budget)
	})
}

func BenchmarkLargestHeap(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sizing.LargestHeap(units.GiB(16), sizing.Shape{Cores: 2}, spark.V35); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleShape_Pod() {
	pod, err := sizing.Shape{Cores: 2, Heap: units.GiB(14)}.Pod(spark.V35)
	fmt.Println(pod.Memory, pod.CPU, err)
	for _, f := range pod.Working {
		fmt.Println(f.Name(), f.Value(), "—", f.Rule())
	}
	// Output:
	// 15769 MiB 2 <nil>
	// executor heap 14 GiB — the JVM's -Xmx
	// executor overhead 1433 MiB — trunc(0.1 × 14336 MiB) = 1433 MiB, at least 384 MiB (ResourceProfile.calculateOverHeadMemory)
	// executor pod memory 15769 MiB — their sum; request = limit
	// executor cpu request 2 — one CPU for each core
}

func ExampleShape_Validate() {
	fmt.Println(sizing.Shape{Cores: 1, TaskCPUs: 2, Heap: units.MiB(256)}.Validate(spark.V35))
	// Output:
	// sizing: spark.executor.memory: Invalid value: "256m": Spark refuses heaps below 450m, one and a half times the 300 MiB that it reserves (UnifiedMemoryManager); write at least 450m; spark.task.cpus: Invalid value: 2: no task would fit into an executor of 1 cores; Spark refuses it; raise spark.executor.cores or lower spark.task.cpus
}

func ExampleShape_Warnings() {
	fmt.Println(sizing.Shape{Cores: 3, TaskCPUs: 2}.Warnings(spark.V35))
	// Output: [1 of 3 cores can take no task: spark.task.cpus is 2; make the cores a multiple of it]
}

func ExampleShape_Slots() {
	fmt.Println(sizing.Shape{Cores: 5, TaskCPUs: 2}.Slots())
	// Output: 2
}

func ExampleDriverPod() {
	pod, err := sizing.DriverPod(spark.NewConf(spark.V35, map[string]string{"spark.driver.memory": "4g"}), sizing.Python)
	fmt.Println(pod.Memory, pod.CPU, err)
	// Output: 5734 MiB 1 <nil>
}

func ExampleProfilePod() {
	byDefault := sizing.Shape{Heap: units.GiB(4)}
	pod, err := sizing.ProfilePod(byDefault, workload.ResourceProfile{ID: 1, Memory: units.GiB(16)}, spark.V35)
	fmt.Println(pod.Memory, err)
	fmt.Println(pod.Working[1].Rule())
	// Output:
	// 16793 MiB <nil>
	// derived from the default profile's heap of 4 GiB, not from this one's 16 GiB, for which it would be 1638 MiB: name memoryOverhead in the profile
}

func ExampleLargestHeap() {
	heap, err := sizing.LargestHeap(units.GiB(16), sizing.Shape{}, spark.V35)
	fmt.Println(heap.JVM(), err)
	_, err = sizing.LargestHeap(units.MiB(512), sizing.Shape{}, spark.V35)
	fmt.Println(err)
	// Output:
	// 14895m <nil>
	// sizing: no executor fits into 512 MiB: with the smallest heap of 450 MiB its pod needs 834 MiB; give it at least that
}
