// Package replay predicts what a run would have done under another number of executors, another shape or another
// allocation policy: it takes the recorded work (jobs, stages, tasks, the driver's own time) and plays Spark's scheduler
// and allocation over it again, as a deterministic simulation of events.
//
//	work, err := replay.NewWork(profile)
//	result, err := work.Run(ctx, replay.Setting{Shape: shape, Policy: policy, Cluster: cluster})
//	result.Wall, result.CoreHours(), result.Timeline, result.Bound
//
// What is modelled: offers to executors with one task an executor and pass, so that tasks spread (TaskSchedulerImpl);
// FIFO order by job and stage, lowest index first; stages that wait for their parents, concurrent jobs, the driver's
// time before each job after what caused it (DAGScheduler); dynamic allocation by the model of the
// ExecutorAllocationManager in package allocation; pod batches and delays by version, capacity, start latency and the
// registered-resources gate (ExecutorPodsAllocator, CoarseGrainedSchedulerBackend).
//
// What is not: the time of a task does not depend on how many run beside it, on the heap or on the node; tasks of one
// stage are as many as recorded, also where they follow the number of cores; locality, FAIR pools and speculation. What
// that means for a prediction is said in Result.Caveats and widens its interval.
package replay
