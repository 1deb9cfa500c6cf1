package workload

// Facts is a flat summary of a run for machines, one value a name, whose names in JSON do not change. Times are
// milliseconds since 1970, sizes bytes; an absent value is null. Counts and high-water marks are those of [Totals], of
// events in the order of the source; sums are over all tasks that reported metrics. DurationMS is from start to end,
// and null where one of the two is.
type Facts struct {
	AppID                 *string `json:"app_id"`
	AppAttemptID          *string `json:"app_attempt_id"`
	AppName               *string `json:"app_name"`
	SparkVersion          *string `json:"spark_version"`
	Start                 *int64  `json:"start"`
	End                   *int64  `json:"end"`
	DurationMS            *int64  `json:"duration_ms"`
	LastJobOrSQLEndTime   *int64  `json:"last_job_or_sql_end_time"`
	JobsStarted           int     `json:"jobs_started"`
	JobsEnded             int     `json:"jobs_ended"`
	JobsFailed            int     `json:"jobs_failed"`
	StagesSubmitted       int     `json:"stages_submitted"`
	StagesCompleted       int     `json:"stages_completed"`
	StagesFailed          int     `json:"stages_failed"`
	TasksStarted          int     `json:"tasks_started"`
	TasksEnded            int     `json:"tasks_ended"`
	TasksFailed           int     `json:"tasks_failed"`
	TasksKilled           int     `json:"tasks_killed"`
	SpeculativeTasksEnded int     `json:"speculative_tasks_ended"`
	SQLExecutions         int     `json:"sql_executions"`
	ExecutorsAdded        int     `json:"executors_added"`
	ExecutorsRemoved      int     `json:"executors_removed"`
	ActiveExecutorsAtEnd  int     `json:"active_executors_at_end"`
	MaxConcurrentExecs    int     `json:"max_concurrent_executors"`
	MaxConcurrentCores    int     `json:"max_concurrent_cores"`
	MaxConcurrentTasks    int     `json:"max_concurrent_tasks"`
	ExecutorRunTimeMS     int64   `json:"executor_run_time_ms"`
	ExecutorCPUTimeNS     int64   `json:"executor_cpu_time_ns"`
	JVMGCTimeMS           int64   `json:"jvm_gc_time_ms"`
	InputBytes            int64   `json:"input_bytes"`
	OutputBytes           int64   `json:"output_bytes"`
	ShuffleReadBytes      int64   `json:"shuffle_read_bytes"`
	ShuffleWriteBytes     int64   `json:"shuffle_write_bytes"`
	MemoryBytesSpilled    int64   `json:"memory_bytes_spilled"`
	DiskBytesSpilled      int64   `json:"disk_bytes_spilled"`
	PeakJVMHeapExecutors  *int64  `json:"peak_jvm_heap_executors"`
	PeakJVMHeapDriver     *int64  `json:"peak_jvm_heap_driver"`
	BadLines              int     `json:"bad_lines"`
	Lines                 int     `json:"lines"`
	UncompressedBytes     int64   `json:"uncompressed_bytes"`
}

// Facts summarises the profile.
func (p *Profile) Facts() Facts {
	t, s, c := &p.Totals, &p.Totals.Sums, &p.Coverage
	f := Facts{
		AppID: known(p.App.ID), AppAttemptID: known(p.App.AttemptID), AppName: known(p.App.Name), SparkVersion: known(p.LoggedVersion),
		Start: known(int64(p.Start)), End: known(int64(p.End)), LastJobOrSQLEndTime: known(int64(t.LastJobOrSQLEnd)),
		JobsStarted: t.JobsStarted, JobsEnded: t.JobsEnded, JobsFailed: t.JobsFailed,
		StagesSubmitted: t.StagesSubmitted, StagesCompleted: t.StagesCompleted, StagesFailed: t.StagesFailed,
		TasksStarted: t.TasksStarted, TasksEnded: t.TasksEnded, TasksFailed: t.TasksFailed, TasksKilled: t.TasksKilled,
		SpeculativeTasksEnded: t.TasksSpeculative, SQLExecutions: t.SQLExecutions,
		ExecutorsAdded: t.ExecutorsAdded, ExecutorsRemoved: t.ExecutorsRemoved, ActiveExecutorsAtEnd: t.ActiveExecutors,
		MaxConcurrentExecs: t.MaxExecutors, MaxConcurrentCores: t.MaxCores, MaxConcurrentTasks: t.MaxTasks,
		ExecutorRunTimeMS: s.Run.Milliseconds(), ExecutorCPUTimeNS: s.CPU.Nanoseconds(), JVMGCTimeMS: s.GC.Milliseconds(),
		InputBytes: int64(s.Input), OutputBytes: int64(s.Output),
		ShuffleReadBytes: int64(s.ShuffleRead()), ShuffleWriteBytes: int64(s.ShuffleWrite),
		MemoryBytesSpilled: int64(s.MemorySpill), DiskBytesSpilled: int64(s.DiskSpill),
		PeakJVMHeapExecutors: known(int64(t.PeakHeapExecutors)), PeakJVMHeapDriver: known(int64(t.PeakHeapDriver)),
		BadLines: c.BadLines, Lines: c.Lines, UncompressedBytes: c.Bytes,
	}
	if p.Start.Known() && p.End.Known() {
		duration := int64(p.End - p.Start)
		f.DurationMS = &duration
	}
	return f
}

func known[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}
