package diagnose

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// ending is how a container of an executor ended, by its pod or by the driver's log.
type ending struct {
	executor, pod string
	code          int
	reason        string
	proof         Evidence
}

// endings are the terminated containers of executors, each executor once.
func (v *view) endings() []ending {
	var list []ending
	for _, p := range v.Executors {
		for _, c := range p.Containers {
			if c.State == "terminated" {
				at := c.Place
				list = append(list, ending{p.ExecutorID, p.Name, c.ExitCode, c.Reason, seen(at, "pod %s: exit code %d, reason %s", p.Name, c.ExitCode, c.Reason)})
			}
		}
	}
	for _, f := range v.facts(LogExit) {
		known := slices.ContainsFunc(list, func(e ending) bool { return e.executor == f.Fields["executor"] && e.code == f.Int("code") })
		if !known {
			list = append(list, ending{f.Fields["executor"], "", f.Int("code"), f.Fields["reason"], seen(f.Place, "%s", f.Text)})
		}
	}
	if len(list) == 0 { // pods are deleted when they end, unless deleteOnTermination is off
		list = v.endingsTold()
	}
	return list
}

var (
	exitCode   = regexp.MustCompile(`exited with exit code (-?\d{1,4})`)
	exitReason = regexp.MustCompile(`termination reason: (\w{1,40})`)
	exitEvent  = regexp.MustCompile(`^Executor (\S{1,253}) failed with ExitCode: (\d{1,4}), Reason: (\w{1,40})`)
)

// endingsTold are the endings that the event log tells of, or else the operator's events.
func (v *view) endingsTold() []ending {
	var list []ending
	if v.Run != nil {
		for _, e := range v.Run.Executors {
			if code := exitCode.FindStringSubmatch(e.Reason); code != nil {
				reason := append(exitReason.FindStringSubmatch(e.Reason), "", "")[1]
				list = append(list, ending{e.ID, "", atoi(code[1]), reason, v.ofRun("ExecutorRemoved "+e.ID, "%s", e.Reason)})
			}
		}
	}
	if len(list) > 0 {
		return list
	}
	for _, e := range v.events("SparkExecutorFailed") {
		if m := exitEvent.FindStringSubmatch(e.Message); m != nil {
			list = append(list, ending{"", m[1], atoi(m[2]), m[3], ofEvent(e)})
		}
	}
	return list
}

// The kernel kills a container above its memory limit, heap and all else together: 137 with reason OOMKilled. The JVM keeps
// its heap by itself, so it is what lies beside the heap that was too much, unless the heap itself is as large as the pod.
var oomContainer = Rule{
	Code: "RISK/OOM-CONTAINER", Title: "executors were killed for exceeding the memory of their pods",
	Doc:    "container state terminated, reason OOMKilled, exit code 137, Kubernetes 1.34; ExecutorExitCode, Spark 3.5.6",
	Either: []Part{PartPods, PartDriverLog, PartRun, PartEvents},
	Hides:  []Code{"RISK/EXECUTOR-KILLED", "RISK/JOB-FAILED", "RISK/APP-FAILED", "SCALE-UP/EXECUTORS-FAIL", "SCALE-DOWN/SHUFFLE-LOST", "RISK/FETCH-FAILURES", "SCALE-UP/NO-EXECUTORS"},
	check: func(v *view) []Finding {
		killed := slices.DeleteFunc(v.endings(), func(e ending) bool { return e.reason != "OOMKilled" })
		if len(killed) == 0 {
			return nil
		}
		f := Finding{
			Severity: Error, Subject: "executors",
			Message: fmt.Sprintf("%s ended with exit code 137, reason OOMKilled: the processes took more than the pod's %s%s", wording.Count(len(killed), "executor"), v.podMemory(), v.aborted()),
			Fixes:   v.moreOverhead(),
		}
		for _, e := range first(killed, 3) {
			f.Evidence = append(f.Evidence, e.proof)
		}
		for _, a := range first(v.facts(LogAborted), 1) {
			f.Evidence = append(f.Evidence, seen(a.Place, "%s", a.Text))
		}
		for _, x := range first(v.facts(LogExit), 1) {
			f.Evidence = append(f.Evidence, seen(x.Place, "%s", x.Text))
		}
		return []Finding{f}
	},
}

// podMemory writes the limit of an executor's pod with its parts.
func (v *view) podMemory() string {
	pod, err := v.shape.Pod(v.conf.Version())
	if !v.known || err != nil {
		for _, p := range v.Executors {
			if p.MemoryLimit > 0 {
				return p.MemoryLimit.String()
			}
		}
		return "limit"
	}
	return fmt.Sprintf("%s (heap %s, overhead %s)", pod.Memory, pod.Heap, pod.Overhead)
}

// aborted says that a job ended of it.
func (v *view) aborted() string {
	if facts := v.facts(LogAborted); len(facts) > 0 {
		return "; a task that failed " + facts[0].Fields["times"] + " times ended the job"
	}
	return ""
}

// moreOverhead are the ways to more room beside the heap: by half, and at least 512 MiB more, because a pod that was killed
// shows where it ended and not how far it would have gone.
func (v *view) moreOverhead() []Fix {
	pod, err := v.shape.Pod(v.conf.Version())
	if !v.known || err != nil {
		return []Fix{set("give the pod more memory beside the heap", spark.ExecutorMemoryOverhead.Name, "1g")}
	}
	more := pod.Overhead + max(pod.Overhead/2, units.MiB(512))
	fixes := []Fix{set("give the pod more memory beside the heap", spark.ExecutorMemoryOverhead.Name, units.MiB(more.MiB()).JVM()).
		noting("the heap is bounded by itself; off it lie threads, netty and other buffers, native libraries and Python workers")}
	if v.shape.Language != sizing.JVM {
		fixes = append(fixes, set("bound the Python workers", spark.PySparkMemory.Name, "2g").noting("a worker above it fails with a MemoryError instead of taking the pod along"))
	}
	return append(fixes, set("run fewer tasks at once", spark.TaskCPUs.Name, "2").noting("half as many tasks share the pod, of executors with at least 2 cores"))
}
