package diagnose

import (
	"fmt"
	"slices"

	"github.com/sparkscale/sparkscale/internal/wording"
)

// 137 is SIGKILL. Spark writes "possible container OOM" beside every one; only the container's reason tells whether it was.
var executorKilled = Rule{
	Code: "RISK/EXECUTOR-KILLED", Title: "executors crashed or were killed, not for want of memory as far as the container tells",
	Doc:    "ExecutorExitCode (137 is SIGKILL, 134 SIGABRT, 139 SIGSEGV, 56 lost heartbeat), Spark 3.5.6",
	Either: []Part{PartPods, PartDriverLog, PartRun, PartEvents},
	Hides:  []Code{"RISK/JOB-FAILED", "SCALE-UP/EXECUTORS-FAIL", "SCALE-DOWN/SHUFFLE-LOST", "RISK/FETCH-FAILURES"},
	check: func(v *view) []Finding {
		crashed := slices.DeleteFunc(v.endings(), func(e ending) bool {
			return e.reason == "OOMKilled" || !slices.Contains([]int{134, 137, 139, 56}, e.code)
		})
		if len(crashed) == 0 {
			return nil
		}
		lost := v.losses()
		f := Finding{
			Severity: Warning, Subject: "executors", Cost: hours(lost.time), Basis: "task time of attempts that were lost or done again",
			Message: fmt.Sprintf("%s ended with exit code %d, and the container's reason is %q, not OOMKilled: the process was killed or crashed, which counts as a failure of its tasks (%s)",
				wording.Count(len(crashed), "executor"), crashed[0].code, crashed[0].reason, lost.text()),
			Fixes: []Fix{
				do(Live, "look for who kills: the kernel's log of the node, a liveness probe, kubectl exec").noting("after a grace period without decommission a kubelet kills with 137 too"),
				do(NextRun, "for 134 and 139 look at native libraries and the JVM's hs_err file"),
			},
		}
		if v.aborted() != "" {
			f.Severity = Error
		}
		for _, e := range first(crashed, 3) {
			f.Evidence = append(f.Evidence, e.proof)
		}
		return []Finding{f}
	},
}
