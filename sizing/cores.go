package sizing

import (
	"cmp"
	"fmt"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// CoresOptions are the thresholds of [Cores]. A zero value means the default.
type CoresOptions struct {
	// Shape is what the run had; the zero value means what the profile's configuration says.
	Shape Shape
	// CPUShare is the share of run time on the processor from which work counts as CPU-bound; 0 means 0.6, below
	// which SparkScope reports idle cores.
	CPUShare float64
	// GCShare is the share of run time in garbage collection from which it counts as memory-bound; 0 means 0.10,
	// the second of Dr. Elephant's four steps (8, 10, 15, 20 %).
	GCShare float64
	// SpillShare is the share of tasks that spill to disk from which it counts as memory-bound; 0 means 0.05. Peers
	// flag any spill; one skewed task that spills is no property of the executor, one in twenty is.
	SpillShare float64
	// SlotShare is how much of its slot's even share of unified memory a task of the 95th percentile may use before
	// it counts as memory-bound; 0 means 0.8: the next larger input would spill.
	SlotShare float64
}

func (o CoresOptions) filled() (CoresOptions, error) {
	o.CPUShare, o.GCShare = cmp.Or(o.CPUShare, 0.6), cmp.Or(o.GCShare, 0.10)
	o.SpillShare, o.SlotShare = cmp.Or(o.SpillShare, 0.05), cmp.Or(o.SlotShare, 0.8)
	p := &problems{}
	p.share("CPUShare", o.CPUShare)
	p.share("GCShare", o.GCShare)
	p.share("SpillShare", o.SpillShare)
	p.share("SlotShare", o.SlotShare)
	return o, invalid(p.errs)
}

func (p *problems) share(name string, value float64) {
	p.when(!(value > 0 && value <= 1), name, value, "must be above 0 and at most 1")
}

// Bound is what limits the tasks of a run.
type Bound string

// What can limit tasks.
const (
	// BoundCPU is the processor: tasks compute most of their time.
	BoundCPU Bound = "cpu"
	// BoundMemory is memory: tasks collect garbage, spill, or are about to.
	BoundMemory Bound = "memory"
	// BoundWaiting is neither: tasks wait for storage, network or each other.
	BoundWaiting Bound = "waiting"
	// BoundUnknown means that the source does not tell.
	BoundUnknown Bound = "unknown"
)

// CoreAdvice is how many cores an executor should have. All counts are of cores: slots times spark.task.cpus.
type CoreAdvice struct {
	// Target is the advice, Lower and Upper the band in which it may as well lie.
	Target, Lower, Upper int
	// Limit is the CPU limit that belongs to Target: as many CPUs as cores.
	Limit units.MilliCPU
	// Bound is what limits the tasks.
	Bound Bound
	// Firm is true where no measure lies so near to its threshold, given the differences between the tasks, that
	// it might be on the other side, and there are at least 30 tasks.
	Firm bool
	// Figures are the evidence, and the rule that made the advice of it.
	Figures []workload.Figure
	// Alternatives are other ways to the same end.
	Alternatives []Alternative
}

// Alternative is another number of cores, and what goes with it.
type Alternative struct {
	Cores int
	Why   string
}

// Cores advises the cores of an executor from what limited the tasks of a run: CPU-bound work takes 2 to 4 cores,
// which share the fixed cost of a JVM; memory-bound work takes 1 or 2, so that fewer tasks share a heap. The
// evidence is CPU time and garbage collection over run time, spilling tasks, and execution memory per task.
// Without evidence it keeps the cores that the run had; where the evidence is thin the band is wider. The error is
// an *[InvalidError] for thresholds outside of 0 to 1.
func Cores(p *workload.Profile, o CoresOptions) (CoreAdvice, error) {
	o, err := o.filled()
	if err != nil {
		return CoreAdvice{}, err
	}
	j := judge(p, o)
	a := CoreAdvice{Bound: j.bound, Firm: len(j.possible) == 1, Figures: j.figures}
	slots, why := j.target()
	widest := widest(p)
	if slots > widest {
		slots, why = widest, fmt.Sprintf("%s, but no stage has more than %d tasks", why, widest)
	}
	low, high := j.band()
	cpus := j.ran.taskCPUs()
	a.Target, a.Lower, a.Upper = slots*cpus, min(low, slots)*cpus, max(high, slots)*cpus
	a.Limit = units.Cores(a.Target)
	a.Alternatives = j.alternatives(slots)
	a.conclude(j, why)
	return a, nil
}

// widest is the most tasks that any stage has: an executor needs no more slots.
func widest(p *workload.Profile) int {
	most := 0
	for i := range p.Stages {
		most = max(most, p.Stages[i].NumTasks, p.Stages[i].Last-p.Stages[i].First)
	}
	if most == 0 {
		return 1 << 30
	}
	return most
}

func (a *CoreAdvice) conclude(j *judgement, why string) {
	rests := workload.Assumed("no task says what it waited for: the configured cores stand")
	switch {
	case j.bound != BoundUnknown && a.Firm:
		rests = workload.Measured(len(j.e.rows), "tasks")
	case j.bound != BoundUnknown:
		rests = workload.Assumed(fmt.Sprintf("%d tasks do not settle it", len(j.e.rows)))
	}
	a.Figures = append(a.Figures,
		workload.NewFigure("executor cores", fmt.Sprintf("%d (%d to %d)", a.Target, a.Lower, a.Upper), rests, why),
		workload.NewFigure("executor cpu limit", a.Limit.String(), workload.Computed("executor cores"),
			"as many CPUs as cores: tasks get what their slots promise and no neighbour's share"))
}
