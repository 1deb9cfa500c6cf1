package keda

import (
	"time"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	kindObject      = "ScaledObject"
	kindJob         = "ScaledJob"
	kindAuth        = "TriggerAuthentication"
	kindClusterAuth = "ClusterTriggerAuthentication"
)

var groupVersion = v1alpha1.SchemeGroupVersion.String()

// Workload names something with a count: its /scale subresource is what KEDA and the HPA write to.
type Workload struct {
	// APIVersion is apps/v1 where it is empty, Kind Deployment.
	APIVersion, Kind string
	Name             string
}

// Deployment is a workload of standalone or Connect workers, say.
func Deployment(name string) Workload { return Workload{"apps/v1", "Deployment", name} }

// StatefulSet is a workload whose highest ordinals go first. For the set that Spark makes itself see [ForRunning].
func StatefulSet(name string) Workload { return Workload{"apps/v1", "StatefulSet", name} }

// Scaling says what is scaled, within which bounds, by what. What is nil or empty stays out of the manifest, so that KEDA's default
// holds, which is given with each field.
type Scaling struct {
	Target Workload
	// Min and Max bound the replicas: 0 and 100. The HPA works between max(Min, 1) and Max; KEDA itself moves between 0, or Idle,
	// and there.
	Min, Max *int
	// Idle is the count while no trigger is active, below Min.
	Idle *int
	// Polling is how often KEDA asks the triggers, in whole seconds: 30 s. With a minimum of 1 or more, and no Idle, the HPA asks on its
	// own (each 15 s), and this counts for nothing.
	Polling *time.Duration
	// Cooldown is how long no trigger must have been active before the target goes to 0 or Idle, in whole seconds: 300 s. Everything
	// else is Behavior.
	Cooldown *time.Duration
	// InitialCooldown is how long after its creation an object that was never active is left as it is, in whole seconds: 0.
	InitialCooldown *time.Duration
	// Fallback is what holds while a trigger fails.
	Fallback *Fallback
	// Behavior is that of the HPA. Kubernetes' own scales down after 300 s, by all at once.
	Behavior *autoscalingv2.HorizontalPodAutoscalerBehavior
	// Modifiers make one metric of all triggers.
	Modifiers *Modifiers
	// HPAName is the name of the HPA: keda-hpa-<name>.
	HPAName string
	// Restore gives the target the count back that it had before, when the ScaledObject is deleted.
	Restore bool
	// Pause freezes the target; see [Pause].
	Pause Pause
	// Triggers are at least one. The highest of them counts.
	Triggers []Source
	// Labels and Annotations are those of the object.
	Labels, Annotations map[string]string
}

// Fallback holds while a trigger fails.
type Fallback struct {
	// Failures is after how many in a row.
	Failures int
	// Replicas is the count then.
	Replicas int
	// Behavior is static (also where it is empty), currentReplicas, currentReplicasIfHigher, currentReplicasIfLower or
	// scalingModifiers. currentReplicasIfHigher never takes running executors away because a metric is lost.
	Behavior string
}

// Modifiers make one metric of all triggers.
type Modifiers struct {
	// Formula is an expression (expr-lang) over the names of the triggers, for example "max([schedule, backlog])".
	Formula string
	// Target is what one replica takes, above 0; Activation is the value above which a target wakes up from 0.
	Target, Activation float64
	// Value compares the metric itself instead of its average over the replicas.
	Value bool
}

// Pause is an annotation that freezes a target. The zero value does not.
type Pause struct {
	// Now freezes the target as it is.
	Now bool
	// At scales the target there and freezes it; it wins over Now.
	At *int
	// ScaleIn and ScaleOut freeze one direction.
	ScaleIn, ScaleOut bool
}

// ScaledObject builds the object, and checks it as [Validate] does: the rules of KEDA's CRD, webhook and scalers, and those that they
// lack. The namespace may be empty. The error is an [*InvalidError]; what may not be meant so is among [Issues].
func ScaledObject(name, namespace string, s Scaling) (*v1alpha1.ScaledObject, error) {
	b := &builder{}
	so := &v1alpha1.ScaledObject{
		TypeMeta: metav1.TypeMeta{APIVersion: groupVersion, Kind: kindObject},
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: namespace, Labels: s.Labels, Annotations: s.Pause.annotations(s.Annotations),
		},
		Spec: v1alpha1.ScaledObjectSpec{
			ScaleTargetRef:        &v1alpha1.ScaleTarget{APIVersion: s.Target.APIVersion, Kind: s.Target.Kind, Name: s.Target.Name},
			PollingInterval:       b.seconds("pollingInterval", s.Polling),
			CooldownPeriod:        b.seconds("cooldownPeriod", s.Cooldown),
			InitialCooldownPeriod: b.seconds("initialCooldownPeriod", s.InitialCooldown),
			IdleReplicaCount:      b.count("idleReplicaCount", s.Idle),
			MinReplicaCount:       b.count("minReplicaCount", s.Min),
			MaxReplicaCount:       b.count("maxReplicaCount", s.Max),
			Advanced:              s.advanced(),
			Triggers:              b.triggers(s.Triggers),
			Fallback:              b.fallback(s.Fallback),
		},
	}
	if err := b.found.err(); err != nil {
		return nil, err
	}
	return so, Validate(so, Known{})
}

func (s Scaling) advanced() *v1alpha1.AdvancedConfig {
	a := v1alpha1.AdvancedConfig{RestoreToOriginalReplicaCount: s.Restore}
	if s.Behavior != nil || s.HPAName != "" {
		a.HorizontalPodAutoscalerConfig = &v1alpha1.HorizontalPodAutoscalerConfig{Behavior: s.Behavior, Name: s.HPAName}
	}
	if m := s.Modifiers; m != nil {
		a.ScalingModifiers = v1alpha1.ScalingModifiers{Formula: m.Formula, Target: number(m.Target)}
		if m.Activation != 0 {
			a.ScalingModifiers.ActivationTarget = number(m.Activation)
		}
		if m.Value {
			a.ScalingModifiers.MetricType = autoscalingv2.ValueMetricType
		}
	}
	if a == (v1alpha1.AdvancedConfig{}) {
		return nil
	}
	return &a
}

// builder collects what cannot be written at all.
type builder struct{ found issues }

func (b *builder) seconds(name string, d *time.Duration) *int32 {
	if d == nil {
		return nil
	}
	n := int(*d / time.Second)
	if *d%time.Second != 0 {
		b.found.lack(BadValue, field.NewPath("spec", name), d.String(), "must be whole seconds")
	}
	return b.count(name, &n)
}

func (b *builder) count(name string, n *int) *int32 {
	if n == nil {
		return nil
	}
	return new(b.narrow(field.NewPath("spec", name), *n))
}

func (b *builder) narrow(path *field.Path, n int) int32 {
	if int(int32(n)) != n {
		b.found.lack(BadValue, path, n, "must fit into 32 bits")
	}
	return int32(n)
}

func (b *builder) fallback(f *Fallback) *v1alpha1.Fallback {
	if f == nil {
		return nil
	}
	path := field.NewPath("spec", "fallback")
	return &v1alpha1.Fallback{
		FailureThreshold: b.narrow(path.Child("failureThreshold"), f.Failures),
		Replicas:         b.narrow(path.Child("replicas"), f.Replicas), Behavior: f.Behavior,
	}
}

func (b *builder) triggers(sources []Source) (specs []v1alpha1.ScaleTriggers) {
	for i, source := range sources {
		path := field.NewPath("spec", "triggers").Index(i)
		if source == nil {
			b.found.lack(MissingField, path, nil, "there is no trigger")
			continue
		}
		t, err := source.Trigger()
		if err != nil {
			b.found.lack(BadValue, path, nil, "%v", err)
			continue
		}
		specs = append(specs, t.spec())
	}
	return specs
}
