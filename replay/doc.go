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
//     alone; all are offered again each second (TaskSchedulerImpl.resourceOffers, spark.scheduler.revive.interval)
//   - order: by job and stage, lowest index first (FIFOSchedulingAlgorithm); pools with fewer running tasks first under
//     spark.scheduler.mode FAIR (FairSchedulingAlgorithm)
//   - locality: tasks of a cached dataset prefer the executor that holds their partition, tasks that read a shuffle the
//     hosts of executors that hold a fifth of it, and wait spark.locality.wait for each level (TaskSetManager,
//     DAGScheduler.getPreferredLocs, MapOutputTrackerMaster)
//   - stages wait for their parents, jobs run beside each other, and the driver's time before each job follows what
//     caused it, the end or the submission of another, so that it is never negative (DAGScheduler)
//   - the number of tasks of a scan of small files, and of shuffles that adaptive execution joins, follows the number of
//     cores (SparkContext.defaultParallelism, FilePartition, CoalesceShufflePartitions)
//   - dynamic allocation by the exact model of ExecutorAllocationManager in package allocation, with cached blocks and
//     shuffle files that hold executors
//   - executors: pod batches, delays and pending pods by version, capacity, the registered-resources gate (ExecutorPodsAllocator,
//     CoarseGrainedSchedulerBackend)
//   - task times in parts: what a task takes on a warm executor; and what it costs that a stage, a kind of work or the
//     whole JVM is new to the executor, learned from the recorded run
//   - contention: executors that start, and warm up, on one machine share its processors. How many go on at full speed
//     is learned from starts at different times; what each would have taken alone follows from it
//   - garbage collection takes as much longer as there is less heap for each task
//   - a kept partition whose executor is gone is computed again
//
// What is not: weights and minimum shares of pools, which are in a file that the log does not have; speculation and
// retries are replayed as recorded, not decided anew; an executor that goes ends its tasks first, and is gone at once where
// a standalone worker takes seconds to kill it; the waits of single levels of locality; one resource profile; spill; how
// many run beside each other on an executor, once they are warm. A job waits for what happened last before it, though it
// may need more. What that means for a prediction is said in Result.Caveats.
//
// The scenarios in testdata show each of these behaviours, with its trace.
package replay
