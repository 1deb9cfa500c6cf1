package diagnose

// Rules returns all rules. Of findings that weigh the same, the one whose rule stands first comes first.
func Rules() []Rule {
	return []Rule{
		// What keeps an application from running, the nearest cause first.
		rbac, pendingQuota, pendingImage, pendingCPU, pendingMemory, pendingTaint, pendingAffinity, pendingVolume, pendingOther,
		resourceProfile, oomContainer, oomHeap, driverOOM, initialBounds, contextFailed, executorsFail, noExecutors, jobFailed, appFailed,
		// What takes executors away.
		statefulDynamic, outsideScaled, toZero, decommissionCut, decommissionOff, pendingPriority, evicted, executorKilled, thrash, cacheLost,
		shuffleLost, fetchFailures,
		// What does not let them go.
		pinnedCache, pinnedShuffle, pinnedMin, pinnedStreaming, straggler, session, killRefused,
		// What holds them back.
		otherScaler, maxPending, batchSize, backlogTimeout, fewPartitions, driverBound, locality, ratio, unreachable, dynamicOff,
		atMax, targetAtMax,
		// Waste and risk.
		idleCores, memoryWaste, skew, gcHigh, gcLow, spill, tinyTasks, partialWave, packing, driverOversized, driverStarved, badNode,
		queue, drift, quotaBelowMax, noPriority, noEffect,
	}
}
