package sizing

import (
	"fmt"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// The band that runbooks give for the overhead, as a share of the heap.
const (
	lowShare  = 0.10
	highShare = 0.20
)

// Division is the runbook's formula worked out, beside what Spark makes of it.
type Division struct {
	// Share is what one executor may have: the total divided by the executors.
	Share units.Bytes
	// Heap is what the formula says for spark.executor.memory, in whole MiB.
	Heap units.Bytes
	// Overhead is the overhead that was assumed.
	Overhead units.Bytes
	// OverheadShare is Overhead divided by Heap; InBand says whether it is 10 % to 20 %.
	OverheadShare float64
	InBand        bool
	// Pod is what Spark requests where spark.executor.memoryOverhead stays unset, and Fits whether the share holds it.
	Pod  Pod
	Fits bool
	// Explicit is what Spark requests where spark.executor.memoryOverhead is set to Overhead, and ExplicitFits
	// whether the share holds it: it does unless off-heap or PySpark memory come on top.
	Explicit     Pod
	ExplicitFits bool
	// LargestHeap is the largest heap whose pod fits into the share where spark.executor.memoryOverhead stays
	// unset; 0 where none does.
	LargestHeap units.Bytes
	// Figures are the numbers above with their rules.
	Figures []workload.Figure
}

// Divide works out executor.memory = total worker memory / number of executors − memory overhead, all in bytes,
// for executors that are else like s; heap and overhead of s do not count. The formula forgets that Spark derives
// the overhead from the heap unless it is set, and that the memory of a cluster comes in nodes; the Division shows
// the former. It fails with an *[InvalidError] where no heap of at least 450 MiB is left.
func Divide(total units.Bytes, executors int, overhead units.Bytes, s Shape, v spark.Version) (Division, error) {
	p := &problems{}
	p.when(executors < 1, "executors", executors, "must be at least 1")
	p.when(overhead <= 0 || overhead%mib != 0, "overhead", overhead.JVM(), "must be above 0 and whole MiB; Spark's minimum is 384m")
	if len(p.errs) > 0 {
		return Division{}, invalid(p.errs)
	}
	d := Division{Share: total / units.Bytes(executors), Overhead: overhead}
	d.Heap = (d.Share - overhead) / mib * mib
	if d.Heap < minHeap {
		p.add("total", total.JVM(), fmt.Sprintf("%s for each of %d executors leaves no heap of 450m beside an overhead of %s; take fewer executors",
			d.Share, executors, overhead))
		return Division{}, invalid(p.errs)
	}
	d.OverheadShare = float64(overhead) / float64(d.Heap)
	d.InBand = d.OverheadShare >= lowShare && d.OverheadShare <= highShare
	if err := d.ask(s, v); err != nil {
		return Division{}, err
	}
	d.explain(total, executors)
	return d, nil
}

// ask works out what Spark would request.
func (d *Division) ask(s Shape, v spark.Version) (err error) {
	s.Heap, s.Overhead = d.Heap, 0
	if d.Pod, err = s.Pod(v); err != nil {
		return err
	}
	d.Fits = d.Pod.Memory <= d.Share
	d.LargestHeap, _ = LargestHeap(d.Share, s, v) // the shape is valid: no heap fits, or this one
	s.Overhead = d.Overhead
	if d.Explicit, err = s.Pod(v); err != nil {
		return err
	}
	d.ExplicitFits = d.Explicit.Memory <= d.Share
	return nil
}

func (d *Division) explain(total units.Bytes, executors int) {
	note := func(name string, value fmt.Stringer, basis workload.Basis, rule string) {
		d.Figures = append(d.Figures, workload.NewFigure(name, value.String(), basis, rule))
	}
	given := workload.Given("the caller")
	note("memory for one executor", d.Share, given, fmt.Sprintf("%s / %d executors", total, executors))
	note("overhead", d.Overhead, given, fmt.Sprintf("%s of the heap, %s the runbook's 10 %% to 20 %%", percent(d.OverheadShare), inside(d.InBand)))
	note("executor heap", d.Heap, workload.Computed("both"), fmt.Sprintf("%s − %s, in whole MiB", d.Share, d.Overhead))
	note("pod where memoryOverhead is unset", d.Pod.Memory, workload.Computed("the heap and Spark's own overhead"),
		fmt.Sprintf("%s + %s; %s", d.Heap, d.Pod.Overhead, fitting(d.Fits, d.Share)))
	note("pod where memoryOverhead is set", d.Explicit.Memory, workload.Computed("the heap and the overhead"),
		fmt.Sprintf("%s + %s; %s", d.Heap, d.Overhead, fitting(d.ExplicitFits, d.Share)))
	note("largest heap that fits", d.LargestHeap, workload.Computed("the exact function"),
		fmt.Sprintf("the largest whose pod is at most %s where memoryOverhead is unset", d.Share))
}

func inside(in bool) string {
	if in {
		return "inside"
	}
	return "outside"
}

func fitting(fits bool, share units.Bytes) string {
	if fits {
		return "fits " + share.String()
	}
	return "does not fit " + share.String()
}

// percent writes a share for people: "14.3 %".
func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }
