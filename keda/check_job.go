package keda

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	corev1 "k8s.io/api/core/v1"
)

func (c *checker) scaledJob(o *v1alpha1.ScaledJob) {
	c.name(o.Name)
	if len(o.Name) > labelLength {
		c.found.lack(BadName, metadataName, o.Name, "is longer than the %d characters of a label, which the Jobs carry", labelLength)
	}
	checkAnnotations(o.Annotations, &c.found)
	c.job(o)
	s := o.Spec
	for name, n := range map[string]*int32{
		"successfulJobsHistoryLimit": s.SuccessfulJobsHistoryLimit, "failedJobsHistoryLimit": s.FailedJobsHistoryLimit,
		"minReplicaCount": s.MinReplicaCount,
	} {
		c.atLeast(name, n, 0)
	}
	c.atLeast("pollingInterval", s.PollingInterval, 1)
	c.atLeast("maxReplicaCount", s.MaxReplicaCount, 1)
	if always, _ := JobBounds(o); s.MinReplicaCount != nil && int(*s.MinReplicaCount) > always {
		c.found.lack(BadBounds, spec.Child("minReplicaCount"), *s.MinReplicaCount, "is above maxReplicaCount, and KEDA takes %d for it", always)
	}
	c.strategy(s.ScalingStrategy)
	c.triggers(s.Triggers, false)
	for i, t := range s.Triggers {
		path := spec.Child("triggers").Index(i).Child("type")
		switch {
		case t.Type == typePush:
			c.found.lack(NotForJobs, path, t.Type, "a ScaledJob does not listen to a server's stream").instead("write external")
		case isResource(t.Type):
			c.found.lack(NotForJobs, path, t.Type, "is for an HPA, which a ScaledJob has not")
		}
	}
}

func (c *checker) job(o *v1alpha1.ScaledJob) {
	path := spec.Child("jobTargetRef")
	if o.Spec.JobTargetRef == nil {
		c.found.fail(MissingField, path, nil, "there must be a Job to start")
		return
	}
	pod := o.Spec.JobTargetRef.Template.Spec
	if len(pod.Containers) == 0 {
		c.found.fail(MissingField, path.Child("template", "spec", "containers"), nil, "a pod needs a container")
	}
	if pod.RestartPolicy != corev1.RestartPolicyNever && pod.RestartPolicy != corev1.RestartPolicyOnFailure {
		c.found.lack(BadValue, path.Child("template", "spec", "restartPolicy"), pod.RestartPolicy,
			"Kubernetes refuses the Job: it must be Never or OnFailure")
	}
}

// strategy: KEDA falls back to the default where it cannot read the share of running Jobs.
func (c *checker) strategy(s v1alpha1.ScalingStrategy) {
	path := spec.Child("scalingStrategy")
	for _, f := range []struct {
		name, value string
		allowed     []string
	}{
		{"strategy", s.Strategy, []string{"", "default", strategyCustom, "accurate", "eager"}},
		{"multipleScalersCalculation", s.MultipleScalersCalculation, []string{"", "min", "avg", "sum", "max"}},
	} {
		if !slices.Contains(f.allowed, f.value) {
			c.found.fail(BadValue, path.Child(f.name), f.value, "must be one of %s", strings.Join(f.allowed[1:], ", "))
		}
	}
	custom := s.CustomScalingQueueLengthDeduction != nil || s.CustomScalingRunningJobPercentage != ""
	if custom && s.Strategy != strategyCustom {
		c.found.warn(NoEffect, path.Child("strategy"), s.Strategy, "the custom fields count for nothing without strategy custom")
	}
	if text := s.CustomScalingRunningJobPercentage; text != "" || s.Strategy == strategyCustom {
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			c.found.lack(BadValue, path.Child("customScalingRunningJobPercentage"), text,
				"must be a share, for example 0.5: KEDA takes the default strategy otherwise")
		}
	}
}
