package diagnose

import (
	"fmt"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

var gcHigh = Rule{
	Code: "WASTE/GC-HIGH", Title: "tasks spend much of their time in garbage collection",
	Doc:   "jvmGCTime over executorRunTime; Dr. Elephant 8, 10, 15, 20 %",
	Needs: []Part{PartRun},
	check: func(v *view) []Finding {
		if !v.enoughRun() || v.Run.GCShare < v.o.GCHigh {
			return nil
		}
		lost := v.Run.BusyTime.Hours() * v.Run.GCShare
		return []Finding{{
			Severity: Warning, Subject: "executors", Cost: lost, Basis: "busy core time times the share of garbage collection",
			Message:  fmt.Sprintf("%s of the run time is garbage collection: the heap of %s is small for the tasks that share it", percent(v.Run.GCShare), v.shape.Heap),
			Evidence: []Evidence{v.ofRun("jvmGCTime", "%s of run time", percent(v.Run.GCShare)).rather("below %s", percent(v.o.GCHigh))},
			Fixes:    []Fix{set("give the heap more", spark.ExecutorMemory.Name, v.larger().JVM()), set("run fewer tasks at once", spark.ExecutorCores.Name, fmt.Sprint(max(1, v.shape.Cores/2)))},
		}}
	},
}

// gcLow needs the memory to be worth something: a small heap that is hardly collected is just right.
var gcLow = Rule{
	Code: "WASTE/GC-LOW", Title: "the heap is so large that it is hardly ever collected",
	Doc:   "jvmGCTime over executorRunTime; Dr. Elephant's 5, 4, 3, 1 % for too much memory",
	Needs: []Part{PartRun, PartConf},
	check: func(v *view) []Finding {
		if !v.known || !v.enoughRun() || v.Run.GCShare <= 0 || v.Run.GCShare >= v.o.GCLow || v.Run.SpillShare > 0 || v.shape.Heap < units.GiB(4) || v.Run.MeasuredHeaps > 0 {
			return nil
		}
		return []Finding{{
			Severity: Info, Subject: "spark.executor.memory",
			Message:  fmt.Sprintf("%.1f %% of the run time is garbage collection and nothing spilled: the heap of %s may be larger than needed", 100*v.Run.GCShare, v.shape.Heap),
			Evidence: []Evidence{v.property(spark.ExecutorMemory), v.ofRun("jvmGCTime", "%.2f %% of run time", 100*v.Run.GCShare)},
			Fixes:    []Fix{set("measure the heap first", "spark.eventLog.logStageExecutorMetrics", "true").noting("then sizing.Heap says by how much it may shrink")},
		}}
	},
}
