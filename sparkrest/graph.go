package sparkrest

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"github.com/sparkscale/sparkscale/workload"
)

func (g *gatherer) addStages() {
	for i := range g.stages {
		s := &g.stages[i]
		if !s.ran() {
			continue
		}
		info := workload.StageInfo{
			ID: s.ID, Attempt: s.AttemptID, Name: s.Name, NumTasks: s.NumTasks, Parents: g.waited[s.ID], Submitted: s.SubmissionTime.Instant(),
			ResourceProfile: s.ResourceProfileID, RDDs: g.datasets(s),
		}
		g.add(s.SubmissionTime, starts, func(b *workload.Builder) { b.StageSubmitted(info) })
		if s.Status == StageActive {
			continue
		}
		done := info
		if done.Completed = s.CompletionTime.Instant(); s.Status == StageFailed {
			if done.Failure = s.FailureReason; done.Failure == "" {
				done.Failure = "failed, for a reason that is not told"
			}
		}
		g.add(s.CompletionTime, ends, func(b *workload.Builder) { b.StageCompleted(done) })
	}
}

// ran reports whether the attempt was submitted. One that had nothing to compute was, and counts as skipped all the same.
func (s *Stage) ran() bool {
	return s.Status != StagePending && (s.Status != StageSkipped || s.CompletionTime.Known())
}

// datasets are those of the stage, its own first; of one that is cached more than its id is known.
func (g *gatherer) datasets(s *Stage) []workload.RDD {
	list := make([]workload.RDD, len(s.RDDIDs))
	for i, id := range s.RDDIDs {
		list[i].ID = id
		if r, ok := g.cached[id]; ok {
			list[i] = workload.RDD{
				ID: id, Name: r.Name, Cached: true, Partitions: r.NumPartitions, CachedPartitions: r.NumCachedPartitions, Memory: r.MemoryUsed, Disk: r.DiskUsed,
			}
		}
	}
	return list
}

// jobStages is what is known of the stages of a job's graph, skipped ones included.
func (g *gatherer) jobStages(j *Job) []workload.JobStage {
	list := make([]workload.JobStage, len(j.StageIDs))
	for i, id := range j.StageIDs {
		list[i] = workload.JobStage{ID: id, RDD: -1, Parents: g.waited[id]}
		if at := g.stage(id); at >= 0 && len(g.stages[at].RDDIDs) > 0 {
			list[i].RDD = g.stages[at].RDDIDs[0]
		}
	}
	return list
}

// stage returns the index of the first attempt of a stage, or -1.
func (g *gatherer) stage(id int) int {
	at, ok := slices.BinarySearchFunc(g.stages, id, func(s Stage, id int) int { return cmp.Compare(s.ID, id) })
	if !ok {
		return -1
	}
	return at
}

// span is when a stage ran, from its first submission to its first completion, or the end of time.
type span struct {
	id            int
	submitted, by Time
}

// parents infers which stages each one waited for, by id. The API does not tell, but the scheduler submits a stage in the
// moment in which the last of its parents has ended (org.apache.spark.scheduler.DAGScheduler.submitWaitingChildStages).
// So of the stages of its job, those that had ended by then are taken to be its parents, less those that one of these has
// itself waited for. Nothing then runs earlier than it did, and what ran side by side still does.
func (g *gatherer) parents() map[int][]int {
	waited, edges := map[int][]int{}, 0
	for i := range g.jobs {
		spans := g.spans(&g.jobs[i])
		latest := make([]Time, len(spans)+1) // the latest submission of the first so many to end
		for n, s := range spans {
			if latest[n+1] = latest[n]; s.submitted < s.by {
				latest[n+1] = max(latest[n], s.submitted)
			}
		}
		endedBy := func(at Time) int { return sort.Search(len(spans), func(n int) bool { return spans[n].by > at }) }
		for _, s := range spans {
			to := endedBy(s.submitted)
			from := min(endedBy(latest[to]), to)
			if edges += to - from; edges > g.app.client.maxItems {
				return waited // a graph of no real run
			}
			for _, parent := range spans[from:to] {
				if parent.id != s.id {
					waited[s.id] = append(waited[s.id], parent.id)
				}
			}
			slices.Sort(waited[s.id])
		}
	}
	return waited
}

// spans gives the stages of a job that ran, in the order of their ends.
func (g *gatherer) spans(j *Job) []span {
	const never = Time(1<<63 - 1)
	var list []span
	for _, id := range j.StageIDs {
		at := g.stage(id)
		if at < 0 || !g.stages[at].SubmissionTime.Known() {
			continue
		}
		s := span{id, g.stages[at].SubmissionTime, never}
		for ; at < len(g.stages) && g.stages[at].ID == id; at++ {
			if a := &g.stages[at]; a.Status == StageComplete {
				s.by = min(s.by, a.CompletionTime)
			}
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(x, y span) int { return cmp.Or(cmp.Compare(x.by, y.by), cmp.Compare(x.id, y.id)) })
	return list
}

// finalStages are the last stages of jobs, by id: a stage has a higher id than those that it reads.
func (g *gatherer) finalStages() map[int]bool {
	finals := map[int]bool{}
	for i := range g.jobs {
		if ids := g.jobs[i].StageIDs; len(ids) > 0 {
			finals[slices.Max(ids)] = true
		}
	}
	return finals
}

// writesShuffle reports whether the tasks of a stage are ShuffleMapTasks: of a job's last stage, which adaptive execution
// also makes for a shuffle, by what it wrote; all others are.
func (g *gatherer) writesShuffle(s *Stage, finals map[int]bool) bool {
	return !finals[s.ID] || s.ShuffleWriteRecords > 0 || s.ShuffleWriteBytes > 0
}

// judge notes what the API does not tell of any run, and what it has forgotten of this one.
func (g *gatherer) judge() {
	if len(g.jobs) > 0 {
		if all := g.jobs[len(g.jobs)-1].ID + 1; all > len(g.jobs) {
			g.gap("Jobs, SQL, Stages, Tasks, Totals", fmt.Sprintf("%d of %d jobs are no longer kept (spark.ui.retainedJobs, 1000)", all-len(g.jobs), all))
		}
	}
	if forgotten := g.forgotten(); forgotten > 0 {
		g.gap("Stages, Tasks, Totals", fmt.Sprintf("%d stages of the jobs are no longer kept (spark.ui.retainedStages, 1000)", forgotten))
	}
	if len(g.queries) > 0 {
		if all := int(g.queries[len(g.queries)-1].ID) + 1; all > len(g.queries) {
			g.gap("SQL, Jobs.SQL, Totals", fmt.Sprintf("%d of %d SQL executions are no longer kept (spark.sql.ui.retainedExecutions, 1000)", all-len(g.queries), all))
		}
	}
	if n := g.unlisted(); n > 0 {
		g.gap("Executors, Totals.ExecutorsAdded, Totals.ExecutorsRemoved, Totals.ActiveExecutors", fmt.Sprintf("%d tasks ran on executors that are no longer kept: of dead ones spark.ui.retainedDeadExecutors (100), of an id that lived several times the last life", n))
	}
	if !g.attempt.Completed {
		g.gap("", "the application runs, or was killed: its parts were asked for one after the other")
	}
	for _, always := range [][2]string{
		{"Executors.Requested, Executors.Registered", "not in the REST API"},
		{"Executors.Peak, Driver, Totals.PeakHeap…", "as executors reported them with heartbeats; those that tasks reported at their end are not in the REST API"},
		{"Stages.Parents, Jobs.Stages.Parents", "inferred: of the stages of its job, those that had ended when a stage was submitted are taken to be what it waited for"},
		{"Stages.ShuffleMap", "inferred: true of all but the last stage of a job, and of that where it wrote shuffle data"},
		{"Stages.Barrier", "not in the REST API"},
		{"Stages.RDDs", "of datasets that are not cached at this moment the ids alone are in the REST API"},
		{"Tasks.Heap", "not in the REST API"},
		{"Totals.TasksWithoutMetric", "inferred: the REST API has zeros where none were reported"},
		{"Unpersisted", "not in the REST API"},
		{"Totals.ExecutorsRemoved", "of a removal that Spark reports twice, as on Kubernetes, the REST API has one"},
		{"Totals.Max…", "of events in the order of their times, those of one time ends first"},
	} {
		g.gap(always[0], always[1])
	}
}

// unlisted counts the tasks that ran on an executor, or in a life of one, that the server does not list.
func (g *gatherer) unlisted() (n int) {
	added := map[string]workload.Instant{}
	for i := range g.executors {
		added[g.executors[i].ID] = g.executors[i].AddTime.Instant()
	}
	for i := range g.tasks {
		if at, ok := added[g.tasks[i].Executor]; !ok || g.tasks[i].Launch < at {
			n++
		}
	}
	return n
}

// forgotten counts the stages that jobs list and the server does not.
func (g *gatherer) forgotten() int {
	missing := map[int]bool{}
	for i := range g.jobs {
		for _, id := range g.jobs[i].StageIDs {
			if g.stage(id) < 0 {
				missing[id] = true
			}
		}
	}
	return len(missing)
}
