package diagnose

import (
	"fmt"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
)

var packing = Rule{
	Code: "WASTE/BIN-PACKING", Title: "executors of this shape leave much of the nodes unused",
	Doc:   "NodeResourcesFit of the scheduler, Kubernetes 1.34; allocation.Bounds",
	Needs: []Part{PartNodes, PartConf},
	check: func(v *view) []Finding {
		cluster, cpu, memory := v.cluster()
		if !v.known || len(cluster.Nodes) == 0 || v.asks() < 2 {
			return nil
		}
		fit, err := allocation.Bounds(cluster, v.shape, v.conf.Version(), allocation.BoundsOptions{DriverElsewhere: true})
		if err != nil || fit.Executors < 1 {
			return nil
		}
		share := min(float64(fit.StrandedCPU)/float64(max(1, cpu)), float64(fit.StrandedMemory)/float64(max(1, memory)))
		if share < v.o.Stranded {
			return nil
		}
		return []Finding{{
			Severity: Info, Subject: "nodes",
			Message:  fmt.Sprintf("full of executors of this shape, the nodes would still have %s CPU and %s free, too little on each for one more (%d fit, bound by %s)", fit.StrandedCPU, fit.StrandedMemory, fit.Executors, fit.BoundBy),
			Evidence: []Evidence{v.property(spark.ExecutorCores), v.property(spark.ExecutorMemory), seen(v.Nodes[0].Place, "node %s: %s CPU, %s", v.Nodes[0].Name, v.Nodes[0].CPU, v.Nodes[0].Memory)},
			Fixes:    []Fix{do(NextRun, "choose cores and heap that divide the nodes").noting("sizing.LargestHeap(node memory / executors a node), less what DaemonSets take")},
		}}
	},
}

// cluster is the nodes with what others ask for, and their sums.
func (v *view) cluster() (c allocation.Cluster, cpu, memory int64) {
	for _, n := range v.Nodes {
		if n.Closed {
			continue
		}
		node := allocation.Node{Name: n.Name, CPU: n.CPU, Memory: n.Memory, Pods: n.Pods}
		for _, u := range v.Others {
			if u.Node == n.Name {
				node.UsedCPU, node.UsedMemory, node.UsedPods = u.CPU, u.Memory, u.Pods
			}
		}
		c.Nodes = append(c.Nodes, node)
		cpu, memory = cpu+int64(n.CPU), memory+int64(n.Memory)
	}
	return c, cpu, memory
}
