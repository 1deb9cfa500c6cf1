package plan

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/workload"
)

// shapeCase is a shape that is tried, with the working of its numbers.
type shapeCase struct {
	shape    sizing.Shape
	capacity int // executors that fit; 0 is any number
	width    int // executors that can have a task at once
	policy   allocation.Policy
	figures  []workload.Figure
}

// candidates makes the settings to try: each shape with fixed counts and with dynamic allocation up to each count.
func (s *search) candidates() error {
	shapes, err := s.shapesToTry()
	if err != nil {
		return err
	}
	var reasons []string
	for _, c := range shapes {
		fits, why, err := s.fit(&c)
		switch {
		case err != nil:
			return err
		case !fits:
			reasons = append(reasons, fmt.Sprintf("%s: %s", describe(c.shape), why))
			continue
		}
		s.shapes = append(s.shapes, c)
		s.settings(c)
	}
	if len(s.tried) == 0 {
		return &Refusal{
			Code: NoRoom, Reason: fmt.Sprintf("no executor fits beside the driver (%v)", reasons),
			Instead: "give larger nodes or a larger quota, or smaller Shapes",
		}
	}
	return nil
}

// shapesToTry are the caller's, or the shape that ran and those that the evidence suggests.
func (s *search) shapesToTry() ([]shapeCase, error) {
	if len(s.Shapes) > 0 {
		var cases []shapeCase
		for _, shape := range s.Shapes {
			cases = append(cases, shapeCase{shape: shape, figures: given(shape)})
		}
		return cases, nil
	}
	advice, err := sizing.Cores(s.profile, sizing.CoresOptions{Shape: s.current.Shape})
	if err != nil {
		return nil, err
	}
	cores := []int{advice.Target, advice.Lower, advice.Upper, max(1, s.current.Shape.Cores)}
	for _, a := range advice.Alternatives {
		cores = append(cores, a.Cores)
	}
	slices.Sort(cores)
	var cases []shapeCase
	for _, n := range slices.Compact(cores) {
		c, err := s.sized(n, advice.Figures)
		if err != nil {
			return nil, err
		}
		if c.shape.Slots() > 0 {
			cases = append(cases, c)
		}
	}
	return cases, nil
}

func given(s sizing.Shape) []workload.Figure {
	by := workload.Given("the request")
	return []workload.Figure{
		workload.NewFigure("executor cores", fmt.Sprint(max(1, s.Cores)), by, "one of the shapes to try"),
		workload.NewFigure("executor heap", s.Heap.String(), by, "one of the shapes to try"),
	}
}

// sized gives a shape of that many cores the heap that the evidence asks for.
func (s *search) sized(cores int, working []workload.Figure) (shapeCase, error) {
	shape := s.current.Shape
	shape.Cores = cores
	if shape.RequestCPU > 0 || shape.LimitCPU > 0 { // what was set for another number of cores means nothing here
		shape.RequestCPU, shape.LimitCPU = 0, 0
	}
	heap, err := sizing.Heap(s.profile, s.ran().Shape, sizing.HeapOptions{Slots: shape.Slots(), Runs: len(s.joined.Runs)})
	if err != nil {
		return shapeCase{}, err
	}
	shape.Heap, shape.Overhead = heap.Target, heap.Overhead
	return shapeCase{shape: shape, figures: slices.Concat(working, heap.Figures)}, nil
}

// fit asks what the cluster holds, and makes the policy that the run suggests. It says why a shape cannot be used.
func (s *search) fit(c *shapeCase) (bool, string, error) {
	if err := c.shape.Validate(s.version); err != nil {
		return false, err.Error(), nil
	}
	if len(s.Cluster.Nodes) > 0 {
		capacity, err := allocation.Bounds(s.Cluster, c.shape, s.version, allocation.BoundsOptions{Driver: s.Driver, Quota: s.Quota})
		if err != nil {
			return false, "", err
		}
		if c.capacity = capacity.Executors; c.capacity < 1 {
			return false, fmt.Sprintf("bound by %s", capacity.BoundBy), nil
		}
		c.figures = append(c.figures, capacity.Figures...)
	}
	latency, _ := s.work.Latency()
	policy, figures := allocation.Suggest(s.profile, c.shape, allocation.SuggestOptions{Capacity: c.capacity, Start: latency})
	c.policy, c.figures = policy, append(c.figures, figures...)
	c.width = max(1, policy.Max)
	if s.MaxExecutors > 0 {
		c.width = min(c.width, s.MaxExecutors)
	}
	return true, "", nil
}

// settings adds a shape's fixed counts, and dynamic allocation up to each: as the run suggests, which has executors wait
// through its gaps, and lean, which lets them go at once and asks for none before there is work.
func (s *search) settings(c shapeCase) {
	for _, n := range ladder(c.width) {
		s.tried = append(s.tried, Candidate{Shape: c.shape, Policy: allocation.Fixed(n)})
		if n == 1 {
			continue
		}
		policy := c.policy
		policy.Max, policy.Min, policy.Initial = n, min(policy.Min, n), min(policy.Initial, n)
		s.tried = append(s.tried, Candidate{Shape: c.shape, Policy: policy})
		if lean := leaner(policy); lean != policy {
			s.tried = append(s.tried, Candidate{Shape: c.shape, Policy: lean})
		}
	}
}

// leanIdle is how long an executor waits for work under a lean policy: longer than the second that the next round of
// tasks may take.
const leanIdle = 5 * time.Second

func leaner(p allocation.Policy) allocation.Policy {
	p.Min, p.Initial = 0, 0
	p.Idle, p.ShuffleTimeout = min(p.Idle, leanIdle), min(p.ShuffleTimeout, leanIdle)
	return p
}

// rungs is how many counts a ladder has at the most.
const rungs = 14

// ladder returns counts from 1 to the widest, each about the same factor above the one before.
func ladder(widest int) []int {
	factor := math.Max(1.25, math.Pow(float64(widest), 1.0/(rungs-1)))
	counts := []int{}
	for x := 1.0; int(math.Round(x)) < widest; x = math.Max(x*factor, x+1) {
		counts = append(counts, int(math.Round(x)))
	}
	return slices.Compact(append(counts, widest))
}

// byTime orders candidates by time, then cost, then as they were made.
func byTime(a, b Candidate) int {
	return cmp.Or(cmp.Compare(a.Prediction.Wall.P50, b.Prediction.Wall.P50), cmp.Compare(a.Prediction.Cost.P50, b.Prediction.Cost.P50))
}
