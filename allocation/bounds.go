package allocation

import (
	"fmt"
	"math"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Bound is what keeps an application from having more executors.
type Bound string

// The bounds: what runs out on the nodes, the lines of a quota, or that there is no place at all.
const (
	ByCPU               Bound = "cpu"
	ByMemory            Bound = "memory"
	ByPods              Bound = "pods"
	ByQuotaCPU          Bound = "quota cpu"
	ByQuotaMemory       Bound = "quota memory"
	ByQuotaLimitsCPU    Bound = "quota limits.cpu"
	ByQuotaLimitsMemory Bound = "quota limits.memory"
	ByQuotaPods         Bound = "quota pods"
	ByDriver            Bound = "driver"
	ByNodes             Bound = "nodes"
)

// BoundsOptions says what else takes room. The zero value is a driver with Spark's defaults in the cluster, and no quota.
type BoundsOptions struct {
	// Driver is the driver's pod; the zero Pod is the one of Spark's defaults (1 core, a heap of 1g).
	Driver sizing.Pod
	// DriverElsewhere says that the driver takes no room of the cluster and the quota (client mode).
	DriverElsewhere bool
	// Quota binds the namespace, with what others in it use.
	Quota Quota
}

// Capacity is how many executors of one shape run at once beside their driver.
type Capacity struct {
	// Executors is the count, and BoundBy what would have to grow first for more.
	Executors int
	BoundBy   Bound
	// PerNode says how many fit on which node, before the quota, in the order of the cluster's nodes.
	PerNode []NodeFit
	// DriverCost is how many executors the driver takes the room of where it costs least, and DriverCostAtWorst
	// where the scheduler places it worst.
	DriverCost, DriverCostAtWorst int
	// StrandedCPU and StrandedMemory are free on the nodes and too little for one more executor there.
	StrandedCPU    units.MilliCPU
	StrandedMemory units.Bytes
	// Naive is the rule of thumb beside it: the cores of the cluster divided by the executor's cores.
	Naive int
	// Figures are the working.
	Figures []workload.Figure
}

// NodeFit is how many executors fit on a node, or on each of several that are alike.
type NodeFit struct {
	Name string
	// Count is how many such nodes there are, Executors how many fit on each.
	Count, Executors int
	// BoundBy is what runs out first.
	BoundBy Bound
	// Driver says that the driver was placed there.
	Driver bool
	// StrandedCPU and StrandedMemory are what is left on each.
	StrandedCPU    units.MilliCPU
	StrandedMemory units.Bytes
}

// podSize is what a pod takes of a node and of a quota.
type podSize struct {
	room
	limitCPU units.MilliCPU
}

// Bounds returns how many executors of the shape the cluster holds under Spark version v. On each node these are the
// least of free CPU / pod CPU request, free memory / pod memory and free pods; whole executors only, summed over the
// nodes. The driver stands on the node where it costs the fewest executors, of equals the first. Then each limit of
// the quota binds. Errors are a shape that Spark refuses, an [*InvalidError] for amounts below zero, and
// [units.ErrOverflow].
func Bounds(c Cluster, s sizing.Shape, v spark.Version, o BoundsOptions) (Capacity, error) {
	if err := o.check(c); err != nil {
		return Capacity{}, err
	}
	executor, err := s.Pod(v)
	if err != nil {
		return Capacity{}, err
	}
	driver, err := o.driver(v)
	if err != nil {
		return Capacity{}, err
	}
	b := bounds{cluster: c, options: o, driver: driver, executor: size(executor)}
	if err := b.fill(max(1, s.Cores)); err != nil {
		return Capacity{}, err
	}
	b.explain(max(1, s.Cores), v)
	return b.Capacity, nil
}

func size(p sizing.Pod) podSize {
	return podSize{room: room{cpu: p.CPU, memory: p.Memory, pods: 1}, limitCPU: p.CPULimit}
}

func (o BoundsOptions) driver(v spark.Version) (podSize, error) {
	if o.DriverElsewhere {
		return podSize{}, nil
	}
	pod := o.Driver
	if o.assumesDriver() {
		var err error
		if pod, err = sizing.DriverPod(spark.NewConf(v, nil), sizing.JVM); err != nil {
			return podSize{}, err
		}
		pod.CPULimit = pod.CPU // so that a quota for limits does not end it
	}
	return size(pod), nil
}

func (o BoundsOptions) assumesDriver() bool { return o.Driver.CPU == 0 && o.Driver.Memory == 0 }

func (o BoundsOptions) check(c Cluster) error {
	var found field.ErrorList
	check := func(path *field.Path, amount int64) {
		if amount < 0 {
			found = append(found, field.Invalid(path, amount, "must not be negative"))
		}
	}
	for i, n := range c.Nodes {
		at := field.NewPath("nodes").Index(i)
		check(at.Child("count"), int64(n.Count))
		check(at.Child("cpu"), int64(n.CPU))
		check(at.Child("memory"), int64(n.Memory))
		check(at.Child("pods"), int64(n.Pods))
		check(at.Child("usedCPU"), int64(n.UsedCPU))
		check(at.Child("usedMemory"), int64(n.UsedMemory))
		check(at.Child("usedPods"), int64(n.UsedPods))
	}
	check(field.NewPath("driver", "cpu"), int64(o.Driver.CPU))
	check(field.NewPath("driver", "memory"), int64(o.Driver.Memory))
	check(field.NewPath("driver", "cpuLimit"), int64(o.Driver.CPULimit))
	for _, l := range o.Quota.lines(podSize{}, podSize{}) {
		check(field.NewPath("quota").Key(string(l.bound)).Child("used"), l.used)
	}
	return invalid(found)
}

func (c Cluster) totalCPU() (units.MilliCPU, error) {
	var total units.MilliCPU
	for _, n := range c.Nodes {
		all, err := n.CPU.Scale(int64(n.count()))
		if err != nil {
			return 0, err
		}
		if total, err = total.Add(all); err != nil {
			return 0, err
		}
	}
	return total, nil
}

// bounds is a Capacity in the making.
type bounds struct {
	Capacity
	cluster          Cluster
	options          BoundsOptions
	driver, executor podSize
	// onNodes is the count before the quota.
	onNodes int
}

// fill computes everything but the figures.
func (b *bounds) fill(cores int) error {
	cpu, err := b.cluster.totalCPU()
	if err != nil {
		return err
	}
	b.Naive = int(min(int64(cpu/units.Cores(cores)), math.MaxInt32))
	b.pack()
	b.placeDriver()
	if err := b.sum(); err != nil {
		return err
	}
	b.applyQuota()
	return nil
}

func (b *bounds) pack() {
	b.PerNode = make([]NodeFit, 0, len(b.cluster.Nodes)+1)
	for _, n := range b.cluster.Nodes {
		b.PerNode = append(b.PerNode, b.fit(n.Name, n.count(), n.free()))
	}
}

func (b *bounds) fit(name string, count int, free room) NodeFit {
	n, bound := free.fits(b.executor.room)
	left := free.without(n, b.executor.room)
	return NodeFit{Name: name, Count: count, Executors: n, BoundBy: bound, StrandedCPU: left.cpu, StrandedMemory: left.memory}
}

// placeDriver takes one node for the driver, split off from those that are alike. Where none can hold it nothing
// fits anywhere, because no application starts.
func (b *bounds) placeDriver() {
	if b.options.DriverElsewhere || len(b.PerNode) == 0 {
		return
	}
	at, best := -1, NodeFit{}
	for i, n := range b.cluster.Nodes {
		free := n.free()
		if fits, _ := free.fits(b.driver.room); fits < 1 {
			continue
		}
		with := b.fit(n.Name, 1, free.without(1, b.driver.room))
		cost := b.PerNode[i].Executors - with.Executors
		if at < 0 || cost < b.DriverCost {
			at, best, b.DriverCost = i, with, cost
		}
		b.DriverCostAtWorst = max(b.DriverCostAtWorst, cost)
	}
	if at < 0 {
		for i := range b.PerNode {
			b.PerNode[i].Executors, b.PerNode[i].BoundBy = 0, ByDriver
		}
		return
	}
	best.Driver = true
	b.split(at, best)
}

func (b *bounds) split(at int, driver NodeFit) {
	if b.PerNode[at].Count == 1 {
		b.PerNode[at] = driver
		return
	}
	b.PerNode[at].Count--
	b.PerNode = slices.Insert(b.PerNode, at, driver)
}

// sum adds up the nodes; what binds most of them binds the cluster.
func (b *bounds) sum() error {
	total, nodes := int64(0), map[Bound]int{}
	for _, f := range b.PerNode {
		if f.Executors > 0 && int64(f.Count) >= (math.MaxInt32-total)/int64(f.Executors) {
			return fmt.Errorf("allocation: more executors than the 32 bits in which Spark counts them; check the nodes' pods: %w", units.ErrOverflow)
		}
		total += int64(f.Executors) * int64(f.Count)
		nodes[f.BoundBy] += f.Count
		cpu, err := f.StrandedCPU.Scale(int64(f.Count))
		if err != nil {
			return err
		}
		memory, err := f.StrandedMemory.Scale(int64(f.Count))
		if err != nil {
			return err
		}
		if b.StrandedMemory, err = b.StrandedMemory.Add(memory); err != nil {
			return err
		}
		b.StrandedCPU += cpu // within the total, which was checked
	}
	b.onNodes, b.Executors, b.BoundBy = int(total), int(total), ByNodes
	for _, bound := range []Bound{ByCPU, ByMemory, ByPods, ByDriver} {
		if nodes[bound] > nodes[b.BoundBy] {
			b.BoundBy = bound
		}
	}
	return nil
}

func (b *bounds) applyQuota() {
	for _, l := range b.options.Quota.lines(b.driver, b.executor) {
		if n := l.fits(); n < int64(b.Executors) {
			b.Executors, b.BoundBy = int(n), l.bound
		}
	}
}
