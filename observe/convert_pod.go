package observe

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// The labels of Spark (KubernetesExecutorConf, Spark 3.5.6) and of the operator.
const (
	labelRole     = "spark-role"
	labelApp      = "spark-app-selector"
	labelExecutor = "spark-exec-id"
	labelProfile  = "spark-exec-resourceprofile-id"
	labelVersion  = "spark-version"
	labelOperator = "sparkoperator.k8s.io/app-name"
)

// maxText bounds a message that is kept.
const maxText = 2000

func instant(t metav1.Time) workload.Instant { return instantOf(t.Time) }

func instantOf(t time.Time) workload.Instant {
	if t.IsZero() {
		return 0
	}
	return workload.Instant(t.UnixMilli())
}

func podOf(p *corev1.Pod, at placer) diagnose.Pod {
	pod := diagnose.Pod{
		Name: p.Name, Namespace: p.Namespace, UID: string(p.UID),
		ExecutorID: p.Labels[labelExecutor], Profile: p.Labels[labelProfile],
		Phase: string(p.Status.Phase), Reason: p.Status.Reason, Message: wording.Line(p.Status.Message, maxText),
		Created: instant(p.CreationTimestamp), Node: p.Spec.NodeName, PriorityClass: p.Spec.PriorityClassName,
		Place: at("status", "phase"),
	}
	if p.DeletionTimestamp != nil {
		pod.Deleted = instant(*p.DeletionTimestamp)
	}
	if p.Spec.Priority != nil {
		pod.Priority = int(*p.Spec.Priority)
	}
	if p.Spec.TerminationGracePeriodSeconds != nil {
		pod.Grace = int(min(max(0, *p.Spec.TerminationGracePeriodSeconds), 1<<31-1))
	}
	for _, o := range p.OwnerReferences {
		if o.Controller != nil && *o.Controller {
			pod.Owner = o.Kind + "/" + o.Name
		}
	}
	pod.CPU, pod.Memory = requests(p.Spec, false)
	pod.CPULimit, pod.MemoryLimit = requests(p.Spec, true)
	for i, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			pod.Unschedulable = wording.Line(c.Message, maxText)
			pod.UnschedulableAt = at("status", "conditions", i, "message")
		}
	}
	for i, c := range p.Status.ContainerStatuses {
		pod.Containers = append(pod.Containers, containerOf(p.Spec, c, i, at))
	}
	return pod
}

func requests(spec corev1.PodSpec, limits bool) (units.MilliCPU, units.Bytes) {
	var cpu, memory resource.Quantity
	for _, c := range spec.Containers {
		list := c.Resources.Requests
		if limits {
			list = c.Resources.Limits
		}
		cpu.Add(list[corev1.ResourceCPU])
		memory.Add(list[corev1.ResourceMemory])
	}
	return units.MilliCPU(cpu.MilliValue()), units.Bytes(memory.Value())
}

func containerOf(spec corev1.PodSpec, c corev1.ContainerStatus, i int, at placer) diagnose.Container {
	out := diagnose.Container{Name: c.Name, Image: c.Image, Restarts: int(c.RestartCount)}
	for _, declared := range spec.Containers {
		if declared.Name == c.Name {
			out.Image = declared.Image
		}
	}
	switch {
	case c.State.Waiting != nil:
		out.State, out.Reason, out.Message = "waiting", c.State.Waiting.Reason, c.State.Waiting.Message
		out.Place = at("status", "containerStatuses", i, "state", "waiting", "reason")
	case c.State.Terminated != nil:
		t := c.State.Terminated
		out.State, out.Reason, out.Message, out.ExitCode = "terminated", t.Reason, t.Message, int(t.ExitCode)
		out.Finished, out.Place = instant(t.FinishedAt), at("status", "containerStatuses", i, "state", "terminated", "reason")
	case c.State.Running != nil:
		out.State, out.Place = "running", at("status", "containerStatuses", i, "state", "running")
	}
	out.Message = wording.Line(out.Message, maxText)
	return out
}

// appOf is the id of the application that a pod belongs to.
func appOf(p *corev1.Pod) string { return p.Labels[labelApp] }

// operatorApp is the name of the SparkApplication that a pod belongs to: by label, or by its owner.
func operatorApp(p *corev1.Pod) string {
	if name := p.Labels[labelOperator]; name != "" {
		return name
	}
	for _, o := range p.OwnerReferences {
		if o.Kind == "SparkApplication" {
			return o.Name
		}
	}
	return ""
}

// isDriver tells a driver's pod, also one whose labels were lost.
func isDriver(p *corev1.Pod) bool {
	return p.Labels[labelRole] == "driver" || p.Labels[labelRole] == "" && strings.HasSuffix(p.Name, "-driver")
}
