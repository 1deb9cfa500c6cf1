package replay

import (
	"context"
	"fmt"
	"math"
	"time"
)

// Prediction is a replay with its interval and with how far to trust it.
type Prediction struct {
	Result
	// P10 and P90 bound Wall in eight of ten cases, JobsP10 and JobsP90 bound Jobs: how cold tasks and starting
	// executors fare under the setting is varied, and the noise of runs and the model's own miss are added.
	P10, P90         time.Duration
	JobsP10, JobsP90 time.Duration
	// SelfError is by how much the replay of the run with its own executors misses the run, relative and signed.
	SelfError float64
	// Verdict says whether to rely on the prediction, Reasons what speaks against it, in the order of weight.
	Verdict Verdict
	Reasons []string
}

// SelfError is by how much the replay of the run with its own executors misses the run, relative and signed; 0 where the
// log has no end to hold it against.
func (w *Work) SelfError() float64 { return w.selfError }

// Verdict says whether to rely on a prediction.
type Verdict string

// The verdicts.
const (
	// Trusted: nothing speaks against it.
	Trusted Verdict = "Trusted"
	// Caution: the reasons say what the run does not tell; the interval holds it as well as it can.
	Caution Verdict = "Caution"
	// DoNotTrust: the prediction says little about the setting.
	DoNotTrust Verdict = "DoNotTrust"
)

// What is uncertain, as relative deviations.
const (
	// modelNoise is what a replay of a quiet run with its own executors still misses.
	modelNoise = 0.005
	// coldNoise is how much the cost of cold tasks and of starting executors varies between runs alike, and crowdNoise
	// what each doubling or halving of the executors beside each other adds: the log cannot tell how many processors
	// they share.
	coldNoise, crowdNoise = 0.20, 0.25
)

// deviations is how many standard deviations lie between the median and P90 of a normal distribution.
const deviations = 1.2816

// Predict replays the work under a setting and says how far to trust the result. The noise is the relative deviation of
// runs of the same work (workload.Joined.Noise), 0 where it is not known. Errors are those of Run.
func (w *Work) Predict(ctx context.Context, s Setting, noise float64) (Prediction, error) {
	mid, err := w.Run(ctx, s)
	if err != nil {
		return Prediction{}, err
	}
	p := Prediction{Result: mid, SelfError: w.selfError, Verdict: Trusted}
	strain := math.Exp(deviations * w.coldDeviation(mid))
	s.strain = 1 / strain
	low, err := w.Run(ctx, s)
	if err != nil {
		return Prediction{}, err
	}
	s.strain = strain
	high, err := w.Run(ctx, s)
	if err != nil {
		return Prediction{}, err
	}
	own := deviations * math.Sqrt(noise*noise+modelNoise*modelNoise+w.selfError*w.selfError+w.shapeNoise(s)*w.shapeNoise(s))
	p.P10, p.P90 = interval(low.Wall, mid.Wall, high.Wall, own)
	p.JobsP10, p.JobsP90 = interval(low.Jobs, mid.Jobs, high.Jobs, own)
	w.judge(&p, s)
	return p, nil
}

// besideNoise is the deviation of the time of tasks that run in another number beside each other on an executor.
const besideNoise = 0.05

func (w *Work) shapeNoise(s Setting) float64 {
	if ran := w.profile.Slots(); ran > 0 && ran != s.Shape.Slots() {
		return besideNoise
	}
	return 0
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
func interval(low, mid, high time.Duration, own float64) (p10, p90 time.Duration) {
	m := float64(mid)
	down, up := max(0, m-float64(low)), max(0, float64(high)-m)
	return time.Duration(max(0, m-math.Hypot(down, own*m))), time.Duration(min(m+math.Hypot(up, own*m), float64(longest)))
}

// Bounds of the verdict: of the self error, of the width against the recorded one, and of the interval.
const (
	cautionSelf, distrustSelf   = 0.02, 0.06
	cautionWidth, distrustWidth = 4, 16
	cautionRange, distrustRange = 1.4, 2.5
)

// judge sets the verdict by the weightiest of what speaks against a prediction.
func (w *Work) judge(p *Prediction, s Setting) {
	against := func(verdict Verdict, format string, args ...any) {
		if p.Verdict != DoNotTrust {
			p.Verdict = verdict
		}
		p.Reasons = append(p.Reasons, fmt.Sprintf(format, args...))
	}
	grade := func(value, caution, distrust float64, format string, args ...any) {
		switch {
		case value > distrust:
			against(DoNotTrust, format, args...)
		case value > caution:
			against(Caution, format, args...)
		}
	}
	grade(math.Abs(w.selfError), cautionSelf, distrustSelf, "the replay of the run itself misses it by %+.1f %%", 100*w.selfError)
	if ran := w.profile.Totals.MaxCores; ran > 0 {
		width := float64(p.PeakExecutors*max(1, s.Shape.Cores)) / float64(ran)
		grade(max(width, 1/max(width, 1e-9)), cautionWidth, distrustWidth, "%d cores at most against %d that ran", p.PeakExecutors*max(1, s.Shape.Cores), ran)
	}
	if p.P10 > 0 {
		grade(float64(p.P90)/float64(p.P10), cautionRange, distrustRange, "the interval is wide: %s to %s", p.P10.Round(time.Second), p.P90.Round(time.Second))
	}
	if p.SelfError == 0 && w.profile.Coverage.Truncated {
		against(Caution, "the log is cut, so that there is no end to hold the replay against")
	}
	for _, c := range p.Caveats {
		against(Caution, "%s", c)
	}
}
