package keda

import (
	"maps"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Source makes a trigger. [Trigger] itself is one, and so are [Cron], [Window], [AWSSQSQueue], [Prometheus], [MetricsAPI],
// [External], [ExternalPush] and [Kafka].
type Source interface {
	// Trigger gives the trigger as KEDA reads it; the error is an [*InvalidError].
	Trigger() (Trigger, error)
}

// Trigger is a trigger of any type that KEDA has. [CheckTrigger] holds it against KEDA's own list of parameters; so do the builders.
type Trigger struct {
	// Type is the name of the scaler, for example "aws-sqs-queue".
	Type string
	// Name is unique among the triggers of an object; a formula needs it.
	Name string
	// Metadata are the parameters. Keys are case-sensitive, and those that the scaler does not read are errors here, though KEDA
	// takes them without a word.
	Metadata map[string]string
	// Auth names the TriggerAuthentication, in the same namespace, that gives further parameters.
	Auth AuthRef
	// MetricType is AverageValue where it is empty. Utilization is for cpu and memory alone.
	MetricType autoscalingv2.MetricTargetType
	// Cached makes the HPA read the value of the last poll instead of asking the source itself.
	Cached bool
}

// Trigger implements [Source].
func (t Trigger) Trigger() (Trigger, error) { return t, nil }

// AuthRef names a TriggerAuthentication, or a ClusterTriggerAuthentication. The zero value names none.
type AuthRef struct {
	Name    string
	Cluster bool
}

func (a AuthRef) reference() *v1alpha1.AuthenticationRef {
	switch {
	case a.Name == "":
		return nil
	case a.Cluster:
		return &v1alpha1.AuthenticationRef{Name: a.Name, Kind: kindClusterAuth}
	}
	return &v1alpha1.AuthenticationRef{Name: a.Name}
}

// spec gives the trigger in KEDA's own type.
func (t Trigger) spec() v1alpha1.ScaleTriggers {
	metadata := maps.Clone(t.Metadata)
	if metadata == nil {
		metadata = map[string]string{}
	}
	return v1alpha1.ScaleTriggers{
		Type: t.Type, Name: t.Name, Metadata: metadata, AuthenticationRef: t.Auth.reference(), MetricType: t.MetricType,
		UseCachedMetrics: t.Cached,
	}
}

// triggerOf reads a trigger of KEDA's own type.
func triggerOf(s v1alpha1.ScaleTriggers) Trigger {
	t := Trigger{Type: s.Type, Name: s.Name, Metadata: s.Metadata, MetricType: s.MetricType, Cached: s.UseCachedMetrics}
	if ref := s.AuthenticationRef; ref != nil {
		t.Auth = AuthRef{ref.Name, ref.Kind == kindClusterAuth}
	}
	return t
}

// Given is what a trigger meets in the cluster. The zero value knows nothing of it: what the environment or an authentication
// might give counts as given, except that a trigger which names no authentication gets nothing from one.
type Given struct {
	// Env is the environment of the target's container; nil where it is not known.
	Env map[string]string
	// Params are the parameters that the authentication gives, by name; nil where it is not known. A value that is there but not
	// known is [Hidden].
	Params map[string]string
	// Identity is the pod identity of the authentication.
	Identity *v1alpha1.AuthPodIdentity
	// Formula says that the trigger feeds scalingModifiers, where most scalers do without a target of their own.
	Formula bool
}

// Hidden stands for the value of a parameter that is there and cannot be read.
const Hidden = "\x00hidden"

// CheckTrigger returns everything that is wrong with a trigger, sorted by path; paths begin at the trigger.
func CheckTrigger(t Trigger, given Given) []Issue {
	var found issues
	checkTrigger(t, given, nil, &found)
	return found.sorted()
}

// checkTrigger looks at what belongs to one trigger alone.
func checkTrigger(t Trigger, given Given, path *field.Path, found *issues) {
	r, ok := newReading(t, given, path, found)
	if !ok {
		return
	}
	r.keys()
	r.params()
	r.metricType()
	for _, rule := range rulesOf[t.Type] {
		rule(r)
	}
}
