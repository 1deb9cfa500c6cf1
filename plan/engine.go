package plan

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// Plan makes a plan. The error is a *Refusal where there is none to make, wraps workload.ErrDifferent for runs of
// different applications, is the context's, or says what the request lacks.
func (e Engine) Plan(ctx context.Context, r Request) (*Plan, error) {
	r, err := r.filled()
	if err != nil {
		return nil, err
	}
	s, err := newSearch(r)
	if err != nil {
		return nil, err
	}
	if err := s.baseline(ctx); err != nil {
		return nil, err
	}
	if err := s.candidates(); err != nil {
		return nil, err
	}
	if err := s.replay(ctx, max(1, e.Workers)); err != nil {
		return nil, err
	}
	return s.choose()
}

// search is a plan in the making.
type search struct {
	Request
	joined  workload.Joined
	profile *workload.Profile
	work    *replay.Work
	version spark.Version
	// conf is what the application runs with on Kubernetes, beside shape and policy.
	conf    spark.Conf
	current Current
	now     Prediction
	self    float64
	shapes  []shapeCase
	tried   []Candidate
	assumed []string
}

func newSearch(r Request) (*search, error) {
	joined, err := workload.Join(r.Runs...)
	if err != nil {
		return nil, err
	}
	s := &search{Request: r, joined: joined, profile: joined.Latest(), version: r.Version}
	if !s.version.Known() {
		s.version = s.profile.Conf.Version()
	}
	if !s.version.Known() {
		s.version = spark.V35
		s.assume("the run does not say its version of Spark; %s is taken", s.version)
	}
	if s.work, err = replay.NewWork(s.profile); err != nil {
		return nil, &Refusal{
			Code:    NoTasks,
			Reason:  fmt.Sprintf("%s finished no task, so nothing says what it needs", name(s.profile)),
			Instead: "give the log of a run that did its work",
		}
	}
	s.conf = s.onKubernetes()
	s.current = s.Current
	if s.current == (Current{}) {
		s.current = s.ran()
	}
	if s.Driver.Memory == 0 {
		s.Driver = s.driverPod()
	}
	return s, nil
}

func name(p *workload.Profile) string {
	if p.App.ID != "" {
		return p.App.ID
	}
	return "the run"
}

func (s *search) assume(format string, args ...any) {
	s.assumed = append(s.assumed, fmt.Sprintf(format, args...))
}

// onKubernetes is the run's configuration as it would be on Kubernetes, in the version that will run.
func (s *search) onKubernetes() spark.Conf {
	set := map[string]string{}
	for _, key := range s.profile.Conf.Keys() {
		set[key], _ = s.profile.Conf.Lookup(key)
	}
	if master := set[spark.Master.Name]; len(master) < 6 || master[:6] != "k8s://" {
		s.assume("the run was not on Kubernetes (spark.master %q); pods are taken to start as its executors did", master)
		set[spark.Master.Name] = "k8s://"
	}
	return spark.NewConf(s.version, set)
}

// ran is the setting of the run: what was configured, where that says less what was seen.
func (s *search) ran() Current {
	p := s.profile
	shape, err := sizing.FromConf(p.Conf)
	if err != nil {
		shape = sizing.Shape{}
		s.assume("the run's executor size cannot be read (%v); Spark's defaults are taken", err)
	}
	shape.TaskCPUs = p.TaskCPUs()
	if slots := p.Slots(); slots > 0 {
		shape.Cores = slots * shape.TaskCPUs
	}
	policy, err := allocation.FromConf(p.Conf)
	if err != nil || !policy.Dynamic {
		policy = allocation.Fixed(max(1, p.Totals.MaxExecutors))
	}
	return Current{Shape: shape, Policy: policy}
}

func (s *search) driverPod() sizing.Pod {
	pod, err := sizing.DriverPod(s.conf, s.current.Shape.Language)
	if err != nil {
		s.assume("the driver's size cannot be read (%v); Spark's defaults are taken", err)
		pod, _ = sizing.DriverPod(spark.NewConf(s.version, nil), s.current.Shape.Language)
	}
	return pod
}

// baseline measures what ran, and how well a replay of it meets it.
func (s *search) baseline(ctx context.Context) error {
	ran := s.ran()
	stats := s.profile.Stats()
	pod, err := ran.Shape.Pod(s.version)
	if err != nil {
		return err
	}
	s.now = Prediction{
		PeakExecutors: stats.PeakExecutors, AverageExecutors: stats.AverageExecutors, CoreHours: stats.CoreTime.Hours(),
		WastedCoreHours: stats.IdleTime().Hours(), Utilisation: stats.Utilisation(), Basis: "measured",
	}
	memory := pod.Memory.GiB() * stats.ExecutorTime.Hours()
	s.now.Wall, s.now.Cost = s.spread(stats.Wall, s.cost(stats.CoreTime.Hours(), memory, stats.Wall), s.joined.Noise)
	result, err := s.work.Run(ctx, replay.Setting{Shape: ran.Shape, Executors: s.work.Lives(), Policy: ran.Policy, Seed: s.Seed})
	if err != nil {
		return err
	}
	s.now.Bound = result.Bound.String()
	s.self = s.work.SelfError()
	return nil
}

// cost prices executors and the driver.
func (s *search) cost(coreHours, gibHours float64, wall time.Duration) float64 {
	driver := wall.Hours() * (s.Driver.CPU.Cores()*s.Price.CoreHour + s.Driver.Memory.GiB()*s.Price.GiBHour)
	return coreHours*s.Price.CoreHour + gibHours*s.Price.GiBHour + driver
}

// deviations is how many standard deviations lie between P50 and P90 of a normal distribution.
const deviations = 1.2816

// spread puts an interval around a time and a cost by their relative deviation.
func (s *search) spread(wall time.Duration, cost, deviation float64) (Times, Costs) {
	w := math.Exp(deviations * deviation)
	return Times{P10: time.Duration(float64(wall) / w), P50: wall, P90: time.Duration(float64(wall) * w)},
		Costs{P10: cost / w, P50: cost, P90: cost * w}
}

// replay predicts each candidate, several at a time; the order of the results is that of the candidates.
func (s *search) replay(ctx context.Context, workers int) error {
	next := make(chan int)
	errs := make([]error, len(s.tried))
	var group sync.WaitGroup
	for range min(workers, len(s.tried)) {
		group.Go(func() {
			for i := range next {
				errs[i] = s.predict(ctx, &s.tried[i])
			}
		})
	}
	for i := range s.tried {
		next <- i
	}
	close(next)
	group.Wait()
	return errors.Join(slices.DeleteFunc(errs, func(err error) bool { return err == nil })...)
}

func (s *search) predict(ctx context.Context, c *Candidate) error {
	r, err := s.work.Predict(ctx, replay.Setting{Shape: c.Shape, Policy: c.Policy, Conf: s.conf, Seed: s.Seed}, s.joined.Noise)
	if err != nil {
		return fmt.Errorf("%s: %w", c, err)
	}
	cost := s.cost(r.CoreHours(), r.GiBHours(), r.Wall)
	c.Prediction = Prediction{
		Wall: Times{P10: r.P10, P50: r.Wall, P90: r.P90}, Cost: Costs{P10: cost, P50: cost, P90: cost},
		PeakExecutors: r.PeakExecutors, CoreHours: r.CoreHours(), WastedCoreHours: r.Wasted(), Utilisation: r.Utilisation(),
		Bound: r.Bound.String(), Basis: "replayed", Verdict: r.Verdict, Caveats: r.Reasons,
	}
	if r.Wall > 0 { // what a run costs follows its time
		c.Prediction.Cost.P10 *= float64(r.P10) / float64(r.Wall)
		c.Prediction.Cost.P90 *= float64(r.P90) / float64(r.Wall)
		c.Prediction.AverageExecutors = float64(r.ExecutorTime) / float64(r.Wall)
	}
	return nil
}
