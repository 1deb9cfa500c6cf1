package observe

import (
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/units"
)

func eventOf(e *corev1.Event, at placer) diagnose.Event {
	out := diagnose.Event{
		First: instant(e.FirstTimestamp), Last: instant(e.LastTimestamp), Count: max(1, int(e.Count)),
		Warning: e.Type == corev1.EventTypeWarning, Reason: e.Reason,
		Kind: e.InvolvedObject.Kind, Name: e.InvolvedObject.Name, UID: string(e.InvolvedObject.UID),
		Message: wording.Line(e.Message, maxText), Place: at("message"),
	}
	when := instantOf(e.EventTime.Time)
	if e.Series != nil {
		out.Count, out.Last = max(out.Count, int(e.Series.Count)), max(out.Last, instantOf(e.Series.LastObservedTime.Time))
	}
	if when == 0 {
		when = instant(e.CreationTimestamp)
	}
	if out.First == 0 {
		out.First = when
	}
	out.Last = max(out.Last, out.First)
	return out
}

// newEventOf takes an event of the newer kind, events.k8s.io/v1.
func newEventOf(e *eventsv1.Event, at placer) diagnose.Event {
	old := &corev1.Event{
		ObjectMeta: e.ObjectMeta, InvolvedObject: e.Regarding, Reason: e.Reason, Message: e.Note, Type: e.Type, EventTime: e.EventTime,
		FirstTimestamp: e.DeprecatedFirstTimestamp, LastTimestamp: e.DeprecatedLastTimestamp, Count: e.DeprecatedCount,
	}
	if e.Series != nil {
		old.Series = &corev1.EventSeries{Count: e.Series.Count, LastObservedTime: e.Series.LastObservedTime}
	}
	out := eventOf(old, at)
	out.Place = at("note")
	return out
}

func nodeOf(n *corev1.Node, at placer) diagnose.Node {
	out := diagnose.Node{
		Name: n.Name, CPU: units.MilliCPU(n.Status.Allocatable.Cpu().MilliValue()),
		Memory: units.Bytes(n.Status.Allocatable.Memory().Value()), Pods: int(n.Status.Allocatable.Pods().Value()),
		Closed: n.Spec.Unschedulable, Labels: n.Labels, Place: at("status", "allocatable"),
	}
	for _, t := range n.Spec.Taints {
		out.Taints = append(out.Taints, t.ToString())
		out.Closed = out.Closed || t.Effect == corev1.TaintEffectNoSchedule || t.Effect == corev1.TaintEffectNoExecute
	}
	return out
}

func quotaOf(q *corev1.ResourceQuota, at placer) diagnose.Quota {
	hard := q.Status.Hard
	if len(hard) == 0 {
		hard = q.Spec.Hard
	}
	return diagnose.Quota{Name: q.Name, Hard: quantities(hard), Used: quantities(q.Status.Used), Place: at("spec", "hard")}
}

func quantities(list corev1.ResourceList) map[string]string {
	out := map[string]string{}
	for name, q := range list {
		out[string(name)] = q.String()
	}
	return out
}

func setOf(s *appsv1.StatefulSet, at placer) diagnose.Set {
	out := diagnose.Set{Name: s.Name, Replicas: 1, Generation: int(s.Generation), Place: at("spec", "replicas")}
	if s.Spec.Replicas != nil {
		out.Replicas = int(*s.Spec.Replicas)
	}
	if g := s.Spec.Template.Spec.TerminationGracePeriodSeconds; g != nil {
		out.Grace = int(min(max(0, *g), 1<<31-1))
	}
	return out
}

func priorityOf(p *schedulingv1.PriorityClass) diagnose.PriorityClass {
	return diagnose.PriorityClass{Name: p.Name, Value: int(p.Value), Default: p.GlobalDefault}
}

func autoscalerOf(h *autoscalingv2.HorizontalPodAutoscaler, at placer) diagnose.Scaler {
	out := diagnose.Scaler{
		Kind: "HorizontalPodAutoscaler", Name: h.Name, Max: int(h.Spec.MaxReplicas), Place: at("spec", "scaleTargetRef"),
		TargetKind: h.Spec.ScaleTargetRef.Kind, TargetName: h.Spec.ScaleTargetRef.Name,
	}
	if h.Spec.MinReplicas != nil {
		out.Min = int(*h.Spec.MinReplicas)
	}
	for _, m := range h.Spec.Metrics {
		out.Triggers = append(out.Triggers, string(m.Type))
	}
	for _, c := range h.Status.Conditions {
		out.Conditions = append(out.Conditions, diagnose.Condition{Type: string(c.Type), Status: string(c.Status), Reason: c.Reason, Message: wording.Line(c.Message, maxText)})
	}
	return out
}

// scaledObject is as much of KEDA's ScaledObject as is needed: KEDA's own types come with a large module.
type scaledObject struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		ScaleTargetRef struct {
			Kind string `json:"kind"`
			Name string `json:"name"`
		} `json:"scaleTargetRef"`
		MinReplicaCount int `json:"minReplicaCount"`
		MaxReplicaCount int `json:"maxReplicaCount"`
		Triggers        []struct {
			Type string `json:"type"`
		} `json:"triggers"`
	} `json:"spec"`
	Status struct {
		Conditions []diagnose.Condition `json:"conditions"`
	} `json:"status"`
}

func scaledOf(s *scaledObject, at placer) diagnose.Scaler {
	out := diagnose.Scaler{
		Kind: "ScaledObject", Name: s.Metadata.Name, Min: s.Spec.MinReplicaCount, Max: s.Spec.MaxReplicaCount,
		TargetKind: s.Spec.ScaleTargetRef.Kind, TargetName: s.Spec.ScaleTargetRef.Name, Conditions: s.Status.Conditions,
		Place: at("spec", "scaleTargetRef"),
	}
	if out.TargetKind == "" {
		out.TargetKind = "Deployment" // KEDA's default
	}
	for _, t := range s.Spec.Triggers {
		out.Triggers = append(out.Triggers, t.Type)
	}
	for i := range out.Conditions {
		out.Conditions[i].Message = wording.Line(out.Conditions[i].Message, maxText)
	}
	return out
}

// usage adds up what pods that are not the application's ask for, by node.
func usage(pods []*corev1.Pod) []diagnose.Usage {
	by := map[string]diagnose.Usage{}
	for _, p := range pods {
		if p.Spec.NodeName == "" || p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
			continue
		}
		cpu, memory := requests(p.Spec, false)
		u := by[p.Spec.NodeName]
		by[p.Spec.NodeName] = diagnose.Usage{Node: p.Spec.NodeName, CPU: u.CPU + cpu, Memory: u.Memory + memory, Pods: u.Pods + 1}
	}
	var list []diagnose.Usage
	for _, name := range slices.Sorted(maps.Keys(by)) {
		list = append(list, by[name])
	}
	return list
}

// steps takes a path as Kubernetes writes it, "spec.sparkConf[spark.app.id]", apart.
func steps(path string) []any {
	var list []any
	for path != "" {
		if rest, ok := strings.CutPrefix(path, "["); ok {
			name, after, _ := strings.Cut(rest, "]")
			list, path = append(list, name), strings.TrimPrefix(after, ".")
			continue
		}
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			return append(list, path)
		}
		list, path = append(list, path[:end]), strings.TrimPrefix(path[end:], ".")
	}
	return list
}
