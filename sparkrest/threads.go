package sparkrest

import (
	"context"
	"net/url"
	"strconv"

	"github.com/sparkscale/sparkscale/workload"
)

// Thread is one thread of a thread dump (org.apache.spark.status.api.v1.ThreadStackTrace).
type Thread struct {
	ID   int64  `json:"threadId"`
	Name string `json:"threadName"`
	// State is one of java.lang.Thread.State, for example RUNNABLE.
	State string `json:"threadState"`
	// StackTrace is innermost call first.
	StackTrace StackTrace `json:"stackTrace"`
	// BlockedByThreadID is the thread that holds the lock, or 0; BlockedByLock is the lock, or empty.
	BlockedByThreadID int64    `json:"blockedByThreadId,omitzero"`
	BlockedByLock     string   `json:"blockedByLock"`
	HoldingLocks      []string `json:"holdingLocks"`
	// What follows is nil or empty before Spark 4.0.
	Synchronizers []string `json:"synchronizers,omitzero"`
	Monitors      []string `json:"monitors,omitzero"`
	LockName      string   `json:"lockName,omitzero"`
	LockOwnerName string   `json:"lockOwnerName,omitzero"`
	Suspended     *bool    `json:"suspended,omitzero"`
	InNative      *bool    `json:"inNative,omitzero"`
	IsDaemon      *bool    `json:"isDaemon,omitzero"`
	Priority      *int     `json:"priority,omitzero"`
}

// StackTrace is the calls of a thread.
type StackTrace struct {
	Elems []string `json:"elems"`
}

// Threads takes a thread dump of an executor or, by workload.DriverID, of the driver (GET …/executors/ID/threads). A
// POST …/threadDump, which some runbooks name, exists in no version.
//
// It works on a live driver alone: a History Server gives ErrLiveOnly. An executor that is not known is ErrNotFound, one
// that is dead is ErrBadRequest.
func (a *App) Threads(ctx context.Context, executor string) ([]Thread, error) {
	if _, err := strconv.ParseUint(executor, 10, 31); err != nil && executor != workload.DriverID {
		return nil, badQuery("executor id %.40q: it is a number, or %q", executor, workload.DriverID)
	}
	return get[[]Thread](ctx, a.client, a.at("executors", executor, "threads"))
}

// TaskThread takes a dump of the thread that runs a task, by the task's id and its executor's (GET …/threads, Spark 4.0
// and later, live alone). A task that does not run, and an earlier version, give ErrNotFound.
func (a *App) TaskThread(ctx context.Context, task int64, executor string) (Thread, error) {
	e := a.at("threads")
	e.query = url.Values{"taskId": {strconv.FormatInt(task, 10)}, "executorId": {executor}}
	return get[Thread](ctx, a.client, e)
}
