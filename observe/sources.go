package observe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	corev1 "k8s.io/api/core/v1"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/workload"
)

// sources is everything that was gathered, before one application is picked out of it.
type sources struct {
	apps       []appSource
	pods       []podSource
	events     []diagnose.Event
	nodes      []diagnose.Node
	quotas     []diagnose.Quota
	sets       []setSource
	scalers    []diagnose.Scaler
	priorities []diagnose.PriorityClass
	logs       []*logFile
	answers    answers
	profiles   []*workload.Profile
	// known are the parts that were gathered, why says of others why not.
	known map[diagnose.Part]bool
	why   map[diagnose.Part]string
	notes []string
}

type appSource struct {
	app *v1beta2.SparkApplication
	at  placer
}

type podSource struct {
	pod *corev1.Pod
	at  placer
}

type setSource struct {
	set diagnose.Set
	// driver is the pod that owns it.
	driver string
}

func newSources() *sources {
	return &sources{known: map[diagnose.Part]bool{}, why: map[diagnose.Part]string{}}
}

// SeveralError says that the source has several applications where one is meant; see [WithApp].
type SeveralError struct {
	// Names are "namespace/name", sorted.
	Names []string
}

// Error implements error. It names ten applications at most.
func (e *SeveralError) Error() string {
	names := e.Names[:min(10, len(e.Names))]
	return fmt.Sprintf("observe: %d applications (%s); name one with WithApp", len(e.Names), strings.Join(names, ", "))
}

// identity is what tells the application from others.
type identity struct {
	name, namespace, id string
	app                 *appSource // nil where there is no SparkApplication
}

// pick finds the application that is meant.
func (s *sources) pick(o options) (identity, error) {
	var apps []appSource
	var names []string
	for _, a := range s.apps {
		if (o.name == "" || o.name == a.app.Name) && (o.namespace == "" || o.namespace == a.app.Namespace) {
			apps, names = append(apps, a), append(names, a.app.Namespace+"/"+a.app.Name)
		}
	}
	slices.Sort(names)
	if len(slices.Compact(names)) > 1 {
		return identity{}, &SeveralError{slices.Compact(names)}
	}
	if len(apps) > 0 {
		a := apps[len(apps)-1]
		return identity{a.app.Name, a.app.Namespace, a.app.Status.SparkApplicationID, &a}, nil
	}
	if o.name != "" && len(s.apps) > 0 {
		return identity{}, fmt.Errorf("observe: no SparkApplication %s among %d; name another with WithApp", o.name, len(s.apps))
	}
	return s.pickByPods(o)
}

// pickByPods finds an application of which only pods are there.
func (s *sources) pickByPods(o options) (identity, error) {
	found := map[string]identity{}
	for _, p := range s.pods {
		id, name := appOf(p.pod), operatorApp(p.pod)
		if id == "" || o.name != "" && name != "" && name != o.name {
			continue
		}
		found[id] = identity{name: name, namespace: p.pod.Namespace, id: id}
	}
	if len(found) > 1 {
		err := &SeveralError{}
		for id, i := range found {
			err.Names = append(err.Names, i.namespace+"/"+i.name+" ("+id+")")
		}
		slices.Sort(err.Names)
		return identity{}, err
	}
	for _, i := range found {
		return i, nil
	}
	return identity{name: o.name, namespace: o.namespace}, nil
}

// owns reports whether a pod is the application's: by the operator's label or owner, or by Spark's own id.
func (i identity) owns(p *corev1.Pod) bool {
	if i.namespace != "" && p.Namespace != "" && p.Namespace != i.namespace {
		return false
	}
	if name := operatorApp(p); i.name != "" && name != "" {
		return name == i.name
	}
	return i.id != "" && appOf(p) == i.id || i.name != "" && strings.HasPrefix(p.Name, i.name+"-driver") || i.id == "" && i.name == ""
}
