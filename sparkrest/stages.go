package sparkrest

import (
	"context"
	"net/url"
	"strconv"

	"github.com/sparkscale/sparkscale/units"
)

// Stage is one attempt of a stage (org.apache.spark.status.api.v1.StageData). Its metrics are sums over its task
// attempts, failed ones included; PeakExecutionMemory is one too.
type Stage struct {
	Status    StageStatus `json:"status"`
	ID        int         `json:"stageId"`
	AttemptID int         `json:"attemptId"`
	// Counts of task attempts; NumCompletedIndices counts each index once.
	NumTasks            int `json:"numTasks"`
	NumActiveTasks      int `json:"numActiveTasks"`
	NumCompleteTasks    int `json:"numCompleteTasks"`
	NumFailedTasks      int `json:"numFailedTasks"`
	NumKilledTasks      int `json:"numKilledTasks"`
	NumCompletedIndices int `json:"numCompletedIndices"`
	// The moments are absent as long as they have not come, and of a stage that was skipped.
	SubmissionTime        Time   `json:"submissionTime,omitzero"`
	FirstTaskLaunchedTime Time   `json:"firstTaskLaunchedTime,omitzero"`
	CompletionTime        Time   `json:"completionTime,omitzero"`
	FailureReason         string `json:"failureReason,omitzero"`

	ExecutorDeserializeTime    Millis      `json:"executorDeserializeTime"`
	ExecutorDeserializeCPUTime Nanos       `json:"executorDeserializeCpuTime"`
	ExecutorRunTime            Millis      `json:"executorRunTime"`
	ExecutorCPUTime            Nanos       `json:"executorCpuTime"`
	ResultSize                 units.Bytes `json:"resultSize"`
	JVMGCTime                  Millis      `json:"jvmGcTime"`
	ResultSerializationTime    Millis      `json:"resultSerializationTime"`
	MemoryBytesSpilled         units.Bytes `json:"memoryBytesSpilled"`
	DiskBytesSpilled           units.Bytes `json:"diskBytesSpilled"`
	PeakExecutionMemory        units.Bytes `json:"peakExecutionMemory"`
	InputBytes                 units.Bytes `json:"inputBytes"`
	InputRecords               int64       `json:"inputRecords"`
	OutputBytes                units.Bytes `json:"outputBytes"`
	OutputRecords              int64       `json:"outputRecords"`

	ShuffleRemoteBlocksFetched   int64       `json:"shuffleRemoteBlocksFetched"`
	ShuffleLocalBlocksFetched    int64       `json:"shuffleLocalBlocksFetched"`
	ShuffleFetchWaitTime         Millis      `json:"shuffleFetchWaitTime"`
	ShuffleRemoteBytesRead       units.Bytes `json:"shuffleRemoteBytesRead"`
	ShuffleRemoteBytesReadToDisk units.Bytes `json:"shuffleRemoteBytesReadToDisk"`
	ShuffleLocalBytesRead        units.Bytes `json:"shuffleLocalBytesRead"`
	ShuffleReadBytes             units.Bytes `json:"shuffleReadBytes"`
	ShuffleReadRecords           int64       `json:"shuffleReadRecords"`
	// Those of push-based shuffle.
	ShuffleCorruptMergedBlockChunks  int64       `json:"shuffleCorruptMergedBlockChunks"`
	ShuffleMergedFetchFallbackCount  int64       `json:"shuffleMergedFetchFallbackCount"`
	ShuffleMergedRemoteBlocksFetched int64       `json:"shuffleMergedRemoteBlocksFetched"`
	ShuffleMergedLocalBlocksFetched  int64       `json:"shuffleMergedLocalBlocksFetched"`
	ShuffleMergedRemoteChunksFetched int64       `json:"shuffleMergedRemoteChunksFetched"`
	ShuffleMergedLocalChunksFetched  int64       `json:"shuffleMergedLocalChunksFetched"`
	ShuffleMergedRemoteBytesRead     units.Bytes `json:"shuffleMergedRemoteBytesRead"`
	ShuffleMergedLocalBytesRead      units.Bytes `json:"shuffleMergedLocalBytesRead"`
	ShuffleRemoteReqsDuration        Millis      `json:"shuffleRemoteReqsDuration"`
	ShuffleMergedRemoteReqsDuration  Millis      `json:"shuffleMergedRemoteReqsDuration"`
	ShuffleWriteBytes                units.Bytes `json:"shuffleWriteBytes"`
	ShuffleWriteTime                 Nanos       `json:"shuffleWriteTime"`
	ShuffleWriteRecords              int64       `json:"shuffleWriteRecords"`

	// Name is the call site, Details the calls that led to it.
	Name           string `json:"name"`
	Description    string `json:"description,omitzero"`
	Details        string `json:"details"`
	SchedulingPool string `json:"schedulingPool"`
	// RDDIDs are the datasets of the stage, its own first.
	RDDIDs             []int         `json:"rddIds"`
	AccumulatorUpdates []Accumulable `json:"accumulatorUpdates"`
	// Tasks, by id, and ExecutorSummary, by the executor's id, come with StageQuery.Details.
	Tasks              map[int64]Task                  `json:"tasks,omitzero"`
	ExecutorSummary    map[string]ExecutorStageSummary `json:"executorSummary,omitzero"`
	SpeculationSummary *SpeculationSummary             `json:"speculationSummary,omitzero"`
	// KilledTasksSummary counts killed attempts by the reason.
	KilledTasksSummary  map[string]int `json:"killedTasksSummary,omitzero"`
	ResourceProfileID   int            `json:"resourceProfileId"`
	PeakExecutorMetrics PeakMetrics    `json:"peakExecutorMetrics,omitzero"`
	// The distributions come with StageQuery.Summaries.
	TaskMetricsDistributions     *TaskDistributions     `json:"taskMetricsDistributions,omitzero"`
	ExecutorMetricsDistributions *ExecutorDistributions `json:"executorMetricsDistributions,omitzero"`
	IsShufflePushEnabled         bool                   `json:"isShufflePushEnabled"`
	ShuffleMergersCount          int                    `json:"shuffleMergersCount"`
}

// StageStatus is the state of a stage attempt (org.apache.spark.status.api.v1.StageStatus).
type StageStatus string

// The states of stages. A skipped one did not run because what it makes was there.
const (
	StageActive   StageStatus = "ACTIVE"
	StageComplete StageStatus = "COMPLETE"
	StageFailed   StageStatus = "FAILED"
	StagePending  StageStatus = "PENDING"
	StageSkipped  StageStatus = "SKIPPED"
)

// ExecutorStageSummary is what one executor did of a stage.
type ExecutorStageSummary struct {
	TaskTime              Millis      `json:"taskTime"`
	FailedTasks           int         `json:"failedTasks"`
	SucceededTasks        int         `json:"succeededTasks"`
	KilledTasks           int         `json:"killedTasks"`
	InputBytes            units.Bytes `json:"inputBytes"`
	InputRecords          int64       `json:"inputRecords"`
	OutputBytes           units.Bytes `json:"outputBytes"`
	OutputRecords         int64       `json:"outputRecords"`
	ShuffleRead           units.Bytes `json:"shuffleRead"`
	ShuffleReadRecords    int64       `json:"shuffleReadRecords"`
	ShuffleWrite          units.Bytes `json:"shuffleWrite"`
	ShuffleWriteRecords   int64       `json:"shuffleWriteRecords"`
	MemoryBytesSpilled    units.Bytes `json:"memoryBytesSpilled"`
	DiskBytesSpilled      units.Bytes `json:"diskBytesSpilled"`
	IsBlacklistedForStage bool        `json:"isBlacklistedForStage"`
	PeakMemoryMetrics     PeakMetrics `json:"peakMemoryMetrics,omitzero"`
	IsExcludedForStage    bool        `json:"isExcludedForStage"`
}

// SpeculationSummary counts the speculative copies of a stage's tasks.
type SpeculationSummary struct {
	NumTasks          int `json:"numTasks"`
	NumActiveTasks    int `json:"numActiveTasks"`
	NumCompletedTasks int `json:"numCompletedTasks"`
	NumFailedTasks    int `json:"numFailedTasks"`
	NumKilledTasks    int `json:"numKilledTasks"`
}

// StageQuery selects stages and says what of them is asked for. The zero value asks for all stages, without tasks.
type StageQuery struct {
	// Status keeps stages in one of these states. It counts for Stages alone.
	Status []StageStatus
	// Details asks for tasks and executor summaries too, which of many tasks can be more than WithMaxBody allows;
	// App.Tasks comes in pages. TaskStatus keeps tasks in one of these states, and needs Details.
	Details    bool
	TaskStatus []TaskStatus
	// Summaries asks for distributions, at these quantiles from 0 to 1 (none: 0, 0.25, 0.5, 0.75, 1).
	Summaries bool
	Quantiles []float64
}

func (q StageQuery) values() (url.Values, error) {
	v := url.Values{"details": {strconv.FormatBool(q.Details)}, "withSummaries": {strconv.FormatBool(q.Summaries)}}
	for _, s := range q.Status {
		if err := oneOf("status", string(s), string(StageActive), string(StageComplete), string(StageFailed), string(StagePending), string(StageSkipped)); err != nil {
			return nil, err
		}
		v.Add("status", string(s))
	}
	if len(q.TaskStatus) > 0 && !q.Details {
		return nil, badQuery("TaskStatus without Details: Spark would ignore it")
	}
	for _, s := range q.TaskStatus {
		if err := s.check("taskStatus"); err != nil {
			return nil, err
		}
		v.Add("taskStatus", string(s))
	}
	return v, setQuantiles(v, q.Quantiles)
}

// Stages lists the stage attempts, newest first. Spark keeps spark.ui.retainedStages (1000).
func (a *App) Stages(ctx context.Context, q StageQuery) ([]Stage, error) {
	e := a.at("stages")
	var err error
	if e.query, err = q.values(); err != nil {
		return nil, err
	}
	return get[[]Stage](ctx, a.client, e)
}

// Stage returns the attempts of a stage.
func (a *App) Stage(ctx context.Context, id int, q StageQuery) ([]Stage, error) {
	e := a.at("stages", strconv.Itoa(id))
	var err error
	if e.query, err = q.values(); err != nil {
		return nil, err
	}
	return get[[]Stage](ctx, a.client, e)
}

// StageAttempt returns one attempt of a stage; the first one is 0.
func (a *App) StageAttempt(ctx context.Context, id, attempt int, q StageQuery) (Stage, error) {
	e := a.at("stages", strconv.Itoa(id), strconv.Itoa(attempt))
	var err error
	if e.query, err = q.values(); err != nil {
		return Stage{}, err
	}
	return get[Stage](ctx, a.client, e)
}
