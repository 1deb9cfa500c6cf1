package diagnose_test

import (
	"time"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/units"
)

const exceeded = `Failure executing: POST. Message: Forbidden!Configured service account doesn't have access. Service account may have been revoked. pods "job-exec-2" is forbidden: exceeded quota: tight, requested: requests.cpu=1, used: requests.cpu=2, limited: requests.cpu=2.`

const noRight = `Failure executing: POST. Message: Forbidden!Configured service account doesn't have access. Service account may have been revoked. statefulsets.apps is forbidden: User "system:serviceaccount:spark:spark" cannot create resource "statefulsets" in API group "apps" in the namespace "spark"`

func refused(message string) change { return func(s *diagnose.Snapshot) { pending(s, message) } }

// youngPods are pending as well, and have just been made.
func youngPods(message string) change {
	return func(s *diagnose.Snapshot) {
		pending(s, message)
		for i := range s.Executors {
			s.Executors[i].Created = s.Taken.Add(-5 * time.Second)
		}
	}
}

var pendingCases = map[diagnose.Code]ruleCase{
	"SCALE-UP/PENDING-CPU": {
		fire: func(s *diagnose.Snapshot) {
			pending(s, "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.")
			for i := range s.Executors {
				s.Executors[i].CPU = units.Cores(64)
			}
		},
		silent: youngPods("0/1 nodes are available: 1 Insufficient cpu."), says: "64 CPU, more than the 8 of the largest node",
	},
	"SCALE-UP/PENDING-MEMORY": {
		fire:   refused("0/3 nodes are available: 1 node(s) had untolerated taint {control-plane: }, 2 Insufficient memory."),
		silent: refused("0/3 nodes are available: 1 Insufficient memory, 2 Insufficient cpu."), says: "1408 MiB",
	},
	"SCALE-UP/PENDING-TAINT": {
		fire:   refused("0/2 nodes are available: 2 node(s) had untolerated taint {gpu: true}."),
		silent: refused("0/3 nodes are available: 1 node(s) had untolerated taint {control-plane: }, 2 Insufficient memory."), says: "taints",
	},
	"SCALE-UP/PENDING-AFFINITY": {
		fire:   refused("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."),
		silent: refused("0/2 nodes are available: 2 node(s) had volume node affinity conflict."), says: "node selector",
	},
	"SCALE-UP/PENDING-VOLUME": {
		fire: func(s *diagnose.Snapshot) {
			waiting(s, "ContainerCreating")
			event(s, "FailedMount", "Pod", "job-exec-1", `Unable to attach or mount volumes: persistentvolumeclaim "data" not found`)
		},
		// The configmap of a driver is not there yet when its pod starts; the next try mounts it.
		silent: func(s *diagnose.Snapshot) {
			event(s, "FailedMount", "Pod", "job-driver", `configmap "spark-drv-conf-map" not found`)
		},
		says: "cannot be mounted",
	},
	"SCALE-UP/PENDING-PRIORITY": {
		fire: func(s *diagnose.Snapshot) {
			event(s, "Preempted", "Pod", "job-exec-3", "Preempted by pod 4711 on node n1")
		},
		silent: func(s *diagnose.Snapshot) { event(s, "Killing", "Pod", "job-exec-3", "Stopping container") },
		says:   "higher priority",
	},
	"SCALE-UP/PENDING-IMAGE": {
		fire:   func(s *diagnose.Snapshot) { waiting(s, "ImagePullBackOff") },
		silent: func(s *diagnose.Snapshot) { waiting(s, "ContainerCreating") }, says: "spark:none cannot be pulled",
	},
	"SCALE-UP/PENDING-QUOTA": {
		fire: func(s *diagnose.Snapshot) {
			says(s, diagnose.LogForbidden, exceeded, "quota", "quota: tight")
			s.Run.Executors = s.Run.Executors[:1]
		},
		silent: func(s *diagnose.Snapshot) { says(s, diagnose.LogForbidden, noRight) }, says: "quota tight limits requests.cpu=2",
	},
	"SCALE-UP/PENDING-OTHER": {
		fire:   refused("0/2 nodes are available: 2 Too many pods."),
		silent: refused("0/2 nodes are available: 2 Insufficient cpu."), says: "Too many pods",
	},
	"SCALE-UP/RBAC": {
		fire: func(s *diagnose.Snapshot) {
			says(s, diagnose.LogContextFailed, "Error initializing SparkContext.")
			says(s, diagnose.LogForbidden, noRight, "right", `create resource "statefulsets"`)
		},
		// The client library blames the service account for every 403.
		silent: func(s *diagnose.Snapshot) { says(s, diagnose.LogForbidden, exceeded) }, says: "may not create statefulsets of group apps",
	},
	"SCALE-UP/RESOURCE-PROFILE": {
		fire: func(s *diagnose.Snapshot) {
			pending(s, "0/2 nodes are available: 2 Insufficient nvidia.com/gpu.")
			s.Executors[0].Profile = "1"
		},
		silent: refused("0/2 nodes are available: 2 Insufficient nvidia.com/gpu."), says: "resource profile 1",
	},
}

var failureCases = map[diagnose.Code]ruleCase{
	"RISK/OOM-CONTAINER": {
		fire:   func(s *diagnose.Snapshot) { ended(s, 137, "OOMKilled") },
		silent: func(s *diagnose.Snapshot) { ended(s, 143, "Error") }, says: "1408 MiB (heap 1 GiB, overhead 384 MiB)",
	},
	"RISK/OOM-HEAP": {
		fire:   func(s *diagnose.Snapshot) { ended(s, 52, "Error") },
		silent: func(s *diagnose.Snapshot) { ended(s, 137, "OOMKilled") }, says: "exit code 52",
	},
	"RISK/DRIVER-OOM": {
		fire: func(s *diagnose.Snapshot) {
			s.Driver.Phase, s.Driver.Containers = "Failed", []diagnose.Container{{State: "terminated", ExitCode: 137, Reason: "OOMKilled", Place: place(1)}}
		},
		silent: func(s *diagnose.Snapshot) {
			s.Driver.Containers = []diagnose.Container{{State: "terminated", ExitCode: 1, Reason: "Error"}}
		},
		says: "the driver ended with exit code 137",
	},
	"RISK/EXECUTOR-KILLED": {
		fire: func(s *diagnose.Snapshot) {
			ended(s, 137, "Error")
			says(s, diagnose.LogExit, "The executor with id 1 exited with exit code 137(SIGKILL, possible container OOM).", "executor", "1", "code", "137", "reason", "Error")
		},
		// At the end of a good job executors that still start are stopped with 143.
		silent: func(s *diagnose.Snapshot) { ended(s, 143, "Error"); s.App.State = "COMPLETED" }, says: "not OOMKilled",
	},
	"RISK/EVICTED": {
		fire: func(s *diagnose.Snapshot) {
			s.Executors[0].Phase, s.Executors[0].Reason, s.Executors[0].Message = "Failed", "Evicted", "The node was low on resource: ephemeral-storage."
			event(s, "Evicted", "Pod", "job-exec-1", "The node was low on resource: ephemeral-storage.")
		},
		silent: func(s *diagnose.Snapshot) { s.Executors[0].Phase = "Failed" }, says: "1 pod evicted",
	},
	"SCALE-UP/INITIAL-BOUNDS": {
		fire: func(s *diagnose.Snapshot) {
			s.Run.Executors = nil
			says(s, diagnose.LogInitialBounds, "initial executor number 9 must between min executor number 1 and max executor number 4", "initial", "9")
		},
		silent: func(s *diagnose.Snapshot) { s.Run.Executors = nil }, says: "initial executor number 9",
	},
	"SCALE-UP/CONTEXT-FAILED": {
		fire: func(s *diagnose.Snapshot) {
			says(s, diagnose.LogContextFailed, "Error initializing SparkContext. java.net.UnknownHostException: kubernetes.default.svc")
		},
		silent: nil, says: "before it has executors",
	},
	"SCALE-UP/EXECUTORS-FAIL": {
		fire: func(s *diagnose.Snapshot) {
			says(s, diagnose.LogTooManyFailures, "Max number of executor failures (8) reached", "count", "8")
		},
		silent: func(s *diagnose.Snapshot) {
			says(s, diagnose.LogFailedExecutors, "1 new failed executors.", "count", "1")
		},
		says: "too many executors failed",
	},
	"SCALE-UP/NO-EXECUTORS": {
		fire: func(s *diagnose.Snapshot) {
			s.Run.Executors = nil
			says(s, diagnose.LogStarved, "Initial job has not accepted any resources")
		},
		silent: func(s *diagnose.Snapshot) {
			says(s, diagnose.LogStarved, "Initial job has not accepted any resources")
		},
		says: "0 executors registered",
	},
	"RISK/JOB-FAILED": {
		fire: func(s *diagnose.Snapshot) {
			says(s, diagnose.LogAborted, "Task 1 in stage 0.0 failed 4 times; aborting job", "task", "1", "stage", "0.0", "times", "4")
		},
		// A driver that is stopped ends its jobs as well: nothing failed.
		silent: func(s *diagnose.Snapshot) { s.Run.Jobs[0].Failed = true }, says: "failed 4 times",
	},
	"RISK/APP-FAILED": {
		fire: func(s *diagnose.Snapshot) {
			s.App.State, s.App.Message = "FAILED", "driver container failed with ExitCode: 1, Reason: Error"
			s.App.Place = diagnose.Place{Source: "app.yaml", Line: 60}
		},
		silent: func(s *diagnose.Snapshot) { s.App.State = "COMPLETED" }, says: "ExitCode: 1",
	},
	"SCALE-UP/UNREACHABLE": {
		fire: func(s *diagnose.Snapshot) {
			says(s, diagnose.LogUnreachable, "Unable to reach the cluster manager to request more executors!")
		},
		silent: nil, says: "requests for executors get lost",
	},
}
