package plan

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
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
	ran     Current // the setting of the run
	current Current // the one that the plan is compared with
	now     Prediction
	shapes  []shapeCase
	tried   []Candidate
	assumed []string
	// warnings are of the run as a whole; each candidate carries them.
	warnings []string
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
	if s.work, err = replay.NewWork(s.profile); err != nil || s.profile.TaskDurations().N == 0 {
		return nil, s.noTasks()
	}
	if miss := s.work.SelfError(); math.Abs(miss) > unsound {
		return nil, &Refusal{
			Code:    Unsound,
			Reason:  fmt.Sprintf("a replay of %s misses it by %+.0f %%: the times in its log contradict each other", name(s.profile), 100*miss),
			Instead: "give the log of another run",
		}
	}
	s.conf = s.onKubernetes()
	s.ran = s.whatRan()
	s.current = s.Current
	if s.current == (Current{}) {
		s.current = s.ran
	}
	s.cautions()
	if s.Driver.Memory == 0 {
		s.Driver = s.driverPod()
	}
	return s, nil
}

// unsound is the miss of a run's own replay from which nothing can be said of it.
const unsound = 1

// noTasks refuses a run without a task that did its work, and says what became of its executors.
func (s *search) noTasks() error {
	if n := s.profile.Coverage.Sketched; n > 0 {
		return &Refusal{
			Code: NoTasks, Reason: fmt.Sprintf("of the %d task attempts of %s only sketches were kept, which cannot be replayed", n, name(s.profile)),
			Instead: "read the log with all its tasks (eventlog without WithSketches, or with a higher number)",
		}
	}
	reason := fmt.Sprintf("%s finished no task well, so nothing says what it needs", name(s.profile))
	for _, e := range s.profile.Executors {
		if e.Reason != "" && s.profile.Totals.TasksFailed > 0 {
			reason += fmt.Sprintf("; of executor %s the driver said: %.200s", e.ID, strings.Join(strings.Fields(e.Reason), " "))
			break
		}
	}
	return &Refusal{Code: NoTasks, Reason: reason, Instead: "give the log of a run that did its work"}
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
	if !s.profile.Conf.OnKubernetes() {
		s.assume("the run was not on Kubernetes (spark.master %q); pods are taken to start as its executors did", set[spark.Master.Name])
		set[spark.Master.Name] = "k8s://"
	}
	return spark.NewConf(s.version, set)
}

// cautions says what makes the run a weak ground for a plan.
func (s *search) cautions() {
	p := s.profile
	t := &p.Totals
	if t.JobsFailed > 0 {
		s.warn("%d of %d jobs of the run failed: what a run that does all its work needs is not known", t.JobsFailed, t.JobsStarted)
	}
	if lost := t.TasksFailed; lost*10 > t.TasksEnded {
		s.warn("%d of %d tasks of the run failed", lost, t.TasksEnded)
	}
	if gpus, ok := p.Conf.Lookup("spark.executor.resource.gpu.amount"); ok && gpus != "0" {
		s.warn("the run had %s GPUs an executor: GPUs are neither planned, priced nor written", gpus)
	}
	if service, err := p.Conf.Bool(spark.ShuffleService); err == nil && service {
		s.assume("the run used an external shuffle service, which stock Spark does not have on Kubernetes; shuffle tracking takes its place")
	}
	for _, e := range p.Executors {
		if e.IsDriver() {
			s.warn("the run was local: the driver was its only executor, so that nothing is known of real ones")
			return
		}
	}
	if len(p.Executors) == 0 {
		s.warn("the log has no executors: their number, size and start are assumed")
	}
}

func (s *search) warn(format string, args ...any) {
	s.warnings = append(s.warnings, fmt.Sprintf(format, args...))
}

// whatRan is the setting of the run: what was configured, where that says less what was seen.
func (s *search) whatRan() Current {
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

// baseline measures what ran; where the plan is compared with another setting, that is replayed instead.
func (s *search) baseline(ctx context.Context) error {
	if s.current != s.ran {
		now := Candidate{Shape: s.current.Shape, Policy: s.current.Policy}
		if err := s.predict(ctx, &now); err != nil {
			return err
		}
		s.now = now.Prediction
		return nil
	}
	stats := s.profile.Stats()
	pod, err := s.ran.Shape.Pod(s.version)
	if err != nil {
		return err
	}
	s.now = Prediction{
		PeakExecutors: stats.PeakExecutors, AverageExecutors: stats.AverageExecutors, CoreHours: stats.CoreTime.Hours(),
		WastedCoreHours: stats.IdleTime().Hours(), Utilisation: stats.Utilisation(), Basis: "measured",
	}
	s.now.Wall, s.now.Cost = s.spread(stats.Wall, s.cost(pod, stats.ExecutorTime, stats.Wall), s.joined.Noise)
	if lives := s.work.Lives(); len(lives) > 0 {
		result, err := s.work.Run(ctx, replay.Setting{Shape: s.ran.Shape, Executors: lives, Seed: s.Seed})
		if err != nil {
			return err
		}
		s.now.Bound = result.Bound.String()
	}
	return nil
}

// cost prices what executors and the driver request of processors and memory.
func (s *search) cost(executor sizing.Pod, executors, wall time.Duration) float64 {
	hourly := func(pod sizing.Pod) float64 {
		return pod.CPU.Cores()*s.Price.CoreHour + pod.Memory.GiB()*s.Price.GiBHour
	}
	return executors.Hours()*hourly(executor) + wall.Hours()*hourly(s.Driver)
}

// deviations is how many standard deviations lie between P50 and P90 of a normal distribution.
const deviations = 1.2816

// spread puts an interval around a time and a cost by their relative deviation.
func (s *search) spread(wall time.Duration, cost, deviation float64) (Times, Costs) {
	w := math.Exp(min(deviations*deviation, 5))
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
	r, err := replay.Predict(ctx, []*replay.Work{s.work}, s.setting(*c), replay.PredictOptions{Noise: min(1, s.joined.Noise)})
	if err != nil {
		return fmt.Errorf("%s: %w", c, err)
	}
	pod, err := c.Shape.Pod(s.version)
	if err != nil {
		return err
	}
	cost := s.cost(pod, r.ExecutorTime, r.Wall)
	c.Prediction = Prediction{
		Wall: Times{P10: r.P10, P50: r.P50, P90: r.P90}, Cost: Costs{P10: cost, P50: cost, P90: cost},
		PeakExecutors: r.PeakExecutors, CoreHours: r.CoreHours(), WastedCoreHours: r.Wasted(), Utilisation: r.Utilisation(),
		Bound: r.Bound.String(), Basis: "replayed", Verdict: r.Verdict, Caveats: append(slices.Clone(s.warnings), r.Reasons...),
	}
	if len(s.warnings) > 0 && r.Verdict == replay.Trusted {
		c.Prediction.Verdict = replay.Caution
	}
	if r.Wall > 0 { // what a run costs follows its time
		c.Prediction.Cost.P10 *= float64(r.P10) / float64(r.Wall)
		c.Prediction.Cost.P90 *= float64(r.P90) / float64(r.Wall)
		c.Prediction.AverageExecutors = float64(r.ExecutorTime) / float64(r.Wall)
	}
	return nil
}
