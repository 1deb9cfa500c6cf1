package keda

import (
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/units"
)

// costs say what it costs to leave a key as it is. Seen on a cluster with Spark 3.5.6.
var costs = []struct {
	key  spark.Key
	cost string
}{
	{spark.Decommission, "executors that are scaled down end at once: their tasks run again, and so does every map whose output they held"},
	{spark.StorageDecommission, "executors that are scaled down finish their tasks, and leave behind what they have shuffled and cached"},
	{spark.DecommissionShuffle, "every map whose output was on an executor that is scaled down runs again"},
	{spark.DecommissionRDD, "what was cached on an executor that is scaled down is computed again"},
}

// Lacks says what the application still lacks to be scaled down without loss, and what that costs: decommissioning that is off or not
// complete, and too little time to leave for the load. None of it keeps KEDA from scaling, and [Target.Apply] writes all of it. Sorted
// by path; all are warnings.
func (t Target) Lacks(app *sparkapp.App) []Issue {
	var found issues
	conf := app.Conf()
	for _, c := range costs {
		if on, err := conf.Bool(c.key); err != nil || !on {
			found.warn(UnsafeTarget, app.Locate(c.key.Name), on, "%s", c.cost).instead("set it to true")
		}
	}
	has := read(app, t.filled().Allocator)
	grace := time.Duration(has.Grace) * time.Second
	if every := reattempt(conf); every*2 > grace {
		found.warn(UnsafeTarget, app.Locate(keyReattempt), every.String(),
			"blocks are looked for every %s and the pod has %s to leave: the output of its last tasks is lost", every, grace).instead("set it to 2s")
	}
	if needed := t.Load.grace(); has.Grace < needed {
		path := specOf(app).Child("executor", "template", "spec", "terminationGracePeriodSeconds")
		found.warn(UnsafeTarget, path, has.Grace, "is too short for the longest task and the shuffle output of an executor").instead("set it to %d", needed)
	}
	return found.sorted()
}

// specOf is where the spec of the application stands, which of a scheduled one is that of its template.
func specOf(app *sparkapp.App) *field.Path {
	if app.Kind() == "ScheduledSparkApplication" {
		return spec.Child("template")
	}
	return spec
}

// reattempt is how often an executor that leaves looks for blocks to move.
func reattempt(conf spark.Conf) time.Duration {
	text, set := conf.Lookup(keyReattempt)
	if every, err := units.ParseTime(text, time.Millisecond); set && err == nil {
		return every
	}
	return 30 * time.Second
}
