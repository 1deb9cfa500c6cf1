// Package sparkscale is the guided tour of a Go SDK that answers one question for teams who run Apache Spark on
// Kubernetes: how many executors, of what size, scaled by what policy, and how do you know?
//
// It has no types of its own. The flow is one line through its packages:
//
//	an event log, or a driver's or History Server's REST API
//	  → [github.com/sparkscale/sparkscale/eventlog], or [github.com/sparkscale/sparkscale/sparkrest], reads it into a
//	  → [github.com/sparkscale/sparkscale/workload].Profile: what the run really did,
//	  → which [github.com/sparkscale/sparkscale/replay] plays again under other settings,
//	  → of which [github.com/sparkscale/sparkscale/plan] chooses one and says why,
//	  → which [github.com/sparkscale/sparkscale/sparkapp] writes into a SparkApplication,
//	  → which [github.com/sparkscale/sparkscale/keda] scales from outside where that works,
//	  → and [github.com/sparkscale/sparkscale/report] tells to people.
//
// Beside them [github.com/sparkscale/sparkscale/sizing] knows what an executor's pod requests, and
// [github.com/sparkscale/sparkscale/allocation] what dynamic allocation does and what a cluster holds. Both can be used
// alone. The Example below is the whole flow.
//
// The packages units, spark, workload, sizing, allocation, replay and plan are pure: no clock, network, file, log or
// goroutine that outlives a call, so they run in a unit test and in a reconcile loop alike.
package sparkscale
