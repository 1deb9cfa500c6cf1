package sparkrest

import (
	"context"
	"net/url"
	"strconv"
)

// What follows is of Spark Streaming (DStreams), of a live driver alone; an application without it gives ErrNotFound.
// Source: org.apache.spark.status.api.v1.streaming, Spark 3.5.6 and 4.2.0.

// StreamingStatistics are those of the batches that are kept.
type StreamingStatistics struct {
	StartTime                   Time   `json:"startTime"`
	BatchDuration               Millis `json:"batchDuration"`
	NumReceivers                int    `json:"numReceivers"`
	NumActiveReceivers          int    `json:"numActiveReceivers"`
	NumInactiveReceivers        int    `json:"numInactiveReceivers"`
	NumTotalCompletedBatches    int64  `json:"numTotalCompletedBatches"`
	NumRetainedCompletedBatches int64  `json:"numRetainedCompletedBatches"`
	NumActiveBatches            int64  `json:"numActiveBatches"`
	NumProcessedRecords         int64  `json:"numProcessedRecords"`
	NumReceivedRecords          int64  `json:"numReceivedRecords"`
	// AvgInputRate is in records a second. It and the times are nil before the first batch.
	AvgInputRate       *float64 `json:"avgInputRate,omitzero"`
	AvgSchedulingDelay *Millis  `json:"avgSchedulingDelay,omitzero"`
	AvgProcessingTime  *Millis  `json:"avgProcessingTime,omitzero"`
	AvgTotalDelay      *Millis  `json:"avgTotalDelay,omitzero"`
}

// StreamingReceiver is a receiver (ReceiverInfo).
type StreamingReceiver struct {
	StreamID         int    `json:"streamId"`
	StreamName       string `json:"streamName"`
	IsActive         *bool  `json:"isActive,omitzero"`
	ExecutorID       string `json:"executorId,omitzero"`
	ExecutorHost     string `json:"executorHost,omitzero"`
	LastErrorTime    Time   `json:"lastErrorTime,omitzero"`
	LastErrorMessage string `json:"lastErrorMessage,omitzero"`
	LastError        string `json:"lastError,omitzero"`
	// AvgEventRate is in records a second.
	AvgEventRate *float64 `json:"avgEventRate,omitzero"`
	// EventRates are pairs of a moment, in milliseconds since 1970, and records a second.
	EventRates [][2]float64 `json:"eventRates"`
}

// StreamingBatch is one batch (BatchInfo).
type StreamingBatch struct {
	ID            int64       `json:"batchId"`
	BatchTime     Time        `json:"batchTime"`
	Status        BatchStatus `json:"status"`
	BatchDuration Millis      `json:"batchDuration"`
	// InputSize is in records.
	InputSize             int64   `json:"inputSize"`
	SchedulingDelay       *Millis `json:"schedulingDelay,omitzero"`
	ProcessingTime        *Millis `json:"processingTime,omitzero"`
	TotalDelay            *Millis `json:"totalDelay,omitzero"`
	NumActiveOutputOps    int     `json:"numActiveOutputOps"`
	NumCompletedOutputOps int     `json:"numCompletedOutputOps"`
	NumFailedOutputOps    int     `json:"numFailedOutputOps"`
	NumTotalOutputOps     int     `json:"numTotalOutputOps"`
	FirstFailureReason    string  `json:"firstFailureReason,omitzero"`
}

// BatchStatus is the state of a batch.
type BatchStatus string

// The states of batches.
const (
	BatchCompleted  BatchStatus = "COMPLETED"
	BatchQueued     BatchStatus = "QUEUED"
	BatchProcessing BatchStatus = "PROCESSING"
)

// StreamingOutput is an output operation of a batch (OutputOperationInfo).
type StreamingOutput struct {
	ID            int     `json:"outputOpId"`
	Name          string  `json:"name"`
	Description   string  `json:"description"`
	StartTime     Time    `json:"startTime,omitzero"`
	EndTime       Time    `json:"endTime,omitzero"`
	Duration      *Millis `json:"duration,omitzero"`
	FailureReason string  `json:"failureReason,omitzero"`
	JobIDs        []int   `json:"jobIds"`
}

// StreamingStatistics returns the statistics of the stream.
func (a *App) StreamingStatistics(ctx context.Context) (StreamingStatistics, error) {
	return get[StreamingStatistics](ctx, a.client, a.at("streaming", "statistics"))
}

// StreamingReceivers lists the receivers.
func (a *App) StreamingReceivers(ctx context.Context) ([]StreamingReceiver, error) {
	return get[[]StreamingReceiver](ctx, a.client, a.at("streaming", "receivers"))
}

// StreamingReceiver returns one receiver, by the id of its stream.
func (a *App) StreamingReceiver(ctx context.Context, stream int) (StreamingReceiver, error) {
	return get[StreamingReceiver](ctx, a.client, a.at("streaming", "receivers", strconv.Itoa(stream)))
}

// StreamingBatches lists the batches in any of the given states, or all that are kept, newest first.
func (a *App) StreamingBatches(ctx context.Context, status ...BatchStatus) ([]StreamingBatch, error) {
	e := a.at("streaming", "batches")
	e.query = url.Values{}
	for _, s := range status {
		if err := oneOf("status", string(s), string(BatchCompleted), string(BatchQueued), string(BatchProcessing)); err != nil {
			return nil, err
		}
		e.query.Add("status", string(s))
	}
	return get[[]StreamingBatch](ctx, a.client, e)
}

// StreamingBatch returns one batch; its id is the batch time in milliseconds since 1970.
func (a *App) StreamingBatch(ctx context.Context, id int64) (StreamingBatch, error) {
	return get[StreamingBatch](ctx, a.client, a.at("streaming", "batches", strconv.FormatInt(id, 10)))
}

// StreamingOutputs lists the output operations of a batch.
func (a *App) StreamingOutputs(ctx context.Context, batch int64) ([]StreamingOutput, error) {
	return get[[]StreamingOutput](ctx, a.client, a.at("streaming", "batches", strconv.FormatInt(batch, 10), "operations"))
}

// StreamingOutput returns one output operation of a batch.
func (a *App) StreamingOutput(ctx context.Context, batch int64, id int) (StreamingOutput, error) {
	return get[StreamingOutput](ctx, a.client, a.at("streaming", "batches", strconv.FormatInt(batch, 10), "operations", strconv.Itoa(id)))
}
