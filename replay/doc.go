// Package replay predicts what a run would have done under another number of executors, another shape or another
// allocation policy: it takes the recorded work (jobs, stages, tasks, the driver's own time) and plays Spark's scheduler
// and allocation over it again, as a deterministic simulation of events.
//
//	work, err := replay.NewWork(profile)
//	result, err := work.Run(ctx, replay.Setting{Shape: shape, Policy: policy, Capacity: 30})
//	result.Wall, result.CoreHours(), result.Timeline, result.Bound
//
// What is modelled, from the sources of Spark 3.5.6 and 4.1.1:
//
//   - offers: one task an executor and pass, so that tasks spread, executors in random order; a freed slot is offered
//     alone (TaskSchedulerImpl.resourceOffers); FIFO by job and stage, lowest index first (FIFOSchedulingAlgorithm)
//   - locality: tasks that read a shuffle prefer the hosts of executors that hold a fifth of it, and wait
//     spark.locality.wait for them (TaskSetManager, MapOutputTrackerMaster)
//   - stages wait for their parents, jobs run beside each other, and the driver's time before each job follows what
//     caused it, the end or the submission of another, so that it is never negative (DAGScheduler)
//   - dynamic allocation by the exact model of ExecutorAllocationManager in package allocation, with cached blocks and
//     shuffle files that hold executors
//   - executors: pod batches and delays by version, capacity, start latency that grows with how many start at once,
//     the registered-resources gate (ExecutorPodsAllocator, CoarseGrainedSchedulerBackend)
//   - task times in parts: what a task takes on a warm and quiet executor; and what it costs that a stage, a kind of work
//     or the whole JVM is new to the executor, learned from the recorded run and scaled by how many executors there are
//
// What is not: FAIR pools; speculation and retries are replayed as recorded, not decided anew; tasks of a stage are as
// many as recorded, also where they follow the number of cores; their time does not depend on the heap, nor on how many
// run beside each other on an executor; one resource profile. What that means for a prediction is said in
// Result.Caveats.
package replay
