package observe

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/sparkscale/sparkscale/diagnose"
)

// need is what is asked of the API server for a part of a snapshot: it gathers it, and says which right that takes.
type need struct {
	part     diagnose.Part
	group    string
	resource string
	verb     string
	// everywhere is true for objects that belong to no namespace.
	everywhere bool
	// gather is nil where something else gathers it.
	gather func(context.Context, *gathering) error
}

// needs are all that a source asks for. [RBAC] is made from the same list, so that the rights are no more than these.
var needs = []need{
	{diagnose.PartApplication, applications.Group, applications.Resource, "get", false, gatherApplication},
	{diagnose.PartPods, "", "pods", "list", false, gatherPods},
	{diagnose.PartEvents, "", "events", "list", false, gatherEvents},
	{diagnose.PartQuotas, "", "resourcequotas", "list", false, gatherQuotas},
	{diagnose.PartSets, "apps", "statefulsets", "list", false, gatherSets},
	{diagnose.PartScalers, "autoscaling", "horizontalpodautoscalers", "list", false, gatherAutoscalers},
	{diagnose.PartScalers, scaledObjects.Group, scaledObjects.Resource, "list", false, gatherScaled},
	{diagnose.PartNodes, "", "nodes", "list", true, gatherNodes},
	{diagnose.PartPriorities, "scheduling.k8s.io", "priorityclasses", "list", true, gatherPriorities},
	{diagnose.PartDriverLog, "", "pods/log", "get", false, nil},
}

func gatherPods(ctx context.Context, g *gathering) error {
	return list(ctx, g.typed.CoreV1().Pods(g.key.Namespace).List, metav1.ListOptions{LabelSelector: labelRole}, func(l *corev1.PodList) (int, string) {
		for i := range l.Items {
			p := &l.Items[i]
			g.out.pods = append(g.out.pods, podSource{p, inCluster("Pod", p.Namespace, p.Name)})
		}
		return len(l.Items), l.Continue
	})
}

func gatherEvents(ctx context.Context, g *gathering) error {
	return list(ctx, g.typed.CoreV1().Events(g.key.Namespace).List, metav1.ListOptions{}, func(l *corev1.EventList) (int, string) {
		for i := range l.Items {
			e := &l.Items[i]
			g.out.events = append(g.out.events, eventOf(e, inCluster("Event", e.Namespace, e.Name)))
		}
		return len(l.Items), l.Continue
	})
}

func gatherQuotas(ctx context.Context, g *gathering) error {
	return list(ctx, g.typed.CoreV1().ResourceQuotas(g.key.Namespace).List, metav1.ListOptions{}, func(l *corev1.ResourceQuotaList) (int, string) {
		for i := range l.Items {
			q := &l.Items[i]
			g.out.quotas = append(g.out.quotas, quotaOf(q, inCluster("ResourceQuota", q.Namespace, q.Name)))
		}
		return len(l.Items), l.Continue
	})
}

func gatherSets(ctx context.Context, g *gathering) error {
	return list(ctx, g.typed.AppsV1().StatefulSets(g.key.Namespace).List, metav1.ListOptions{}, func(l *appsv1.StatefulSetList) (int, string) {
		for i := range l.Items {
			s := &l.Items[i]
			g.out.sets = append(g.out.sets, setSource{setOf(s, inCluster("StatefulSet", s.Namespace, s.Name)), ownerOf(s)})
		}
		return len(l.Items), l.Continue
	})
}

func gatherAutoscalers(ctx context.Context, g *gathering) error {
	return list(ctx, g.typed.AutoscalingV2().HorizontalPodAutoscalers(g.key.Namespace).List, metav1.ListOptions{}, func(l *autoscalingv2.HorizontalPodAutoscalerList) (int, string) {
		for i := range l.Items {
			h := &l.Items[i]
			g.out.scalers = append(g.out.scalers, autoscalerOf(h, inCluster("HorizontalPodAutoscaler", h.Namespace, h.Name)))
		}
		return len(l.Items), l.Continue
	})
}

func gatherNodes(ctx context.Context, g *gathering) error {
	return list(ctx, g.typed.CoreV1().Nodes().List, metav1.ListOptions{}, func(l *corev1.NodeList) (int, string) {
		for i := range l.Items {
			n := &l.Items[i]
			g.out.nodes = append(g.out.nodes, nodeOf(n, inCluster("Node", "", n.Name)))
		}
		return len(l.Items), l.Continue
	})
}

func gatherPriorities(ctx context.Context, g *gathering) error {
	return list(ctx, g.typed.SchedulingV1().PriorityClasses().List, metav1.ListOptions{}, func(l *schedulingv1.PriorityClassList) (int, string) {
		for i := range l.Items {
			g.out.priorities = append(g.out.priorities, priorityOf(&l.Items[i]))
		}
		return len(l.Items), l.Continue
	})
}
