package sparkrest

import (
	"context"
	"strings"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Executor is one executor, or the driver (org.apache.spark.status.api.v1.ExecutorSummary).
type Executor struct {
	// ID is workload.DriverID for the driver.
	ID       string `json:"id"`
	HostPort string `json:"hostPort"`
	IsActive bool   `json:"isActive"`
	// RDDBlocks counts cached blocks; MemoryUsed is storage memory alone.
	RDDBlocks  int         `json:"rddBlocks"`
	MemoryUsed units.Bytes `json:"memoryUsed"`
	DiskUsed   units.Bytes `json:"diskUsed"`
	TotalCores int         `json:"totalCores"`
	// MaxTasks is how many tasks can run at once.
	MaxTasks       int `json:"maxTasks"`
	ActiveTasks    int `json:"activeTasks"`
	FailedTasks    int `json:"failedTasks"`
	CompletedTasks int `json:"completedTasks"`
	TotalTasks     int `json:"totalTasks"`
	// TotalDuration and TotalGCTime are sums over tasks; the driver's are its own time up and spent collecting.
	TotalDuration     Millis      `json:"totalDuration"`
	TotalGCTime       Millis      `json:"totalGCTime"`
	TotalInputBytes   units.Bytes `json:"totalInputBytes"`
	TotalShuffleRead  units.Bytes `json:"totalShuffleRead"`
	TotalShuffleWrite units.Bytes `json:"totalShuffleWrite"`
	IsBlacklisted     bool        `json:"isBlacklisted"`
	// MaxMemory is unified memory, not the heap.
	MaxMemory    units.Bytes `json:"maxMemory"`
	AddTime      Time        `json:"addTime"`
	RemoveTime   Time        `json:"removeTime,omitzero"`
	RemoveReason string      `json:"removeReason,omitzero"`
	// ExecutorLogs are URLs by name.
	ExecutorLogs        map[string]string `json:"executorLogs,omitzero"`
	MemoryMetrics       *MemoryMetrics    `json:"memoryMetrics,omitzero"`
	BlacklistedInStages []int             `json:"blacklistedInStages,omitzero"`
	// PeakMemoryMetrics is nil where none were measured.
	PeakMemoryMetrics PeakMetrics         `json:"peakMemoryMetrics,omitzero"`
	Attributes        map[string]string   `json:"attributes,omitzero"`
	Resources         map[string]Resource `json:"resources,omitzero"`
	ResourceProfileID int                 `json:"resourceProfileId"`
	IsExcluded        bool                `json:"isExcluded"`
	ExcludedInStages  []int               `json:"excludedInStages,omitzero"`
}

// Host is the host of HostPort.
func (e *Executor) Host() string {
	if i := strings.LastIndexByte(e.HostPort, ':'); i >= 0 {
		return e.HostPort[:i]
	}
	return e.HostPort
}

// IsDriver reports whether it is the driver.
func (e *Executor) IsDriver() bool { return e.ID == workload.DriverID || e.ID == "<driver>" }

// MemoryMetrics is storage memory, used and there, on the heap and off it.
type MemoryMetrics struct {
	UsedOnHeapStorageMemory   units.Bytes `json:"usedOnHeapStorageMemory"`
	UsedOffHeapStorageMemory  units.Bytes `json:"usedOffHeapStorageMemory"`
	TotalOnHeapStorageMemory  units.Bytes `json:"totalOnHeapStorageMemory"`
	TotalOffHeapStorageMemory units.Bytes `json:"totalOffHeapStorageMemory"`
}

// Resource is what an executor has of another resource, such as GPUs (org.apache.spark.resource.ResourceInformation).
type Resource struct {
	Name      string   `json:"name"`
	Addresses []string `json:"addresses"`
}

// PeakMetrics are peaks of a process by their names in org.apache.spark.metrics.ExecutorMetricType, such as
// JVMHeapMemory: bytes for memory, milliseconds for times (…Time), and counts. Which there are depends on the version.
type PeakMetrics map[string]int64

// Memory returns the peaks as package workload has them.
func (p PeakMetrics) Memory() workload.Memory {
	size := func(name string) units.Bytes { return units.Bytes(p[name]) }
	collecting := max(p["TotalGCTime"], p["MinorGCTime"]+p["MajorGCTime"])
	return workload.Memory{
		Heap: size("JVMHeapMemory"), OffHeap: size("JVMOffHeapMemory"),
		OnHeapExecution: size("OnHeapExecutionMemory"), OffHeapExecution: size("OffHeapExecutionMemory"),
		OnHeapStorage: size("OnHeapStorageMemory"), OffHeapStorage: size("OffHeapStorageMemory"),
		Direct: size("DirectPoolMemory"), Mapped: size("MappedPoolMemory"),
		JVMResident: size("ProcessTreeJVMRSSMemory"), PythonResident: size("ProcessTreePythonRSSMemory"),
		OtherRSS: size("ProcessTreeOtherRSSMemory"), GC: Millis(collecting).Duration(),
	}
}

// Executors lists the executors that live, and the driver.
func (a *App) Executors(ctx context.Context) ([]Executor, error) {
	return get[[]Executor](ctx, a.client, a.at("executors"))
}

// AllExecutors lists the executors that live or lived, and the driver. Of dead ones Spark keeps
// spark.ui.retainedDeadExecutors (100); of an id that lived several times it keeps the last life.
func (a *App) AllExecutors(ctx context.Context) ([]Executor, error) {
	return get[[]Executor](ctx, a.client, a.at("allexecutors"))
}
