package diagnose

import "fmt"

// The scheduler adds up requests, not use: a node that idles can be full. It never places a pod that asks for more than one
// node's allocatable, which is less than its capacity.
var pendingCPU = Rule{
	Code: "SCALE-UP/PENDING-CPU", Title: "pods wait for CPU that no node has free",
	Doc:    "Pod condition PodScheduled and event FailedScheduling, Kubernetes 1.34; BasicExecutorFeatureStep, Spark 3.5.6",
	Either: []Part{PartPods, PartEvents}, Hides: symptomsOfNoExecutors,
	check: func(v *view) []Finding {
		pods := v.because(contains("insufficient cpu"))
		if len(pods) == 0 {
			return nil
		}
		why, fixes := v.lackOfCPU(pods[0])
		return v.withNodes(stuckFinding(pods, why, fixes...))
	},
}

// symptomsOfNoExecutors are what follows where executors cannot start.
var symptomsOfNoExecutors = []Code{
	"SCALE-UP/NO-EXECUTORS", "RISK/JOB-FAILED", "RISK/APP-FAILED", "SCALE-UP/AT-MAX", "SCALE-UP/MAX-BELOW-WIDTH",
}

func (v *view) lackOfCPU(s stuckPod) (string, []Fix) {
	keys := []string{"spark.executor.cores", "spark.kubernetes.executor.request.cores"}
	if s.driver {
		keys = []string{"spark.driver.cores", "spark.kubernetes.driver.request.cores"}
	}
	fit := do(NextRun, "ask for less CPU").noting("lower %s, or set %s: task slots come from the former, the pod's request from the latter", keys[0], keys[1])
	if s.pod == nil || !v.Knows(PartNodes) || len(v.Nodes) == 0 {
		return "no node has enough CPU free", []Fix{do(Live, "add nodes, or free CPU on them"), fit}
	}
	largest := v.Nodes[0]
	for _, n := range v.Nodes {
		if n.CPU > largest.CPU {
			largest = n
		}
	}
	if s.pod.CPU <= largest.CPU {
		why := fmt.Sprintf("one asks for %s CPU, and the nodes are taken by requests of others (the largest offers %s)", s.pod.CPU, largest.CPU)
		return why, []Fix{do(Live, "add nodes, or free CPU on them"), fit}
	}
	fit.Conf = map[string]string{keys[1]: largest.CPU.String()}
	fit.Note += fmt.Sprintf("; what the system's own pods on the node take comes off the %s", largest.CPU)
	return fmt.Sprintf("one asks for %s CPU, more than the %s of the largest node (%s), so it never will", s.pod.CPU, largest.CPU, largest.Name),
		[]Fix{fit, do(Live, "add a node with more than %s CPU allocatable", s.pod.CPU)}
}

// withNodes adds the largest node to the evidence.
func (v *view) withNodes(found []Finding) []Finding {
	for i := range found {
		for _, n := range first(v.Nodes, 1) {
			at := n.Place
			at.Path = "status.allocatable"
			found[i].Evidence = append(found[i].Evidence, seen(at, "node %s: %s CPU, %s, %d pods", n.Name, n.CPU, n.Memory, n.Pods))
		}
	}
	return found
}
