package observe

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// This file knows the few answers of the monitoring REST API that a snapshot needs (org.apache.spark.status.api.v1, Spark
// 3.5.6). Everything about the shape of these answers is here.

// restExecutor is part of ExecutorSummary.
type restExecutor struct {
	ID                string `json:"id"`
	HostPort          string `json:"hostPort"`
	IsActive          bool   `json:"isActive"`
	RDDBlocks         int    `json:"rddBlocks"`
	MemoryUsed        int64  `json:"memoryUsed"`
	DiskUsed          int64  `json:"diskUsed"`
	TotalCores        int    `json:"totalCores"`
	ActiveTasks       int    `json:"activeTasks"`
	TotalTasks        int    `json:"totalTasks"`
	TotalShuffleWrite int64  `json:"totalShuffleWrite"`
	AddTime           string `json:"addTime"`
	RemoveTime        string `json:"removeTime"`
	RemoveReason      string `json:"removeReason"`
}

// restRDD is part of RDDStorageInfo.
type restRDD struct {
	ID            int    `json:"id"`
	Name          string `json:"name"`
	NumPartitions int    `json:"numPartitions"`
	Cached        int    `json:"numCachedPartitions"`
	MemoryUsed    int64  `json:"memoryUsed"`
	DiskUsed      int64  `json:"diskUsed"`
	Partitions    []struct {
		Executors []string `json:"executors"`
	} `json:"partitions"`
}

// restEnvironment is part of ApplicationEnvironmentInfo.
type restEnvironment struct {
	SparkProperties [][]string `json:"sparkProperties"`
}

// answers are the answers that a folder holds, the newest of each kind.
type answers struct {
	executors   []diagnose.LiveExecutor
	progress    int // of executors: the sum of their tasks and lives, which never falls while a driver runs
	rdds        []diagnose.LiveRDD
	environment []diagnose.Property
	found       bool
}

// take reads an answer, and reports whether it is one.
func (a *answers) take(d document) (bool, error) {
	first := d
	if items := d.items(); len(items) > 0 {
		first = items[0]
	}
	switch {
	case first.has("hostPort", "isActive", "totalCores"):
		a.found = true
		return true, a.takeExecutors(d)
	case first.has("storageLevel", "numCachedPartitions"):
		a.found = true
		return true, a.takeRDDs(d)
	case d.has("sparkProperties"):
		return true, a.takeEnvironment(d)
	}
	return first.has("attempts", "id") || first.has("jobId", "stageIds") || first.has("stageId", "numTasks") || first.has("taskId", "executorId") ||
		first.has("quantiles"), nil
}

func (a *answers) takeExecutors(d document) error {
	var list []restExecutor
	if err := d.into(&list); err != nil {
		return err
	}
	progress := 0
	var executors []diagnose.LiveExecutor
	for i, e := range list {
		if e.ID == workload.DriverID {
			continue
		}
		progress += e.TotalTasks + 1
		if e.RemoveTime != "" {
			progress++
		}
		executors = append(executors, diagnose.LiveExecutor{
			ID: wording.Line(e.ID, 40), Active: e.IsActive, Cores: e.TotalCores, ActiveTasks: e.ActiveTasks, TotalTasks: e.TotalTasks,
			Blocks: e.RDDBlocks, Storage: units.Bytes(e.MemoryUsed + e.DiskUsed), ShuffleWrite: units.Bytes(e.TotalShuffleWrite),
			Added: restTime(e.AddTime), Removed: restTime(e.RemoveTime), Reason: wording.Line(e.RemoveReason, maxText),
			Place: d.place(i, "isActive"),
		})
	}
	if progress >= a.progress && len(executors) > 0 {
		a.executors, a.progress = executors, progress
	}
	return nil
}

func (a *answers) takeRDDs(d document) error {
	var list []restRDD
	if err := d.into(&list); err != nil {
		return err
	}
	a.rdds = nil
	for i, r := range list {
		out := diagnose.LiveRDD{
			ID: r.ID, Name: wording.Line(r.Name, 200), Partitions: r.Cached, Memory: units.Bytes(r.MemoryUsed), Disk: units.Bytes(r.DiskUsed),
			Place: d.place(i, "numCachedPartitions"),
		}
		for _, p := range r.Partitions {
			out.Executors = append(out.Executors, p.Executors...)
		}
		slices.SortFunc(out.Executors, byID)
		out.Executors = slices.Compact(out.Executors)
		a.rdds = append(a.rdds, out)
	}
	return nil
}

func (a *answers) takeEnvironment(d document) error {
	var e restEnvironment
	if err := d.into(&e); err != nil {
		return err
	}
	a.environment = nil
	for i, pair := range e.SparkProperties {
		if len(pair) == 2 {
			a.environment = append(a.environment, diagnose.Property{Key: pair[0], Value: pair[1], Place: d.place("sparkProperties", i)})
		}
	}
	return nil
}

// live is what the answers come to, nil where there are none.
func (a *answers) live() *diagnose.LiveState {
	if !a.found {
		return nil
	}
	return &diagnose.LiveState{Executors: a.executors, RDDs: a.rdds}
}

// restTime reads "2026-11-23T17:09:19.585GMT".
func restTime(text string) workload.Instant {
	t, err := time.Parse("2006-01-02T15:04:05.000GMT", text)
	return instantOr(t, err)
}

// byID orders ids of executors as numbers.
func byID(a, b string) int {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	if errX != nil || errY != nil {
		return cmp.Compare(a, b)
	}
	return cmp.Compare(x, y)
}
