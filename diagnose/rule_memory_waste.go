package diagnose

import (
	"fmt"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

var memoryWaste = Rule{
	Code: "WASTE/MEMORY", Title: "the heap was never nearly used",
	Doc:   "peak of JVMHeapMemory (ExecutorMetrics), Spark 3.5.6; DataFlint 70 %, SparkScope 60 %",
	Needs: []Part{PartRun, PartConf},
	check: func(v *view) []Finding {
		share := float64(v.Run.PeakHeap) / float64(max(1, v.shape.Heap))
		if !v.known || !v.enoughRun() || v.Run.MeasuredHeaps < 3 || share <= 0 || share >= v.o.HeapLow || v.shape.Heap < units.GiB(2) || v.Run.SpillShare > 0 {
			return nil
		}
		target := max(units.GiB(1), units.MiB(v.Run.PeakHeap.MiB()*6/5))
		return []Finding{{
			Severity: Warning, Subject: "spark.executor.memory",
			Message:  fmt.Sprintf("the highest heap of %d executors was %s, %s of %s, and nothing spilled", v.Run.MeasuredHeaps, v.Run.PeakHeap, percent(share), v.shape.Heap),
			Evidence: []Evidence{v.property(spark.ExecutorMemory), v.ofRun("JVMHeapMemory", "%s", v.Run.PeakHeap)},
			Fixes:    []Fix{set("shrink the heap to its peak and a fifth", spark.ExecutorMemory.Name, target.JVM()).noting("sizing.Heap gives the band; more memory for each core than the cluster has is what keeps executors from fitting")},
		}}
	},
}
