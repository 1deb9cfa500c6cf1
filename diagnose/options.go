package diagnose

import (
	"time"

	"github.com/sparkscale/sparkscale/units"
)

// Options are the thresholds of the rules. A zero value means the default, which its comment argues for.
type Options struct {
	// Pending is how long a pod may be pending before it is one that cannot start; 0 means one minute. A cluster autoscaler
	// needs longer and says so in events; an image of 1 GB is pulled in less.
	Pending time.Duration
	// Episodes is how often executors must leave and come back before it is thrash; 0 means 3: once is what dynamic allocation
	// is for, as the recorded grow-and-shrink of a healthy job shows.
	Episodes int
	// Return is how soon after a removal a new request counts as "come back"; 0 means twice the time that executors took to
	// start in the run, at least 30 seconds: then keeping them would have cost about as much as starting them again.
	Return time.Duration
	// MinLoss is the core time below which waste is not worth a finding; 0 means 0.5 core-hours, the price of a few cents.
	// Dr. Elephant, for comparison, ignores executors below 5 minutes.
	MinLoss time.Duration
	// MinWall is the length of a run below which nothing is said about its efficiency; 0 means 5 minutes (Dr. Elephant).
	MinWall time.Duration
	// IdleShare is the part of held core time without a task from which executors are over-provisioned; 0 means 0.5 (DataFlint;
	// spark-advisor warns at 0.6, SparkScope at 0.4 of CPU).
	IdleShare float64
	// SkewRatio and SkewTime are how many times longer than the median, and how much longer, the longest task of a stage is for
	// skew; 0 means 5 (spark-advisor; DataFlint 10) and 30 seconds, so that short stages stay out (DataFlint 5 seconds).
	SkewRatio float64
	SkewTime  time.Duration
	// GCHigh and GCLow are the parts of run time in garbage collection above which the heap is too small and below which it is
	// larger than needed; 0 means 0.10 and 0.01 (Dr. Elephant's second step of the first, its last of the second).
	GCHigh, GCLow float64
	// HeapLow is the part of the heap below which its highest peak shows waste; 0 means 0.5 (DataFlint 0.7, SparkScope 0.6;
	// lower here, because a peak that was polled misses the true one).
	HeapLow float64
	// SpillShare is the part of tasks that spill to disk from which it is a property of the executor; 0 means 0.05, as in
	// package sizing.
	SpillShare float64
	// TinyTasks and TinyTask are how many tasks of which median are too many too small; 0 means 5000 and 500 ms (DataFlint).
	TinyTasks int
	TinyTask  time.Duration
	// WaveShare is the part of the slots that the last wave of a stage must leave empty; 0 means 0.5.
	WaveShare float64
	// DriverShare is the part of the time between the first and last job in which no stage was active, from which a run is
	// bound by its driver; 0 means 0.3.
	DriverShare float64
	// DelayShare is the part of a median task that the driver may hold its slot; 0 means 0.3.
	DelayShare float64
	// BadNode is how many times the failure rate of the other hosts one must have; 0 means 5, of at least 5 failures.
	BadNode float64
	// DriftShare and DriftTime are how much longer than the median of earlier runs a run must be; 0 means 0.25 and 5 minutes,
	// both (Cloudera's health check). MinRuns is how many earlier runs it takes; 0 means 3.
	DriftShare float64
	DriftTime  time.Duration
	MinRuns    int
	// Straggle is how many times longer than the median stage task a last one must run to be held for a straggler; 0 means 10.
	Straggle float64
	// DriverHeap is the driver heap above which a low peak is waste; 0 means 8 GiB.
	DriverHeap units.Bytes
	// Queue is how long an application may wait for its driver to run; 0 means 5 minutes.
	Queue time.Duration
	// Stranded is the part of the free CPU or memory of the nodes that is too little for one more executor each, from which
	// the shape packs badly; 0 means 0.2.
	Stranded float64
}

func or[T int | int64 | float64 | time.Duration | units.Bytes](value, standard T) T {
	if value <= 0 {
		return standard
	}
	return value
}

// filled gives the options with their defaults.
func (o Options) filled() Options {
	o.Pending = or(o.Pending, time.Minute)
	o.Episodes = or(o.Episodes, 3)
	o.MinLoss = or(o.MinLoss, 30*time.Minute)
	o.MinWall = or(o.MinWall, 5*time.Minute)
	o.IdleShare = or(o.IdleShare, 0.5)
	o.SkewRatio = or(o.SkewRatio, 5)
	o.SkewTime = or(o.SkewTime, 30*time.Second)
	o.GCHigh = or(o.GCHigh, 0.10)
	o.GCLow = or(o.GCLow, 0.01)
	o.HeapLow = or(o.HeapLow, 0.5)
	o.SpillShare = or(o.SpillShare, 0.05)
	o.TinyTasks = or(o.TinyTasks, 5000)
	o.TinyTask = or(o.TinyTask, 500*time.Millisecond)
	o.WaveShare = or(o.WaveShare, 0.5)
	o.DriverShare = or(o.DriverShare, 0.3)
	o.DelayShare = or(o.DelayShare, 0.3)
	o.BadNode = or(o.BadNode, 5)
	o.DriftShare = or(o.DriftShare, 0.25)
	o.DriftTime = or(o.DriftTime, 5*time.Minute)
	o.MinRuns = or(o.MinRuns, 3)
	o.Straggle = or(o.Straggle, 10)
	o.DriverHeap = or(o.DriverHeap, units.GiB(8))
	o.Queue = or(o.Queue, 5*time.Minute)
	o.Stranded = or(o.Stranded, 0.2)
	return o
}
