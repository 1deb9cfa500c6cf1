package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// A lower executorAllocationRatio does not help here: it trims targets sooner. The idle timeout does.
var thrash = Rule{
	Code: "SCALE-DOWN/THRASH", Title: "executors leave and are soon asked for again",
	Doc:   "ExecutorMonitor (executorIdleTimeout), ExecutorAllocationManager, Spark 3.5.6",
	Needs: []Part{PartConf, PartRun},
	check: func(v *view) []Finding {
		if !v.known || !v.policy.Dynamic {
			return nil
		}
		t := v.thrash()
		if t.cycles < v.o.Episodes {
			return nil
		}
		idle := (t.gap + v.policy.Idle).Round(time.Second)
		return []Finding{{
			Severity: Warning, Subject: "executors", Cost: hours(t.cost), Basis: "core time from the request of a returning executor to its registration",
			Message: fmt.Sprintf("%d times executors were removed after %s idle and asked for again up to %s later: %d removed, %d came back, each %s after it was asked for",
				t.cycles, brief(v.policy.Idle), brief(t.gap), t.removed, t.back, brief(t.start)),
			Evidence: append(t.proof, v.property(spark.ExecutorIdleTimeout)),
			Fixes: []Fix{
				set("keep executors through the gaps", spark.ExecutorIdleTimeout.Name, units.FormatTime(idle)).noting("lowering executorAllocationRatio makes it worse: it trims the target sooner"),
				set("keep a pool", spark.MinExecutors.Name, fmt.Sprint(max(1, t.back/max(1, t.cycles)))),
			},
		}}
	},
}

// thrashing is how often executors left and came back.
type thrashing struct {
	cycles, removed, back int
	gap, start, cost      time.Duration
	proof                 []Evidence
}

// edge is an executor that leaves, or is asked for.
type edge struct {
	at  workload.Instant
	up  bool
	who RunExecutor
}

// thrash counts the cycles of removals by Spark that new requests follow within the time of Options.Return.
func (v *view) thrash() thrashing {
	var edges []edge
	var starts []time.Duration
	for _, e := range v.Run.Executors {
		asked := e.Added
		if e.Requested.Known() {
			asked = e.Requested
			starts = append(starts, e.Added.Sub(e.Requested))
		}
		edges = append(edges, edge{asked, true, e})
		if e.Removed.Known() && (strings.Contains(e.Reason, "killed by driver") || strings.Contains(e.Reason, "spark scale down")) {
			edges = append(edges, edge{e.Removed, false, e})
		}
	}
	slices.SortStableFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	slices.Sort(starts)
	t := thrashing{start: workload.Quantile(starts, 0.5)}
	within := or(v.o.Return, max(30*time.Second, 2*t.start))
	var down []edge
	for _, e := range edges {
		switch {
		case !e.up:
			down = append(down, e)
		case len(down) > 0 && e.at.Sub(down[len(down)-1].at) <= within:
			t.turn(v, down, e)
			down = nil
		case t.back > 0 && len(down) == 0: // more that come back in the same cycle
			t.back++
			t.cost += e.who.Added.Sub(e.at) * time.Duration(max(1, e.who.Cores))
		default:
			down = nil
		}
	}
	return t
}

func (t *thrashing) turn(v *view, down []edge, up edge) {
	last := down[len(down)-1]
	t.cycles++
	t.removed += len(down)
	t.back++
	t.gap = max(t.gap, up.at.Sub(last.at))
	t.cost += up.who.Added.Sub(up.at) * time.Duration(max(1, up.who.Cores))
	if t.cycles <= 3 {
		t.proof = append(t.proof, v.ofRun("ExecutorRemoved "+last.who.ID, "%s at %s, executor %s asked for at %s", last.who.Reason, last.at, up.who.ID, up.at))
	}
}
