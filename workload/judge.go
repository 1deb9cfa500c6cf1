package workload

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/internal/wording"
)

// dropped is why events are missing from a log that is whole.
const dropped = "Spark dropped events (spark.scheduler.listenerbus.eventqueue.capacity)"

// judgeCoverage adds to the coverage what can be told from the profile itself; unstarted is how many tasks ended
// without a start.
func (p *Profile) judgeCoverage(unstarted int) {
	c, t := &p.Coverage, &p.Totals
	c.Resolution = cmp.Or(c.Resolution, time.Millisecond)
	c.Notes = slices.Clip(c.Notes)
	c.Memory = t.PeakHeapExecutors > 0 || slices.ContainsFunc(p.Executors, func(e Executor) bool { return e.Peak != Memory{} })
	c.Requests = slices.ContainsFunc(p.Executors, func(e Executor) bool { return e.Requested.Known() })
	c.Truncated = c.Truncated || !p.End.Known()
	nowhere, short, open := p.missing()
	for _, note := range []struct {
		missing bool
		text    string
	}{
		{p.App.ID == "", "no application id: the log has no ApplicationStart, or is older than Spark 1.4"},
		{!p.Start.Known(), "no start: the log has no ApplicationStart"},
		{!p.Conf.Version().Known(), "unknown version of Spark: the log has no LogStart; defaults of the oldest version apply"},
		{p.Conf.Len() == 0, "no configuration: the log has no readable EnvironmentUpdate; what was set is unknown"},
		{!p.End.Known(), "no ApplicationEnd: the application was still running, or was killed; the end is the " + c.EndRule},
		{p.End.Known() && open > 0, fmt.Sprintf("%d of %d jobs have no time of their end, though the application has one", open, len(p.Jobs))},
		{len(p.Executors) == 0 && p.Tasks.Len()+c.Sketched > 0, "no executors: the log has no ExecutorAdded"},
		{len(p.Executors) > 0 && nowhere > 0, wording.Count(nowhere, "task") + " ran on executors that the log does not add; they count as no busy time"},
		{unstarted > 0, wording.Count(unstarted, "task") + " ended without a start: " + dropped + ", or did not write them (spark.eventLog.excludedPatterns)"},
		{short > 0, wording.Count(short, "stage") + " completed without all tasks: " + dropped + ", and the work is more than what is known"},
		{c.Sketched > 0, c.sketchNote()},
		{t.TasksWithoutMetric > 0, fmt.Sprintf("%d of %d tasks ended without metrics", t.TasksWithoutMetric, t.TasksEnded)},
		{!c.Memory && p.Tasks.Len()+c.Sketched > 0, "no executor memory peaks: set spark.eventLog.logStageExecutorMetrics=true"},
		{c.BadLines > 0, fmt.Sprintf("%d lines could not be read; first: %s", c.BadLines, c.FirstBad)},
		{c.Cut != "", c.Cut},
	} {
		if note.missing {
			c.Notes = append(c.Notes, note.text)
		}
	}
}

// missing counts the tasks that ran on executors that are not known, the stages that completed with fewer successes
// than they had tasks, and the jobs without an end. Of stages only first attempts count: of a later one, tasks may have
// succeeded in the attempt before it.
func (p *Profile) missing() (nowhere, short, open int) {
	for i := range p.Stages {
		s, succeeded := &p.Stages[i], 0
		if s.Sketch != nil {
			succeeded = s.Sketch.N(Succeeded)
		}
		for row := s.First; row < s.Last; row++ {
			if p.Tasks.Executor(row) < 0 {
				nowhere++
			}
			if p.Tasks.Status(row) == Succeeded {
				succeeded++
			}
		}
		if s.Attempt == 0 && s.Completed.Known() && s.Failure == "" && succeeded < s.NumTasks {
			short++
		}
	}
	for i := range p.Jobs {
		if !p.Jobs[i].Completed.Known() {
			open++
		}
	}
	return nowhere, short, open
}
