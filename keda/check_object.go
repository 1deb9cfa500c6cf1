package keda

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/util/validation"
)

// labelLength is the longest value of a label, and the longest name of an HPA that KEDA takes.
const labelLength = 63

const hpaPrefix = "keda-hpa-"

func (c *checker) scaledObject(o *v1alpha1.ScaledObject) {
	c.name(o.Name)
	c.hpaName(o)
	checkAnnotations(o.Annotations, &c.found)
	c.target(o.Spec.ScaleTargetRef)
	c.atLeast("pollingInterval", o.Spec.PollingInterval, 1)
	c.atLeast("cooldownPeriod", o.Spec.CooldownPeriod, 0)
	c.atLeast("initialCooldownPeriod", o.Spec.InitialCooldownPeriod, 0)
	c.bounds(o)
	c.fallback(o)
	c.modifiers(o)
	c.triggers(o.Spec.Triggers, formulaOf(o) != "")
	c.resourceOnly(o)
	c.irrelevant(o)
	if config := hpaConfig(o); config != nil {
		checkBehavior(config.Behavior, &c.found)
	}
	if o.Annotations[v1alpha1.ScaledObjectTransferHpaOwnershipAnnotation] == "true" && (hpaConfig(o) == nil || hpaConfig(o).Name == "") {
		c.found.lack(MissingField, spec.Child("advanced", "horizontalPodAutoscalerConfig", "name"), nil,
			"taking an HPA over needs its name here")
	}
}

func hpaConfig(o *v1alpha1.ScaledObject) *v1alpha1.HorizontalPodAutoscalerConfig {
	if o.Spec.Advanced == nil {
		return nil
	}
	return o.Spec.Advanced.HorizontalPodAutoscalerConfig
}

func formulaOf(o *v1alpha1.ScaledObject) string {
	if o.Spec.Advanced == nil {
		return ""
	}
	return o.Spec.Advanced.ScalingModifiers.Formula
}

// hpaOf is the name of the HPA that KEDA makes for the object.
func hpaOf(o *v1alpha1.ScaledObject) string {
	if config := hpaConfig(o); config != nil && config.Name != "" {
		return config.Name
	}
	return hpaPrefix + o.Name
}

// hpaName is verifyName: both names are values of labels. KEDA takes what Kubernetes then refuses, a name that is no DNS name.
func (c *checker) hpaName(o *v1alpha1.ScaledObject) {
	hpa := hpaOf(o)
	path := spec.Child("advanced", "horizontalPodAutoscalerConfig", "name")
	switch {
	case len(o.Name) > labelLength:
		c.found.fail(BadName, metadataName, o.Name, "is longer than the %d characters of a label", labelLength)
	case len(hpa) > labelLength && hpa == hpaPrefix+o.Name:
		c.found.fail(BadName, metadataName, o.Name, "KEDA would call the HPA %s, which is longer than %d characters", hpa, labelLength).
			instead("take a name of at most %d characters, or set spec.advanced.horizontalPodAutoscalerConfig.name", labelLength-len(hpaPrefix))
	case len(hpa) > labelLength:
		c.found.fail(BadName, path, hpa, "is longer than %d characters", labelLength)
	case hpa != hpaPrefix+o.Name:
		for _, problem := range validation.IsDNS1123Subdomain(hpa) {
			c.found.lack(BadName, path, hpa, "%s", problem)
		}
	}
}

// bounds are those of the CRD and CheckReplicaCountBoundsAreValid: a minimum of 0 counts as 1, one that is not set as 0.
func (c *checker) bounds(o *v1alpha1.ScaledObject) {
	s := o.Spec
	c.atLeast("idleReplicaCount", s.IdleReplicaCount, 0)
	c.atLeast("minReplicaCount", s.MinReplicaCount, 0)
	c.atLeast("maxReplicaCount", s.MaxReplicaCount, 1)
	lowest, highest := int32(0), o.GetHPAMaxReplicas()
	if s.MinReplicaCount != nil {
		lowest = *o.GetHPAMinReplicas()
	}
	if lowest > highest {
		c.found.fail(BadBounds, spec.Child("minReplicaCount"), lowest, "must not be above maxReplicaCount, %d", highest)
	}
	if s.IdleReplicaCount != nil && *s.IdleReplicaCount >= lowest {
		issue := c.found.fail(BadBounds, spec.Child("idleReplicaCount"), *s.IdleReplicaCount, "must be below minReplicaCount, %d", lowest)
		if s.MinReplicaCount == nil {
			issue.instead("set minReplicaCount")
		}
	}
}

var fallbackBehaviors = []string{
	"", v1alpha1.FallbackBehaviorStatic, v1alpha1.FallbackBehaviorCurrentReplicas, v1alpha1.FallbackBehaviorCurrentReplicasIfHigher,
	v1alpha1.FallbackBehaviorCurrentReplicasIfLower, v1alpha1.FallbackBehaviorScalingModifiers,
}

// fallback is CheckFallbackValid, and what the fallback itself looks at: of a formula, that the target is a whole number.
func (c *checker) fallback(o *v1alpha1.ScaledObject) {
	f, path := o.Spec.Fallback, spec.Child("fallback")
	if f == nil {
		return
	}
	if f.FailureThreshold < 0 {
		c.found.fail(BadFallback, path.Child("failureThreshold"), f.FailureThreshold, "must not be negative")
	}
	if f.Replicas < 0 {
		c.found.fail(BadFallback, path.Child("replicas"), f.Replicas, "must not be negative")
	}
	if !slices.Contains(fallbackBehaviors, f.Behavior) {
		c.found.fail(BadFallback, path.Child("behavior"), f.Behavior, "must be one of %s", strings.Join(fallbackBehaviors[1:], ", "))
	}
	if f.Behavior == v1alpha1.FallbackBehaviorScalingModifiers && formulaOf(o) == "" {
		c.found.fail(BadFallback, path.Child("behavior"), f.Behavior, "needs spec.advanced.scalingModifiers.formula")
	}
	if !o.IsUsingModifiers() && allResources(o.Spec.Triggers) {
		c.found.fail(BadFallback, path, nil, "counts for nothing with cpu and memory triggers alone")
	}
	if formulaOf(o) != "" {
		target := o.Spec.Advanced.ScalingModifiers.Target
		if n, err := strconv.ParseInt(target, 10, 64); (err != nil || n <= 0) && target != "" {
			c.found.lack(BadFallback, spec.Child("advanced", "scalingModifiers", "target"), target,
				"the fallback is off unless the target is a whole number above 0")
		}
	}
}

func allResources(list []v1alpha1.ScaleTriggers) bool {
	return !slices.ContainsFunc(list, func(t v1alpha1.ScaleTriggers) bool { return !isResource(t.Type) })
}

// modifiers has KEDA itself compile the formula and check the target, on a copy because it rewrites the formula.
func (c *checker) modifiers(o *v1alpha1.ScaledObject) {
	if !o.IsUsingModifiers() {
		return
	}
	path, m := spec.Child("advanced", "scalingModifiers"), o.Spec.Advanced.ScalingModifiers
	if len(m.Formula) > maxFormula {
		c.found.lack(BadFormula, path.Child("formula"), len(m.Formula), "has more than %d characters", maxFormula)
		return
	}
	if _, err := v1alpha1.ValidateAndCompileScalingModifiers(o.DeepCopy()); err != nil {
		c.found.fail(BadFormula, path, m.Formula, "%s", strings.Join(strings.Fields(err.Error()), " "))
	}
	if m.MetricType != "" && m.MetricType != autoscalingv2.AverageValueMetricType && m.MetricType != autoscalingv2.ValueMetricType {
		c.found.fail(BadFormula, path.Child("metricType"), m.MetricType, "must be AverageValue or Value")
	}
	if m.ActivationTarget != "" {
		if _, err := strconv.ParseFloat(m.ActivationTarget, 64); err != nil {
			c.found.lack(BadFormula, path.Child("activationTarget"), m.ActivationTarget, "must be a number")
		}
	}
}

// maxFormula bounds what is compiled.
const maxFormula = 10_000

// resourceOnly is the last rule of verifyCPUMemoryScalers, which looks at Deployments and StatefulSets alone.
func (c *checker) resourceOnly(o *v1alpha1.ScaledObject) {
	zero := o.Spec.MinReplicaCount == nil || *o.Spec.MinReplicaCount == 0
	if len(o.Spec.Triggers) > 0 && allResources(o.Spec.Triggers) && zero {
		c.found.fail(BadBounds, spec.Child("minReplicaCount"), o.Spec.MinReplicaCount,
			"cpu and memory triggers alone never scale to 0, and KEDA refuses the attempt").instead("set it to 1 or more")
	}
}

// irrelevant gives KEDA's own warnings.
func (c *checker) irrelevant(o *v1alpha1.ScaledObject) {
	if o.Spec.PollingInterval != nil && o.UsesHPAObservations() {
		c.found.warn(NoEffect, spec.Child("pollingInterval"), *o.Spec.PollingInterval,
			"counts for nothing while the minimum is 1 or more, without idleReplicaCount, useCachedMetrics or a formula: the HPA asks on its own").Silent = false
	}
	if o.Spec.CooldownPeriod != nil && o.Spec.MinReplicaCount != nil && *o.Spec.MinReplicaCount > 0 && o.Spec.IdleReplicaCount == nil {
		issue := c.found.warn(NoEffect, spec.Child("cooldownPeriod"), *o.Spec.CooldownPeriod,
			"counts for nothing while the minimum is 1 or more and there is no idleReplicaCount")
		issue.Silent = false
		issue.instead("set advanced.horizontalPodAutoscalerConfig.behavior.scaleDown")
	}
}

// target: without a /scale subresource there is nothing to write a count to.
func (c *checker) target(ref *v1alpha1.ScaleTarget) {
	path := spec.Child("scaleTargetRef")
	if ref == nil {
		c.found.fail(MissingField, path, nil, "there must be a target")
		return
	}
	if ref.Name == "" {
		c.found.fail(MissingField, path.Child("name"), nil, "the target needs a name")
	}
	for _, n := range unscalable {
		if n.matches(ref) {
			c.found.fail(NoScale, path, fmt.Sprintf("%s %s", ref.Kind, ref.Name), "%s", n.reason).instead("%s", n.instead)
		}
	}
	c.sparkSet(ref)
}
