package workload

import (
	"math"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// Stats are the statistics of a run. Times of cores and executors are sums over them: two cores for a minute are two
// minutes. Only what lies between Since and Until counts, but for the times and sizes of tasks.
//
// Where tasks are kept as sketches (Coverage.Sketched), BusyTime is the time that tasks held slots, at most CoreTime;
// Parallelism is over the time in which a stage was active; MaxTasks and MaxDemand are Totals.MaxTasks, as how many
// waited is not known; Starved is 0; quantiles are within 1 %.
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
	// ExecutorTime and CoreTime are what was paid: registered executors and cores over time. They begin with the
	// registration; that a pod was there before is not in the source.
	ExecutorTime, CoreTime time.Duration
	// BusyTime is the part of CoreTime in which a task held the core, with as many cores as a task of its resource
	// profile takes (spark.task.cpus). Of tasks that overlap on an executor it counts no more cores than the executor
	// has, and none while it was not registered. So it never exceeds CoreTime, as a sum of task times does: Spark
	// frees a core when the driver hears of the task's end, but stamps the finish later, when it has the result, and
	// the next task is launched in between (CoarseGrainedSchedulerBackend.statusUpdate and
	// TaskSetManager.handleSuccessfulTask, Spark 3.5.6). Tasks on executors that the source does not name do not count.
	BusyTime time.Duration

	// MaxTasks is the high-water mark of running tasks, MaxDemand of running and pending ones. Parallelism is how many
	// tasks ran on average while any did.
	MaxTasks, MaxDemand int
	Parallelism         float64
	// NeededExecutors is how many executors MaxDemand would fill.
	NeededExecutors int

	// Tasks summarises the times of tasks that succeeded, from launch to finish; Tasks.Mean is the average task. Delay
	// is the part of them in which the driver or the network, not the task, had the slot (Tasks.SchedulerDelay).
	Tasks, Delay Durations
	// WorstSkew is the highest ratio of longest to median task over stages of at least ten tasks, with its stage
	// as an index of Profile.Stages, or 0 and -1.
	WorstSkew      float64
	WorstSkewStage int
	// LostTime is slot time that led to nothing: of attempts that failed, were killed or lost, and of successes that
	// were resubmitted because their output was lost. Attempts without an end are not in it.
	LostTime time.Duration

	// CPUShare is processor time over run time, and GCShare collection time over run time, of all tasks. Each task
	// counts the collections of its whole JVM, so that tasks together count one several times, as they do their run
	// time. SpillShare is the share of tasks that spilled to disk, of those that ran to an end. All are from 0 to 1,
	// and 0 where there is nothing to tell.
	CPUShare, GCShare, SpillShare float64
	// MemorySpill and DiskSpill are totals.
	MemorySpill, DiskSpill units.Bytes
	// PeakHeap is the highest JVM heap of an executor, AverageHeap the mean of the executors' peaks, MeasuredHeaps
	// how many executors have one; all 0 where none was measured. Each one's other peaks are in Executor.Peak.
	PeakHeap, AverageHeap units.Bytes
	MeasuredHeaps         int
}

// Utilisation is busy core time over paid core time, from 0 to 1, and 0 where no core was paid. It cannot exceed 1,
// because BusyTime is counted as a part of CoreTime.
func (s Stats) Utilisation() float64 { return share(s.BusyTime, s.CoreTime) }

// IdleTime is paid core time in which no task held the core.
func (s Stats) IdleTime() time.Duration { return max(0, s.CoreTime-s.BusyTime) }

// DriverShare is DriverOnly over Wall, from 0 to 1.
func (s Stats) DriverShare() float64 { return share(s.DriverOnly, s.Wall) }

// share is a part over a whole, from 0 to 1, and 0 without a whole.
func share[T ~int64 | ~int](part, whole T) float64 {
	if whole <= 0 {
		return 0
	}
	return min(1, max(0, float64(part)/float64(whole)))
}

// TaskCPUs returns how many cores one task of the default resource profile takes, 1 where it is not set or not
// readable.
func (p *Profile) TaskCPUs() int {
	if n, err := p.Conf.Int(spark.TaskCPUs); err == nil && n > 0 {
		return n
	}
	return 1
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

// Stats computes the statistics of the run.
func (p *Profile) Stats() Stats {
	sums := &p.Totals.Sums
	s := Stats{
		Wall: p.Wall(), Tasks: p.TaskDurations(), MemorySpill: sums.MemorySpill, DiskSpill: sums.DiskSpill,
		CPUShare: share(sums.CPU, sums.Run), GCShare: share(sums.GC, sums.Run),
	}
	s.overTime(p)
	s.overTasks(p)
	s.skew(p)
	s.heaps(p)
	return s
}

func (s *Stats) overTime(p *Profile) {
	var active, running time.Duration
	for m := range p.moments() {
		s.ExecutorTime += time.Duration(m.Executors) * m.span
		s.CoreTime += time.Duration(m.Cores) * m.span
		s.BusyTime += time.Duration(m.busy) * m.span
		running += time.Duration(m.Running) * m.span
		switch {
		case m.Running > 0:
			active += m.span
		case m.Stages > 0:
			s.Starved += m.span
		}
		if m.Stages == 0 {
			s.DriverOnly += m.span
		}
		s.PeakExecutors, s.PeakCores = max(s.PeakExecutors, m.Executors), max(s.PeakCores, m.Cores)
		s.MaxTasks, s.MaxDemand = max(s.MaxTasks, m.Running), max(s.MaxDemand, m.Running+m.Pending)
	}
	if p.Coverage.Sketched > 0 {
		active, running = s.Wall-s.DriverOnly, s.sketched(p)
	}
	if s.Wall > 0 {
		s.AverageExecutors = float64(s.ExecutorTime) / float64(s.Wall)
	}
	if active > 0 {
		s.Parallelism = float64(running) / float64(active)
	}
	if slots := p.Slots(); slots > 0 {
		s.NeededExecutors = int(math.Ceil(float64(s.MaxDemand) / float64(slots)))
	}
}

func (s *Stats) overTasks(p *Profile) {
	delays := make([]time.Duration, 0, p.Tasks.Len())
	ran, spilled := 0, 0
	for i := range p.Tasks.Len() {
		switch p.Tasks.Status(i) {
		case Running:
			continue
		case Resubmitted:
			s.LostTime += p.Tasks.Occupied(i)
			continue
		case Succeeded:
			delays = append(delays, p.Tasks.SchedulerDelay(i))
		default:
			s.LostTime += p.Tasks.Occupied(i)
		}
		ran++
		if p.Tasks.DiskSpill(i) > 0 {
			spilled++
		}
	}
	if p.Coverage.Sketched == 0 {
		s.Delay, s.SpillShare = summarize(delays), share(spilled, ran)
	}
}

// sketched fills in what sketches tell of tasks, and returns how long they held their slots together.
func (s *Stats) sketched(p *Profile) (held time.Duration) {
	var delays histogram
	ran, spilled, cores := 0, 0, time.Duration(0)
	for i := range p.Stages {
		if k := p.Stages[i].Sketch; k != nil {
			held += k.occupied
			cores += k.occupied * time.Duration(p.taskCPUs(&p.Stages[i]))
			s.LostTime += k.lost
			ran += k.Len() - k.N(Running) - k.N(Resubmitted)
			spilled += k.spilled
			delays.merge(&k.delay)
		}
	}
	s.Starved, s.BusyTime = 0, min(cores, s.CoreTime)
	s.MaxTasks, s.MaxDemand = p.Totals.MaxTasks, p.Totals.MaxTasks
	s.Delay, s.SpillShare = delays.durations(), share(spilled, ran)
	return held
}

// skewTasks is how many tasks a stage needs for its skew to say anything: of fewer, the median is one task's chance.
const skewTasks = 10

func (s *Stats) skew(p *Profile) {
	s.WorstSkewStage = -1
	for i := range p.Stages {
		if p.attempts(i) < skewTasks {
			continue
		}
		d := p.StageDurations(i)
		if skew := d.Skew(); d.N >= skewTasks && skew > s.WorstSkew {
			s.WorstSkew, s.WorstSkewStage = skew, i
		}
	}
}

func (s *Stats) heaps(p *Profile) {
	var sum float64
	for i := range p.Executors {
		if heap := p.Executors[i].Peak.Heap; heap > 0 {
			s.MeasuredHeaps++
			sum += float64(heap)
			s.PeakHeap = max(s.PeakHeap, heap)
		}
	}
	if s.MeasuredHeaps > 0 {
		s.AverageHeap = units.Bytes(sum / float64(s.MeasuredHeaps))
	}
}
