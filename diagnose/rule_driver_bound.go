package diagnose

import (
	"fmt"
	"time"
)

var driverBound = Rule{
	Code: "SCALE-UP/DRIVER-BOUND", Title: "the driver works alone while executors wait",
	Doc:   "time without an active stage between the first and the last job; Sparklens' driver time",
	Needs: []Part{PartRun},
	check: func(v *view) []Finding {
		if !v.enoughRun() || len(v.Run.Jobs) == 0 {
			return nil
		}
		span := v.jobSpan()
		cost := time.Duration(float64(v.Run.DriverOnly) * float64(v.Run.CoreTime) / float64(max(1, v.Run.Wall())))
		if span <= 0 || float64(v.Run.DriverOnly) < v.o.DriverShare*float64(span) || cost < v.o.MinLoss {
			return nil
		}
		return []Finding{{
			Severity: Warning, Subject: "driver", Cost: hours(cost), Basis: "average cores held, times the time without a stage",
			Message:  fmt.Sprintf("in %s of %s between the first and the last job no stage was active: the driver was working, or waiting", brief(v.Run.DriverOnly), brief(span)),
			Evidence: []Evidence{v.ofRun("jobs and stages", "%s without an active stage", percent(float64(v.Run.DriverOnly)/float64(span)))},
			Fixes: []Fix{
				do(NextRun, "find what the driver does between jobs").noting("collect and toPandas, listing of many files, commits, queries one after the other that could run beside each other"),
				set("let idle executors go meanwhile", "spark.dynamicAllocation.enabled", "true"),
			},
		}}
	},
}

// jobSpan is the time from the submission of the first job to the end of the last.
func (v *view) jobSpan() time.Duration {
	from, to := v.Run.Jobs[0].Submitted, v.Run.Jobs[0].Completed
	for _, j := range v.Run.Jobs {
		from, to = min(from, j.Submitted), max(to, j.Completed)
	}
	if !from.Known() || !to.Known() {
		return 0
	}
	return to.Sub(from)
}
