package replay

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/workload"
)

// Prediction is a replay with its interval and with how far to trust it.
type Prediction struct {
	// Result is the replay in which starts and cold tasks fare as they did in the recorded run.
	Result
	// P10, P50 and P90 of Wall: it is below P10 in one of ten cases, above P90 in one of ten. JobsP10, JobsP50 and
	// JobsP90 are those of Jobs. How cold tasks and starting executors fare is varied, and the noise of runs and the
	// model's own miss are added.
	P10, P50, P90             time.Duration
	JobsP10, JobsP50, JobsP90 time.Duration
	// SelfError is by how much the replay of the run with its own executors misses the run, relative and signed.
	SelfError float64
	// Verdict says whether to rely on the prediction, Reasons what speaks against it, in the order of weight.
	Verdict Verdict
	Reasons []string
}

// SelfError is by how much the replay of the run with its own executors misses the run, relative and signed; 0 where the
// log has no end to hold it against.
func (w *Work) SelfError() float64 { return w.selfError }

// What is uncertain, as relative deviations.
const (
	// modelNoise is what a replay of a quiet run with its own executors still misses.
	modelNoise = 0.005
	// coldNoise is how much the cost of cold tasks and of starting executors varies between runs alike, and crowdNoise
	// what each doubling or halving of the executors beside each other adds.
	coldNoise, crowdNoise = 0.20, 0.25
	// besideNoise is that of the time of tasks that run in another number beside each other on an executor.
	besideNoise = 0.05
)

// deviations is how many standard deviations lie between the median and P90 of a normal distribution.
const deviations = 1.2816

// PredictOptions say how to find the interval.
type PredictOptions struct {
	// Noise is the relative deviation of the time of runs of the same work (workload.Joined.Noise), 0 where it is not
	// known.
	Noise float64
	// Samples is how many replays the interval rests on, taken in turn from the runs, each with other draws of what the
	// runs cannot tell, seeded by Setting.Seed; at most MaxSamples. 0 means three replays of the first run: as it was,
	// and with starts and cold tasks at their P10 and P90; or, of several runs, sixteen of each.
	Samples int
}

// MaxSamples bounds PredictOptions.Samples.
const MaxSamples = 10_000

// Predict replays the work of a run under a setting and says how far to trust the result; further runs of the same work
// make the interval tell how they differ. Errors are those of Work.Run.
func Predict(ctx context.Context, runs []*Work, s Setting, o PredictOptions) (Prediction, error) {
	if len(runs) == 0 || slices.Contains(runs, nil) {
		return Prediction{}, ErrNothing
	}
	if o.Samples < 0 || o.Samples > MaxSamples || !(o.Noise >= 0) || o.Noise > 1 {
		return Prediction{}, fmt.Errorf("replay: Samples must be 0 to %d and Noise 0 to 1, not %d and %g", MaxSamples, o.Samples, o.Noise)
	}
	w := runs[0]
	mid, err := w.Run(ctx, s)
	if err != nil {
		return Prediction{}, err
	}
	p := Prediction{Result: mid, SelfError: w.selfError}
	if len(runs) > 1 && o.Samples == 0 {
		o.Samples = 16 * len(runs)
	}
	if o.Samples > 0 {
		err = p.sample(ctx, runs, s, o)
	} else {
		err = p.bracket(ctx, w, s, o.Noise)
	}
	w.judge(&p, s)
	return p, err
}

// bracket replays with starts and cold tasks at their P10 and P90.
func (p *Prediction) bracket(ctx context.Context, w *Work, s Setting, noise float64) error {
	strain := math.Exp(deviations * w.coldDeviation(p.Result))
	s.strain = 1 / strain
	low, err := w.Run(ctx, s)
	if err != nil {
		return err
	}
	s.strain = strain
	high, err := w.Run(ctx, s)
	if err != nil {
		return err
	}
	own := deviations * w.ownDeviation(s, noise)
	p.P10, p.P50, p.P90 = interval(low.Wall, p.Wall, high.Wall, own)
	p.JobsP10, p.JobsP50, p.JobsP90 = interval(low.Jobs, p.Jobs, high.Jobs, own)
	return nil
}

// sample replays many times, from one run after the other, with other draws each time.
func (p *Prediction) sample(ctx context.Context, runs []*Work, s Setting, o PredictOptions) error {
	walls, jobs := make([]time.Duration, o.Samples), make([]time.Duration, o.Samples)
	seed := s.Seed
	for i := range o.Samples {
		w := runs[i%len(runs)]
		rng := rand.New(rand.NewPCG(seed, uint64(i)+1))
		s.strain, s.Seed = math.Exp(w.coldDeviation(p.Result)*rng.NormFloat64()), rng.Uint64()
		r, err := w.Run(ctx, s)
		if err != nil {
			return err
		}
		factor := max(0, 1+w.ownDeviation(s, o.Noise)*rng.NormFloat64())
		walls[i], jobs[i] = scaled(r.Wall, factor), scaled(r.Jobs, factor)
	}
	p.P10, p.P50, p.P90 = quantiles(walls)
	p.JobsP10, p.JobsP50, p.JobsP90 = quantiles(jobs)
	return nil
}

func scaled(d time.Duration, factor float64) time.Duration {
	return time.Duration(min(float64(d)*factor, float64(max(longest, d))))
}

func quantiles(list []time.Duration) (p10, p50, p90 time.Duration) {
	slices.Sort(list)
	return workload.Quantile(list, 0.1), workload.Quantile(list, 0.5), workload.Quantile(list, 0.9)
}

// ownDeviation is what does not depend on starts and cold tasks.
func (w *Work) ownDeviation(s Setting, noise float64) float64 {
	parts := []float64{noise, modelNoise, w.selfError, w.heapNoise(s)}
	if ran := w.profile.Slots(); ran > 0 && ran != s.Shape.Slots() {
		parts = append(parts, besideNoise)
	}
	sum := 0.0
	for _, x := range parts {
		sum += x * x
	}
	return math.Sqrt(sum)
}

// coldDeviation is the deviation of what cold tasks and starts cost under the setting that gave a result.
func (w *Work) coldDeviation(r Result) float64 {
	beside := 1.0
	if r.Wall > 0 && w.crowd > 0 {
		beside = max(0.25, float64(r.ExecutorTime)/float64(r.Wall)) / w.crowd
	}
	return math.Hypot(coldNoise, crowdNoise*math.Log2(beside))
}

// interval adds what varied and what is relative to the whole, as independent parts.
func interval(low, mid, high time.Duration, own float64) (p10, p50, p90 time.Duration) {
	m := float64(mid)
	down, up := max(0, m-float64(low)), max(0, float64(high)-m)
	return time.Duration(max(0, m-math.Hypot(down, own*m))), mid, time.Duration(min(m+math.Hypot(up, own*m), float64(max(longest, mid))))
}
