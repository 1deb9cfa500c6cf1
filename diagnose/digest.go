package diagnose

import (
	"time"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Digest is what a run did, as far as rules need it: plain data, which can be saved, where a workload.Profile cannot. Times of
// cores are sums over them. Make one with [DigestOf].
type Digest struct {
	// Source names the log.
	Source string `json:"source"`
	AppID  string `json:"app_id,omitempty"`
	Name   string `json:"name,omitempty"`
	// Start and End bound the run; Ended is false where the source does not tell of an end.
	Start workload.Instant `json:"start"`
	End   workload.Instant `json:"end"`
	Ended bool             `json:"ended,omitempty"`
	// DriverOnly is the time without an active stage between the first and the last job, Starved the time in which a stage was
	// active and no task ran.
	DriverOnly time.Duration `json:"driver_only,omitempty"`
	Starved    time.Duration `json:"starved,omitempty"`
	// CoreTime is what executors held, BusyTime the part in which a task did, LostTime slot time that led to nothing.
	CoreTime time.Duration `json:"core_time,omitempty"`
	BusyTime time.Duration `json:"busy_time,omitempty"`
	LostTime time.Duration `json:"lost_time,omitempty"`
	// Slots are the tasks that an executor takes at once; PeakExecutors and NeededExecutors the most that there were, and that
	// running and waiting tasks would have filled.
	Slots           int `json:"slots,omitempty"`
	PeakExecutors   int `json:"peak_executors,omitempty"`
	NeededExecutors int `json:"needed_executors,omitempty"`
	// TasksFinished are those that succeeded, TaskTime their times from launch to finish, Delay the part of these in which the
	// driver or the network had the slot.
	TasksFinished int           `json:"tasks_finished,omitempty"`
	TaskMedian    time.Duration `json:"task_median,omitempty"`
	DelayMedian   time.Duration `json:"delay_median,omitempty"`
	// CPUShare, GCShare and SpillShare are from 0 to 1, as in workload.Stats.
	CPUShare   float64     `json:"cpu_share,omitempty"`
	GCShare    float64     `json:"gc_share,omitempty"`
	SpillShare float64     `json:"spill_share,omitempty"`
	DiskSpill  units.Bytes `json:"disk_spill,omitempty"`
	Input      units.Bytes `json:"input,omitempty"`
	// PeakHeap and PeakResident are the highest of an executor, DriverHeap the driver's; 0 is not measured. MeasuredHeaps counts
	// the executors with a peak.
	PeakHeap      units.Bytes `json:"peak_heap,omitempty"`
	PeakResident  units.Bytes `json:"peak_resident,omitempty"`
	DriverHeap    units.Bytes `json:"driver_heap,omitempty"`
	MeasuredHeaps int         `json:"measured_heaps,omitempty"`
	// Traits are those of workload.Trait.
	Traits    []workload.Trait `json:"traits,omitempty"`
	Executors []RunExecutor    `json:"executors,omitempty"`
	Stages    []RunStage       `json:"stages,omitempty"`
	Jobs      []RunJob         `json:"jobs,omitempty"`
	// Cached are the datasets that were kept.
	Cached []RunRDD `json:"cached,omitempty"`
	// Waiting says how long tasks waited while so many executors were registered, by their number.
	Waiting []Waiting `json:"waiting,omitempty"`
	// Left counts executors, stages and jobs that are not listed, because there are more than maxListed.
	Left int `json:"left,omitempty"`
}

// RunExecutor is the life of an executor.
type RunExecutor struct {
	ID    string `json:"id"`
	Host  string `json:"host,omitempty"`
	Cores int    `json:"cores,omitempty"`
	// Requested, Added and Removed are moments; Removed is 0 for one that lived to the end. Last is the finish of its last task.
	Requested workload.Instant `json:"requested,omitempty"`
	Added     workload.Instant `json:"added"`
	Removed   workload.Instant `json:"removed,omitempty"`
	Last      workload.Instant `json:"last,omitempty"`
	// Reason is Spark's, of the removal.
	Reason string `json:"reason,omitempty"`
	// Tasks ran to an end on it, of which Failed failed by themselves; TaskTime is what they took.
	Tasks    int           `json:"tasks,omitempty"`
	Failed   int           `json:"failed,omitempty"`
	TaskTime time.Duration `json:"task_time,omitempty"`
	// Idle is the longest time in which it had no task, IdleFrom its begin.
	Idle     time.Duration    `json:"idle,omitempty"`
	IdleFrom workload.Instant `json:"idle_from,omitempty"`
	// Shuffle is what it wrote for other stages; Cached counts tasks of stages that keep a dataset.
	Shuffle units.Bytes `json:"shuffle,omitempty"`
	Cached  int         `json:"cached,omitempty"`
}

// RunStage is an attempt of a stage.
type RunStage struct {
	ID         int    `json:"id"`
	Attempt    int    `json:"attempt,omitempty"`
	Name       string `json:"name,omitempty"`
	Tasks      int    `json:"tasks"`
	ShuffleMap bool   `json:"shuffle_map,omitempty"`
	// Profile is its resource profile.
	Profile int `json:"profile,omitempty"`
	// Submitted, First and Completed are its submission, first launch and completion; each may be 0.
	Submitted workload.Instant `json:"submitted,omitempty"`
	First     workload.Instant `json:"first,omitempty"`
	Completed workload.Instant `json:"completed,omitempty"`
	Failure   string           `json:"failure,omitempty"`
	// Median, P95, Longest and Sum are times of tasks that succeeded.
	Median  time.Duration `json:"median,omitempty"`
	P95     time.Duration `json:"p95,omitempty"`
	Longest time.Duration `json:"longest,omitempty"`
	Sum     time.Duration `json:"sum,omitempty"`
	// Succeeded and the others count ends of attempts. Resubmitted ones had succeeded before their output was lost.
	Succeeded   int `json:"succeeded,omitempty"`
	Failed      int `json:"failed,omitempty"`
	Lost        int `json:"lost,omitempty"`
	FetchFailed int `json:"fetch_failed,omitempty"`
	Resubmitted int `json:"resubmitted,omitempty"`
	// Remote counts tasks that ran away from the node of their data (RACK_LOCAL and ANY).
	Remote     int           `json:"remote,omitempty"`
	DiskSpill  units.Bytes   `json:"disk_spill,omitempty"`
	GC         time.Duration `json:"gc,omitempty"`
	Run        time.Duration `json:"run,omitempty"`
	Input      units.Bytes   `json:"input,omitempty"`
	ShuffleIn  units.Bytes   `json:"shuffle_in,omitempty"`
	ShuffleOut units.Bytes   `json:"shuffle_out,omitempty"`
}

// RunJob is a job.
type RunJob struct {
	ID        int              `json:"id"`
	Submitted workload.Instant `json:"submitted,omitempty"`
	Completed workload.Instant `json:"completed,omitempty"`
	Failed    bool             `json:"failed,omitempty"`
}

// RunRDD is a dataset that was to be kept.
type RunRDD struct {
	ID         int         `json:"id"`
	Name       string      `json:"name,omitempty"`
	Partitions int         `json:"partitions,omitempty"`
	Memory     units.Bytes `json:"memory,omitempty"`
	Disk       units.Bytes `json:"disk,omitempty"`
	// Since is when the stage that filled it was complete, Dropped when it was unpersisted; 0 is never.
	Since   workload.Instant `json:"since,omitempty"`
	Dropped workload.Instant `json:"dropped,omitempty"`
}

// Waiting is for how long tasks waited with so many executors.
type Waiting struct {
	Executors int           `json:"executors"`
	For       time.Duration `json:"for"`
	// Tasks is the most that waited or ran.
	Tasks int `json:"tasks"`
}

// Wall is the time from start to end.
func (d *Digest) Wall() time.Duration { return max(0, d.End.Sub(d.Start)) }

// Span is the time from the submission to the completion of a stage, 0 where one of them is not known.
func (s RunStage) Span() time.Duration {
	if !s.Submitted.Known() || !s.Completed.Known() {
		return 0
	}
	return max(0, s.Completed.Sub(s.Submitted))
}

// Life is how long an executor was registered, where end stands in for a removal that did not come.
func (e RunExecutor) Life(end workload.Instant) time.Duration {
	if e.Removed.Known() {
		end = e.Removed
	}
	return max(0, end.Sub(e.Added))
}
