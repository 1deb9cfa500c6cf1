package keda

import (
	"fmt"
	"strconv"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Set is what Spark made for the executors of one resource profile of one run.
type Set struct {
	Allocator Allocator
	Name      string
	Namespace string
	UID       types.UID
}

// SetName is the name of the set that an application of that id has for a resource profile (0 is the default one). The id is Spark's
// own: it is not known before the start and cannot be chosen, so look for the set by its name when the status of the
// SparkApplication has one, status.sparkApplicationId. Source: StatefulSetPodsAllocator, Spark 3.5.6.
func SetName(a Allocator, appID string, profile int) string {
	letter := "s"
	if a == AllocatorDeployment {
		letter = "d"
	}
	return "spark-" + letter + "-" + appID + "-" + strconv.Itoa(profile)
}

// SetOf takes a StatefulSet as a cluster holds it.
func SetOf(set *appsv1.StatefulSet) Set {
	return Set{AllocatorStatefulSet, set.Name, set.Namespace, set.UID}
}

// ForRunning builds the ScaledObject for one set of a running application. It carries the name of the set, which is its owner, so that
// both go when the driver goes. Target and Behavior of the scaling are filled in where they are empty, from the set and from the
// load. An application with several resource profiles has several sets, and needs one each.
//
// Scaling.Min is at least 1 (also where it is nil): 0 pauses the job at the price of everything that it has shuffled or cached.
// Scaling.Max must be set, because Spark's own bounds do not hold.
//
// A status that is not RUNNING, a set of another run, and bounds that cost the shuffle are a [*Refusal]; other errors are an
// [*InvalidError].
func ForRunning(status v1beta2.SparkApplicationStatus, set Set, load Load, s Scaling) (*v1alpha1.ScaledObject, error) {
	if err := set.of(status); err != nil {
		return nil, err
	}
	switch {
	case s.Min == nil:
		s.Min = new(1)
	case *s.Min < 1:
		return nil, &Refusal{RefuseZero, "with 0 executors everything that was shuffled or cached is lost, and all maps run again", "set Min to 1 or more"}
	}
	if s.Idle != nil {
		return nil, &Refusal{RefuseZero, "an idle count takes executors away at once, with what they have shuffled", "leave Idle out"}
	}
	if s.Max == nil {
		return nil, &Refusal{RefuseUnlimited, "nothing but maxReplicaCount bounds the executors, and KEDA's own is 100", "set Max, from a plan"}
	}
	if s.Behavior == nil {
		s.Behavior = load.Behavior()
	}
	s.Target = Workload{"apps/v1", set.kind(), set.Name}
	so, err := ScaledObject(set.Name, set.Namespace, s)
	if so != nil {
		so.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: set.kind(), Name: set.Name, UID: set.UID}}
	}
	return so, err
}

func (s Set) kind() string {
	if s.Allocator == AllocatorDeployment {
		return "Deployment"
	}
	return "StatefulSet"
}

// of refuses a set that is not the running application's.
func (s Set) of(status v1beta2.SparkApplicationStatus) error {
	if state := status.AppState.State; state != v1beta2.ApplicationStateRunning {
		return &Refusal{
			RefuseNotRunning, fmt.Sprintf("the application is %q, and its set is there only while it runs", state),
			"wait for state RUNNING and for status.sparkApplicationId",
		}
	}
	found := sparkSet.FindStringSubmatch(s.Name)
	profile := 0
	if found != nil {
		profile, _ = strconv.Atoi(found[3])
	}
	if status.SparkApplicationID == "" || s.Name != SetName(s.Allocator, status.SparkApplicationID, profile) {
		return &Refusal{
			RefuseOtherSet, fmt.Sprintf("%s %s is not of run %q", s.kind(), s.Name, status.SparkApplicationID),
			"look for " + SetName(s.Allocator, status.SparkApplicationID, 0),
		}
	}
	if s.UID == "" {
		return &Refusal{RefuseOtherSet, "without its UID the set cannot be the owner, and the ScaledObject would outlive it", "pass the set as the cluster holds it"}
	}
	return nil
}
