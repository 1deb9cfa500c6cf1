package diagnose

import (
	"fmt"
	"time"
)

var partialWave = Rule{
	Code: "WASTE/PARTIAL-WAVE", Title: "the last wave of a long stage fills few of the slots",
	Doc:   "tasks of a stage over slots; TaskSchedulerImpl.resourceOffers, Spark 3.5.6",
	Needs: []Part{PartRun},
	check: func(v *view) []Finding {
		slots := v.Run.PeakExecutors * v.Run.Slots
		var found []Finding
		for _, s := range v.Run.Stages {
			if slots < 2 || s.Tasks <= slots || s.Tasks > 5*slots || s.Tasks%slots == 0 {
				continue
			}
			empty := slots - s.Tasks%slots
			idle := s.Median * time.Duration(empty)
			if float64(empty) < v.o.WaveShare*float64(slots) || idle < v.o.MinLoss {
				continue
			}
			found = append(found, Finding{
				Severity: Warning, Subject: fmt.Sprintf("stage %d", s.ID), Cost: hours(idle), Basis: "median task time of the empty slots",
				Message:  fmt.Sprintf("stage %d (%s): %d tasks on %d slots leave %d slots empty in the last wave, for a task of %s", s.ID, s.Name, s.Tasks, slots, empty, brief(s.Median)),
				Evidence: []Evidence{v.ofRun(fmt.Sprintf("stage %d.%d", s.ID, s.Attempt), "%d tasks, %d slots", s.Tasks, slots)},
				Fixes:    []Fix{do(NextRun, "use a multiple of %d partitions, or smaller ones", slots)},
			})
		}
		return first(found, 3)
	},
}
