package sparkrest

import (
	"context"
	"net/url"
	"strconv"
)

// Job is one job (org.apache.spark.status.api.v1.JobData).
type Job struct {
	ID          int    `json:"jobId"`
	Name        string `json:"name"`
	Description string `json:"description,omitzero"`
	// SubmissionTime and CompletionTime are absent where they are not known, the latter as long as the job runs.
	SubmissionTime Time `json:"submissionTime,omitzero"`
	CompletionTime Time `json:"completionTime,omitzero"`
	// StageIDs are all stages of the job's graph, skipped ones included.
	StageIDs []int     `json:"stageIds"`
	JobGroup string    `json:"jobGroup,omitzero"`
	JobTags  []string  `json:"jobTags,omitzero"`
	Status   JobStatus `json:"status"`
	// Counts of task attempts; NumCompletedIndices counts each index of a stage once.
	NumTasks            int `json:"numTasks"`
	NumActiveTasks      int `json:"numActiveTasks"`
	NumCompletedTasks   int `json:"numCompletedTasks"`
	NumSkippedTasks     int `json:"numSkippedTasks"`
	NumFailedTasks      int `json:"numFailedTasks"`
	NumKilledTasks      int `json:"numKilledTasks"`
	NumCompletedIndices int `json:"numCompletedIndices"`
	NumActiveStages     int `json:"numActiveStages"`
	NumCompletedStages  int `json:"numCompletedStages"`
	NumSkippedStages    int `json:"numSkippedStages"`
	NumFailedStages     int `json:"numFailedStages"`
	// KilledTasksSummary counts killed attempts by the reason.
	KilledTasksSummary map[string]int `json:"killedTasksSummary,omitzero"`
}

// JobStatus is the state of a job (org.apache.spark.JobExecutionStatus).
type JobStatus string

// The states of jobs.
const (
	JobRunning   JobStatus = "RUNNING"
	JobSucceeded JobStatus = "SUCCEEDED"
	JobFailed    JobStatus = "FAILED"
	JobUnknown   JobStatus = "UNKNOWN"
)

// Jobs lists the jobs in any of the given states, or all, newest first. Spark keeps spark.ui.retainedJobs (1000).
func (a *App) Jobs(ctx context.Context, status ...JobStatus) ([]Job, error) {
	e := a.at("jobs")
	e.query = url.Values{}
	for _, s := range status {
		if err := oneOf("status", string(s), string(JobRunning), string(JobSucceeded), string(JobFailed), string(JobUnknown)); err != nil {
			return nil, err
		}
		e.query.Add("status", string(s))
	}
	return get[[]Job](ctx, a.client, e)
}

// Job returns one job.
func (a *App) Job(ctx context.Context, id int) (Job, error) {
	return get[Job](ctx, a.client, a.at("jobs", strconv.Itoa(id)))
}
