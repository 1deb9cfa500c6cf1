package replay

import (
	"cmp"
	"context"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/eventlog"
	data "github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/workload"
)

// What follows takes one fact each out of runs of real Spark and out of their replays, and holds the two against each other.

// recording is a run of the index.
type recording struct {
	Kind, App, Path, EventLog string
	Dynamic                   bool `json:"dynamic_allocation"`
	Executors                 int  // of a fixed count
	NotOK                     int  `json:"tasks_not_ok"`
	Quiet                     bool
}

func isRun(r recording) bool { return r.Kind == "runs" }

func isFixed(r recording) bool { return isRun(r) && !r.Dynamic && r.Executors > 0 }

func isDynamic(r recording) bool { return isRun(r) && r.Dynamic }

// eachRun calls a test for every run that fits. It skips loudly where there is none.
func eachRun(t *testing.T, fits func(recording) bool, test func(t *testing.T, w *Work)) {
	t.Helper()
	eachRecording(t, fits, func(t *testing.T, _ recording, w *Work) { test(t, w) })
}

func eachRecording(t *testing.T, fits func(recording) bool, test func(t *testing.T, r recording, w *Work)) {
	t.Helper()
	var index []recording
	data.JSON(t, "recordings/index.json", &index)
	index = slices.DeleteFunc(index, func(r recording) bool { return !fits(r) })
	if len(index) == 0 {
		t.Skipf("%s no such run among the recordings", data.SkipPrefix)
	}
	for _, r := range index {
		t.Run(r.Path, func(t *testing.T) {
			p, err := eventlog.ReadFile(context.Background(), data.Path(t, "recordings", r.Path, r.EventLog))
			require.NoError(t, err)
			w, err := NewWork(p)
			require.NoError(t, err)
			test(t, r, w)
		})
	}
}

// course is what happened in a run, or in its replay. Times are since the start of the application, stages, jobs and executors
// as in the profile; what did not happen is at -1.
type course struct {
	launches             []launched // in their order
	submitted, completed []ms       // stages
	begun, ended         []ms       // jobs
	registered, removed  []ms       // executors
}

// launched is one task attempt.
type launched struct {
	at, end                ms
	stage, index, executor int32
	again                  bool
}

func newCourse(p *workload.Profile) course {
	never := func(n int) []ms { return slices.Repeat([]ms{-1}, n) }
	return course{submitted: never(len(p.Stages)), completed: never(len(p.Stages)), begun: never(len(p.Jobs)), ended: never(len(p.Jobs))}
}

// recordedCourse is the course of the run itself.
func recordedCourse(w *Work) course {
	p := w.profile
	c := newCourse(p)
	at := func(i workload.Instant) ms {
		if !i.Known() {
			return -1
		}
		return w.since(i)
	}
	for s := range p.Stages {
		c.submitted[s], c.completed[s] = at(p.Stages[s].Submitted), at(p.Stages[s].Completed)
		for i := p.Stages[s].First; i < p.Stages[s].Last; i++ {
			if p.Tasks.Status(i) != workload.Resubmitted && !p.Tasks.Speculative(i) {
				c.launches = append(c.launches, launched{
					at: at(p.Tasks.Launch(i)), end: at(p.Tasks.Finish(i)), stage: int32(s),
					index: int32(p.Tasks.Index(i)), executor: int32(p.Tasks.Executor(i)), again: p.Tasks.Attempt(i) > 0,
				})
			}
		}
	}
	slices.SortStableFunc(c.launches, func(a, b launched) int { return cmp.Compare(a.at, b.at) })
	for j := range p.Jobs {
		c.begun[j], c.ended[j] = at(p.Jobs[j].Submitted), at(p.Jobs[j].Completed)
	}
	for _, e := range p.Executors {
		c.registered, c.removed = append(c.registered, at(e.Added)), append(c.removed, at(e.Removed))
	}
	return c
}

// replayedCourse is the course of a replay.
func replayedCourse(t *testing.T, w *Work, s Setting) course {
	c := newCourse(w.profile)
	s.watch = func(h happening) { c.take(w, h) }
	_, err := w.Run(context.Background(), s)
	require.NoError(t, err)
	return c
}

func (c *course) take(w *Work, h happening) {
	switch h.what {
	case "job submitted":
		c.begun[h.job] = h.at
	case "job ended":
		c.ended[h.job] = h.at
	case "stage submitted":
		c.submitted[w.stages[h.stage].index] = h.at
	case "stage completed":
		c.completed[w.stages[h.stage].index] = h.at
	case "task launched":
		s := &w.stages[h.stage]
		c.launches = append(c.launches, launched{at: h.at, end: -1, stage: s.index, index: w.partitionOf(h), executor: h.executor, again: h.index >= s.firsts})
	case "task ended":
		s := &w.stages[h.stage]
		index, again := w.partitionOf(h), h.index >= s.firsts
		for i := range c.launches {
			if l := &c.launches[i]; l.end < 0 && l.stage == s.index && l.index == index && l.again == again {
				l.end = h.at
			}
		}
	case "executor registered":
		for len(c.registered) <= int(h.executor) {
			c.registered, c.removed = append(c.registered, -1), append(c.removed, -1)
		}
		c.registered[h.executor] = h.at
	case "executor removed":
		c.removed[h.executor] = h.at
	}
}

// partitionOf is Spark's number of a task; one of a stage that was divided anew has none but its place.
func (w *Work) partitionOf(h happening) int32 {
	if s := &w.stages[h.stage]; s.first+h.index < s.last {
		return w.tasks[s.first+h.index].partition
	}
	return h.index
}

// ownExecutors is the setting of the run with its executors as they were.
func ownExecutors(t *testing.T, w *Work) Setting {
	shape, err := sizing.FromConf(w.profile.Conf)
	require.NoError(t, err)
	return Setting{Shape: shape, Executors: w.Lives()}
}

// ownPolicy is the setting of the run with its own allocation, and the start latencies that its executors had.
func ownPolicy(t *testing.T, w *Work) Setting {
	s := ownExecutors(t, w)
	var err error
	s.Policy, err = allocation.FromConf(w.profile.Conf)
	require.NoError(t, err)
	arrivals := w.Arrivals()
	s.Executors, s.Arrivals = nil, &arrivals
	return s
}

// both are the course of a run and that of its replay.
func both(t *testing.T, w *Work, s Setting) map[string]course {
	return map[string]course{"recorded": recordedCourse(w), "replayed": replayedCourse(t, w, s)}
}

// indifferentStage reports whether the tasks of a stage preferred no executor and no host.
func indifferentStage(p *workload.Profile, stage int32) bool {
	s := &p.Stages[stage]
	for i := s.First; i < s.Last; i++ {
		if p.Tasks.Locality(i) != workload.ProcessLocal {
			return false
		}
	}
	return !slices.ContainsFunc(s.RDDs, func(r workload.RDD) bool { return r.Cached })
}

// of lists the launches of a stage.
func (c *course) of(stage int32) (list []launched) {
	for _, l := range c.launches {
		if l.stage == stage {
			list = append(list, l)
		}
	}
	return list
}

// findsAllFree reports whether a stage found no task running.
func (c *course) findsAllFree(stage int32, from ms) bool {
	return !slices.ContainsFunc(c.launches, func(l launched) bool {
		return l.stage != stage && l.at <= from && l.end > from
	})
}

func TestFirstWaveSpreads(t *testing.T) {
	waves := map[string]int{}
	eachRun(t, func(r recording) bool { return isFixed(r) && r.Executors > 1 }, func(t *testing.T, w *Work) {
		p := w.profile
		n, slots := len(p.Executors), len(p.Executors)*p.Slots()
		for name, c := range both(t, w, ownExecutors(t, w)) {
			for s := range int32(len(p.Stages)) {
				list := c.of(s)
				if len(list) < slots || !indifferentStage(p, s) || !c.findsAllFree(s, list[0].at) {
					continue
				}
				waves[name]++
				for i, l := range list[:slots] {
					assert.Equal(t, int32(i), l.index, "%s: low indices first", name)
					pass := list[i/n*n : i]
					assert.False(t, slices.ContainsFunc(pass, func(o launched) bool { return o.executor == l.executor }),
						"%s: stage %d, launch %d: one task an executor and pass", name, s, i)
				}
			}
		}
	})
	assert.Positive(t, waves["recorded"])
	assert.Positive(t, waves["replayed"])
}

func TestLaunchesFollowTheIndex(t *testing.T) {
	stages := 0
	eachRun(t, isRun, func(t *testing.T, w *Work) {
		for name, c := range both(t, w, ownExecutors(t, w)) {
			for s := range int32(len(w.profile.Stages)) {
				if !indifferentStage(w.profile, s) {
					continue
				}
				list := slices.DeleteFunc(c.of(s), func(l launched) bool { return l.again })
				assert.True(t, slices.IsSortedFunc(list, func(a, b launched) int { return cmp.Compare(a.index, b.index) }), "%s: stage %d", name, s)
				stages++
			}
		}
	})
	assert.Positive(t, stages)
}

// contested counts the launches while a task of a stage before theirs in the queue waited, and while one of a stage behind
// it did.
func (c *course) contested(p *workload.Profile) (overtaken, inTurn int) {
	before := func(a, b int32) bool {
		x, y := &p.Stages[a], &p.Stages[b]
		return cmp.Or(cmp.Compare(p.Jobs[x.Job].ID, p.Jobs[y.Job].ID), cmp.Compare(x.ID, y.ID)) < 0
	}
	last := map[int32]int{} // launch of a stage
	for i, l := range c.launches {
		last[l.stage] = i
	}
	open := map[int32]bool{} // stages that have launched a task, and so are in the queue
	for i, l := range c.launches {
		for s := range open {
			switch {
			case s == l.stage || last[s] < i || !indifferentStage(p, s):
			case before(s, l.stage):
				overtaken++
			default:
				inTurn++
			}
		}
		open[l.stage] = true
	}
	return overtaken, inTurn
}

func TestConcurrentJobsAreFIFO(t *testing.T) {
	eachRun(t, func(r recording) bool { return isRun(r) && r.App == "conc" }, func(t *testing.T, w *Work) {
		if isFair(w.profile.Conf) {
			t.Skip("pools")
		}
		for name, c := range both(t, w, ownExecutors(t, w)) {
			overtaken, inTurn := c.contested(w.profile)
			assert.Zero(t, overtaken, "%s: launches before one of an earlier stage that waited", name)
			assert.Positive(t, inTurn, "%s: launches before one of a later stage that waited", name)
		}
	})
}

// parentsOf are the stages of the same job that a stage reads and that ran.
func parentsOf(p *workload.Profile, stage int) (parents []int) {
	for s := range p.Stages {
		if p.Stages[s].Job == p.Stages[stage].Job && slices.Contains(p.Stages[stage].Parents, p.Stages[s].ID) && p.Stages[s].Last > p.Stages[s].First {
			parents = append(parents, s)
		}
	}
	return parents
}

// overlaps tells of each pair of parents of one stage whether they were active beside each other.
func (c *course) overlaps(p *workload.Profile) (list []bool) {
	for s := range p.Stages {
		parents := parentsOf(p, s)
		for i, a := range parents {
			for _, b := range parents[i+1:] {
				list = append(list, c.submitted[a] < c.completed[b] && c.submitted[b] < c.completed[a])
			}
		}
	}
	return list
}

func TestParentsOverlapAndChildrenWait(t *testing.T) {
	beside, children := 0, 0
	eachRun(t, isRun, func(t *testing.T, w *Work) {
		p := w.profile
		courses := both(t, w, ownExecutors(t, w))
		for name, c := range courses {
			for s := range p.Stages {
				for _, parent := range parentsOf(p, s) {
					assert.GreaterOrEqual(t, c.submitted[s], c.completed[parent], "%s: stage %d behind its parent %d", name, s, parent)
					children++
				}
			}
		}
		real, replayed := courses["recorded"], courses["replayed"]
		assert.Equal(t, real.overlaps(p), replayed.overlaps(p))
		for _, overlap := range replayed.overlaps(p) {
			if overlap {
				beside++
			}
		}
	})
	assert.Positive(t, beside)
	assert.Positive(t, children)
}

func TestNoGateOnStandalone(t *testing.T) {
	early := 0
	eachRun(t, isDynamic, func(t *testing.T, w *Work) {
		courses := both(t, w, ownPolicy(t, w))
		real, replayed := courses["recorded"], courses["replayed"]
		assert.Equal(t, real.begun[0], replayed.begun[0])
		if real.begun[0] < slices.Min(real.registered) {
			assert.Less(t, replayed.begun[0], slices.Min(replayed.registered), "the first job does not wait for an executor")
			early++
		}
	})
	assert.Positive(t, early)
}

func near(t *testing.T, want, got, delta ms, message ...any) {
	t.Helper()
	assert.InDelta(t, float64(want), float64(got), float64(delta), message...)
}

// request is a number of executors that were requested together.
type request struct {
	at ms
	n  int
}

// rounds are requests, of which those within a few milliseconds are one.
func rounds(at []ms) (list []request) {
	slices.Sort(at)
	for _, when := range at {
		if n := len(list); n > 0 && when-list[n-1].at < 50 {
			list[n-1].n++
		} else {
			list = append(list, request{when, 1})
		}
	}
	return list
}

// requested are the requests of a run, false where Spark did not match each executor with one.
func requested(w *Work) ([]request, bool) {
	var at []ms
	for _, s := range startsOf(w.profile) {
		if !s.known {
			return nil, false
		}
		at = append(at, toMS(s.requested))
	}
	return rounds(at), true
}

// tickDelay is by how much the real manager's tick may be late: each comes 100 ms after the end of the one before, and
// a round needs one to find that its time has come.
const tickDelay = 150

func TestRampOfRequests(t *testing.T) {
	compared := 0
	eachRun(t, func(r recording) bool { return isDynamic(r) && r.Quiet }, func(t *testing.T, w *Work) {
		real, ok := requested(w)
		s := ownPolicy(t, w)
		c := replayedCourse(t, w, s)
		if !ok || len(c.registered) > len(s.Arrivals.Each) {
			t.Skip("Spark did not match each executor with its request")
		}
		var at []ms
		for x, registered := range c.registered {
			at = append(at, registered-toMS(s.Arrivals.Each[x]))
		}
		replayed := rounds(at)
		require.Len(t, replayed, len(real), "%v %v", real, replayed)
		compared++
		late := ms(0) // by now
		for i, r := range replayed {
			assert.Equal(t, real[i].n, r.n, "executors in round %d: %v %v", i, real, replayed)
			assert.Zero(t, (r.at-toMS(s.Arrivals.First))%100, "requests are on the manager's grid")
			near(t, late, real[i].at-r.at, tickDelay, "time of round %d: %v %v", i, real, replayed)
			late = real[i].at - r.at
		}
	})
	assert.Positive(t, compared)
}

// idleFor is how long an executor had no task when it went.
func (c *course) idleFor(x int32, gone ms) ms {
	since := c.registered[x]
	for _, l := range c.launches {
		if l.executor == x && l.at <= gone {
			since = max(since, l.end)
		}
	}
	return gone - since
}

var idleLine = regexp.MustCompile(`(?m)^(\S+ \S+) INFO ExecutorAllocationManager: Executors (\S+) removed due to idle timeout`)

// decided tells when the driver of a run decided to remove executors, by their ids, to the second. On standalone the removal
// itself takes seconds more.
func decided(t *testing.T, r recording, p *workload.Profile) map[string]ms {
	log, err := os.ReadFile(data.Path(t, "recordings", r.Path, "driver.log"))
	require.NoError(t, err)
	at := map[string]ms{}
	for _, m := range idleLine.FindAllStringSubmatch(string(log), -1) {
		when, err := time.Parse("06/01/02 15:04:05", m[1])
		require.NoError(t, err)
		for id := range strings.SplitSeq(m[2], ",") {
			at[id] = ms(workload.Instant(when.UnixMilli()) - p.Since())
		}
	}
	return at
}

// leastIdle is the shortest time that an executor was idle when it went, a very long one where none did.
func leastIdle(t *testing.T, p allocation.Policy, idle []ms) ms {
	least := ms(math.MaxInt64)
	for _, one := range idle {
		assert.GreaterOrEqual(t, one, toMS(p.Idle)-second, "no executor leaves before its time")
		least = min(least, one)
	}
	return least
}

// second is what the driver's log tells times to.
const second = ms(1000)

func TestIdleExecutorsLeave(t *testing.T) {
	compared := 0
	eachRecording(t, func(r recording) bool { return r.Dynamic }, func(t *testing.T, r recording, w *Work) {
		if len(w.profile.ResourceProfiles) > 1 {
			t.Skip("several resource profiles")
		}
		s := ownPolicy(t, w)
		real, replayed := recordedCourse(w), replayedCourse(t, w, s)
		var idle, idleAgain []ms
		for id, at := range decided(t, r, w.profile) {
			x := slices.IndexFunc(w.profile.Executors, func(e workload.Executor) bool { return e.ID == id })
			idle = append(idle, real.idleFor(int32(x), at))
		}
		for x, gone := range replayed.removed {
			if gone >= 0 && s.Policy.Decommission {
				gone -= second // until it finds that it is done
			}
			if gone >= 0 {
				idleAgain = append(idleAgain, replayed.idleFor(int32(x), gone))
			}
		}
		least, leastAgain := leastIdle(t, s.Policy, idle), leastIdle(t, s.Policy, idleAgain)
		if len(idle) > 0 && len(idleAgain) > 0 {
			near(t, least, leastAgain, second+tickDelay, "the first that leaves")
			compared++
		}
	})
	assert.Positive(t, compared)
}

// moved counts the tasks that read a partition of a kept dataset where it is, and elsewhere.
func (c *course) moved(p *workload.Profile) (stayed, moved int) {
	type partition struct{ rdd, index int }
	on := map[partition]int32{}
	for _, l := range c.launches {
		for _, r := range p.Stages[l.stage].RDDs {
			if !r.Cached {
				continue
			}
			at := partition{r.ID, int(l.index)}
			switch x, kept := on[at]; {
			case kept && x == l.executor:
				stayed++
			case kept:
				moved++
			}
			on[at] = l.executor
		}
	}
	return stayed, moved
}

func TestCachedTasksStay(t *testing.T) {
	eachRun(t, func(r recording) bool { return isFixed(r) && r.App == "cached" }, func(t *testing.T, w *Work) {
		courses := both(t, w, ownExecutors(t, w))
		real, replayed := courses["recorded"], courses["replayed"]
		stayed, moved := real.moved(w.profile)
		stayedAgain, movedAgain := replayed.moved(w.profile)
		assert.Positive(t, stayed)
		assert.Equal(t, []int{stayed, moved}, []int{stayedAgain, movedAgain})
	})
}

// gaps are the times between each job and what it waited for.
func (c *course) gaps(w *Work) (list []ms) {
	for j := range c.begun {
		switch after := w.jobs[j].after; {
		case after < 0:
		case w.jobs[j].atStart:
			list = append(list, c.begun[j]-c.begun[after])
		default:
			list = append(list, c.begun[j]-c.ended[after])
		}
	}
	return list
}

func TestDriverGapsAreEqual(t *testing.T) {
	gaps := 0
	eachRun(t, isFixed, func(t *testing.T, w *Work) {
		s := ownPolicy(t, w)
		s.Policy = allocation.Fixed(2 * len(w.profile.Executors))
		courses := both(t, w, s)
		real, replayed := courses["recorded"], courses["replayed"]
		assert.Equal(t, real.gaps(w), replayed.gaps(w), "also on twice the executors")
		for _, gap := range replayed.gaps(w) {
			assert.GreaterOrEqual(t, gap, ms(0))
			gaps++
		}
	})
	assert.Positive(t, gaps)
}

func TestRetriesComeFirst(t *testing.T) {
	eachRun(t, func(r recording) bool { return isFixed(r) && r.NotOK > 0 }, func(t *testing.T, w *Work) {
		for name, c := range both(t, w, ownExecutors(t, w)) {
			retries := 0
			for i, l := range c.launches {
				if !l.again {
					continue
				}
				retries++
				f := c.launches[slices.IndexFunc(c.launches, func(f launched) bool { return f.stage == l.stage && f.index == l.index })]
				assert.Greater(t, l.at, f.end, "%s: behind the failure", name)
				between := slices.ContainsFunc(c.launches[:i], func(o launched) bool { return o.at > f.end && !o.again })
				assert.False(t, between, "%s: no other task between the failure and the retry of task %d", name, l.index)
			}
			assert.Positive(t, retries, name)
		}
	})
}
