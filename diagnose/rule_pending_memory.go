package diagnose

import "fmt"

var pendingMemory = Rule{
	Code: "SCALE-UP/PENDING-MEMORY", Title: "pods wait for memory that no node has free",
	Doc:    "Pod condition PodScheduled and event FailedScheduling, Kubernetes 1.34; ResourceProfile.getResourcesForClusterManager, Spark 3.5.6",
	Either: []Part{PartPods, PartEvents}, Hides: symptomsOfNoExecutors,
	check: func(v *view) []Finding {
		pods := v.because(contains("insufficient memory"))
		if len(pods) == 0 {
			return nil
		}
		return v.withNodes(stuckFinding(pods, v.lackOfMemory(pods[0]),
			do(NextRun, "ask for less memory, by a smaller spark.executor.memory").noting("the pod asks for heap, overhead, off-heap and PySpark memory together; sizing.LargestHeap gives the heap for a node"),
			do(Live, "add nodes with more memory, or free it on them")))
	},
}

func (v *view) lackOfMemory(s stuckPod) string {
	if s.pod == nil || !v.Knows(PartNodes) || len(v.Nodes) == 0 {
		return "no node has enough memory free"
	}
	most := v.Nodes[0].Memory
	for _, n := range v.Nodes {
		most = max(most, n.Memory)
	}
	if s.pod.Memory > most {
		return fmt.Sprintf("one asks for %s, more than the %s of the largest node, so it never will", s.pod.Memory, most)
	}
	return fmt.Sprintf("one asks for %s, and the nodes are taken by requests of others (the largest offers %s)", s.pod.Memory, most)
}
