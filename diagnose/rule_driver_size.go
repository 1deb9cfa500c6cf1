package diagnose

import (
	"fmt"
	"time"

	"github.com/sparkscale/sparkscale/spark"
)

var driverOversized = Rule{
	Code: "WASTE/DRIVER-OVERSIZED", Title: "the driver's heap is far larger than its peak",
	Doc:   "JVMHeapMemory of the driver, Spark 3.5.6",
	Needs: []Part{PartRun, PartConf},
	check: func(v *view) []Finding {
		heap, err := v.conf.Size(spark.DriverMemory)
		if err != nil || !v.enoughRun() || heap < v.o.DriverHeap || v.Run.DriverHeap <= 0 || float64(v.Run.DriverHeap) >= v.o.HeapLow/2*float64(heap) {
			return nil
		}
		return []Finding{{
			Severity: Info, Subject: "driver",
			Message:  fmt.Sprintf("the driver's highest heap was %s of %s", v.Run.DriverHeap, heap),
			Evidence: []Evidence{v.property(spark.DriverMemory), v.ofRun("JVMHeapMemory of the driver", "%s", v.Run.DriverHeap)},
			Fixes:    []Fix{set("halve it", spark.DriverMemory.Name, (heap / 2).JVM())},
		}}
	},
}

// Before a task runs and after it has ended the driver has its slot; with very many short tasks it becomes the bottleneck.
var driverStarved = Rule{
	Code: "RISK/DRIVER-STARVED", Title: "tasks wait for the driver",
	Doc:   "AppStatusUtils.schedulerDelay, Spark 3.5.6; CPU of the driver's pod",
	Needs: []Part{PartRun},
	check: func(v *view) []Finding {
		if !v.enoughRun() || v.Run.TaskMedian <= 0 || float64(v.Run.DelayMedian) < v.o.DelayShare*float64(v.Run.TaskMedian) {
			return nil
		}
		lost := v.Run.DelayMedian * time.Duration(v.Run.TasksFinished)
		if lost < v.o.MinLoss {
			return nil
		}
		return []Finding{{
			Severity: Warning, Subject: "driver", Cost: hours(lost), Basis: "median delay times tasks",
			Message:  fmt.Sprintf("of a median task of %s the driver or the network holds the slot for %s", brief(v.Run.TaskMedian), brief(v.Run.DelayMedian)),
			Evidence: []Evidence{v.ofRun("scheduler delay", "%s of %s", brief(v.Run.DelayMedian), brief(v.Run.TaskMedian)), v.property(spark.DriverCores)},
			Fixes:    []Fix{set("give the driver more cores", spark.DriverCores.Name, "4"), do(NextRun, "use fewer, longer tasks")},
		}}
	},
}
