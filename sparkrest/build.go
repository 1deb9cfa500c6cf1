package sparkrest

import (
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

func (g *gatherer) addApplication() {
	a := g.attempt
	app := workload.Application{ID: g.info.ID, AttemptID: a.ID, Name: g.info.Name, User: a.SparkUser}
	properties := make(map[string]string, len(g.environment.SparkProperties))
	for _, p := range g.environment.SparkProperties {
		properties[p.Key()] = p.Value()
	}
	g.add(0, begins, func(b *workload.Builder) {
		b.LogStart(a.AppSparkVersion)
		b.Environment(properties)
		for _, r := range g.environment.ResourceProfiles {
			b.ResourceProfileAdded(r.profile())
		}
		b.ApplicationStart(app, a.StartTime.Instant())
	})
	if a.Completed && a.EndTime.Known() {
		g.add(1<<62, closes, func(b *workload.Builder) { b.ApplicationEnd(a.EndTime.Instant()) })
	}
}

// profile returns the profile as package workload has it.
func (r ResourceProfile) profile() workload.ResourceProfile {
	amount := func(name string) int64 { return r.ExecutorResources[name].Amount }
	return workload.ResourceProfile{
		ID: r.ID, Cores: int(amount("cores")), Memory: units.MiB(amount("memory")), Overhead: units.MiB(amount("memoryOverhead")),
		OffHeap: units.MiB(amount("offHeap")), PySpark: units.MiB(amount("pyspark.memory")), TaskCPUs: r.TaskResources["cpus"].Amount,
	}
}

// addExecutors adds the driver as an executor in local mode alone: elsewhere it has no cores.
func (g *gatherer) addExecutors() {
	for i := range g.executors {
		e := &g.executors[i]
		at, up := e.AddTime.Instant(), e.AddTime.Instant()
		if e.IsDriver() && e.TotalCores > 0 {
			up = 0
			g.gap("DriverUp, Executors.Host", "in local mode the REST API has the moment before, in which the driver became an executor, and its address")
		}
		g.add(e.AddTime, starts, func(b *workload.Builder) {
			if !e.IsDriver() || e.TotalCores > 0 {
				b.ExecutorAdded(workload.ExecutorAdded{At: at, ID: e.ID, Host: e.Host(), Cores: e.TotalCores, ResourceProfile: e.ResourceProfileID})
			}
			b.BlockManagerAdded(workload.BlockManagerAdded{At: up, Executor: e.ID, Storage: e.MaxMemory})
			b.Measured(e.ID, e.PeakMemoryMetrics.Memory())
		})
		if e.RemoveTime.Known() && !e.IsDriver() {
			g.add(e.RemoveTime, ends, func(b *workload.Builder) { b.ExecutorRemoved(e.ID, e.RemoveTime.Instant(), e.RemoveReason) })
		}
	}
}

func (g *gatherer) addJobs() {
	query := g.addQueries()
	for i := range g.jobs {
		j := &g.jobs[i]
		start := workload.JobStart{
			At: j.SubmissionTime.Instant(), ID: j.ID, StageIDs: j.StageIDs, Stages: g.jobStages(j), SQL: -1,
			Pool: g.pool(j), Group: j.JobGroup, Description: j.Description,
		}
		if id, ok := query[j.ID]; ok {
			start.SQL = id
		}
		g.add(j.SubmissionTime, starts, func(b *workload.Builder) { b.JobStart(start) })
		if j.Status == JobSucceeded || j.Status == JobFailed {
			g.add(j.CompletionTime, ends, func(b *workload.Builder) { b.JobEnd(j.ID, j.CompletionTime.Instant(), j.Status == JobSucceeded) })
		}
	}
}

// addQueries returns the query of each job that has one.
func (g *gatherer) addQueries() map[int]int {
	of := map[int]int{}
	for i := range g.queries {
		x := &g.queries[i]
		g.add(x.SubmissionTime, starts, func(b *workload.Builder) { b.SQLStart(int(x.ID), x.Description, x.SubmissionTime.Instant()) })
		if end := x.SubmissionTime.Add(x.Duration); x.Status != SQLRunning {
			g.add(end, ends, func(b *workload.Builder) { b.SQLEnd(int(x.ID), end.Instant()) })
		}
		for _, job := range slices.Concat(x.RunningJobIDs, x.SuccessJobIDs, x.FailedJobIDs) {
			of[job] = int(x.ID)
		}
	}
	return of
}

// pool is the scheduler pool that the job was given, empty for the default one.
func (g *gatherer) pool(j *Job) string {
	for _, id := range j.StageIDs {
		if at := g.stage(id); at >= 0 && g.stages[at].SubmissionTime.Known() && g.stages[at].SchedulingPool != "default" {
			return g.stages[at].SchedulingPool
		}
	}
	return ""
}

func (g *gatherer) addTasks() {
	for i := range g.tasks {
		t := &g.tasks[i]
		g.events = append(g.events, event{at: t.Launch, kind: taskStarts, task: int32(i)})
		if t.Status != workload.Running {
			g.events = append(g.events, event{at: t.Finish, kind: taskEnds, task: int32(i)})
		}
	}
}

var localities = map[string]workload.Locality{
	"PROCESS_LOCAL": workload.ProcessLocal, "NODE_LOCAL": workload.NodeLocal, "NO_PREF": workload.NoPref,
	"RACK_LOCAL": workload.RackLocal, "ANY": workload.Any,
}

// taskEnd is the end of a task, or its start with status Running.
func taskEnd(s *Stage, t *Task, shuffleMap bool) workload.TaskEnd {
	e := workload.TaskEnd{
		TaskStart: workload.TaskStart{
			Stage: s.ID, StageAttempt: s.AttemptID, ID: t.ID, Index: t.Index, Attempt: t.Attempt, Launch: t.LaunchTime.Instant(),
			Executor: t.ExecutorID, Locality: localities[t.Locality], Speculative: t.Speculative,
		},
		Finish: t.LaunchTime.Instant(), GettingResult: t.ResultFetchStart.Instant(), Status: t.outcome(), ShuffleMap: shuffleMap,
	}
	if t.Duration != nil {
		e.Finish = t.LaunchTime.Add(*t.Duration).Instant()
	}
	if t.Metrics != nil {
		e.Metrics = t.Metrics.Metrics()
		e.HasMetrics = e.Metrics != workload.Metrics{}
	}
	return e
}

// outcome is how the attempt ended. The reason of a failure is the beginning of its message
// (org.apache.spark.TaskFailedReason.toErrorString).
func (t *Task) outcome() workload.Status {
	switch {
	case t.Status == TaskSuccess:
		return workload.Succeeded
	case t.Status == TaskKilled:
		return workload.Killed
	case t.Status != TaskFailed:
		return workload.Running
	case strings.HasPrefix(t.ErrorMessage, "FetchFailed("):
		return workload.FetchFailed
	case strings.HasPrefix(t.ErrorMessage, "ExecutorLostFailure ("):
		return workload.Lost
	}
	return workload.Failed
}

// Metrics returns the metrics as package workload has them.
func (m *TaskMetrics) Metrics() workload.Metrics {
	read, write := &m.ShuffleRead, &m.ShuffleWrite
	return workload.Metrics{
		Run: m.ExecutorRunTime.Duration(), CPU: m.ExecutorCPUTime.Duration(), DeserializeCPU: m.ExecutorDeserializeCPUTime.Duration(),
		Deserialize: m.ExecutorDeserializeTime.Duration(), Serialize: m.ResultSerializationTime.Duration(), GC: m.JVMGCTime.Duration(),
		FetchWait: read.FetchWaitTime.Duration(), WriteTime: write.WriteTime.Duration(), Input: m.Input.BytesRead, Output: m.Output.BytesWritten,
		ShuffleLocal: read.LocalBytesRead, ShuffleRemote: read.RemoteBytesRead, ShuffleRemoteToDisk: read.RemoteBytesReadToDisk,
		ShuffleWrite: write.BytesWritten, MemorySpill: m.MemoryBytesSpilled, DiskSpill: m.DiskBytesSpilled, ResultSize: m.ResultSize,
		PeakExecution: m.PeakExecutionMemory, InputRecords: m.Input.RecordsRead, OutputRecords: m.Output.RecordsWritten,
		ShuffleReadRecords: read.RecordsRead, ShuffleWriteRecords: write.RecordsWritten, LocalBlocks: read.LocalBlocksFetched, RemoteBlocks: read.RemoteBlocksFetched,
	}
}
