package plan

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// shapeCase is a shape that is tried, with the working of its numbers.
type shapeCase struct {
	shape    sizing.Shape
	capacity int // executors that fit; 0 is any number
	width    int // executors that can have a task at once
	policy   allocation.Policy
	figures  []workload.Figure
	// policyFigures are the working of the policy that the run suggests.
	policyFigures []workload.Figure
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
	s.keep()
	if len(s.tried) == 0 {
		return &Refusal{
			Code: NoRoom, Reason: fmt.Sprintf("no executor fits beside the driver (%s)", strings.Join(reasons, "; ")),
			Instead: "give larger nodes or a larger quota, or smaller Shapes",
		}
	}
	return nil
}

// keep adds the current setting, so that nothing worse than it is chosen by its own measure.
func (s *search) keep() {
	c := shapeCase{shape: s.current.Shape}
	fits, _, err := s.fit(&c)
	most := s.current.Policy.InitialTarget()
	if s.current.Policy.Dynamic {
		most = s.current.Policy.EffectiveMax()
	}
	same := slices.ContainsFunc(s.tried, func(t Candidate) bool { return t.Shape == c.shape && t.Policy == s.current.Policy })
	if err != nil || !fits || same || len(s.Shapes) > 0 || c.capacity > 0 && most > c.capacity || s.MaxExecutors > 0 && most > s.MaxExecutors {
		return
	}
	if s.current.Policy.Dynamic && s.current.Policy.Max != allocation.Unlimited || !s.current.Policy.Dynamic && most > 0 {
		c.figures = given(c.shape)
		s.shapes = append(s.shapes, c)
		s.tried = append(s.tried, Candidate{Shape: c.shape, Policy: withoutService(s.current.Policy)})
	}
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
	now := max(1, s.current.Shape.Cores)
	cores := []int{advice.Target, advice.Lower, advice.Upper, now}
	for _, a := range advice.Alternatives {
		cores = append(cores, a.Cores)
	}
	if pressed, err := s.pressed(); err != nil {
		return nil, err
	} else if pressed { // memory was short: no more tasks beside each other than before
		cores = slices.DeleteFunc(cores, func(n int) bool { return n > now })
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
	by := workload.Given("the setting itself")
	return []workload.Figure{
		workload.NewFigure("executor cores", fmt.Sprint(max(1, s.Cores)), by, "as it is"),
		workload.NewFigure("executor heap", s.Heap.String(), by, "as it is"),
	}
}

// sized gives a shape of that many cores the heap that the evidence asks for.
func (s *search) sized(cores int, working []workload.Figure) (shapeCase, error) {
	shape := s.current.Shape
	if before := max(1, shape.Cores); before != cores { // requests and limits keep their part of the cores
		shape.RequestCPU = shape.RequestCPU * units.MilliCPU(cores) / units.MilliCPU(before)
		shape.LimitCPU = shape.LimitCPU * units.MilliCPU(cores) / units.MilliCPU(before)
	}
	shape.Cores = cores
	heap, err := sizing.Heap(s.profile, s.ran.Shape, sizing.HeapOptions{Slots: shape.Slots(), Runs: len(s.joined.Runs)})
	if err != nil {
		return shapeCase{}, err
	}
	shape.Heap = heap.Target
	if heap.Overhead > 0 || s.current == s.ran {
		shape.Overhead = heap.Overhead
	}
	return shapeCase{shape: shape, figures: slices.Concat(working, heap.Figures)}, nil
}

// pressed reports whether the executors of the run were short of memory.
func (s *search) pressed() (bool, error) {
	heap, err := sizing.Heap(s.profile, s.ran.Shape, sizing.HeapOptions{Runs: len(s.joined.Runs)})
	return heap.Pressed, err
}

// fit asks what the cluster holds, and makes the policy that the run suggests. It says why a shape cannot be used.
func (s *search) fit(c *shapeCase) (bool, string, error) {
	if err := c.shape.Validate(s.version); err != nil {
		return false, err.Error(), nil
	}
	if cluster, bound := s.room(); bound {
		capacity, err := allocation.Bounds(cluster, c.shape, s.version, allocation.BoundsOptions{Driver: s.Driver, Quota: s.Quota})
		if err != nil {
			return false, "", err
		}
		if c.capacity = capacity.Executors; c.capacity < 1 {
			return false, fmt.Sprintf("bound by %s", capacity.BoundBy), nil
		}
		c.figures = append(c.figures, capacity.Figures...)
	}
	policy, figures := allocation.Suggest(s.profile, c.shape, allocation.SuggestOptions{Capacity: c.capacity, Start: s.work.Arrivals().Alone})
	policy = withoutService(policy)
	c.policy, c.policyFigures = policy, figures
	c.width = max(1, policy.Max)
	if s.MaxExecutors > 0 {
		c.width = min(c.width, s.MaxExecutors)
	}
	return true, "", nil
}

// room is where executors have to fit, and whether anything bounds it: a quota binds also where no nodes are given.
func (s *search) room() (allocation.Cluster, bool) {
	if len(s.Cluster.Nodes) > 0 {
		return s.Cluster, true
	}
	q := s.Quota
	q.Notes = nil
	endless := allocation.Node{Name: "any", CPU: 1 << 40, Memory: 1 << 60, Pods: 1 << 30}
	return allocation.Cluster{Nodes: []allocation.Node{endless}}, !reflect.DeepEqual(q, allocation.Quota{})
}

// withoutService lets shuffle tracking do what an external shuffle service did, which stock Spark does not have on
// Kubernetes.
func withoutService(p allocation.Policy) allocation.Policy {
	if p.ShuffleService {
		p.ShuffleService, p.ShuffleServiceFetchRDD, p.ShuffleTracking = false, false, true
		p.ShuffleTimeout = p.Idle
	}
	return p
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
