package allocation_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

var (
	// small takes 2 cpu and 4505 MiB, large 2 cpu and 15769 MiB.
	small = sizing.Shape{Cores: 2, Heap: units.GiB(4)}
	large = sizing.Shape{Cores: 2, Heap: units.GiB(14)}
	away  = allocation.BoundsOptions{DriverElsewhere: true}
)

func node(name string, cpu int, memory units.Bytes) allocation.Node {
	return allocation.Node{Name: name, CPU: units.Cores(cpu), Memory: memory}
}

func cluster(nodes ...allocation.Node) allocation.Cluster { return allocation.Cluster{Nodes: nodes} }

func TestExecutorsThatFit(t *testing.T) {
	used := node("used", 16, units.GiB(64))
	used.UsedCPU, used.UsedMemory = units.Cores(3), units.GiB(1)
	crowded := node("crowded", 16, units.GiB(64))
	crowded.Pods, crowded.UsedPods = 30, 27
	overfull := node("overfull", 4, units.GiB(16))
	overfull.UsedCPU, overfull.UsedPods = units.Cores(5), 200
	request := small
	request.RequestCPU = 500
	for name, c := range map[string]struct {
		cluster   allocation.Cluster
		shape     sizing.Shape
		executors int
		bound     allocation.Bound
		naive     int
	}{
		"the rule of thumb doubles it":     {allocation.Nodes(20, units.Cores(16), units.GiB(64)), large, 80, allocation.ByMemory, 160},
		"cpu":                              {allocation.Nodes(3, units.Cores(7), units.GiB(64)), small, 9, allocation.ByCPU, 10},
		"the request counts, not cores":    {allocation.Nodes(1, units.Cores(4), units.GiB(64)), request, 8, allocation.ByCPU, 2},
		"pods":                             {cluster(crowded), small, 3, allocation.ByPods, 8},
		"others use some":                  {cluster(used), small, 6, allocation.ByCPU, 8},
		"others use more than there is":    {cluster(overfull), small, 0, allocation.ByCPU, 2},
		"too small for one":                {allocation.Nodes(50, units.Cores(1), units.GiB(64)), small, 0, allocation.ByCPU, 25},
		"mixed sizes, most bound by cpu":   {cluster(node("a", 4, units.GiB(64)), node("b", 4, units.GiB(64)), node("c", 64, units.GiB(16))), small, 7, allocation.ByCPU, 36},
		"no nodes":                         {allocation.Nodes(0, units.Cores(4), units.GiB(16)), small, 0, allocation.ByNodes, 0},
		"the kubelet's default is 110":     {allocation.Nodes(1, units.Cores(1000), units.GiB(10000)), small, 110, allocation.ByPods, 500},
		"a shape of defaults has one core": {allocation.Nodes(1, units.Cores(8), units.GiB(64)), sizing.Shape{}, 8, allocation.ByCPU, 8},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := allocation.Bounds(c.cluster, c.shape, spark.V35, away)
			require.NoError(t, err)
			assert.Equal(t, c.executors, got.Executors)
			assert.Equal(t, c.bound, got.BoundBy)
			assert.Equal(t, c.naive, got.Naive)
			assert.Zero(t, got.DriverCost)
		})
	}
}

func TestDriverTakesTheNodeWhereItCostsLeast(t *testing.T) {
	// a and c lose an executor to it, b has room to spare.
	c := cluster(node("a", 4, units.GiB(64)), node("b", 5, units.GiB(64)), node("c", 4, units.GiB(64)))
	got, err := allocation.Bounds(c, small, spark.V35, allocation.BoundsOptions{})
	require.NoError(t, err)
	assert.Equal(t, 6, got.Executors)
	assert.Equal(t, 0, got.DriverCost)
	assert.Equal(t, 1, got.DriverCostAtWorst)
	assert.False(t, got.PerNode[0].Driver)
	assert.True(t, got.PerNode[1].Driver)

	big := sizing.Pod{CPU: units.Cores(5), Memory: units.GiB(1)}
	got, err = allocation.Bounds(c, small, spark.V35, allocation.BoundsOptions{Driver: big})
	require.NoError(t, err)
	assert.Equal(t, 4, got.Executors, "only b can hold it")
	assert.Equal(t, 2, got.DriverCost)

	big.CPU = units.Cores(6)
	got, err = allocation.Bounds(c, small, spark.V35, allocation.BoundsOptions{Driver: big})
	require.NoError(t, err)
	assert.Equal(t, 0, got.Executors)
	assert.Equal(t, allocation.ByDriver, got.BoundBy)
	assert.Contains(t, figure(t, got, "driver pod"), "cannot start")
}

func TestDriverSplitsNodesThatAreAlike(t *testing.T) {
	got, err := allocation.Bounds(allocation.Nodes(3, units.Cores(4), units.GiB(64)), small, spark.V35, allocation.BoundsOptions{})
	require.NoError(t, err)
	assert.Equal(t, []allocation.NodeFit{
		{Name: "node", Count: 1, Executors: 1, BoundBy: allocation.ByCPU, Driver: true, StrandedCPU: 1000, StrandedMemory: units.MiB(65536 - 4505 - 1408)},
		{Name: "node", Count: 2, Executors: 2, BoundBy: allocation.ByCPU, StrandedMemory: units.MiB(65536 - 2*4505)},
	}, got.PerNode)
	assert.Equal(t, 5, got.Executors)
	assert.Equal(t, units.MilliCPU(1000), got.StrandedCPU)
	assert.Equal(t, units.MiB(3*65536-5*4505-1408), got.StrandedMemory)
}

func TestQuotaBinds(t *testing.T) {
	limited := small
	limited.LimitCPU = units.Cores(3)
	driver := allocation.BoundsOptions{} // 1 cpu, 1408 MiB
	for name, c := range map[string]struct {
		quota     allocation.Quota
		shape     sizing.Shape
		executors int
		bound     allocation.Bound
	}{
		"none":                      {allocation.Quota{}, small, 32, allocation.ByCPU},
		"wide":                      {allocation.Quota{CPU: units.Cores(1000), Pods: 500}, small, 32, allocation.ByCPU},
		"cpu":                       {allocation.Quota{CPU: units.Cores(24), UsedCPU: 500}, small, 11, "quota cpu"},
		"memory":                    {allocation.Quota{Memory: units.MiB(1408 + 3*4505)}, small, 3, "quota memory"},
		"a byte less":               {allocation.Quota{Memory: units.MiB(1408+3*4505) - 1}, small, 2, "quota memory"},
		"limits.memory":             {allocation.Quota{LimitsMemory: units.GiB(16), UsedLimitsMemory: units.GiB(2)}, small, 2, "quota limits.memory"},
		"limits.cpu":                {allocation.Quota{LimitsCPU: units.Cores(10)}, limited, 3, "quota limits.cpu"},
		"limits.cpu wants limits":   {allocation.Quota{LimitsCPU: units.Cores(1000)}, small, 0, "quota limits.cpu"},
		"pods":                      {allocation.Quota{Pods: 20, UsedPods: 14}, small, 5, "quota pods"},
		"the tightest of several":   {allocation.Quota{Pods: 9, CPU: units.Cores(7)}, small, 3, "quota cpu"},
		"full":                      {allocation.Quota{CPU: units.Cores(4), UsedCPU: units.Cores(9)}, small, 0, "quota cpu"},
		"no room for the driver":    {allocation.Quota{CPU: 500}, small, 0, "quota cpu"},
		"nothing allowed":           {allocation.Quota{Pods: allocation.AllowNone}, small, 0, "quota pods"},
		"limits beyond 63 bits sum": {allocation.Quota{CPU: 1, UsedCPU: math.MaxInt64}, small, 0, "quota cpu"},
	} {
		t.Run(name, func(t *testing.T) {
			o := driver
			o.Quota = c.quota
			got, err := allocation.Bounds(allocation.Nodes(4, units.Cores(17), units.GiB(64)), c.shape, spark.V35, o)
			require.NoError(t, err)
			assert.Equal(t, c.executors, got.Executors)
			assert.Equal(t, c.bound, got.BoundBy)
		})
	}
}

func TestFiguresShowTheWorking(t *testing.T) {
	o := allocation.BoundsOptions{Quota: allocation.Quota{CPU: units.Cores(24), UsedCPU: 500, LimitsCPU: units.Cores(9)}}
	got, err := allocation.Bounds(allocation.Nodes(20, units.Cores(16), units.GiB(64)), large, spark.V35, o)
	require.NoError(t, err)
	var text strings.Builder
	for _, f := range got.Figures {
		text.WriteString(f.String() + "\n")
	}
	assert.Equal(t, strings.TrimLeft(`
executor pod 2 cpu, 15769 MiB: what Spark requests of Kubernetes for one executor [computed from the shape under Spark 3.5.0]
executors on the nodes 80 executors: the least of free cpu / pod cpu, free memory / pod memory and free pods on each node, whole executors only: 4 on each of 20 nodes (memory) [given by allocatable of 20 nodes]
driver pod 1 cpu, 1408 MiB: on node it takes the room of 0 executors [assumed a driver of Spark's defaults]
quota cpu 11 executors: hard 24 cpu, used 500m cpu, the driver takes 1 cpu, an executor 2 cpu [given by a ResourceQuota]
quota limits.cpu 0 executors: with this quota a driver or executor without a CPU limit is refused: set spark.kubernetes.{driver,executor}.limit.cores [given by a ResourceQuota]
most executors 0 executors: bound by quota limits.cpu [computed from nodes, driver and quota]
stranded 159 cpu, 47792 MiB: on each node too little for one more executor of this shape [computed from what is free beside executors and driver]
cluster cores / executor cores 160 executors: the rule of thumb, for comparison: it sees no memory, no whole pods, no requests, no driver and no other pods [computed from allocatable cpu and 2 cores]
`, "\n"), text.String())
}

func TestManyKindsOfNodesAreSummedUp(t *testing.T) {
	var c allocation.Cluster
	for i := range 12 {
		c.Nodes = append(c.Nodes, node("n", 2*i, units.GiB(640)))
	}
	got, err := allocation.Bounds(c, small, spark.V35, away)
	require.NoError(t, err)
	assert.Contains(t, figure(t, got, "executors on the nodes"), "11 on each of 1 node (cpu), 10 on each of 1 node (cpu), 9 on each of 1 node (cpu), 8 on each of 1 node (cpu), 7 on each of 1 node (cpu), 7 more kinds of nodes")
}

func figure(t *testing.T, c allocation.Capacity, name string) string {
	t.Helper()
	for _, f := range c.Figures {
		if f.Name() == name {
			return f.String()
		}
	}
	require.Fail(t, "no figure "+name)
	return ""
}

func TestBoundsRefuses(t *testing.T) {
	bad := allocation.Node{Count: -1, CPU: -1, Memory: -1, Pods: -1, UsedCPU: -1, UsedMemory: -1, UsedPods: -1}
	o := allocation.BoundsOptions{
		Driver: sizing.Pod{CPU: -1, Memory: -1, CPULimit: -1},
		Quota:  allocation.Quota{CPU: 5, UsedCPU: -1},
	}
	_, err := allocation.Bounds(cluster(node("fine", 1, 1), bad), small, spark.V35, o)
	assert.Equal(t, []string{
		"nodes[1].count", "nodes[1].cpu", "nodes[1].memory", "nodes[1].pods", "nodes[1].usedCPU", "nodes[1].usedMemory", "nodes[1].usedPods",
		"driver.cpu", "driver.memory", "driver.cpuLimit", "quota[quota cpu].used",
	}, fieldsOf(t, err))

	_, err = allocation.Bounds(allocation.Cluster{}, sizing.Shape{Cores: -1}, spark.V35, away)
	var shape *sizing.InvalidError
	assert.ErrorAs(t, err, &shape)

	endless := allocation.Node{Count: math.MaxInt32, CPU: units.Cores(1000), Memory: units.TiB(1), Pods: math.MaxInt32}
	for _, c := range []allocation.Cluster{
		cluster(endless),
		cluster(allocation.Node{Count: 2, CPU: math.MaxInt64}),
		cluster(allocation.Node{CPU: math.MaxInt64}, allocation.Node{CPU: math.MaxInt64}),
		cluster(allocation.Node{Count: 2, Memory: math.MaxInt64}),
		cluster(allocation.Node{Memory: math.MaxInt64}, allocation.Node{Memory: math.MaxInt64}),
	} {
		_, err = allocation.Bounds(c, small, spark.V35, away)
		assert.True(t, isOverflow(err), "%v", err)
	}
}

func isOverflow(err error) bool { return errors.Is(err, units.ErrOverflow) }

var anyNode = rapid.Custom(func(t *rapid.T) allocation.Node {
	return allocation.Node{
		Name: "n", Count: rapid.IntRange(0, 3).Draw(t, "count"),
		CPU: units.MilliCPU(rapid.IntRange(0, 12000).Draw(t, "cpu")), UsedCPU: units.MilliCPU(rapid.IntRange(0, 3000).Draw(t, "used cpu")),
		Memory: units.MiB(rapid.Int64Range(0, 30000).Draw(t, "memory")), UsedMemory: units.MiB(rapid.Int64Range(0, 4000).Draw(t, "used memory")),
		Pods: rapid.IntRange(0, 6).Draw(t, "pods"), UsedPods: rapid.IntRange(0, 3).Draw(t, "used pods"),
	}
})

// slot is one node's free room; packed places pods one by one, first fit.
type slot struct {
	cpu    units.MilliCPU
	memory units.Bytes
	pods   int
}

func slots(c allocation.Cluster) []slot {
	var all []slot
	for _, n := range c.Nodes {
		pods := n.Pods
		if pods == 0 {
			pods = 110
		}
		for range max(1, n.Count) {
			all = append(all, slot{n.CPU - n.UsedCPU, n.Memory - n.UsedMemory, pods - n.UsedPods})
		}
	}
	return all
}

func (s *slot) take(p sizing.Pod) bool {
	if s.cpu < p.CPU || s.memory < p.Memory || s.pods < 1 {
		return false
	}
	s.cpu, s.memory, s.pods = s.cpu-p.CPU, s.memory-p.Memory, s.pods-1
	return true
}

// packed is the most executors with the driver tried on each node in turn; -1 where it fits on none.
func packed(c allocation.Cluster, driver, executor sizing.Pod) int {
	best := -1
	for at := range slots(c) {
		all := slots(c)
		if !all[at].take(driver) {
			continue
		}
		placed := 0
		for i := range all {
			for all[i].take(executor) {
				placed++
			}
		}
		best = max(best, placed)
	}
	return best
}

func TestSoManyFitAndNotOneMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := cluster(rapid.SliceOfN(anyNode, 1, 5).Draw(t, "nodes")...)
		shape := sizing.Shape{Cores: rapid.IntRange(1, 3).Draw(t, "cores"), Heap: units.MiB(rapid.Int64Range(450, 9000).Draw(t, "heap"))}
		executor, err := shape.Pod(spark.V40)
		require.NoError(t, err)
		o := allocation.BoundsOptions{Driver: sizing.Pod{CPU: units.MilliCPU(rapid.IntRange(1, 4000).Draw(t, "driver cpu")), Memory: units.MiB(rapid.Int64Range(1, 8000).Draw(t, "driver memory"))}}
		got, err := allocation.Bounds(c, shape, spark.V40, o)
		require.NoError(t, err)
		require.Equal(t, max(0, packed(c, o.Driver, executor)), got.Executors)
		require.Equal(t, packed(c, o.Driver, executor) < 0, got.BoundBy == allocation.ByDriver)
		sum, drivers := 0, 0
		for _, f := range got.PerNode {
			sum += f.Executors * f.Count
			if f.Driver {
				drivers += f.Count
			}
		}
		require.Equal(t, sum, got.Executors)
		if got.BoundBy != allocation.ByDriver {
			require.Equal(t, 1, drivers)
		}

		o.Quota = allocation.Quota{CPU: units.MilliCPU(rapid.IntRange(1, 40000).Draw(t, "quota"))}
		bound, err := allocation.Bounds(c, shape, spark.V40, o)
		require.NoError(t, err)
		require.LessOrEqual(t, bound.Executors, got.Executors)
		if takes := func(n int) units.MilliCPU { return o.Driver.CPU + units.MilliCPU(n)*executor.CPU }; bound.BoundBy == allocation.ByQuotaCPU {
			require.Greater(t, takes(bound.Executors+1), o.Quota.CPU)
			require.True(t, bound.Executors == 0 || takes(bound.Executors) <= o.Quota.CPU)
		} else if bound.Executors > 0 {
			require.LessOrEqual(t, takes(bound.Executors), o.Quota.CPU)
		}
	})
}

func TestBoundsDoesNotTouchTheCluster(t *testing.T) {
	c := allocation.Nodes(3, units.Cores(4), units.GiB(64))
	before := c.Nodes[0]
	_, err := allocation.Bounds(c, small, spark.V35, allocation.BoundsOptions{})
	require.NoError(t, err)
	assert.Equal(t, before, c.Nodes[0])
}
