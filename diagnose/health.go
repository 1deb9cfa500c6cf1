package diagnose

import (
	"math"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/sparkapp"
)

// Health is how an application is by its object alone, in the words of Argo CD.
type Health struct {
	// Status is Healthy, Progressing, Degraded, Suspended or Missing.
	Status string `json:"status"`
	// Message says why.
	Message string `json:"message"`
}

// plain are the states that say all by themselves.
var plain = map[string]Health{
	"":              {"Progressing", "SparkApplication was added, enqueuing it for submission"},
	"SUBMITTED":     {"Progressing", "SparkApplication was submitted successfully"},
	"COMPLETED":     {"Healthy", "SparkApplication was Completed"},
	"PENDING_RERUN": {"Progressing", "SparkApplication is Pending Rerun"},
	"INVALIDATING":  {"Missing", "SparkApplication is in InvalidatingState"},
	"SUCCEEDING":    {"Progressing", "The driver pod has been completed successfully. The executor pods terminate and are cleaned up."},
	"UNKNOWN":       {"Progressing", "SparkApplication is in UnknownState because either driver pod or one or all executor pods in unknown state"},
	"SUSPENDING":    {"Progressing", "SparkApplication is being suspended"},
	"SUSPENDED":     {"Suspended", "SparkApplication is suspended"},
	"RESUMING":      {"Progressing", "SparkApplication is being resumed"},
}

// Health tells how the application is. A running one is healthy when it has the executors that it asks for, or as many as the
// bounds of dynamic allocation, of either kind, allow: the operator says RUNNING as soon as the driver runs, also when no
// executor ever starts. It agrees with Argo CD's customisation for SparkApplication (health.lua of argoproj/argo-cd).
func (s *Snapshot) Health() Health {
	switch {
	case !s.Knows(PartApplication):
		return Health{"Missing", "SparkApplication is not there"}
	case s.App.Failed():
		return Health{"Degraded", s.App.Message}
	case s.App.State != "RUNNING":
		if h, ok := plain[s.App.State]; ok {
			return h
		}
	case s.enough():
		return Health{"Healthy", "SparkApplication is Running"}
	}
	return Health{"Progressing", "Waiting for Executor pods"}
}

// enough reports whether as many executors run, by the operator's records, as the application asks for.
func (s *Snapshot) enough() bool {
	running := 0
	for _, state := range s.App.Executors {
		if state == "RUNNING" {
			running++
		}
	}
	least, most := s.bounds()
	return len(s.App.Executors) > 0 && least <= running && running <= most
}

// bounds are those of the executors: dynamic allocation's, those of DStreams, or the fixed count for both. The fixed count is
// always enough, as dynamic allocation may start with it.
func (s *Snapshot) bounds() (least, most int) {
	conf := s.conf()
	fixed, err := conf.Int(spark.ExecutorInstances)
	if err != nil || !conf.IsSet(spark.ExecutorInstances) {
		fixed = 1
	}
	for _, prefix := range []string{"spark.dynamicAllocation.", "spark.streaming.dynamicAllocation."} {
		if on, _ := conf.Lookup(prefix + "enabled"); on == "true" {
			return min(fixed, number(conf, prefix+"minExecutors", 0)), number(conf, prefix+"maxExecutors", math.MaxInt32)
		}
	}
	if s.uncounted() {
		return 0, math.MaxInt32
	}
	return fixed, fixed
}

// uncounted reports whether the manifest leaves the number of executors to defaults, so that any number is what was asked for.
func (s *Snapshot) uncounted() bool {
	app, err := sparkapp.Parse([]byte(s.App.Manifest))
	if err != nil {
		return false
	}
	spec := app.Spec()
	_, set := spec.SparkConf[spark.ExecutorInstances.Name]
	return spec.Executor.Instances == nil && !set
}
