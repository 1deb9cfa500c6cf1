package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/spark"
)

// Whoever scales from outside takes the highest ordinals of a StatefulSet, a spot market or a node consolidation whole nodes:
// busy or not. The result stays right; what is lost is work.
var outsideScaled = Rule{
	Code: "SCALE-DOWN/OUTSIDE", Title: "executors are taken away from outside of Spark",
	Doc:    "ExecutorPodsLifecycleManager (\"deleted by a user or the framework\"), CoarseGrainedSchedulerBackend (\"Received executor N decommissioned message\"), Spark 3.5.6",
	Either: []Part{PartDriverLog, PartRun},
	Hides:  []Code{"SCALE-DOWN/SHUFFLE-LOST", "RISK/FETCH-FAILURES", "RISK/JOB-FAILED"},
	check: func(v *view) []Finding {
		taken := outside(v.removals())
		if len(taken) == 0 {
			return nil
		}
		lost := v.losses()
		f := Finding{
			Severity: Info, Subject: "executors", Cost: hours(lost.time), Basis: "task time of attempts that were lost or done again",
			Message: fmt.Sprintf("%s from outside of Spark (%s): %s", removedText(taken), v.remover(taken), lost.text()),
			Fixes:   v.softer(),
		}
		if lost.any() {
			f.Severity = Warning
		}
		for _, r := range first(taken, 4) {
			f.Evidence = append(f.Evidence, first(r.proof, 2)...)
		}
		for _, fact := range first(v.facts(LogResubmitted, LogFetchFailed), 3) {
			f.Evidence = append(f.Evidence, seen(fact.Place, "%s (%d times)", fact.Text, fact.Count))
		}
		f.Evidence = append(f.Evidence, v.property(spark.Decommission))
		return []Finding{f}
	},
}

func removedText(taken []removal) string {
	ids := make([]string, len(taken))
	gently := 0
	for i, r := range taken {
		ids[i] = r.id
		if r.announced || r.after > 0 {
			gently++
		}
	}
	text := fmt.Sprintf("%s (%s) removed", wording.Count(len(taken), "executor"), some(ids, 6))
	if gently > 0 {
		text += fmt.Sprintf(", %d after a decommission,", gently)
	}
	return text
}

// text says what was lost.
func (l losses) text() string {
	var parts []string
	add := func(n int, one, many string) {
		if n == 1 {
			parts = append(parts, "1 "+one)
		} else if n > 1 {
			parts = append(parts, fmt.Sprintf("%d %s", n, many))
		}
	}
	add(l.resubmitted, "finished map task resubmitted", "finished map tasks resubmitted")
	add(l.lost, "running task lost", "running tasks lost")
	add(l.fetchFailed, "failed fetch, which restarts its stage", "failed fetches, which restart their stages")
	add(l.again, "map task run again in a retried stage", "map tasks run again in retried stages")
	if len(parts) == 0 {
		return "nothing was lost"
	}
	return strings.Join(parts, ", ")
}

// remover names who it was, as far as objects tell.
func (v *view) remover(taken []removal) string {
	for _, s := range v.Scalers {
		if s.TargetKind == "StatefulSet" && slices.ContainsFunc(v.setNames(), func(n string) bool { return n == s.TargetName }) {
			return s.Kind + " " + s.Name
		}
	}
	for _, e := range v.events("Preempted", "Evicted", "TaintManagerEviction", "DisruptionTerminating", "NodeShutdown", "TerminationByKubelet") {
		return "event " + e.Reason + " of " + e.Kind + " " + e.Name
	}
	if n := len(v.events("SuccessfulDelete")); n > 0 || len(v.Sets) > 0 {
		return "its StatefulSet was scaled down"
	}
	return wording.Count(len(taken), "pod") + " deleted, by whom no object tells"
}

// setNames are the StatefulSets of the executors, by the objects and by the owners of pods.
func (v *view) setNames() []string {
	var names []string
	for _, s := range v.Sets {
		names = append(names, s.Name)
	}
	for _, p := range v.Executors {
		if kind, name, _ := strings.Cut(p.Owner, "/"); kind == "StatefulSet" {
			names = append(names, name)
		}
	}
	return names
}

// softer are the ways in which less is lost.
func (v *view) softer() []Fix {
	var fixes []Fix
	if !v.policy.Decommission || !v.policy.StorageDecommission {
		fixes = append(fixes, set("let executors hand over their blocks before they leave",
			spark.Decommission.Name, "true", spark.StorageDecommission.Name, "true", reattempt, "2s").
			noting("the image needs /opt/decom.sh, or spark.executor.decommission.signal=TERM; the pods' grace period must hold the longest task"))
	}
	return append(fixes,
		do(Live, "scale down slowly and between stages, and never below 1").noting("HPA behavior.scaleDown: long stabilisation, few pods at a time; minReplicaCount 1 of a ScaledObject"),
		do(Live, "keep consolidation and spot nodes away from executors").noting("karpenter.sh/do-not-disrupt on the pods, or nodes on demand"))
}

// reattempt is the interval in which a decommissioned executor looks for blocks to hand over. Spark has it since 3.1.
const reattempt = "spark.storage.decommission.replicationReattemptInterval"
