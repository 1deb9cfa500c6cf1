package allocation

import (
	"fmt"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// assumedStart stands for the start of an executor where the run does not tell: scheduling, image and JVM.
const assumedStart = 30 * time.Second

// SuggestOptions says what the run does not. The zero value knows nothing more.
type SuggestOptions struct {
	// Capacity is how many executors there can be ([Capacity].Executors); 0 is not known.
	Capacity int
	// Start is the time from the request of an executor to its registration; 0 takes the median of the run, or where
	// the run does not tell (Spark before 3.4) 30 seconds.
	Start time.Duration
}

// Suggest derives a policy of dynamic allocation from one run for executors of the shape, with the working of each
// number. It is where a search begins, not its result: it asks what the run could use and what would have wasted no
// removal, not what that costs.
//
//   - Max is the most executors that could have had a task at once, at most Capacity.
//   - Idle is the shortest timeout after which no executor leaves that is needed again sooner than a new one starts.
//   - ShuffleTimeout is the same for executors that take shuffle files with them, which then must be written again.
//   - Min is 0: only a minimum holds executors through gaps that are worth leaving.
//   - Initial is what the first stage can use, if it comes before idle executors would leave.
//
// How the run kept its shuffle files (service, plugin, decommissioning, tracking) stays; all else is Spark's default.
func Suggest(p *workload.Profile, s sizing.Shape, o SuggestOptions) (Policy, []workload.Figure) {
	slots := max(1, s.Slots())
	g := suggestion{profile: p, Policy: base(p.Conf), slots: slots, demand: demandOf(p, slots)}
	if g.demand.peak().tasks == 0 {
		g.add("dynamic allocation", g.String(), workload.Assumed("the run has no tasks"), "Spark's defaults")
		return g.Policy, g.figures
	}
	g.width(o.Capacity)
	g.restart(o.Start)
	g.timeouts(s)
	g.counts()
	return g.Policy, g.figures
}

// base is Spark's default policy with the run's way of keeping shuffle files, or tracking where it had none.
func base(c spark.Conf) Policy {
	run, _ := read(c.With(map[string]string{spark.DynamicAllocation.Name: "true"})) // a log's conf was valid; else what is readable
	p := Default(c.Version())
	p.ShuffleService, p.ShuffleServiceFetchRDD, p.ShufflePlugin = run.ShuffleService, run.ShuffleServiceFetchRDD, run.ShufflePlugin
	p.Decommission, p.StorageDecommission = run.Decommission, run.StorageDecommission
	p.DecommissionShuffle, p.DecommissionRDD = run.DecommissionShuffle, run.DecommissionRDD
	p.ShuffleTracking = run.ShuffleTracking || !run.keepsShuffle(c.Version())
	return p
}

// suggestion is a Policy in the making.
type suggestion struct {
	Policy
	profile *workload.Profile
	slots   int
	demand  demand
	figures []workload.Figure
	// again is how long it takes to have an executor again that left.
	again time.Duration
}

func (g *suggestion) add(name, value string, basis workload.Basis, rule string) {
	g.figures = append(g.figures, workload.NewFigure(name, value, basis, rule))
}

func (g *suggestion) measured() workload.Basis {
	return workload.Measured(g.profile.Tasks.Len(), "tasks")
}

func (g *suggestion) width(capacity int) {
	peak := g.demand.peak()
	g.Max = peak.executors
	g.add("useful width", executors(peak.executors), g.measured(),
		fmt.Sprintf("at most %s waited or ran at once, %d on an executor; more executors than that cannot have a task", wording.Count(peak.tasks, "task"), g.slots))
	if capacity > 0 && capacity < g.Max {
		g.Max = capacity
		g.add(spark.MaxExecutors.Name, FormatCount(g.Max), workload.Given("the capacity of the cluster"), "it holds fewer than the run could use")
		return
	}
	g.add(spark.MaxExecutors.Name, FormatCount(g.Max), workload.Computed("the useful width"), "executors beyond it would wait idle")
}

// restart tells how long an executor is missed that left: until the backlog is noticed, and a new one has started.
func (g *suggestion) restart(start time.Duration) {
	basis := workload.Given("the options")
	if start <= 0 {
		start, basis = g.startLatency()
	}
	g.again = start + g.Backlog
	g.add("new executor", g.again.Round(100*time.Millisecond).String(), basis, "from a waiting task to a registered executor: "+
		spark.SchedulerBacklogTimeout.Name+" and the start")
}

func (g *suggestion) startLatency() (time.Duration, workload.Basis) {
	var starts []time.Duration
	for _, e := range g.profile.Executors {
		if start, ok := e.StartLatency(); ok {
			starts = append(starts, start)
		}
	}
	if len(starts) == 0 {
		return assumedStart, workload.Assumed("30s for the start: the run does not tell when executors were requested")
	}
	slices.Sort(starts)
	return workload.Quantile(starts, 0.5), workload.Measured(len(starts), "executors, the median start")
}

// timeouts looks at the gaps of as many executors as the run had cores for: how the run would have gone with more is
// not known.
func (g *suggestion) timeouts(s sizing.Shape) {
	cores := max(1, s.Cores)
	had := max(1, (g.profile.Totals.MaxCores+cores-1)/cores)
	gaps := g.demand.gaps(min(had, g.Max))
	g.Idle = patience(gaps, g.again, g.again)
	g.add(spark.ExecutorIdleTimeout.Name, units.FormatTime(g.Idle), workload.Measured(len(gaps), "gaps between work for an executor"),
		judged(gaps, g.Idle, "a new executor takes"))
	if redo, stages := g.longestShuffle(); stages > 0 && g.TracksShuffle() {
		g.ShuffleTimeout = patience(gaps, g.Idle, g.again+redo)
		g.add(spark.ShuffleTrackingTimeout.Name, units.FormatTime(g.ShuffleTimeout), workload.Measured(stages, "stages that wrote shuffle files"),
			fmt.Sprintf("never by default, which keeps executors for files that no job reads; %s",
				judged(gaps, g.ShuffleTimeout, fmt.Sprintf("a new executor and the longest of these stages (%s) take", units.FormatTime(redo)))))
	}
	if g.caches() {
		_, origin := g.profile.Conf.With(map[string]string{spark.CachedExecutorIdleTimeout.Name: ""}).Value(spark.CachedExecutorIdleTimeout)
		g.add(spark.CachedExecutorIdleTimeout.Name, formatTime(g.CachedIdle), workload.FromConf(origin),
			"the run caches data; its executors stay, and nothing is computed twice")
	}
}

// judged says what becomes of the gaps.
func judged(gaps []time.Duration, timeout time.Duration, cost string) string {
	waited := 0
	var longest time.Duration
	for _, gap := range gaps {
		if gap < timeout {
			waited, longest = waited+1, max(longest, gap)
		}
	}
	s := fmt.Sprintf("%s waited out", wording.Count(waited, "gap"))
	if waited > 0 {
		s += ", the longest " + longest.Round(100*time.Millisecond).String()
	}
	if left := len(gaps) - waited; left > 0 {
		s += fmt.Sprintf("; %d outlast it by at least what %s", left, cost)
	}
	return s
}

// longestShuffle returns how long the longest stage ran that wrote shuffle files, and how many there are.
func (g *suggestion) longestShuffle() (longest time.Duration, stages int) {
	for _, s := range g.profile.Stages {
		if s.ShuffleMap && s.Completed.Known() && s.Submitted.Known() {
			longest, stages = max(longest, s.Completed.Sub(s.Submitted)), stages+1
		}
	}
	return longest, stages
}

func (g *suggestion) caches() bool {
	for _, s := range g.profile.Stages {
		if slices.ContainsFunc(s.RDDs, func(r workload.RDD) bool { return r.Cached }) {
			return true
		}
	}
	return false
}

func (g *suggestion) counts() {
	g.Min = 0
	g.add(spark.MinExecutors.Name, "0", workload.Computed(spark.ExecutorIdleTimeout.Name),
		"short gaps are waited out already, and a minimum would hold executors through the long ones")
	first := g.demand.first()
	wait := first.at.Sub(g.profile.Since())
	rule := fmt.Sprintf("the first stage came after %s, later than executors without work leave", wait.Round(100*time.Millisecond))
	if wait < g.Idle {
		g.Initial = min(g.Max, first.executors)
		rule = fmt.Sprintf("the first stage had %s and came after %s, before executors without work leave", wording.Count(first.tasks, "task"), wait.Round(100*time.Millisecond))
	}
	g.add(spark.InitialExecutors.Name, FormatCount(g.Initial), g.measured(), rule)
}
