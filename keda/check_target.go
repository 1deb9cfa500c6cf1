package keda

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
)

// kindless is a kind without a count that KEDA can set.
type kindless struct {
	group, kind     string
	reason, instead string
}

func (k kindless) matches(ref *v1alpha1.ScaleTarget) bool {
	group, _, _ := strings.Cut(ref.APIVersion, "/")
	if k.group == "" && !strings.Contains(ref.APIVersion, "/") {
		group = ""
	}
	return strings.EqualFold(k.kind, ref.Kind) && (group == k.group || ref.APIVersion == "")
}

// ways are what works instead of scaling a SparkApplication.
const ways = "use dynamic allocation with bounds from a plan, or bounds by time window for the next run; or allocator statefulset " +
	"(Spark 3.3, cluster mode) with dynamic allocation off, whose set KEDA can own (keda.Target.Apply, keda.ForRunning); or a ScaledJob, one " +
	"application for each batch; or standalone or Connect workers in a Deployment or StatefulSet"

// unscalable are kinds that people have tried. KEDA answers "Target resource doesn't expose /scale subresource".
var unscalable = []kindless{
	{
		"sparkoperator.k8s.io", "SparkApplication",
		"a SparkApplication has no /scale subresource, and the operator restarts it when executor.instances change", ways,
	},
	{"sparkoperator.k8s.io", "ScheduledSparkApplication", "a ScheduledSparkApplication has no /scale subresource", ways},
	{"sparkoperator.k8s.io", "SparkConnect", "a SparkConnect has no /scale subresource, and its server is one bare pod", ways},
	{"", "Pod", "an executor pod is owned by its driver, which makes another one for each that goes", ways},
	{"batch", "Job", "a Job has no /scale subresource", "use a ScaledJob"},
	{"batch", "CronJob", "a CronJob has no /scale subresource", "use a ScaledJob with a cron trigger"},
	{"apps", "DaemonSet", "a DaemonSet has as many pods as there are nodes", "use a Deployment or StatefulSet"},
}

var (
	sparkSet        = regexp.MustCompile(`^spark-([sd])-(spark-[0-9a-f]{32}|.+)-(\d+)$`)
	sparkNamed      = regexp.MustCompile(`(?i)(^|[-.])(exec|executor|executors|driver)$`)
	allocatorOfKind = map[string]Allocator{"s": AllocatorStatefulSet, "d": AllocatorDeployment}
)

// sparkSet warns of names that look like executors of an application, and says so for sure where the workloads are known.
func (c *checker) sparkSet(ref *v1alpha1.ScaleTarget) {
	path := spec.Child("scaleTargetRef", "name")
	named := sparkNamed.MatchString(ref.Name) && (ref.Kind == "" || ref.Kind == "Deployment")
	found := sparkSet.FindStringSubmatch(ref.Name)
	switch {
	case ref.Name != "" && !c.known.has(ref):
		issue := c.found.fail(NoSuchTarget, path, ref.Name, "there is no such %s", strings.ToLower(cmp.Or(ref.Kind, "Deployment")))
		if named {
			issue.Message += "; executors of a Spark application are bare pods of its driver"
			issue.instead("%s", ways)
		}
	case found != nil:
		c.found.warn(UnsafeTarget, path, ref.Name, "is the set that Spark's allocator %s makes: its name is of one run alone, and it must have "+
			"dynamic allocation off", allocatorOfKind[found[1]]).instead("build it with keda.ForRunning, which checks both and ties it to the set")
	case named:
		c.found.warn(UnsafeTarget, path, ref.Name, "is taken for a Deployment; executors of a Spark application are bare pods of its driver, "+
			"and there is no Deployment of them unless allocator deployment (Spark 4.2) makes one").instead("%s", ways)
	}
}

// has reports whether the target is there, or may be. Workloads are known by kind and name; those of kinds that are not listed at all
// are not known.
func (k Known) has(ref *v1alpha1.ScaleTarget) bool {
	listed := false
	for _, w := range k.Workloads {
		same := w.kind() == cmp.Or(ref.Kind, "Deployment")
		listed = listed || same
		if same && w.Name == ref.Name {
			return true
		}
	}
	return k.Workloads == nil || !listed && ref.Kind != "" && ref.Kind != "Deployment" && ref.Kind != "StatefulSet"
}

func (w Workload) kind() string { return cmp.Or(w.Kind, "Deployment") }
