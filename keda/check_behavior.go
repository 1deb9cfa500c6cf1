package keda

import (
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// checkBehavior is what the API server checks of an HPA, which KEDA makes only after it has taken the ScaledObject.
// Source: validateScalingRules of pkg/apis/autoscaling/validation, Kubernetes 1.34.
func checkBehavior(b *autoscalingv2.HorizontalPodAutoscalerBehavior, found *issues) {
	if b == nil {
		return
	}
	path := spec.Child("advanced", "horizontalPodAutoscalerConfig", "behavior")
	checkRules(b.ScaleUp, path.Child("scaleUp"), found)
	checkRules(b.ScaleDown, path.Child("scaleDown"), found)
}

func checkRules(r *autoscalingv2.HPAScalingRules, path *field.Path, found *issues) {
	if r == nil {
		return
	}
	if w := r.StabilizationWindowSeconds; w != nil && (*w < 0 || *w > 3600) {
		found.lack(BadBehavior, path.Child("stabilizationWindowSeconds"), *w, "must be between 0 and 3600")
	}
	if s := r.SelectPolicy; s != nil && *s != autoscalingv2.MaxChangePolicySelect && *s != autoscalingv2.MinChangePolicySelect && *s != autoscalingv2.DisabledPolicySelect {
		found.lack(BadBehavior, path.Child("selectPolicy"), *s, "must be Max, Min or Disabled")
	}
	if len(r.Policies) == 0 && (r.SelectPolicy == nil || *r.SelectPolicy != autoscalingv2.DisabledPolicySelect) && r.Policies != nil {
		found.lack(BadBehavior, path.Child("policies"), nil, "must have at least one policy, or not be there")
	}
	for i, p := range r.Policies {
		at := path.Child("policies").Index(i)
		if p.Type != autoscalingv2.PodsScalingPolicy && p.Type != autoscalingv2.PercentScalingPolicy {
			found.lack(BadBehavior, at.Child("type"), p.Type, "must be Pods or Percent")
		}
		if p.Value <= 0 {
			found.lack(BadBehavior, at.Child("value"), p.Value, "must be above 0")
		}
		if p.PeriodSeconds <= 0 || p.PeriodSeconds > 1800 {
			found.lack(BadBehavior, at.Child("periodSeconds"), p.PeriodSeconds, "must be between 1 and 1800")
		}
	}
}
