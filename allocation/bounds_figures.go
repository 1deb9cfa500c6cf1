package allocation

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// explain writes the working.
func (b *bounds) explain(cores int, v spark.Version) {
	b.figure("executor pod", b.executor.String(), workload.Computed("the shape under Spark "+v.String()),
		"what Spark requests of Kubernetes for one executor")
	b.figure("executors on the nodes", executors(b.onNodes), workload.Given(b.cluster.String()),
		"the least of free cpu / pod cpu, free memory / pod memory and free pods on each node, whole executors only: "+b.spread())
	if !b.options.DriverElsewhere {
		b.figure("driver pod", b.driver.String(), b.driverBasis(), b.driverRule())
	}
	for _, l := range b.options.Quota.lines(b.driver, b.executor) {
		b.figure(string(l.bound), executors(int(min(l.fits(), math.MaxInt32))), workload.Given("a ResourceQuota"), l.rule())
	}
	b.figure("most executors", executors(b.Executors), workload.Computed("nodes, driver and quota"), "bound by "+string(b.BoundBy))
	b.figure("stranded", fmt.Sprintf("%s cpu, %s", b.StrandedCPU, b.StrandedMemory), workload.Computed("what is free beside executors and driver"),
		"on each node too little for one more executor of this shape")
	b.figure("cluster cores / executor cores", executors(b.Naive), workload.Computed(fmt.Sprintf("allocatable cpu and %d cores", cores)),
		"the rule of thumb, for comparison: it sees no memory, no whole pods, no requests, no driver and no other pods")
}

func (b *bounds) figure(name, value string, basis workload.Basis, rule string) {
	b.Figures = append(b.Figures, workload.NewFigure(name, value, basis, rule))
}

// maxSpread is how many kinds of nodes the working names.
const maxSpread = 5

// spread says how many executors fit on how many nodes, fullest first.
func (b *bounds) spread() string {
	type kind struct {
		executors int
		bound     Bound
	}
	nodes := map[kind]int{}
	var kinds []kind
	for _, f := range b.PerNode {
		k := kind{f.Executors, f.BoundBy}
		if nodes[k] == 0 {
			kinds = append(kinds, k)
		}
		nodes[k] += f.Count
	}
	slices.SortStableFunc(kinds, func(x, y kind) int { return cmp.Compare(y.executors, x.executors) })
	parts := make([]string, 0, maxSpread+1)
	for i, k := range kinds {
		if i == maxSpread {
			parts = append(parts, fmt.Sprintf("%d more kinds of nodes", len(kinds)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%d on each of %s (%s)", k.executors, wording.Count(nodes[k], "node"), k.bound))
	}
	if len(parts) == 0 {
		return "there are no nodes"
	}
	return strings.Join(parts, ", ")
}

func (b *bounds) driverBasis() workload.Basis {
	if b.options.assumesDriver() {
		return workload.Assumed("a driver of Spark's defaults")
	}
	return workload.Given("the options")
}

func (b *bounds) driverRule() string {
	i := slices.IndexFunc(b.PerNode, func(f NodeFit) bool { return f.Driver })
	if i < 0 {
		return "no node has room for it, so the application cannot start"
	}
	rule := fmt.Sprintf("on %s it takes the room of %s", b.PerNode[i].Name, executors(b.DriverCost))
	if b.DriverCostAtWorst > b.DriverCost {
		rule += fmt.Sprintf("; where the scheduler places it worst, of %d", b.DriverCostAtWorst)
	}
	return rule
}

func (l quotaLine) rule() string {
	if l.refused {
		return "with this quota a driver or executor without a CPU limit is refused: set spark.kubernetes.{driver,executor}.limit.cores"
	}
	return fmt.Sprintf("hard %s, used %s, the driver takes %s, an executor %s",
		l.unit(max(0, l.hard)), l.unit(l.used), l.unit(l.driver), l.unit(l.executor))
}

// String writes "2 cpu, 16022 MiB".
func (p podSize) String() string { return fmt.Sprintf("%s cpu, %s", p.cpu, p.memory) }

// String writes "allocatable of 20 nodes", and how many were left out.
func (c Cluster) String() string {
	n := 0
	for _, node := range c.Nodes {
		n += node.count()
	}
	s := "allocatable of " + wording.Count(n, "node")
	if len(c.Notes) > 0 {
		s += fmt.Sprintf(", %d left out", len(c.Notes))
	}
	return s
}
