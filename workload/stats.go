package workload

import (
	"math"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// Stats are the statistics of a run. Times of cores and executors are sums over them: two cores for a minute are two
// minutes.
type Stats struct {
	// Wall is the time from start to end.
	Wall time.Duration
	// DriverOnly is the part of Wall in which no stage was active: the driver alone was working, or waiting.
	DriverOnly time.Duration
	// Starved is the part of Wall in which a stage was active and no task ran: nothing to run it on.
	Starved time.Duration

	// PeakExecutors and PeakCores are high-water marks over time; AverageExecutors is over Wall.
	PeakExecutors, PeakCores int
	AverageExecutors         float64
	// ExecutorTime and CoreTime are what was paid: registered executors and cores over time.
	ExecutorTime, CoreTime time.Duration
	// BusyTime is core time in which a task held the slot, with as many cores as a task takes.
	BusyTime time.Duration

	// MaxTasks is the high-water mark of running tasks, MaxDemand of running and pending ones.
	MaxTasks, MaxDemand int
	// NeededExecutors is how many executors MaxDemand would fill.
	NeededExecutors int

	// Tasks summarises the times of tasks that succeeded; Delay the part in which the driver or the network, not
	// the task, had the slot.
	Tasks, Delay Durations
	// WorstSkew is the highest ratio of longest to median task over stages of at least ten tasks, with its stage
	// as an index of Profile.Stages, or 0 and -1.
	WorstSkew      float64
	WorstSkewStage int
	// LostTime is slot time of attempts that did not succeed.
	LostTime time.Duration

	// CPUShare is processor time over run time; GCShare is collection time over run time.
	CPUShare, GCShare float64
	// MemorySpill and DiskSpill are totals.
	MemorySpill, DiskSpill units.Bytes
	// PeakHeap is the highest JVM heap of an executor, AverageHeap the mean of the executors' peaks, MeasuredHeaps
	// how many executors have one; all 0 where none was measured.
	PeakHeap, AverageHeap units.Bytes
	MeasuredHeaps         int
}

// Utilisation is busy core time over paid core time, between 0 and 1, and 0 where no core was paid.
func (s Stats) Utilisation() float64 {
	if s.CoreTime <= 0 {
		return 0
	}
	return min(1, float64(s.BusyTime)/float64(s.CoreTime))
}

// IdleTime is paid core time in which no task held the core.
func (s Stats) IdleTime() time.Duration { return max(0, s.CoreTime-s.BusyTime) }

// DriverShare is DriverOnly over Wall.
func (s Stats) DriverShare() float64 {
	if s.Wall <= 0 {
		return 0
	}
	return float64(s.DriverOnly) / float64(s.Wall)
}

// TaskCPUs returns what one task takes, 1 where it is not set or not readable.
func (p *Profile) TaskCPUs() int {
	if n, err := p.Conf.Int(spark.TaskCPUs); err == nil && n > 0 {
		return n
	}
	return 1
}

// Stats computes the statistics of the run.
func (p *Profile) Stats() Stats {
	s := Stats{Wall: p.Wall(), Tasks: p.TaskDurations(), MemorySpill: p.Totals.Sums.MemorySpill, DiskSpill: p.Totals.Sums.DiskSpill}
	s.overTime(p)
	s.overTasks(p)
	s.skew(p)
	s.heaps(p)
	if run := p.Totals.Sums.Run; run > 0 {
		s.CPUShare = float64(p.Totals.Sums.CPU) / float64(run)
		s.GCShare = float64(p.Totals.Sums.GC) / float64(run)
	}
	return s
}

func (s *Stats) overTime(p *Profile) {
	levels, until := p.Timeline(), p.Until()
	s.DriverOnly = integrate(levels, until, func(l Level) int { return indicator(l.Stages == 0) })
	s.Starved = integrate(levels, until, func(l Level) int { return indicator(l.Stages > 0 && l.Running == 0) })
	s.ExecutorTime = integrate(levels, until, func(l Level) int { return l.Executors })
	s.CoreTime = integrate(levels, until, func(l Level) int { return l.Cores })
	for _, l := range levels {
		s.PeakExecutors, s.PeakCores = max(s.PeakExecutors, l.Executors), max(s.PeakCores, l.Cores)
		s.MaxTasks, s.MaxDemand = max(s.MaxTasks, l.Running), max(s.MaxDemand, l.Running+l.Pending)
	}
	if s.Wall > 0 {
		s.AverageExecutors = float64(s.ExecutorTime) / float64(s.Wall)
	}
	if slots := p.Slots(); slots > 0 {
		s.NeededExecutors = int(math.Ceil(float64(s.MaxDemand) / float64(slots)))
	}
}

// Slots returns how many tasks the executors of the run took at once: the median over executors of cores over
// spark.task.cpus, at least 1, or 0 where there was no executor.
func (p *Profile) Slots() int {
	if len(p.Executors) == 0 {
		return 0
	}
	cores := make([]int, 0, len(p.Executors))
	for _, e := range p.Executors {
		cores = append(cores, e.Cores)
	}
	slices.Sort(cores)
	return max(1, Quantile(cores, 0.5)/p.TaskCPUs())
}

func indicator(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s *Stats) overTasks(p *Profile) {
	cpus := time.Duration(p.TaskCPUs())
	delays := make([]time.Duration, 0, p.Tasks.Len())
	for i := range p.Tasks.Len() {
		switch p.Tasks.Status(i) {
		case Resubmitted:
			continue
		case Succeeded:
			delays = append(delays, p.Tasks.SchedulerDelay(i))
		default:
			s.LostTime += p.Tasks.Occupied(i)
		}
		s.BusyTime += cpus * p.Tasks.Occupied(i)
	}
	s.Delay = Summarize(delays)
}

// skewTasks is how many tasks a stage needs for its skew to say anything.
const skewTasks = 10

func (s *Stats) skew(p *Profile) {
	s.WorstSkewStage = -1
	for i := range p.Stages {
		d := p.StageDurations(i)
		if skew := d.Skew(); d.N >= skewTasks && skew > s.WorstSkew {
			s.WorstSkew, s.WorstSkewStage = skew, i
		}
	}
}

func (s *Stats) heaps(p *Profile) {
	var sum units.Bytes
	for _, e := range p.Executors {
		if e.Peak.Heap > 0 {
			s.MeasuredHeaps++
			sum += e.Peak.Heap
			s.PeakHeap = max(s.PeakHeap, e.Peak.Heap)
		}
	}
	if s.MeasuredHeaps > 0 {
		s.AverageHeap = sum / units.Bytes(s.MeasuredHeaps)
	}
}
