package keda

import (
	"strconv"
	"time"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Jobs says which Job is started, how many at a time, and by what: one application for each batch, where the Job submits it and
// waits for its end. KEDA counts the Job, not the application. What is nil or empty stays out of the manifest.
type Jobs struct {
	// Job is what each is made from; its pods must not restart Always.
	Job batchv1.JobSpec
	// Min and Max bound how many run at once: 0 and 100.
	Min, Max *int
	// Polling is how often KEDA asks the triggers, in whole seconds: 30 s.
	Polling *time.Duration
	// Succeeded and Failed are how many finished Jobs are kept: 100 each.
	Succeeded, Failed *int
	// Strategy is how many are started at a poll: see [Strategy].
	Strategy Strategy
	// Triggers are at least one.
	Triggers []Source
	// Labels and Annotations are those of the object.
	Labels, Annotations map[string]string
}

// Strategy is how many Jobs KEDA starts at a poll. The zero value is KEDA's default.
type Strategy struct {
	// Kind is default (also where it is empty), custom, accurate or eager. default fits queues that hold an item until it is done,
	// accurate those that give it away at once; eager starts up to the maximum.
	Kind string
	// Deduction and Running are those of custom: what to subtract from the queue, and the share of the running Jobs to subtract.
	Deduction int
	Running   float64
	// Multiple is how several triggers are joined: max (also where it is empty), min, avg or sum.
	Multiple string
}

// ScaledJob builds the object, and checks it as [Validate] does. The error is an [*InvalidError].
func ScaledJob(name, namespace string, j Jobs) (*v1alpha1.ScaledJob, error) {
	b := &builder{}
	sj := &v1alpha1.ScaledJob{
		TypeMeta:   metav1.TypeMeta{APIVersion: groupVersion, Kind: kindJob},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: j.Labels, Annotations: j.Annotations},
		Spec: v1alpha1.ScaledJobSpec{
			JobTargetRef:               j.Job.DeepCopy(),
			PollingInterval:            b.seconds("pollingInterval", j.Polling),
			SuccessfulJobsHistoryLimit: b.count("successfulJobsHistoryLimit", j.Succeeded),
			FailedJobsHistoryLimit:     b.count("failedJobsHistoryLimit", j.Failed),
			MinReplicaCount:            b.count("minReplicaCount", j.Min),
			MaxReplicaCount:            b.count("maxReplicaCount", j.Max),
			ScalingStrategy:            b.strategy(j.Strategy),
			Triggers:                   b.triggers(j.Triggers),
		},
	}
	if err := b.found.err(); err != nil {
		return nil, err
	}
	return sj, Validate(sj, Known{})
}

// strategy writes both fields of custom, also as 0: without the share KEDA takes its default strategy instead, and does not say so.
func (b *builder) strategy(s Strategy) v1alpha1.ScalingStrategy {
	spec := v1alpha1.ScalingStrategy{Strategy: s.Kind, MultipleScalersCalculation: s.Multiple}
	if s.Deduction != 0 || s.Kind == strategyCustom {
		path := field.NewPath("spec", "scalingStrategy", "customScalingQueueLengthDeduction")
		spec.CustomScalingQueueLengthDeduction = new(b.narrow(path, s.Deduction))
	}
	if s.Running != 0 || s.Kind == strategyCustom {
		spec.CustomScalingRunningJobPercentage = strconv.FormatFloat(s.Running, 'g', -1, 64)
	}
	return spec
}

const strategyCustom = "custom"

// Poll is what KEDA sees when it decides how many Jobs to start.
type Poll struct {
	// Wanted is the queue divided by the target of a trigger, rounded up and at most Max.
	Wanted int
	// Running and Pending are Jobs that have not finished, and those of them that have no running pod yet.
	Running, Pending int
	// Max is the largest number of Jobs at once.
	Max int
}

// Starts gives how many Jobs KEDA would start; a number below 1 is none.
// Source: GetEffectiveMaxScale of pkg/scaling/executor/scale_jobs.go, KEDA 2.21.0.
func (s Strategy) Starts(p Poll) int {
	switch s.Kind {
	case strategyCustom:
		return min(p.Wanted-s.Deduction-int(float64(p.Running)*s.Running), p.Max)
	case "accurate":
		if p.Wanted+p.Running-p.Pending > p.Max {
			return p.Max - p.Running
		}
		return p.Wanted - p.Pending
	case "eager":
		return min(p.Max-p.Running-p.Pending, p.Wanted)
	}
	return p.Wanted - p.Running
}

// JobBounds gives how many Jobs KEDA keeps whatever the triggers say, and how many more it starts at most when they ask. A minimum
// above the maximum counts as the maximum, and a maximum that is not set is 100 beside the minimum.
// Source: MinReplicaCount and MaxReplicaCount of apis/keda/v1alpha1/scaledjob_types.go, KEDA 2.21.0.
func JobBounds(sj *v1alpha1.ScaledJob) (always, more int) {
	return int(sj.MinReplicaCount()), int(sj.MaxReplicaCount())
}
