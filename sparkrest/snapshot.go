package sparkrest

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// Snapshot is what a driver says of itself at one moment, from its REST API and its pages of metrics. What no source
// told is absent: nil, or empty.
type Snapshot struct {
	// AppID and AppName are the application's, Version is its Spark.
	AppID, AppName, Version string
	// Executors are those that live, and the driver, by id. A page of metrics tells less of each than the REST API does:
	// no host, no moments, no resource profile.
	Executors []Executor
	// Stages are the active ones, newest first. No page of metrics tells of them.
	Stages []Stage
	// Allocation is what dynamic allocation wants, nil without it.
	Allocation *Allocation
	// Scheduler is what the scheduler does.
	Scheduler *Scheduler
	// Sources are where it comes from, in the order of asking; Missing says what could not be had, and why.
	Sources, Missing []string
}

// Allocation is the state of org.apache.spark.ExecutorAllocationManager, summed over resource profiles. The REST API
// does not have it.
type Allocation struct {
	// Target is how many executors it has asked for, MaxNeeded how many the tasks that run and wait would fill.
	Target, MaxNeeded int
	// All are those that live, ToAdd is the next step of the ramp (not a backlog).
	All, ToAdd int
	// PendingToRemove and Decommissioning are on their way out.
	PendingToRemove, Decommissioning int
	// How executors have ended so far.
	GracefullyDecommissioned, DecommissionUnfinished, KilledByDriver, ExitedUnexpectedly int
}

// Scheduler is the state of org.apache.spark.scheduler.DAGScheduler. Waiting stages wait for their parents, not for
// slots.
type Scheduler struct {
	RunningStages, WaitingStages, FailedStages int
	ActiveJobs, AllJobs                        int
}

// PendingTasks is how many tasks of the active stages wait for a slot. It is 0 where no stages were told.
func (s *Snapshot) PendingTasks() int {
	n := 0
	for i := range s.Stages {
		n += max(0, s.Stages[i].NumTasks-s.Stages[i].NumCompletedIndices-s.Stages[i].NumActiveTasks)
	}
	return n
}

// Snapshot asks a live driver for its executors and active stages, and for one of its pages of metrics: what dynamic
// allocation wants stands there alone. Every driver has /metrics/json, unless that sink was taken out of the
// configuration; then /metrics/prometheus is asked for. That there is neither is told in Missing, and is no error.
//
// The answers come one after the other, and need not be of one moment.
func (a *App) Snapshot(ctx context.Context) (*Snapshot, error) {
	s := &Snapshot{}
	info, err := a.Info(ctx)
	if err != nil {
		return nil, err
	}
	s.AppID, s.AppName = info.ID, info.Name
	if len(info.Attempts) > 0 {
		s.Version = info.Attempts[0].AppSparkVersion
	}
	if s.Executors, err = a.Executors(ctx); err != nil {
		return nil, err
	}
	s.sort()
	if s.Stages, err = a.Stages(ctx, StageQuery{Status: []StageStatus{StageActive}}); err != nil {
		return nil, err
	}
	s.Sources = []string{a.client.Base()}
	for _, page := range []string{jsonPage, driverPage} {
		if err := a.client.addPage(ctx, s, page); err != nil {
			return nil, err
		}
		if s.Allocation != nil || s.Scheduler != nil {
			s.Missing = nil
			break
		}
	}
	return s, nil
}

// Metrics asks for the page of executors and for that of the driver, as Prometheus does, and for nothing else. It is
// ErrNotFound where there is neither.
func (c *Client) Metrics(ctx context.Context) (*Snapshot, error) {
	s := &Snapshot{}
	for _, page := range []string{executorsPage, driverPage} {
		if err := c.addPage(ctx, s, page); err != nil {
			return nil, err
		}
	}
	if len(s.Sources) == 0 {
		return nil, &classError{ErrNotFound, c.Base() + " has no page of metrics: " + strings.Join(s.Missing, "; ")}
	}
	return s, nil
}

// addPage adds what a page of metrics tells, or that it is not there.
func (c *Client) addPage(ctx context.Context, s *Snapshot, page string) error {
	a, err := c.fetch(ctx, endpoint{page: page})
	switch {
	case errors.Is(err, ErrNotFound) || errors.Is(err, ErrForbidden) || errors.Is(err, ErrNotAPI):
		s.Missing = append(s.Missing, err.Error())
		return nil
	case err != nil:
		return err
	}
	add := s.addText
	if page == jsonPage {
		add = s.addJSON
	}
	if err := add(a.body); err != nil {
		return &DecodeError{URL: a.url, Err: err}
	}
	s.Sources = append(s.Sources, a.url)
	return nil
}

func (s *Snapshot) sort() {
	slices.SortFunc(s.Executors, func(a, b Executor) int { return compareIDs(a.ID, b.ID) })
}

// compareIDs orders ids of executors: the driver first, then by number.
func compareIDs(a, b string) int {
	if driver := (&Executor{ID: a}).IsDriver(); driver != (&Executor{ID: b}).IsDriver() {
		if driver {
			return -1
		}
		return 1
	}
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}
