package diagnose_test

import (
	"time"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// start is a moment on which nothing depends.
const start workload.Instant = 1_795_453_000_000

func at(d time.Duration) workload.Instant { return start.Add(d) }

func place(line int) diagnose.Place { return diagnose.Place{Source: "driver.log", Line: line} }

// healthy is a snapshot without gaps, of an application that runs as it should: dynamic allocation 1 to 4, four executors of
// one core, half an hour, two stages.
func healthy() *diagnose.Snapshot {
	s := &diagnose.Snapshot{
		Taken: at(31 * time.Minute), Version: "3.5.6",
		App: diagnose.App{Name: "job", Namespace: "spark", ID: "spark-1", State: "RUNNING", Created: start, Submitted: start, Manifest: manifest},
		Driver: &diagnose.Pod{
			Name: "job-driver", UID: "d", Phase: "Running", Node: "n1", CPU: 1000, Memory: units.GiB(2), Created: start, PriorityClass: "high", Priority: 1000,
		},
		Nodes:      []diagnose.Node{{Name: "n1", CPU: units.Cores(8), Memory: units.GiB(12), Pods: 110, Place: diagnose.Place{Source: "node.yaml", Line: 20}}},
		Quotas:     []diagnose.Quota{{Name: "team", Hard: map[string]string{"requests.cpu": "64", "pods": "50", "requests.memory": "256Gi"}, Place: diagnose.Place{Source: "quota.yaml", Line: 8}}},
		Priorities: []diagnose.PriorityClass{{Name: "high", Value: 1000}},
		Live:       &diagnose.LiveState{},
	}
	conf(s, "spark.dynamicAllocation.enabled", "true", "spark.dynamicAllocation.minExecutors", "1", "spark.dynamicAllocation.maxExecutors", "4",
		"spark.dynamicAllocation.shuffleTracking.timeout", "120s", "spark.executor.memory", "1g", "spark.executor.cores", "1")
	s.Run = &diagnose.Digest{
		Source: "eventlog/spark-1", AppID: "spark-1", Name: "job", Start: at(20 * time.Second), End: at(30 * time.Minute), Ended: true,
		CoreTime: 2 * time.Hour, BusyTime: 100 * time.Minute, Slots: 1, PeakExecutors: 4, NeededExecutors: 4, TasksFinished: 80,
		TaskMedian: time.Minute, DelayMedian: 20 * time.Millisecond, GCShare: 0.03, CPUShare: 0.8, Input: units.GiB(10),
	}
	for _, id := range []string{"1", "2", "3", "4"} {
		s.Run.Executors = append(s.Run.Executors, diagnose.RunExecutor{
			ID: id, Host: "n" + id, Cores: 1, Requested: at(20 * time.Second), Added: at(30 * time.Second), Tasks: 20, TaskTime: 25 * time.Minute, Shuffle: units.MiB(10),
		})
		s.Executors = append(s.Executors, pod("job-exec-"+id, id))
	}
	s.Run.Stages = []diagnose.RunStage{
		{ID: 0, Tasks: 40, ShuffleMap: true, Submitted: at(time.Minute), First: at(time.Minute), Completed: at(15 * time.Minute), Median: time.Minute, P95: 70 * time.Second, Longest: 80 * time.Second, Succeeded: 40},
		{ID: 1, Tasks: 40, Submitted: at(15 * time.Minute), First: at(15 * time.Minute), Completed: at(29 * time.Minute), Median: time.Minute, P95: 70 * time.Second, Longest: 80 * time.Second, Succeeded: 40},
	}
	s.Run.Jobs = []diagnose.RunJob{{ID: 0, Submitted: at(time.Minute), Completed: at(29 * time.Minute)}}
	return s
}

const manifest = `apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: job, namespace: spark}
spec:
  type: Scala
  mode: cluster
  sparkVersion: "3.5.6"
  mainClass: Main
  mainApplicationFile: local:///opt/job.jar
  driver: {cores: 1, memory: 1g}
  executor: {cores: 1, memory: 1g}
  dynamicAllocation: {enabled: true, minExecutors: 1, maxExecutors: 4}
`

func conf(s *diagnose.Snapshot, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		unset(s, pairs[i])
		s.Conf = append(s.Conf, diagnose.Property{Key: pairs[i], Value: pairs[i+1], Place: diagnose.Place{Source: "app.yaml", Line: 10 + i}})
	}
}

func unset(s *diagnose.Snapshot, key string) {
	var kept []diagnose.Property
	for _, p := range s.Conf {
		if p.Key != key {
			kept = append(kept, p)
		}
	}
	s.Conf = kept
}

func pod(name, id string) diagnose.Pod {
	return diagnose.Pod{
		Name: name, UID: name, ExecutorID: id, Profile: "0", Phase: "Running", Node: "n1", CPU: 1000, Memory: units.MiB(1408), MemoryLimit: units.MiB(1408),
		Created: at(20 * time.Second), Grace: 30, Place: diagnose.Place{Source: name + ".yaml", Line: 3},
		Containers: []diagnose.Container{{Name: "spark-kubernetes-executor", Image: "spark:3.5.6", State: "running"}},
	}
}

// pending makes the executors' pods wait since the first minute, for what the scheduler says.
func pending(s *diagnose.Snapshot, message string) {
	for i := range s.Executors {
		p := &s.Executors[i]
		p.Phase, p.Node, p.Containers, p.Unschedulable = "Pending", "", nil, message
		p.UnschedulableAt = diagnose.Place{Source: p.Name + ".yaml", Line: 40}
	}
}

func waiting(s *diagnose.Snapshot, reason string) {
	for i := range s.Executors {
		p := &s.Executors[i]
		p.Phase = "Pending"
		p.Containers = []diagnose.Container{{Name: "spark-kubernetes-executor", Image: "spark:none", State: "waiting", Reason: reason, Place: diagnose.Place{Source: p.Name + ".yaml", Line: 80}}}
	}
}

func ended(s *diagnose.Snapshot, code int, reason string) {
	s.Executors[0].Phase = "Failed"
	s.Executors[0].Containers = []diagnose.Container{{State: "terminated", ExitCode: code, Reason: reason, Place: diagnose.Place{Source: "pod.yaml", Line: 90}}}
}

func says(s *diagnose.Snapshot, kind diagnose.LogKind, text string, pairs ...string) {
	f := diagnose.LogFact{Kind: kind, At: at(5 * time.Minute), Last: at(5 * time.Minute), Count: 1, Text: text, Fields: map[string]string{}, Place: place(len(s.Log) + 1)}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Fields[pairs[i]] = pairs[i+1]
	}
	s.Log = append(s.Log, f)
}

func event(s *diagnose.Snapshot, reason, kind, name, message string) {
	s.Events = append(s.Events, diagnose.Event{
		First: at(2 * time.Minute), Last: at(3 * time.Minute), Count: 1, Warning: true, Reason: reason, Kind: kind, Name: name, Message: message,
		Place: diagnose.Place{Source: "events.json", Line: 10 + len(s.Events)},
	})
}

const deleted = "The executor with id 2 was deleted by a user or the framework."

// taken removes an executor from outside, with its work.
func taken(s *diagnose.Snapshot, resubmitted int) {
	s.Run.Executors[1].Removed, s.Run.Executors[1].Reason = at(10*time.Minute), deleted
	s.Run.Stages[0].Resubmitted = resubmitted
	s.Run.LostTime = time.Duration(resubmitted) * time.Minute
}
