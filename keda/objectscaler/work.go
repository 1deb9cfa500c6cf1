package objectscaler

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Work is what objects cost the application that takes them, as one run of it did. Make it with [NewWork].
type Work struct {
	// PerObject says what Each is for: an object, else a byte.
	PerObject bool
	// Each is the task time of one byte or one object, in seconds.
	Each float64
	// Serial is the time of a run that no executor shortens: the driver alone, and the longest task of each stage.
	Serial time.Duration
	// Slots is how many tasks an executor of the plan runs at once, Max how many executors the plan allows at most.
	Slots, Max int
	// Figures are the working of all of these.
	Figures []workload.Figure
}

// WorkOptions change [NewWork].
type WorkOptions struct {
	// Objects is how many objects the run took, where objects and not bytes make the work; an event log does not tell it.
	Objects int
}

// NewWork takes what a run did and the plan for the next one. The error says what the run does not tell: no task that
// succeeded, no input read (then give Objects), no end, or an application that is not the plan's.
func NewWork(run *workload.Profile, p *plan.Plan, o WorkOptions) (Work, error) {
	if run == nil || p == nil {
		return Work{}, errors.New("objectscaler: work takes a run and a plan")
	}
	tasks, input := run.TaskDurations(), run.Totals.Sums.Input
	switch {
	case run.App.Name != p.App:
		return Work{}, fmt.Errorf("objectscaler: the plan is for application %q, the run is of %q", p.App, run.App.Name)
	case !run.End.Known():
		return Work{}, errors.New("objectscaler: the run did not end, so that it does not tell how much work there is")
	case tasks.Sum <= 0:
		return Work{}, errors.New("objectscaler: no task of the run succeeded")
	case o.Objects < 0:
		return Work{}, fmt.Errorf("objectscaler: %d objects", o.Objects)
	case o.Objects == 0 && input <= 0:
		return Work{}, errors.New("objectscaler: the run read no input, so that its work is not by bytes; say how many objects it took")
	case p.Shape.Slots() < 1 || p.Policy.EffectiveMax() < 1:
		return Work{}, errors.New("objectscaler: the plan has no executors")
	}
	w := Work{PerObject: o.Objects > 0, Slots: p.Shape.Slots(), Max: p.Policy.EffectiveMax(), Serial: serial(run)}
	w.Each = tasks.Sum.Seconds() / float64(input)
	if w.PerObject {
		w.Each = tasks.Sum.Seconds() / float64(o.Objects)
	}
	w.Figures = w.working(tasks, input, o.Objects, p)
	return w, nil
}

// serial bounds what is left of a run with any number of executors: the time in which only the driver worked, and for each
// stage, one after the other, its longest task.
func serial(run *workload.Profile) time.Duration {
	total := run.Stats().DriverOnly
	for i, stage := range run.Stages {
		if stage.Failure == "" {
			total += run.StageDurations(i).Max
		}
	}
	return total
}

func (w Work) working(tasks workload.Durations, input units.Bytes, objects int, p *plan.Plan) []workload.Figure {
	each, over := fmt.Sprintf("%.4g s a GiB", w.Each*float64(units.GiB(1))), input.String()+" of input"
	if w.PerObject {
		each, over = fmt.Sprintf("%.4g s an object", w.Each), wording.Count(objects, "object")
	}
	return []workload.Figure{
		workload.NewFigure("task time", each, workload.Measured(tasks.N, "tasks"), fmt.Sprintf("%s of tasks that succeeded over %s", tasks.Sum, over)),
		workload.NewFigure("serial time", w.Serial.String(), workload.Measured(tasks.N, "tasks"), "time of the driver alone, and the longest task of each stage"),
		workload.NewFigure("slots", wording.Count(w.Slots, "task"), workload.Given("the plan"), "cores of an executor over spark.task.cpus"),
		workload.NewFigure("most executors", wording.Count(w.Max, "executor"), workload.Given("the plan"), p.Policy.String()),
	}
}

// Executors is how many executors work the objects off within the deadline, from now on:
//
//	n = ⌈ Each × backlog / (Slots × (deadline − Serial)) ⌉, at least 1 and at most Max; 0 without objects
//
// because with n executors a list schedule takes no longer than Serial + Each × backlog / (n × Slots): the work spread over
// all slots, and on top of it the longest chain. Source: R. L. Graham, Bounds for Certain Multiprocessing Anomalies, 1966.
//
// It takes for granted that tasks are cut by size as they were in the run, so that a larger backlog has more of them and not
// longer ones, and that the executors are there: the time until they are registered is not in it. A deadline that Serial
// alone exceeds gives Max. Example: 0.2 s an object, 9000 objects, 2 slots, 10 min deadline, 1 min serial: 1800 s over
// 2 × 540 s is 1.67, so 2 executors.
func (w Work) Executors(t Tally, deadline time.Duration) int {
	if t.Objects == 0 {
		return 0
	}
	n := math.Ceil(w.Each * w.backlog(t) / w.capacity(deadline))
	if !(n < float64(w.Max)) {
		return w.Max
	}
	return max(1, int(n))
}

// Figure is the same number with its working.
func (w Work) Figure(t Tally, deadline time.Duration) workload.Figure {
	n := w.Executors(t, deadline)
	backlog := units.Bytes(t.Bytes).String()
	if w.PerObject {
		backlog = wording.Count(int(t.Objects), "object")
	}
	rule := fmt.Sprintf("%.4g s of tasks for %s over %s in %s less %s, at most %s",
		w.Each*w.backlog(t), backlog, wording.Count(w.Slots, "slot"), deadline, w.Serial, wording.Count(w.Max, "executor"))
	return workload.NewFigure("executors", wording.Count(n, "executor"), workload.Measured(int(t.Objects), "pending objects"), rule)
}

func (w Work) backlog(t Tally) float64 {
	if w.PerObject {
		return float64(t.Objects)
	}
	return float64(t.Bytes)
}

// capacity is the task time that one executor gives within the deadline, in seconds; 0 where there is none.
func (w Work) capacity(deadline time.Duration) float64 {
	return float64(w.Slots) * max(0, deadline-w.Serial).Seconds()
}

// enough is the backlog from which on the answer is Max, so that a listing can stop there: objects, and bytes, 0 for no bound.
func (w Work) enough(deadline time.Duration, maxObjects int64) (objects, bytes int64) {
	most := whole(float64(w.Max) * w.capacity(deadline) / w.Each)
	switch {
	case !w.PerObject:
		return maxObjects, max(1, most)
	case maxObjects > 0:
		return min(maxObjects, max(1, most)), 0
	}
	return max(1, most), 0
}
