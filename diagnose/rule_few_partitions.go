package diagnose

import (
	"fmt"
	"time"
)

var fewPartitions = Rule{
	Code: "SCALE-UP/FEW-PARTITIONS", Title: "a long stage has fewer tasks than there are slots",
	Doc:   "one task a partition (DAGScheduler.submitMissingTasks), Spark 3.5.6; Sparklens' PRatio below 1",
	Needs: []Part{PartRun},
	check: func(v *view) []Finding {
		slots := v.Run.PeakExecutors * v.Run.Slots
		var found []Finding
		for _, s := range v.Run.Stages {
			idle := s.Span() * time.Duration(slots-s.Tasks)
			if !v.enoughRun() || s.Attempt > 0 || s.Tasks >= slots || s.Span() < v.Run.Wall()/10 || idle < v.o.MinLoss {
				continue
			}
			found = append(found, Finding{
				Severity: Warning, Subject: fmt.Sprintf("stage %d", s.ID), Cost: hours(idle), Basis: "slots without a task while the stage ran",
				Message:  fmt.Sprintf("stage %d (%s) has %d tasks for %d slots and takes %s: more executors cannot make it shorter", s.ID, s.Name, s.Tasks, slots, brief(s.Span())),
				Evidence: []Evidence{v.ofRun(fmt.Sprintf("stage %d.%d", s.ID, s.Attempt), "%d tasks", s.Tasks).rather("at least %d", slots)},
				Fixes: []Fix{
					set("split the work finer", "spark.sql.shuffle.partitions", fmt.Sprint(2*slots)).noting("for scans spark.sql.files.maxPartitionBytes, for RDDs repartition or spark.default.parallelism; a file that cannot be split stays one task"),
				},
			})
		}
		return first(found, 3)
	},
}
