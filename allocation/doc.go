// Package allocation answers how many executors an application has over time: the policy of Spark's dynamic
// allocation, the configuration keys that it becomes, what Spark would refuse in them, and how many executors a
// cluster and a quota really hold.
//
//	p, err := allocation.FromConf(conf)                  // what Spark would do, or every key that it would refuse
//	p.Need(100, 0, 4)                                    // executors that Spark's own formula asks for
//	p.Conf(spark.V35)                                    // and back to keys
//
//	cluster := allocation.Nodes(20, units.Cores(16), units.GiB(64))
//	room, err := allocation.Bounds(cluster, shape, spark.V35, allocation.BoundsOptions{})
//	room.Executors, room.BoundBy                         // 80, "memory"
//
// [Manager] is Spark's ExecutorAllocationManager itself, as a state machine without a clock: listener events in, requests
// out. It answers what Spark would do, in a simulation or beside a live driver.
//
// # What can change while an application runs
//
// Nothing. Spark reads each of these keys once, when the SparkContext starts (the constructor of
// ExecutorAllocationManager). A changed SparkApplication is submitted anew and loses the work done; external
// scaling of pods is undone in the next round. A policy is a decision about the next run.
//
// # Bounds count for each resource profile
//
// Min, Initial and Max bind every resource profile by itself: an application with two profiles and a Max of 10 may
// hold 20 executors, and each profile that a stage brings starts with the initial count. [Bounds] answers for the
// executors of one shape alone.
//
// # Units and sources
//
// Counts are executors; [Unlimited] stands for no bound. Times are time.Duration; all but ShuffleTimeout must be
// whole seconds, because Spark truncates them, and units.Forever is "never". The rules are those of
// org.apache.spark.ExecutorAllocationManager, scheduler.dynalloc.ExecutorMonitor, util.Utils and
// scheduler.cluster.SchedulerBackendUtils in Spark 3.5.6 to 4.2.0, and of Kubernetes' scheduler and quota
// admission for whole pods.
//
// # What it does not know
//
// Which node the scheduler really chooses (the bound is the best placement of the driver, and says what the worst
// costs), custom resources such as GPUs, pod affinities, priorities, and what a cluster autoscaler would add.
// [Suggest] reads one run; whether a bound is worth its price is for a replay to say.
package allocation
