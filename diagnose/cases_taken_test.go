package diagnose_test

import (
	"strconv"
	"time"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

var takenCases = map[diagnose.Code]ruleCase{
	"SCALE-DOWN/OUTSIDE": {
		fire: func(s *diagnose.Snapshot) { taken(s, 20) },
		silent: func(s *diagnose.Snapshot) {
			s.Run.Executors[1].Removed, s.Run.Executors[1].Reason = at(10*time.Minute), "Executor killed by driver."
		},
		says: "20 finished map tasks resubmitted",
	},
	"SCALE-DOWN/TO-ZERO": {
		fire: func(s *diagnose.Snapshot) {
			taken(s, 20)
			for i := range s.Run.Executors {
				s.Run.Executors[i].Removed, s.Run.Executors[i].Reason = at(10*time.Minute), deleted
			}
		},
		// Two executors that crash at once leave none as well, and nobody scaled to 0.
		silent: func(s *diagnose.Snapshot) {
			taken(s, 20)
			for i := range s.Run.Executors {
				s.Run.Executors[i].Removed, s.Run.Executors[i].Reason = at(10*time.Minute), "exited with exit code 137"
			}
		},
		says: "the last executor left while a job was running",
	},
	"SCALE-DOWN/NO-DECOMMISSION": {
		fire: func(s *diagnose.Snapshot) { taken(s, 20) },
		silent: func(s *diagnose.Snapshot) {
			taken(s, 20)
			conf(s, "spark.decommission.enabled", "true", "spark.storage.decommission.enabled", "true")
		},
		says: "decommissioning is off",
	},
	"SCALE-DOWN/DECOMMISSION-CUT": {
		fire: cutShort("30s"), silent: cutShort("2s"), says: "whole grace period of 30s",
	},
	"SCALE-DOWN/SHUFFLE-LOST": {
		fire: func(s *diagnose.Snapshot) {
			s.Run.Stages[0].Resubmitted = 3
			s.Run.LostTime = 3 * time.Minute
		},
		silent: func(s *diagnose.Snapshot) { taken(s, 20) }, says: "3 finished map tasks",
	},
	"RISK/FETCH-FAILURES": {
		fire:   func(s *diagnose.Snapshot) { s.Run.Stages[1].FetchFailed = 2 },
		silent: func(s *diagnose.Snapshot) { s.Run.Stages[1].FetchFailed = 2; taken(s, 20) }, says: "2 tasks could not fetch",
	},
	"SCALE-DOWN/STATEFULSET-DYNAMIC": {
		fire: func(s *diagnose.Snapshot) { conf(s, "spark.kubernetes.allocation.pods.allocator", "statefulset") },
		silent: func(s *diagnose.Snapshot) {
			conf(s, "spark.kubernetes.allocation.pods.allocator", "statefulset", "spark.dynamicAllocation.enabled", "false", "spark.executor.instances", "4")
		},
		says: "the highest ordinals",
	},
	"SCALE-UP/OTHER-SCALER": {
		fire: func(s *diagnose.Snapshot) {
			s.Scalers = []diagnose.Scaler{{Kind: "ScaledObject", Name: "hours", TargetKind: "SparkApplication", TargetName: "job", Place: place(3)}}
		},
		silent: func(s *diagnose.Snapshot) {
			s.Scalers = []diagnose.Scaler{{Kind: "ScaledObject", Name: "hours", TargetKind: "StatefulSet", TargetName: "spark-s-spark-1-0"}}
			conf(s, "spark.kubernetes.allocation.pods.allocator", "statefulset", "spark.dynamicAllocation.enabled", "false", "spark.executor.instances", "4")
		},
		says: "has no /scale",
	},
	"SCALE-DOWN/THRASH": {
		fire: func(s *diagnose.Snapshot) { comesBack(s, 4, 20*time.Second) },
		// To leave in a long pause and to come back is what dynamic allocation is for.
		silent: func(s *diagnose.Snapshot) { comesBack(s, 4, 5*time.Minute) }, says: "4 times executors were removed",
	},
	"SCALE-DOWN/CACHE-LOST": {
		fire: func(s *diagnose.Snapshot) {
			taken(s, 0)
			s.Run.Executors[1].Cached = 5
			s.Run.Cached = []diagnose.RunRDD{{ID: 3, Name: "table", Since: at(5 * time.Minute)}}
			s.Run.Jobs = append(s.Run.Jobs, diagnose.RunJob{ID: 1, Submitted: at(20 * time.Minute), Completed: at(25 * time.Minute)})
		},
		silent: func(s *diagnose.Snapshot) {
			taken(s, 0)
			s.Run.Executors[1].Cached = 5
			s.Run.Cached = []diagnose.RunRDD{{ID: 3, Since: at(5 * time.Minute), Dropped: at(6 * time.Minute)}}
			s.Run.Jobs = append(s.Run.Jobs, diagnose.RunJob{ID: 1, Submitted: at(20 * time.Minute), Completed: at(25 * time.Minute)})
		},
		says: "computed again",
	},
}

func cutShort(interval string) change {
	return func(s *diagnose.Snapshot) {
		taken(s, 2)
		conf(s, "spark.decommission.enabled", "true", "spark.storage.decommission.enabled", "true",
			"spark.storage.decommission.replicationReattemptInterval", interval)
		says(s, diagnose.LogAnnounced, "Received executor 2 decommissioned message", "executor", "2")
		says(s, diagnose.LogDecommissioned, "Executor 2 on n2 is decommissioned after 29.8 s.", "executor", "2", "after", "29.8")
	}
}

// comesBack makes an executor leave and another one come, so many times, with a pause between.
func comesBack(s *diagnose.Snapshot, times int, pause time.Duration) {
	now := at(5 * time.Minute)
	s.Run.Executors[3].Removed, s.Run.Executors[3].Reason = now, "Executor killed by driver."
	for i := range times {
		asked := now.Add(pause)
		now = asked.Add(2 * time.Minute)
		e := diagnose.RunExecutor{ID: strconv.Itoa(10 + i), Host: "n1", Cores: 1, Requested: asked, Added: asked.Add(10 * time.Second)}
		if i < times-1 {
			e.Removed, e.Reason = now, "Executor killed by driver."
		}
		s.Run.Executors = append(s.Run.Executors, e)
	}
}

func idle(s *diagnose.Snapshot, d time.Duration) {
	for i := range s.Run.Executors {
		s.Run.Executors[i].Idle, s.Run.Executors[i].IdleFrom = d, at(10*time.Minute)
	}
}

var heldCases = map[diagnose.Code]ruleCase{
	"NOT-RELEASING/CACHE": {
		fire: func(s *diagnose.Snapshot) {
			idle(s, 5*time.Minute)
			for i := range s.Run.Executors {
				s.Run.Executors[i].Cached = 3
			}
			s.Live.RDDs = []diagnose.LiveRDD{{ID: 7, Name: "table", Partitions: 12, Memory: units.MiB(12), Executors: []string{"1", "2"}, Place: place(3)}}
		},
		silent: func(s *diagnose.Snapshot) {
			idle(s, 5*time.Minute)
			conf(s, "spark.dynamicAllocation.cachedExecutorIdleTimeout", "300s")
			for i := range s.Run.Executors {
				s.Run.Executors[i].Cached = 3
			}
		},
		says: "RDD 7 table (12 MiB), and cachedExecutorIdleTimeout is infinite",
	},
	"NOT-RELEASING/SHUFFLE": {
		fire: func(s *diagnose.Snapshot) {
			idle(s, 5*time.Minute)
			unset(s, "spark.dynamicAllocation.shuffleTracking.timeout")
		},
		silent: func(s *diagnose.Snapshot) { idle(s, 2*time.Minute) }, says: "shuffleTracking.timeout is infinite",
	},
	"NOT-RELEASING/MIN-EXECUTORS": {
		fire: func(s *diagnose.Snapshot) {
			idle(s, 20*time.Minute)
			conf(s, "spark.dynamicAllocation.minExecutors", "4")
			for i := range s.Run.Executors {
				s.Run.Executors[i].Shuffle = 0
			}
		},
		silent: func(s *diagnose.Snapshot) {
			idle(s, 5*time.Minute)
			conf(s, "spark.dynamicAllocation.minExecutors", "4")
			for i := range s.Run.Executors {
				s.Run.Executors[i].Shuffle = 0
			}
		},
		says: "minExecutors is 4",
	},
	"NOT-RELEASING/STREAMING": {
		fire: func(s *diagnose.Snapshot) {
			s.Run.Traits = []workload.Trait{workload.StructuredStreaming}
			s.Run.BusyTime = 30 * time.Minute
		},
		silent: func(s *diagnose.Snapshot) { s.Run.BusyTime = 30 * time.Minute }, says: "micro-batches",
	},
	"NOT-RELEASING/STRAGGLER": {
		fire:   func(s *diagnose.Snapshot) { s.Run.Stages[1].Longest = 14 * time.Minute },
		silent: func(s *diagnose.Snapshot) { s.Run.Stages[1].Longest = 2 * time.Minute }, says: "one task of stage 1",
	},
	"NOT-RELEASING/SESSION": {
		fire:   func(s *diagnose.Snapshot) { s.Run.Name = "PySparkShell"; s.Run.End = at(2 * time.Hour) },
		silent: func(s *diagnose.Snapshot) { s.Run.End = at(2 * time.Hour) }, says: "a session without work",
	},
	"NOT-RELEASING/KILL-REFUSED": {
		fire: func(s *diagnose.Snapshot) {
			says(s, diagnose.LogKillRefused, "killExecutors() unsupported with Dynamic Allocation turned on")
		},
		silent: nil, says: "refuses while dynamic allocation is on",
	},
}
