package allocation

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/units"
)

// ParseNodes reads what `kubectl get nodes -o yaml` (or json) writes, a list, documents or one Node, into a cluster of
// their status.allocatable. Nodes that are unschedulable, or have a taint of effect NoSchedule or NoExecute whose key
// is not among those tolerated, are left out with a note. What other pods use is not in a Node: fill in Used. Errors
// are those of the syntax, and an [*InvalidError] with each path that cannot be used; input without a Node is one.
func ParseNodes(yamlOrJSON []byte, tolerated ...string) (Cluster, error) {
	var c Cluster
	m := manifest{kind: "Node"}
	seen := false
	m.each = func(at *field.Path, o *object) {
		seen = true
		n := m.node(at.Child("status", "allocatable"), o)
		if why := o.repels(tolerated); why != "" {
			c.Notes = append(c.Notes, fmt.Sprintf("node %s left out: %s", n.Name, why))
			return
		}
		c.Nodes = append(c.Nodes, n)
	}
	if err := m.walk(yamlOrJSON); err != nil {
		return Cluster{}, err
	}
	if !seen {
		missing := field.Required(field.NewPath("items"), "there is no Node; give the output of kubectl get nodes -o yaml")
		return Cluster{}, invalid(field.ErrorList{missing})
	}
	return c, nil
}

func (m *manifest) node(at *field.Path, o *object) Node {
	n := Node{Name: o.Metadata.Name, Count: 1}
	n.CPU = required(m, at, o, "cpu", units.ParseCPU)
	n.Memory = required(m, at, o, "memory", units.ParseQuantity)
	n.Pods = int(required(m, at, o, "pods", parseCount))
	if n.Pods == 0 { // which means the default in a Node
		n.UsedPods = podsPerNode
	}
	return n
}

func required[T ~int64](m *manifest, at *field.Path, o *object, name string, parse func(string) (T, error)) T {
	n, ok := amount(m, at, o.Status.Allocatable, name, parse)
	if !ok {
		m.found = append(m.found, field.Required(at.Key(name), "node "+o.Metadata.Name+" does not say what it offers"))
	}
	return n
}

// repels says why no executor is scheduled on the node, or nothing.
func (o *object) repels(tolerated []string) string {
	if o.Spec.Unschedulable {
		return "unschedulable"
	}
	for _, t := range o.Spec.Taints {
		if (t.Effect == "NoSchedule" || t.Effect == "NoExecute") && !slices.Contains(tolerated, t.Key) {
			return "taint " + strings.TrimSuffix(t.Key+"="+t.Value, "=") + ":" + t.Effect
		}
	}
	return ""
}
