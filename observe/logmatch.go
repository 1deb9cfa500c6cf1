package observe

import (
	"regexp"
	"strings"

	"github.com/sparkscale/sparkscale/diagnose"
)

// matcher finds one kind of fact in a line. The words must stand in the line before the pattern is tried, which keeps the
// reading of large logs fast.
type matcher struct {
	kind    diagnose.LogKind
	words   string
	pattern *regexp.Regexp
	// fields name the groups of the pattern; "" leaves one out.
	fields []string
	// headless says that the words also count on a line that continues an entry.
	headless bool
}

func matching(kind diagnose.LogKind, words, pattern string, fields ...string) matcher {
	return matcher{kind: kind, words: words, pattern: regexp.MustCompile(pattern), fields: fields}
}

func (m matcher) anywhere() matcher {
	m.headless = true
	return m
}

// matchers are Spark's texts. Sources: SparkContext, ExecutorAllocationManager, CoarseGrainedSchedulerBackend,
// TaskSchedulerImpl, TaskSetManager, DAGScheduler, ExecutorPodsAllocator, ExecutorPodsLifecycleManager and
// BlockManagerDecommissioner of Spark 3.5.6 and 4.1.1, which differ in spaces only.
var matchers = []matcher{
	matching(diagnose.LogVersion, "Running Spark version ", `Running Spark version (\S{1,40})`, "version"),
	matching(diagnose.LogForbidden, " is forbidden: ", `(?:(?:exceeded|failed) (quota: [^,:\s]{1,253})|cannot (\w{1,30} resource "[^"]{1,200}"))`, "quota", "right").anywhere(),
	matching(diagnose.LogContextFailed, "Error initializing SparkContext", `Error initializing SparkContext`),
	matching(diagnose.LogStarved, "has not accepted any resources", `Initial job has not accepted any resources`),
	matching(diagnose.LogBacklog, "because tasks are backlogged", `Requesting (\d+) new executors? because tasks are backlogged \(new desired total will be (\d+) for resource profile id: (\d+)`, "added", "target", "profile"),
	matching(diagnose.LogMonitored, "has registered (new total is ", `New executor (\S{1,40}) has registered \(new total is (\d+)\)`, "executor", "total"),
	matching(diagnose.LogIdle, "removed due to idle timeout", `Executors ([\d,]+) ?removed due to idle timeout`, "executors"),
	matching(diagnose.LogPods, "executors from Kubernetes", `Going to request (\d+) executors from Kubernetes for ResourceProfile Id: (\d+), target: (\d+), known: (\d+), sharedSlotFromPendingPods: (\d+)`, "count", "profile", "target", "known", "slots"),
	matching(diagnose.LogRegistered, "Registered executor ", `Registered executor .{0,200}\(([^()]{1,200})\) with ID ([^,\s]{1,40}),`, "host", "executor"),
	matching(diagnose.LogLost, "Lost executor ", `Lost executor (\S{1,40}) on (\S{1,253}?): ?(.*)`, "executor", "host", "reason"),
	matching(diagnose.LogExit, "exited with exit code ", `executor with id (\S{1,40}) exited with exit code (-?\d{1,4})`, "executor", "code").anywhere(),
	matching(diagnose.LogAnnounced, "decommissioned message", `Received executor (\S{1,40}) decommissioned message`, "executor"),
	matching(diagnose.LogDecommissioned, " is decommissioned after ", `Executor (\S{1,40}) on (\S{1,253}) is decommissioned after ([\d.]{1,20}) s`, "executor", "host", "after"),
	matching(diagnose.LogResubmitted, "Resubmitted ", `Resubmitted \w{1,40}\((\d+), ?\d+\)`, "stage"),
	matching(diagnose.LogFetchFailed, "FetchFailed(", `Lost task [\d.]+ in stage ([\d.]+) .*FetchFailed\(`, "stage"),
	matching(diagnose.LogAborted, "aborting job", `Task (\d+) in stage ([\d.]+) failed (\d+) times; aborting job`, "task", "stage", "times"),
	matching(diagnose.LogFailedExecutors, "new failed executors", `(\d+) new failed executors`, "count"),
	matching(diagnose.LogTooManyFailures, "Max number of executor failures", `Max number of executor failures \((\d+)\) reached`, "count"),
	matching(diagnose.LogInitialBounds, "initial executor number ", `initial executor number (\d+) must between min executor number ?(\d+) and max executor number ?(\d+)`, "initial", "min", "max").anywhere(),
	matching(diagnose.LogRefusedSetting, "ynamic", `Exception.*(?:(spark\.dynamicAllocation\.[\w.]{1,100})\b.* (?:must be|cannot be)|(Dynamic allocation of executors requires))`, "key", "provision").anywhere(),
	matching(diagnose.LogKillRefused, "unsupported with Dynamic Allocation", `killExecutors?\(\) unsupported with Dynamic Allocation`).anywhere(),
	matching(diagnose.LogUnreachable, "Unable to reach the cluster manager", `Unable to reach the cluster manager to (request|kill)`, "what"),
	matching(diagnose.LogOutOfMemory, "java.lang.OutOfMemoryError", `java\.lang\.OutOfMemoryError(?:: (.{0,80}))?`, "what").anywhere(),
	matching(diagnose.LogUnmigrated, "not yet migrated", `All blocks not yet migrated`),
	matching(diagnose.LogUnschedulable, "cannot run anywhere due to", `cannot run anywhere due to node and executor`).anywhere(),
	matching(diagnose.LogUndetected, "were not detected in the Kubernetes cluster", `Executors with ids .{1,500} were not detected`),
}

// match gives the fields of a line, and whether the matcher finds its fact there. Quotes of an error further down the stack
// ("Caused by:") are no facts of their own.
func (m matcher) match(r record) (map[string]string, bool) {
	if !r.head && !m.headless || !strings.Contains(r.text, m.words) || strings.HasPrefix(r.text, "Caused by:") {
		return nil, false
	}
	groups := m.pattern.FindStringSubmatch(r.text)
	if groups == nil {
		return nil, false
	}
	fields := map[string]string{}
	for i, name := range m.fields {
		if name != "" && groups[i+1] != "" {
			fields[name] = groups[i+1]
		}
	}
	return fields, true
}
