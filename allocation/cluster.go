package allocation

import (
	"github.com/sparkscale/sparkscale/units"
)

// podsPerNode is the kubelet's default of maxPods.
const podsPerNode = 110

// Cluster is the nodes that executors can run on. It is immutable; make one with [Nodes], [ParseNodes] or a literal.
type Cluster struct {
	// Nodes are in the order of their source.
	Nodes []Node
	// Notes say what was left out and why, in the order of the source.
	Notes []string
}

// Node is one node, or several that are alike. Amounts are of each of them.
type Node struct {
	Name string
	// Count is how many there are; 0 means 1.
	Count int
	// CPU and Memory are allocatable, not capacity: what the kubelet leaves to pods.
	CPU    units.MilliCPU
	Memory units.Bytes
	// Pods is how many pods it may hold; 0 means 110, the kubelet's default.
	Pods int
	// UsedCPU, UsedMemory and UsedPods are what other pods request of it, those of DaemonSets included.
	UsedCPU    units.MilliCPU
	UsedMemory units.Bytes
	UsedPods   int
}

// Nodes returns a cluster of n nodes, of which each offers cpu and memory to pods (its allocatable, after DaemonSets)
// and holds 110 pods; with n < 1 it has none.
func Nodes(n int, cpu units.MilliCPU, memory units.Bytes) Cluster {
	if n < 1 {
		return Cluster{}
	}
	return Cluster{Nodes: []Node{{Name: "node", Count: n, CPU: cpu, Memory: memory}}}
}

func (n Node) count() int { return max(1, n.Count) }

// free is what is left of one node for further pods.
func (n Node) free() room {
	pods := n.Pods
	if pods == 0 {
		pods = podsPerNode
	}
	return room{cpu: max(0, n.CPU-n.UsedCPU), memory: max(0, n.Memory-n.UsedMemory), pods: max(0, pods-n.UsedPods)}
}

// room is an amount of what pods take.
type room struct {
	cpu    units.MilliCPU
	memory units.Bytes
	pods   int
}

// fits returns how many pods of that size go into r, and what runs out first: of equals the first of CPU, memory and
// pods.
func (r room) fits(pod room) (int, Bound) {
	n, bound := int64(r.pods), ByPods
	if pod.memory > 0 && int64(r.memory/pod.memory) <= n {
		n, bound = int64(r.memory/pod.memory), ByMemory
	}
	if pod.cpu > 0 && int64(r.cpu/pod.cpu) <= n {
		n, bound = int64(r.cpu/pod.cpu), ByCPU
	}
	return int(n), bound
}

// without returns r less n pods of that size; n of them fit.
func (r room) without(n int, pod room) room {
	return room{
		cpu:    r.cpu - units.MilliCPU(n)*pod.cpu,
		memory: r.memory - units.Bytes(n)*pod.memory,
		pods:   r.pods - n*pod.pods,
	}
}
