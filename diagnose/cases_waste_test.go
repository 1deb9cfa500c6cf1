package diagnose_test

import (
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/units"
)

// wide is a run that could have used a hundred executors.
func wide(s *diagnose.Snapshot) {
	s.Run.NeededExecutors = 100
	s.Run.Waiting = []diagnose.Waiting{{Executors: 4, For: 20 * time.Minute, Tasks: 100}}
}

var slowCases = map[diagnose.Code]ruleCase{
	"SCALE-UP/MAX-BELOW-WIDTH": {
		fire: wide,
		silent: func(s *diagnose.Snapshot) {
			wide(s)
			conf(s, "spark.dynamicAllocation.maxExecutors", "100")
			s.Quotas = nil
		},
		says: "all 4 allowed executors",
	},
	"SCALE-UP/AT-MAX": {
		fire: func(s *diagnose.Snapshot) {
			s.Run.Ended = false
			says(s, diagnose.LogBacklog, "Requesting 2 new executors because tasks are backlogged (new desired total will be 4 for resource profile id: 0)", "target", "4")
		},
		silent: func(s *diagnose.Snapshot) {
			s.Run.Ended = false
			says(s, diagnose.LogBacklog, "Requesting 1 new executor because tasks are backlogged (new desired total will be 3 for resource profile id: 0)", "target", "3")
		},
		says: "the maximum of 4",
	},
	"SCALE-UP/RATIO": {
		fire:   func(s *diagnose.Snapshot) { conf(s, "spark.dynamicAllocation.executorAllocationRatio", "0.5") },
		silent: func(s *diagnose.Snapshot) { conf(s, "spark.dynamicAllocation.executorAllocationRatio", "1.0") },
		says:   "to lower it makes scale-down more aggressive",
	},
	"SCALE-UP/MAX-PENDING-PODS": {
		fire: func(s *diagnose.Snapshot) {
			conf(s, "spark.kubernetes.allocation.maxPendingPods", "2")
			says(s, diagnose.LogPods, "Going to request 2 executors …", "count", "2", "target", "20", "known", "4", "slots", "2")
		},
		silent: func(s *diagnose.Snapshot) {
			conf(s, "spark.kubernetes.allocation.maxPendingPods", "20")
			says(s, diagnose.LogPods, "Going to request 5 executors …", "count", "5", "target", "20", "known", "4", "slots", "20")
		},
		says: "16 executors were missing and 2 could be asked for",
	},
	"SCALE-UP/BATCH-SIZE": {
		fire: func(s *diagnose.Snapshot) {
			says(s, diagnose.LogPods, "Going to request 5 executors …", "count", "5", "target", "1000", "known", "0", "slots", "2147483647")
		},
		silent: func(s *diagnose.Snapshot) {
			says(s, diagnose.LogPods, "Going to request 5 executors …", "count", "5", "target", "12", "known", "0", "slots", "2147483647")
		},
		says: "asked for 5 each 1s",
	},
	"SCALE-UP/BACKLOG-TIMEOUT": {
		fire: func(s *diagnose.Snapshot) {
			s.Run.NeededExecutors = 100
			conf(s, "spark.dynamicAllocation.schedulerBacklogTimeout", "200s", "spark.dynamicAllocation.maxExecutors", "100")
			s.Quotas = nil
		},
		silent: func(s *diagnose.Snapshot) {
			s.Run.NeededExecutors = 100
			conf(s, "spark.dynamicAllocation.maxExecutors", "100")
			s.Quotas = nil
		},
		says: "rounds of requests",
	},
	"SCALE-UP/FEW-PARTITIONS": {
		fire: func(s *diagnose.Snapshot) {
			s.Run.PeakExecutors = 40
			s.Run.Stages[1].Tasks, s.Run.Stages[1].Succeeded = 8, 8
		},
		silent: func(s *diagnose.Snapshot) { s.Run.PeakExecutors = 40 }, says: "stage 1 () has 8 tasks for 40 slots",
	},
	"SCALE-UP/DRIVER-BOUND": {
		fire:   func(s *diagnose.Snapshot) { s.Run.DriverOnly = 15 * time.Minute },
		silent: func(s *diagnose.Snapshot) { s.Run.DriverOnly = 2 * time.Minute }, says: "no stage was active",
	},
	"SCALE-UP/LOCALITY": {
		fire: func(s *diagnose.Snapshot) {
			s.Run.PeakExecutors = 1000
			s.Run.Stages[0].Remote, s.Run.Stages[0].Median, s.Run.Stages[0].Tasks = 30, time.Second, 40000
			s.Run.Stages[1].Tasks = 40000
		},
		silent: func(s *diagnose.Snapshot) { s.Run.Stages[0].Remote = 30 }, says: "away from their data after waiting 3s",
	},
	"SCALE-UP/DYNAMIC-OFF": {
		fire: func(s *diagnose.Snapshot) {
			s.App.Manifest = strings.Replace(manifest, "dynamicAllocation: {enabled: true, minExecutors: 1, maxExecutors: 4}", `sparkConf: {spark.dynamicallocation.enabled: "true"}`, 1)
		},
		silent: nil, says: "spark.dynamicallocation.enabled",
	},
}

var wasteCases = map[diagnose.Code]ruleCase{
	"WASTE/IDLE-CORES": {
		fire:   func(s *diagnose.Snapshot) { s.Run.BusyTime = 30 * time.Minute },
		silent: func(s *diagnose.Snapshot) { s.Run.BusyTime = 80 * time.Minute }, says: "75 % of the core time",
	},
	"WASTE/MEMORY": {
		fire: func(s *diagnose.Snapshot) {
			conf(s, "spark.executor.memory", "8g")
			s.Run.PeakHeap, s.Run.MeasuredHeaps = units.GiB(2), 4
		},
		silent: func(s *diagnose.Snapshot) {
			conf(s, "spark.executor.memory", "8g")
			s.Run.PeakHeap, s.Run.MeasuredHeaps = units.GiB(6), 4
		},
		says: "2 GiB, 25 % of 8 GiB",
	},
	"WASTE/SKEW": {
		fire:   func(s *diagnose.Snapshot) { s.Run.Stages[1].Longest = 13 * time.Minute },
		silent: func(s *diagnose.Snapshot) { s.Run.Stages[1].Longest = 4 * time.Minute }, says: "13 times the median",
	},
	"WASTE/GC-HIGH": {
		fire:   func(s *diagnose.Snapshot) { s.Run.GCShare = 0.25 },
		silent: func(s *diagnose.Snapshot) { s.Run.GCShare = 0.09 }, says: "25 % of the run time",
	},
	"WASTE/GC-LOW": {
		fire: func(s *diagnose.Snapshot) {
			s.Run.GCShare = 0.004
			conf(s, "spark.executor.memory", "16g")
			s.Nodes[0].Memory = units.GiB(71)
		},
		silent: func(s *diagnose.Snapshot) { s.Run.GCShare = 0.004 }, says: "0.4 %",
	},
	"WASTE/SPILL": {
		fire:   func(s *diagnose.Snapshot) { s.Run.SpillShare, s.Run.DiskSpill = 0.4, units.GiB(30) },
		silent: func(s *diagnose.Snapshot) { s.Run.SpillShare, s.Run.DiskSpill = 0.01, units.GiB(1) }, says: "30 GiB",
	},
	"WASTE/TINY-TASKS": {
		fire: func(s *diagnose.Snapshot) {
			s.Run.Stages[0].Succeeded, s.Run.Stages[0].Median = 20000, 100*time.Millisecond
		},
		silent: func(s *diagnose.Snapshot) { s.Run.Stages[0].Succeeded = 20000 }, says: "20000 tasks with a median of 100ms",
	},
	"WASTE/PARTIAL-WAVE": {
		fire: func(s *diagnose.Snapshot) {
			s.Run.PeakExecutors, s.Run.Stages[0].Tasks, s.Run.Stages[0].Median, s.Run.Stages[1].Tasks = 100, 201, 5*time.Minute, 200
		},
		silent: func(s *diagnose.Snapshot) {
			s.Run.PeakExecutors, s.Run.Stages[0].Tasks, s.Run.Stages[1].Tasks = 100, 200, 200
		},
		says: "leave 99 slots empty",
	},
	"WASTE/BIN-PACKING": {
		fire: func(s *diagnose.Snapshot) {
			conf(s, "spark.executor.cores", "5", "spark.executor.memory", "7g")
		},
		silent: func(s *diagnose.Snapshot) { conf(s, "spark.executor.cores", "4", "spark.executor.memory", "5g") }, says: "too little on each for one more",
	},
}

var wasteMoreCases = map[diagnose.Code]ruleCase{
	"WASTE/DRIVER-OVERSIZED": {
		fire: func(s *diagnose.Snapshot) { conf(s, "spark.driver.memory", "32g"); s.Run.DriverHeap = units.GiB(2) },
		silent: func(s *diagnose.Snapshot) {
			conf(s, "spark.driver.memory", "32g")
			s.Run.DriverHeap = units.GiB(20)
		},
		says: "2 GiB of 32 GiB",
	},
	"RISK/DRIVER-STARVED": {
		fire: func(s *diagnose.Snapshot) {
			s.Run.DelayMedian, s.Run.TaskMedian, s.Run.TasksFinished = time.Second, 2*time.Second, 100000
		},
		silent: func(s *diagnose.Snapshot) { s.Run.TasksFinished = 100000 }, says: "holds the slot for 1s",
	},
	"RISK/BAD-NODE": {
		fire:   func(s *diagnose.Snapshot) { s.Run.Executors[2].Failed = 15 },
		silent: func(s *diagnose.Snapshot) { s.Run.Executors[2].Failed, s.Run.Executors[0].Failed = 15, 14 }, says: "15 of 20 tasks failed on host n3",
	},
	"RISK/QUEUE-TIME": {
		fire: func(s *diagnose.Snapshot) {
			s.App.Created, s.App.Submitted = at(-time.Hour), at(-time.Hour)
			s.App.Place = place(1)
		},
		silent: nil, says: "1h0m20s",
	},
	"RISK/DRIFT": {
		fire: func(s *diagnose.Snapshot) {
			for i := range 4 {
				s.Earlier = append(s.Earlier, diagnose.Digest{Source: "eventlog/old", Start: at(-time.Hour), End: at(time.Duration(i-45) * time.Minute), Ended: true, Input: units.GiB(10)})
			}
		},
		silent: func(s *diagnose.Snapshot) {
			for range 4 {
				s.Earlier = append(s.Earlier, diagnose.Digest{Start: at(-time.Hour), End: at(-32 * time.Minute), Ended: true})
			}
		},
		says: "with no more input than usual",
	},
	"RISK/QUOTA-BELOW-MAX": {
		fire:   func(s *diagnose.Snapshot) { s.Quotas[0].Hard["requests.cpu"] = "3" },
		silent: func(s *diagnose.Snapshot) { s.Quotas[0].Hard["requests.cpu"] = "5" }, says: "room for 2 executors of 4",
	},
	"RISK/NO-PRIORITY": {
		fire: func(s *diagnose.Snapshot) { s.Driver.PriorityClass, s.Driver.Priority = "", 0 },
		silent: func(s *diagnose.Snapshot) {
			s.Driver.PriorityClass, s.Driver.Priority = "", 0
			s.Priorities = []diagnose.PriorityClass{{Name: "system-node-critical", Value: 2000001000}}
		},
		says: "may drive the driver out",
	},
	"CONF/NO-EFFECT": {
		fire:   func(s *diagnose.Snapshot) { conf(s, "spark.dynamicAllocation.shuffleServiceFetchRddTimeout", "60s") },
		silent: func(s *diagnose.Snapshot) { conf(s, "spark.my.own.key", "60s") }, says: "no such key",
	},
}
