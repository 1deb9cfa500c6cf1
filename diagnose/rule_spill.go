package diagnose

import (
	"fmt"

	"github.com/sparkscale/sparkscale/spark"
)

var spill = Rule{
	Code: "WASTE/SPILL", Title: "tasks spill to disk for want of execution memory",
	Doc:   "diskBytesSpilled (ExternalSorter, UnsafeExternalSorter), Spark 3.5.6; peers flag any spill",
	Needs: []Part{PartRun},
	check: func(v *view) []Finding {
		if !v.enoughRun() || v.Run.SpillShare < v.o.SpillShare || v.Run.DiskSpill <= 0 {
			return nil
		}
		f := Finding{
			Severity: Warning, Subject: "executors",
			Message:  fmt.Sprintf("%s of the tasks spilled, %s to disk in all", percent(v.Run.SpillShare), v.Run.DiskSpill),
			Evidence: []Evidence{v.ofRun("diskBytesSpilled", "%s", v.Run.DiskSpill)},
			Fixes: []Fix{
				set("make partitions smaller", "spark.sql.shuffle.partitions", "400").noting("about 128 MB each; double what there is"),
				set("give the heap more", spark.ExecutorMemory.Name, v.larger().JVM()),
			},
		}
		for _, s := range v.Run.Stages {
			if s.DiskSpill > v.Run.DiskSpill/2 {
				f.Evidence = append(f.Evidence, v.ofRun(fmt.Sprintf("stage %d.%d", s.ID, s.Attempt), "%s of it", s.DiskSpill))
			}
		}
		return []Finding{f}
	},
}
