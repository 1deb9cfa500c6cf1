// Package sizing answers what an executor should be and what its pod will ask for: cores, heap, overhead.
//
// A [Shape] is an executor as Spark is asked for it. [Shape.Pod] gives exactly the container that Spark then
// requests from Kubernetes, with its working; [LargestHeap] and [Divide] go the other way, from memory that is
// there to a heap. [Cores] and [Heap] give advice from what a run did.
//
//	s := sizing.Shape{Cores: 2, Heap: units.GiB(14)}
//	pod, err := s.Pod(spark.V35)          // 15769 MiB: 14336 + trunc(0.1 × 14336), request = limit
//	heap, err := sizing.LargestHeap(units.GiB(16), s, spark.V35) // 14895 MiB
//
// Sizes are units.Bytes in whole MiB, because Spark counts containers in MiB; processor time is units.MilliCPU.
// Values are resolved: zero means the documented default. Everything is safe for concurrent use.
//
// Sources: org.apache.spark.resource.ResourceProfile, deploy.k8s.features.BasicExecutorFeatureStep and
// BasicDriverFeatureStep, memory.UnifiedMemoryManager and ExecutionMemoryPool of Spark 3.5.6, 4.0.1 and 4.1.1.
//
// What it does not know: pod templates, and webhooks that rewrite a pod (such as memoryLimit of the
// SparkApplication); client mode for Python and R, where nobody writes the overhead factor of 0.4; how much of
// a JVM heap peak is garbage (no event log tells); advice for other resource profiles than the default one; and how long a job takes in another shape, which is for
// package replay.
package sizing
