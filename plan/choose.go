package plan

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// choose takes the best candidate and explains it and the others.
func (s *search) choose() (*Plan, error) {
	markFrontier(s.tried)
	best := -1
	for i, c := range s.tried {
		if s.Objective.allows(c.Prediction) && (best < 0 || s.better(c, s.tried[best])) {
			best = i
		}
	}
	if best < 0 {
		return nil, s.missed()
	}
	chosen := s.tried[best]
	chosen.Chosen, chosen.Frontier = true, true
	others := slices.Delete(slices.Clone(s.tried), best, best+1)
	slices.SortStableFunc(others, byTime)
	for i := range others {
		others[i].Why = s.why(others[i], chosen)
	}
	frontier, rest := split(others)
	pod, err := chosen.Shape.Pod(s.version)
	if err != nil {
		return nil, err
	}
	p := &Plan{
		App: s.profile.App.Name, Version: s.version, Objective: s.Objective.String(), Price: s.Price,
		Shape: chosen.Shape, Policy: chosen.Policy, Pod: pod, Driver: s.Driver,
		Now: s.now, Then: chosen.Prediction, SelfError: s.work.SelfError(), Noise: s.joined.Noise,
		Candidates: slices.Concat([]Candidate{chosen}, frontier, rest),
	}
	for _, r := range s.joined.Runs {
		p.Runs = append(p.Runs, Run{AppID: r.App.ID, Start: r.Since().String(), Wall: r.Wall()})
	}
	p.Saves = s.saving(p.Then)
	p.Reasons = s.reasons(chosen)
	p.Assumptions = s.assumptions(p)
	p.Fingerprint = s.fingerprint()
	return p, nil
}

// same is the relative difference below which two scores are taken as equal, and the simpler setting wins.
const same = 0.01

// better prefers the lower score; of scores that are as good as equal a fixed count, then fewer executors.
func (s *search) better(a, b Candidate) bool {
	x, y := s.Objective.score(a.Prediction), s.Objective.score(b.Prediction)
	if math.Abs(x-y) > same*math.Min(x, y) {
		return x < y
	}
	if a.Policy.Dynamic != b.Policy.Dynamic {
		return !a.Policy.Dynamic
	}
	if a.Prediction.PeakExecutors != b.Prediction.PeakExecutors {
		return a.Prediction.PeakExecutors < b.Prediction.PeakExecutors
	}
	return x < y
}

// markFrontier marks the candidates that no other one beats in time and cost.
func markFrontier(list []Candidate) {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return byTime(list[a], list[b]) })
	cheapest := math.Inf(1)
	for _, i := range order {
		if cost := list[i].Prediction.Cost.P50; cost < cheapest {
			list[i].Frontier, cheapest = true, cost
		}
	}
}

func split(list []Candidate) (frontier, rest []Candidate) {
	for _, c := range list {
		if c.Frontier {
			frontier = append(frontier, c)
		} else {
			rest = append(rest, c)
		}
	}
	return frontier, rest
}

// why says what speaks against a candidate.
func (s *search) why(c, chosen Candidate) string {
	time, cost := c.Prediction.Wall.P50-chosen.Prediction.Wall.P50, c.Prediction.Cost.P50-chosen.Prediction.Cost.P50
	against := fmt.Sprintf("%s, %s", difference(time), costs(cost))
	switch {
	case s.Objective.deadline > 0 && c.Prediction.Wall.P90 > s.Objective.deadline:
		return fmt.Sprintf("misses the deadline: %s at P90", round(c.Prediction.Wall.P90))
	case s.Objective.budget > 0 && c.Prediction.Cost.P90 > s.Objective.budget:
		return fmt.Sprintf("exceeds the budget: %.3g at P90", c.Prediction.Cost.P90)
	case !c.Frontier:
		return "another one is as fast and cheaper, or as cheap and faster: " + against
	}
	return against + " than the choice: not the " + s.Objective.name() + " one"
}

func difference(d time.Duration) string {
	if d < 0 {
		return round(-d).String() + " faster"
	}
	return round(d).String() + " slower"
}

func costs(x float64) string {
	if x < 0 {
		return fmt.Sprintf("%.3g cheaper", -x)
	}
	return fmt.Sprintf("%.3g dearer", x)
}

// missed refuses where nothing keeps the deadline or the budget, and names what comes nearest.
func (s *search) missed() error {
	nearest := s.tried[0]
	for _, c := range s.tried {
		if s.Objective.deadline > 0 && c.Prediction.Wall.P90 < nearest.Prediction.Wall.P90 ||
			s.Objective.deadline <= 0 && c.Prediction.Cost.P90 < nearest.Prediction.Cost.P90 {
			nearest = c
		}
	}
	p := nearest.Prediction
	return &Refusal{
		Code:    Missed,
		Reason:  fmt.Sprintf("none of %d settings is %s", len(s.tried), s.Objective),
		Instead: fmt.Sprintf("nearest is %s: %s, cost %s, %s; allow that, or make the job do less", nearest, p.Wall, p.Cost, p.Bound),
		Nearest: &p,
	}
}

// saving compares the choice with what ran.
func (s *search) saving(then Prediction) Saving {
	saving := Saving{Noise: math.Max(s.joined.Noise, math.Abs(s.work.SelfError()))}
	if s.now.Cost.P50 > 0 {
		saving.Cost = 1 - then.Cost.P50/s.now.Cost.P50
	}
	if s.now.Wall.P50 > 0 {
		saving.Time = 1 - float64(then.Wall.P50)/float64(s.now.Wall.P50)
	}
	saving.Nothing = math.Abs(saving.Cost) <= saving.Noise && math.Abs(saving.Time) <= saving.Noise
	return saving
}

// reasons are the working of the chosen shape and policy, and of its count against the next one up and down.
func (s *search) reasons(chosen Candidate) []workload.Figure {
	var figures []workload.Figure
	basis := workload.Replayed(1)
	for _, c := range s.shapes {
		if c.shape == chosen.Shape {
			figures = append(figures, slices.DeleteFunc(slices.Clone(c.figures), func(f workload.Figure) bool {
				return f.Name() == "executor cpu limit" && chosen.Shape.LimitCPU == 0 // advice that the setting does not follow
			})...)
			figures = append(figures, workload.NewFigure("executor", describe(chosen.Shape), basis,
				fmt.Sprintf("best by the objective (%s) of %d replayed settings of %d shapes", s.Objective, len(s.tried), len(s.shapes))))
			figures = append(figures, policyReasons(c, chosen, basis)...)
			break
		}
	}
	for _, up := range []bool{true, false} {
		if other, ok := s.neighbour(chosen, up); ok {
			time := other.Prediction.Wall.P50 - chosen.Prediction.Wall.P50
			cost := other.Prediction.Cost.P50 - chosen.Prediction.Cost.P50
			figures = append(figures, workload.NewFigure("executors", wording.Count(count(chosen), "executor"), basis,
				fmt.Sprintf("%d, not %d: that would be %s (%.1f %%) and %s", count(chosen), count(other), difference(time),
					100*math.Abs(float64(time))/float64(chosen.Prediction.Wall.P50), costs(cost))))
		}
	}
	return figures
}

// policyReasons are the working of the policy: of what the run suggests where that was chosen, else of what the replay
// prefers to it.
func policyReasons(c shapeCase, chosen Candidate, basis workload.Basis) []workload.Figure {
	if !chosen.Policy.Dynamic {
		return []workload.Figure{workload.NewFigure("policy", describePolicy(chosen.Policy), basis,
			"no dynamic allocation that was replayed does better: what it saves while idle it loses in waiting for executors")}
	}
	if chosen.Policy.Idle == c.policy.Idle && chosen.Policy.ShuffleTimeout == c.policy.ShuffleTimeout {
		return c.policyFigures
	}
	return []workload.Figure{workload.NewFigure("policy", describePolicy(chosen.Policy), basis, fmt.Sprintf(
		"executors that go after %s cost less than ones that wait %s through the gaps of the run, which is what would lose none",
		units.FormatTime(chosen.Policy.Idle), units.FormatTime(c.policy.Idle)))}
}

// neighbour is the candidate of the same kind with the next higher or lower count.
func (s *search) neighbour(chosen Candidate, up bool) (best Candidate, ok bool) {
	for _, c := range s.tried {
		if c.Shape != chosen.Shape || c.Policy.Dynamic != chosen.Policy.Dynamic || c.Policy.Idle != chosen.Policy.Idle ||
			(count(c) > count(chosen)) != up || count(c) == count(chosen) {
			continue
		}
		if !ok || (count(c) < count(best)) == up {
			best, ok = c, true
		}
	}
	return best, ok
}

func count(c Candidate) int {
	if c.Policy.Dynamic {
		return c.Policy.Max
	}
	return c.Policy.InitialTarget()
}

// starts says how long executors take to start.
func starts(a replay.Arrivals) string {
	together := ""
	if a.AtOnce > 0 {
		together = fmt.Sprintf(", and with more than %.1f at once, all go on slower", a.AtOnce)
	}
	return fmt.Sprintf("an executor that starts alone registers %s after its request%s [%s]", round(a.Alone), together, a.Basis)
}

// assumptions are what the plan takes for granted, those of the search first.
func (s *search) assumptions(p *Plan) []string {
	list := append(slices.Clone(s.assumed),
		starts(s.work.Arrivals()),
		fmt.Sprintf("a core costs %g an hour and a GiB %g; nodes are not paid beyond their pods", s.Price.CoreHour, s.Price.GiBHour),
	)
	if len(s.Cluster.Nodes) == 0 {
		list = append(list, "the cluster holds any number of executors: no nodes were given")
	}
	if n := len(s.joined.Runs); n > 1 {
		list = append(list, fmt.Sprintf("the latest of %d runs is replayed; the others tell the noise where they did the same under the same setting", n))
	}
	if s.joined.NoiseRuns < 2 {
		list = append(list, "no two runs did the same under the same setting, so that the noise between runs is not known and not in the interval")
	}
	if p.Shape.Heap != s.ran.Shape.Heap {
		list = append(list, "with the other heap only the collection of garbage takes another time")
	}
	return append(list, s.profile.Coverage.Notes...)
}
