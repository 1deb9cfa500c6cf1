package workload

import (
	"fmt"
	"slices"
	"time"
)

// judgeCoverage adds to the coverage what can be told from the profile itself.
func (b *Builder) judgeCoverage() {
	p := &b.profile
	c := &p.Coverage
	c.Resolution = time.Millisecond
	c.Memory = len(b.executors.peak) > 0
	c.Requests = slices.ContainsFunc(p.Executors, func(e Executor) bool { return e.Requested.Known() })
	for _, note := range []struct {
		missing bool
		text    string
	}{
		{p.App.ID == "", "no application id: the log has no ApplicationStart, or is older than Spark 1.4"},
		{!p.Start.Known(), "no start: the log has no ApplicationStart"},
		{!p.Conf.Version().Known(), "unknown version of Spark: the log has no LogStart; defaults of the oldest version apply"},
		{p.Conf.Len() == 0, "no configuration: the log has no readable EnvironmentUpdate; what was set is unknown"},
		{!p.End.Known(), "no ApplicationEnd: the application was still running, or was killed; the end is the " + c.EndRule},
		{len(p.Executors) == 0 && p.Tasks.Len() > 0, "no executors: the log has no ExecutorAdded"},
		{p.Totals.TasksWithoutMetric > 0, fmt.Sprintf("%d of %d tasks ended without metrics", p.Totals.TasksWithoutMetric, p.Totals.TasksEnded)},
		{!c.Memory && p.Tasks.Len() > 0, "no executor memory peaks: set spark.eventLog.logStageExecutorMetrics=true"},
		{c.BadLines > 0, fmt.Sprintf("%d lines could not be read; first: %s", c.BadLines, c.FirstBad)},
		{c.Cut != "", c.Cut},
	} {
		if note.missing {
			c.Notes = append(c.Notes, note.text)
		}
	}
	c.Truncated = c.Truncated || !p.End.Known()
}
