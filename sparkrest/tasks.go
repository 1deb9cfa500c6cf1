package sparkrest

import (
	"context"
	"iter"
	"net/url"
	"strconv"

	"github.com/sparkscale/sparkscale/units"
)

// Task is one attempt of a task (org.apache.spark.status.api.v1.TaskData).
type Task struct {
	// ID is the attempt's own, unique in the application.
	ID int64 `json:"taskId"`
	// Index is the task's in its stage attempt, Attempt counts the attempts of the index from 0.
	Index   int `json:"index"`
	Attempt int `json:"attempt"`
	// PartitionID is -1 where a log before Spark 3.3 does not tell.
	PartitionID int  `json:"partitionId"`
	LaunchTime  Time `json:"launchTime"`
	// ResultFetchStart is when the driver began to fetch a large result.
	ResultFetchStart Time `json:"resultFetchStart,omitzero"`
	// Duration is from the launch to the end, or to the last news of a task that runs; nil where there is none.
	Duration    *Millis    `json:"duration,omitzero"`
	ExecutorID  string     `json:"executorId"`
	Host        string     `json:"host"`
	Status      TaskStatus `json:"status"`
	Locality    string     `json:"taskLocality"`
	Speculative bool       `json:"speculative"`
	// AccumulatorUpdates are those with a name.
	AccumulatorUpdates []Accumulable `json:"accumulatorUpdates"`
	// ErrorMessage begins with the class of the reason for what failed (org.apache.spark.TaskFailedReason.toErrorString).
	ErrorMessage string `json:"errorMessage,omitzero"`
	// Metrics are nil where none are known; of a task that reported none they are zeros.
	Metrics      *TaskMetrics      `json:"taskMetrics,omitzero"`
	ExecutorLogs map[string]string `json:"executorLogs,omitzero"`
	// SchedulerDelay and GettingResultTime are 0 of a task that has not ended.
	SchedulerDelay    Millis `json:"schedulerDelay"`
	GettingResultTime Millis `json:"gettingResultTime"`
}

// TaskStatus is the state of a task attempt, as answered or to ask for.
type TaskStatus string

// The states of tasks. TaskGettingResult is only answered, TaskUnknown only asked for.
const (
	TaskRunning       TaskStatus = "RUNNING"
	TaskKilled        TaskStatus = "KILLED"
	TaskFailed        TaskStatus = "FAILED"
	TaskSuccess       TaskStatus = "SUCCESS"
	TaskUnknown       TaskStatus = "UNKNOWN"
	TaskGettingResult TaskStatus = "GET RESULT"
)

func (s TaskStatus) check(parameter string) error {
	return oneOf(parameter, string(s), string(TaskRunning), string(TaskKilled), string(TaskFailed), string(TaskSuccess), string(TaskUnknown))
}

// Accumulable is an accumulator's value, and a task's update of it, as text.
type Accumulable struct {
	ID     int64   `json:"id"`
	Name   string  `json:"name"`
	Update *string `json:"update,omitzero"`
	Value  string  `json:"value"`
}

// TaskMetrics are the metrics of a task attempt.
type TaskMetrics struct {
	ExecutorDeserializeTime    Millis              `json:"executorDeserializeTime"`
	ExecutorDeserializeCPUTime Nanos               `json:"executorDeserializeCpuTime"`
	ExecutorRunTime            Millis              `json:"executorRunTime"`
	ExecutorCPUTime            Nanos               `json:"executorCpuTime"`
	ResultSize                 units.Bytes         `json:"resultSize"`
	JVMGCTime                  Millis              `json:"jvmGcTime"`
	ResultSerializationTime    Millis              `json:"resultSerializationTime"`
	MemoryBytesSpilled         units.Bytes         `json:"memoryBytesSpilled"`
	DiskBytesSpilled           units.Bytes         `json:"diskBytesSpilled"`
	PeakExecutionMemory        units.Bytes         `json:"peakExecutionMemory"`
	Input                      InputMetrics        `json:"inputMetrics"`
	Output                     OutputMetrics       `json:"outputMetrics"`
	ShuffleRead                ShuffleReadMetrics  `json:"shuffleReadMetrics"`
	ShuffleWrite               ShuffleWriteMetrics `json:"shuffleWriteMetrics"`
}

// InputMetrics are what a task read from storage.
type InputMetrics struct {
	BytesRead   units.Bytes `json:"bytesRead"`
	RecordsRead int64       `json:"recordsRead"`
}

// OutputMetrics are what a task wrote to storage.
type OutputMetrics struct {
	BytesWritten   units.Bytes `json:"bytesWritten"`
	RecordsWritten int64       `json:"recordsWritten"`
}

// ShuffleReadMetrics are what a task read of shuffles.
type ShuffleReadMetrics struct {
	RemoteBlocksFetched   int64                  `json:"remoteBlocksFetched"`
	LocalBlocksFetched    int64                  `json:"localBlocksFetched"`
	FetchWaitTime         Millis                 `json:"fetchWaitTime"`
	RemoteBytesRead       units.Bytes            `json:"remoteBytesRead"`
	RemoteBytesReadToDisk units.Bytes            `json:"remoteBytesReadToDisk"`
	LocalBytesRead        units.Bytes            `json:"localBytesRead"`
	RecordsRead           int64                  `json:"recordsRead"`
	RemoteReqsDuration    Millis                 `json:"remoteReqsDuration"`
	Push                  ShufflePushReadMetrics `json:"shufflePushReadMetrics"`
}

// ShufflePushReadMetrics are what a task read of merged shuffle files, with push-based shuffle.
type ShufflePushReadMetrics struct {
	CorruptMergedBlockChunks  int64       `json:"corruptMergedBlockChunks"`
	MergedFetchFallbackCount  int64       `json:"mergedFetchFallbackCount"`
	RemoteMergedBlocksFetched int64       `json:"remoteMergedBlocksFetched"`
	LocalMergedBlocksFetched  int64       `json:"localMergedBlocksFetched"`
	RemoteMergedChunksFetched int64       `json:"remoteMergedChunksFetched"`
	LocalMergedChunksFetched  int64       `json:"localMergedChunksFetched"`
	RemoteMergedBytesRead     units.Bytes `json:"remoteMergedBytesRead"`
	LocalMergedBytesRead      units.Bytes `json:"localMergedBytesRead"`
	RemoteMergedReqsDuration  Millis      `json:"remoteMergedReqsDuration"`
}

// ShuffleWriteMetrics are what a task wrote for shuffles.
type ShuffleWriteMetrics struct {
	BytesWritten   units.Bytes `json:"bytesWritten"`
	WriteTime      Nanos       `json:"writeTime"`
	RecordsWritten int64       `json:"recordsWritten"`
}

// TaskSort is an order of tasks (org.apache.spark.status.api.v1.TaskSorting).
type TaskSort string

// The orders of tasks.
const (
	ByID                TaskSort = "ID"
	ByIncreasingRuntime TaskSort = "INCREASING_RUNTIME"
	ByDecreasingRuntime TaskSort = "DECREASING_RUNTIME"
)

// TaskQuery selects and orders tasks; the zero value takes all, by id.
type TaskQuery struct {
	// Status keeps tasks in one of these states.
	Status []TaskStatus
	// Sort is the order; empty is ByID, the only one that holds still while tasks run.
	Sort TaskSort
	// Offset is how many to leave out.
	Offset int
}

func (q TaskQuery) values() (url.Values, error) {
	if q.Offset < 0 {
		return nil, badQuery("offset %d: it is a number from 0", q.Offset)
	}
	if q.Sort == "" {
		q.Sort = ByID
	}
	if err := oneOf("sortBy", string(q.Sort), string(ByID), string(ByIncreasingRuntime), string(ByDecreasingRuntime)); err != nil {
		return nil, err
	}
	v := url.Values{"sortBy": {string(q.Sort)}}
	for _, s := range q.Status {
		if err := s.check("status"); err != nil {
			return nil, err
		}
		v.Add("status", string(s))
	}
	return v, nil
}

// Tasks asks for the task attempts of a stage attempt, page by page ([WithPageLength]). The first error ends the
// sequence. A yielded task may be kept. A stage or an attempt that does not exist has no tasks, and is no error to Spark.
// Spark keeps spark.ui.retainedTasks (100000) of a stage.
func (a *App) Tasks(ctx context.Context, stage, attempt int, q TaskQuery) iter.Seq2[Task, error] {
	values, err := q.values()
	if err != nil {
		return failed[Task](err)
	}
	e := a.at("stages", strconv.Itoa(stage), strconv.Itoa(attempt), "taskList")
	return pages(ctx, a, e, values, q.Offset, func(t *Task) int64 { return t.ID }, values.Get("sortBy") == string(ByID))
}

// TaskSummary returns the distributions of the tasks' metrics at the quantiles, from 0 to 1 (none: 0.05, 0.25, 0.5,
// 0.75, 0.95). It is ErrNotFound as long as no task of the attempt has succeeded.
func (a *App) TaskSummary(ctx context.Context, stage, attempt int, quantiles ...float64) (TaskDistributions, error) {
	e := a.at("stages", strconv.Itoa(stage), strconv.Itoa(attempt), "taskSummary")
	e.query = url.Values{}
	if err := setQuantiles(e.query, quantiles); err != nil {
		return TaskDistributions{}, err
	}
	return get[TaskDistributions](ctx, a.client, e)
}
