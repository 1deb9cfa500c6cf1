package diagnose

import (
	"fmt"
	"slices"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// Exit code 52 is Spark's own for an OutOfMemoryError; the kernel has no part in it, so overhead does not help.
var oomHeap = Rule{
	Code: "RISK/OOM-HEAP", Title: "the heap was too small",
	Doc:    "SparkExitCode.OOM (52), java.lang.OutOfMemoryError, Spark 3.5.6",
	Either: []Part{PartPods, PartDriverLog, PartExecutorLogs, PartRun, PartEvents},
	Hides:  []Code{"RISK/JOB-FAILED", "RISK/APP-FAILED", "SCALE-UP/EXECUTORS-FAIL", "SCALE-DOWN/SHUFFLE-LOST", "RISK/FETCH-FAILURES", "WASTE/GC-HIGH", "SCALE-UP/NO-EXECUTORS"},
	check: func(v *view) []Finding {
		f := Finding{Severity: Error, Subject: "executors"}
		n := 0
		for _, e := range v.endings() {
			if e.code == 52 {
				n++
				f.Evidence = append(f.Evidence, e.proof)
			}
		}
		inDriver := slices.DeleteFunc(v.facts(LogOutOfMemory), func(l LogFact) bool { return l.Pod != "" || n > 0 })
		for _, l := range v.facts(LogOutOfMemory) {
			f.Evidence = append(f.Evidence, seen(l.Place, "%s", l.Text))
		}
		if len(f.Evidence) == 0 {
			return nil
		}
		f.Evidence = first(f.Evidence, 4)
		f.Message = fmt.Sprintf("%d executors ended with exit code 52, OutOfMemoryError: the heap of %s was too small for its tasks%s", n, v.shape.Heap, v.aborted())
		f.Fixes = []Fix{
			set("give the heap more", spark.ExecutorMemory.Name, v.larger().JVM()).noting("the overhead does not help here, and the pod grows with the heap"),
			set("run fewer tasks at once", spark.TaskCPUs.Name, "2"),
			do(NextRun, "split large partitions").noting("more spark.sql.shuffle.partitions, smaller spark.sql.files.maxPartitionBytes"),
		}
		if n == 0 && len(inDriver) > 0 {
			f.Subject = "driver"
			f.Message = "OutOfMemoryError in the log of the driver: " + inDriver[0].Text
			f.Fixes = []Fix{set("give the driver's heap more", spark.DriverMemory.Name, "2g").noting("large collect(), broadcasts and results of very many tasks live there")}
		}
		return []Finding{f}
	},
}

// larger is the heap by half, in whole MiB: sizing.Heap knows better where peaks were measured.
func (v *view) larger() units.Bytes {
	heap := v.shape.Heap
	if heap <= 0 {
		heap = units.GiB(1)
	}
	return units.MiB((heap + heap/2).MiB())
}
