package sizing_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/units"
)

func TestCores(t *testing.T) {
	gib := units.GiB(1)
	for name, c := range map[string]struct {
		change             func(*job)
		bound              sizing.Bound
		target, low, high  int
		firm               bool
		figure             string
		noAlternativeCores bool
	}{
		"cpu-bound":                     {func(*job) {}, sizing.BoundCPU, 4, 2, 4, true, "CPU share 90.0 %", false},
		"cpu-bound, some gc":            {func(j *job) { j.gc = 0.07 }, sizing.BoundCPU, 2, 2, 4, true, "GC share 7.0 %", false},
		"gc-heavy":                      {func(j *job) { j.gc = 0.15 }, sizing.BoundMemory, 2, 1, 2, true, "GC share 15.0 %", false},
		"gc-heavy by far":               {func(j *job) { j.gc = 0.3 }, sizing.BoundMemory, 1, 1, 2, true, "GC share 30.0 %", false},
		"spilling":                      {func(j *job) { j.spilling, j.spill = 20, gib }, sizing.BoundMemory, 2, 1, 2, true, "spilling tasks 20.0 %", false},
		"spilling and collecting":       {func(j *job) { j.spilling, j.spill, j.gc = 20, gib, 0.12 }, sizing.BoundMemory, 1, 1, 2, true, "spilling", false},
		"one skewed task spills":        {func(j *job) { j.spilling, j.spill = 1, gib }, sizing.BoundCPU, 4, 2, 4, true, "spilling tasks 1.0 %", false},
		"slots nearly full":             {func(j *job) { j.peak = units.MiB(1100) }, sizing.BoundMemory, 2, 1, 2, true, "execution memory of a task 1100 MiB", false},
		"slots half empty":              {func(j *job) { j.peak = units.MiB(500) }, sizing.BoundCPU, 4, 2, 4, true, "execution memory of a task 500 MiB", false},
		"out of heap":                   {func(j *job) { j.reasons = []string{outOfMem} }, sizing.BoundMemory, 2, 1, 2, true, "out of heap 1 times", false},
		"waiting":                       {func(j *job) { j.cpu = 0.2 }, sizing.BoundWaiting, 4, 1, 4, true, "CPU share 20.0 %", false},
		"near the cpu threshold":        {func(j *job) { j.cpu, j.vary = 0.61, 0.3 }, sizing.BoundCPU, 4, 1, 4, false, "between 58.1 % and 63.9 %", false},
		"near the spill threshold":      {func(j *job) { j.spilling, j.spill = 6, gib }, sizing.BoundMemory, 2, 1, 4, false, "spilling tasks 6.0 %", false},
		"few tasks":                     {func(j *job) { j.tasks = 8 }, sizing.BoundCPU, 4, 1, 4, false, "8 tasks do not settle it", false},
		"two tasks need two slots":      {func(j *job) { j.tasks = 2 }, sizing.BoundCPU, 2, 1, 4, false, "no stage has more than 2 tasks", false},
		"no cpu time":                   {func(j *job) { j.cpu = 0 }, sizing.BoundUnknown, 4, 1, 4, false, "CPU share unknown", true},
		"no tasks":                      {func(j *job) { j.tasks = 0 }, sizing.BoundUnknown, 4, 1, 4, false, "kept, because nothing tells", true},
		"no tasks, 8 cores":             {func(j *job) { j.tasks, j.slots = 0, 8 }, sizing.BoundUnknown, 8, 1, 8, false, "kept", true},
		"no cpu time, but spill":        {func(j *job) { j.cpu, j.spilling, j.spill = 0, 20, gib }, sizing.BoundMemory, 2, 1, 2, true, "CPU share unknown", false},
		"python hides its cpu":          {func(j *job) { j.cpu = 0.1; j.conf = python }, sizing.BoundUnknown, 4, 1, 4, false, "it is a lower bound", true},
		"python computes in the JVM":    {func(j *job) { j.conf = python }, sizing.BoundCPU, 4, 2, 4, true, "it is a lower bound", false},
		"starved":                       {func(j *job) { j.cpu = 0.1; j.conf = request }, sizing.BoundWaiting, 4, 1, 4, false, "0.025 CPUs a core, so that a low share may be starvation", false},
		"throttled":                     {func(j *job) { j.cpu = 0.1; j.conf = limit }, sizing.BoundWaiting, 4, 1, 4, false, "0.25 CPUs a core", false},
		"memory-bound with one slot":    {func(j *job) { j.gc, j.slots = 0.15, 1 }, sizing.BoundMemory, 1, 1, 2, true, "the heap has to grow", true},
		"another profile's executors":   {func(j *job) { j.profile = 1 }, sizing.BoundUnknown, 4, 1, 4, false, "nothing tells", true},
		"two cpus for each task":        {func(j *job) { j.conf = map[string]string{"spark.task.cpus": "2"} }, sizing.BoundCPU, 8, 4, 8, true, "executor cores 8", false},
		"configuration Spark refuses":   {func(j *job) { j.conf = map[string]string{"spark.executor.memory": "x"} }, sizing.BoundCPU, 4, 2, 4, true, "CPU share", false},
		"an old release tells no cores": {func(j *job) { j.version, j.tasks = "", 0 }, sizing.BoundUnknown, 4, 1, 4, false, "kept", true},
	} {
		t.Run(name, func(t *testing.T) {
			j := steady()
			c.change(&j)
			a, err := sizing.Cores(j.run(), sizing.CoresOptions{})
			require.NoError(t, err)
			assert.Equal(t, c.bound, a.Bound, figures(a.Figures))
			assert.Equal(t, []int{c.target, c.low, c.high}, []int{a.Target, a.Lower, a.Upper}, figures(a.Figures))
			assert.Equal(t, c.firm, a.Firm, figures(a.Figures))
			assert.Equal(t, units.Cores(a.Target), a.Limit)
			assert.Contains(t, figures(a.Figures), c.figure)
			assert.Equal(t, c.noAlternativeCores, len(a.Alternatives) == 0, fmt.Sprint(a.Alternatives))
		})
	}
}

var (
	python  = map[string]string{"spark.kubernetes.resource.type": "python"}
	limit   = map[string]string{"spark.kubernetes.executor.limit.cores": "1", "spark.kubernetes.executor.request.cores": "1"}
	request = map[string]string{"spark.kubernetes.executor.request.cores": "100m"}
)

func TestCoresOptions(t *testing.T) {
	j := steady()
	j.gc, j.cpu = 0.07, 0.5
	a, err := sizing.Cores(j.run(), sizing.CoresOptions{GCShare: 0.05})
	require.NoError(t, err)
	assert.Equal(t, sizing.BoundMemory, a.Bound)
	a, err = sizing.Cores(j.run(), sizing.CoresOptions{CPUShare: 0.4})
	require.NoError(t, err)
	assert.Equal(t, sizing.BoundCPU, a.Bound)
	a, err = sizing.Cores(j.run(), sizing.CoresOptions{Shape: sizing.Shape{Cores: 2}})
	require.NoError(t, err)
	assert.Equal(t, 2, a.Target, "the tasks wait: what is given as the run's shape is kept")
	_, err = sizing.Cores(j.run(), sizing.CoresOptions{CPUShare: 60, SlotShare: -1})
	var all *sizing.InvalidError
	require.ErrorAs(t, err, &all)
	assert.Len(t, all.Errors, 2)
}

func TestCoresStayInTheirBand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := steady()
		j.tasks, j.slots = rapid.IntRange(0, 200).Draw(t, "tasks"), rapid.IntRange(1, 16).Draw(t, "slots")
		j.cpu, j.gc = rapid.Float64Range(0, 1).Draw(t, "cpu"), rapid.Float64Range(0, 0.5).Draw(t, "gc")
		j.spilling, j.spill = rapid.IntRange(0, 100).Draw(t, "spilling"), units.GiB(1)
		p := j.run()
		a, err := sizing.Cores(p, sizing.CoresOptions{})
		require.NoError(t, err)
		require.LessOrEqual(t, 1, a.Lower)
		require.LessOrEqual(t, a.Lower, a.Target)
		require.LessOrEqual(t, a.Target, a.Upper)
		again, err := sizing.Cores(p, sizing.CoresOptions{})
		require.NoError(t, err)
		require.Equal(t, a, again)
	})
}

func ExampleCores() {
	run := job{version: "3.5.6", tasks: 400, executors: 10, slots: 8, cpu: 0.4, gc: 0.14}.run()
	a, err := sizing.Cores(run, sizing.CoresOptions{})
	fmt.Println(a.Target, a.Lower, a.Upper, a.Bound, err)
	for _, f := range a.Figures {
		fmt.Println(f)
	}
	for _, other := range a.Alternatives {
		fmt.Println(other.Cores, "—", other.Why)
	}
	// Output:
	// 2 1 2 memory <nil>
	// CPU share 40.0 %: CPU time over run time; between 40.0 % and 40.0 % with 95 % probability; from 60.0 % on it is CPU-bound [measured over 400 tasks]
	// GC share 14.0 %: garbage collection over run time; tasks that run together count each collection alike in both; between 14.0 % and 14.0 % with 95 % probability; from 10.0 % on it is memory-bound [measured over 400 tasks]
	// spilling tasks 0.0 %: tasks that spilled to disk; between 0.0 % and 0.0 % with 95 % probability; from 5.0 % on it is memory-bound [measured over 400 tasks]
	// executor cores 2 (1 to 2): memory-bound: 1 to 2, so that fewer tasks share the heap [measured over 400 tasks]
	// executor cpu limit 2: as many CPUs as cores: tasks get what their slots promise and no neighbour's share [computed from executor cores]
	// 8 — keep the slots and give the heap 4 times the memory instead
	// 1 — one task for each heap, at the price of a JVM for each core
}
