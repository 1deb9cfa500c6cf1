package replay

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Result is what a replay gave. Times of cores and executors are sums over them.
type Result struct {
	// Wall is the time from the start of the application to its end.
	Wall time.Duration
	// Jobs is the time from the first job's submission to the last job's end: what executors can change.
	Jobs time.Duration
	// ExecutorTime and CoreTime are what executors lived and how many cores they held meanwhile, from registration
	// on; BusyTime is the core time in which a task held the slot.
	ExecutorTime, CoreTime, BusyTime time.Duration
	// Memory is the executors' pod memory over time, in byte-seconds.
	Memory float64
	// PeakExecutors is the high-water mark of registered executors.
	PeakExecutors int
	// TaskWaitP50 and TaskWaitP95 are times from the submission of a stage to the launch of a task, with a
	// resolution of 1/64.
	TaskWaitP50, TaskWaitP95 time.Duration
	// Timeline has a step at each change of the executors and of the active stages.
	Timeline []workload.Level
	// Bound says what the wall clock went to, Idle to what the core time went that held no task: it sums to CoreTime
	// less BusyTime, but for what rounding and tasks that leave their slot early make of it.
	Bound, Idle Bound
	// Stages are the stage attempts that ran, in the order of the recorded run.
	Stages []StageTime
	// Critical is the chain of driver and stages that the wall clock consists of, from the start to the end: each
	// step began when the one before ended.
	Critical []Step
	// Caveats say what the prediction does not know, sorted.
	Caveats []string
}

// Bound divides time by what held the run up.
type Bound struct {
	// Driver is time without an active stage: the driver worked alone, or started.
	Driver time.Duration
	// Allocation is time in which tasks waited while executors were on their way: ramp, pod start.
	Allocation time.Duration
	// Capacity is time in which tasks waited for a slot of the executors that were there, or for one near what they read.
	Capacity time.Duration
	// Tail is time in which no task waited: the last tasks of stages, skewed or not, ran out.
	Tail time.Duration
}

// String names the largest part and the others, for example "bound by capacity: 4m10s; tail 31s, driver 12s".
func (b Bound) String() string {
	parts := []struct {
		name string
		time time.Duration
	}{{"capacity", b.Capacity}, {"tail", b.Tail}, {"allocation", b.Allocation}, {"driver", b.Driver}}
	for i := range parts {
		for j := i; j > 0 && parts[j].time > parts[j-1].time; j-- {
			parts[j], parts[j-1] = parts[j-1], parts[j]
		}
	}
	text := []string{}
	for _, p := range parts[1:] {
		if p.time > 0 {
			text = append(text, fmt.Sprintf("%s %s", p.name, p.time.Round(100*time.Millisecond)))
		}
	}
	first := fmt.Sprintf("bound by %s: %s", parts[0].name, parts[0].time.Round(100*time.Millisecond))
	return strings.TrimSuffix(first+"; "+strings.Join(text, ", "), "; ")
}

// CoreHours is CoreTime in hours.
func (r Result) CoreHours() float64 { return r.CoreTime.Hours() }

// Wasted is the core time that was paid and held no task, in hours.
func (r Result) Wasted() float64 { return max(0, r.CoreTime-r.BusyTime).Hours() }

// GiBHours is Memory in GiB and hours.
func (r Result) GiBHours() float64 { return r.Memory / float64(units.GiB(1)) / 3600 }

// Utilisation is busy core time over paid core time, 0 where nothing was paid.
func (r Result) Utilisation() float64 {
	if r.CoreTime <= 0 {
		return 0
	}
	return min(1, float64(r.BusyTime)/float64(r.CoreTime))
}

func (e *engine) result() (Result, error) {
	for x := range e.executors {
		if e.executors[x].alive {
			e.account.left(e, int32(x))
		}
	}
	pod, err := e.Shape.Pod(e.version())
	if err != nil {
		return Result{}, err
	}
	a, path := &e.account, e.critical()
	cores, cpus := time.Duration(max(1, e.Shape.Cores)), time.Duration(max(1, e.Shape.TaskCPUs))
	return Result{
		Wall:         e.now.duration(),
		Jobs:         (e.account.lastEnd - e.account.firstJob).duration(),
		ExecutorTime: sum(a.lived, 1), CoreTime: sum(a.lived, cores), BusyTime: sum(a.busy, cpus),
		Memory:        float64(pod.Memory) * float64(a.lived) / 1000,
		PeakExecutors: int(a.peak),
		TaskWaitP50:   a.waits.quantile(0.5).duration(), TaskWaitP95: a.waits.quantile(0.95).duration(),
		Timeline: a.timeline,
		Bound:    boundOf(a.bound, 1),
		Idle:     boundOf(a.idle, cpus),
		Stages:   e.stageTimes(cpus, path),
		Critical: path,
		Caveats:  e.caveats(),
	}, nil
}

func boundOf(t [bounds]ms, times time.Duration) Bound {
	return Bound{
		Driver: sum(t[byDriver], times), Allocation: sum(t[byArrival], times),
		Capacity: sum(t[byCapacity], times), Tail: sum(t[byTail], times),
	}
}

// sum is a time so many times, at most what a duration can hold: 292 years.
func sum(t ms, times time.Duration) time.Duration {
	if float64(t)*float64(times)*float64(time.Millisecond) >= math.MaxInt64 {
		return math.MaxInt64
	}
	return times * t.duration()
}

// caveats says where the setting leaves what the run can tell.
func (e *engine) caveats() []string {
	var list []string
	recorded := e.profile.Slots()
	if recorded > 0 && int(e.slots) != recorded {
		list = append(list, fmt.Sprintf("tasks ran %d at a time on an executor and are taken to be as fast %d at a time", recorded, e.slots))
	}
	if sum(e.account.lived, time.Duration(max(1, e.Shape.Cores))) == math.MaxInt64 {
		list = append(list, "executors hold cores for more than 292 years together, where sums end")
	}
	if e.profile.Coverage.Truncated {
		list = append(list, "the log is cut; what came after is not in the prediction")
	}
	return list
}
