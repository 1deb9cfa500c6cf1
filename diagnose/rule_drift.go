package diagnose

import (
	"fmt"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/workload"
)

var drift = Rule{
	Code: "RISK/DRIFT", Title: "the run took much longer than earlier ones",
	Doc:   "median of earlier runs; Cloudera's health check: 25 % and 5 minutes",
	Needs: []Part{PartRun, PartEarlier},
	check: func(v *view) []Finding {
		var walls []time.Duration
		var inputs []int64
		for i := range v.Earlier {
			if v.Earlier[i].Ended {
				walls = append(walls, v.Earlier[i].Wall())
				inputs = append(inputs, int64(v.Earlier[i].Input))
			}
		}
		slices.Sort(walls)
		slices.Sort(inputs)
		usual := workload.Quantile(walls, 0.5)
		over := v.Run.Wall() - usual
		if len(walls) < v.o.MinRuns || !v.Run.Ended || over < v.o.DriftTime || float64(over) < v.o.DriftShare*float64(usual) {
			return nil
		}
		why := "with no more input than usual"
		if in := workload.Quantile(inputs, 0.5); float64(v.Run.Input) > (1+v.o.DriftShare)*float64(in) {
			why = fmt.Sprintf("with %.1f times the usual input", float64(v.Run.Input)/float64(max(1, in)))
		}
		return []Finding{{
			Severity: Warning, Subject: "application",
			Message:  fmt.Sprintf("the run took %s, %s longer than the median of %d earlier ones, %s", brief(v.Run.Wall()), brief(over), len(walls), why),
			Evidence: []Evidence{v.ofRun("ApplicationEnd", "%s", brief(v.Run.Wall())).rather("about %s", brief(usual)), seen(Place{Source: v.Earlier[0].Source}, "%s", brief(v.Earlier[0].Wall()))},
			Fixes:    []Fix{do(NextRun, "plan again with this run among the others").noting("plan.Request.Runs; workload.Join tells noise from growth")},
		}}
	},
}
