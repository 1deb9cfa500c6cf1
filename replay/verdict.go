package replay

import (
	"fmt"
	"math"
	"time"

	"github.com/sparkscale/sparkscale/workload"
)

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

// Bounds of the verdict: of the self error, of the width against the recorded one, of the interval, and of the driver's
// time between jobs that ran beside each other.
const (
	cautionSelf, distrustSelf       = 0.02, 0.06
	cautionWidth, distrustWidth     = 4, 16
	cautionRange, distrustRange     = 1.4, 2.5
	cautionThreads, distrustThreads = 0.15, 0.6
)

// judge sets the verdict by the weightiest of what speaks against a prediction.
func (w *Work) judge(p *Prediction, s Setting) {
	p.Verdict = Trusted
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
	if p.Wall > longest {
		against(DoNotTrust, "it takes longer than 24 days")
	}
	if p.P90 > 0 {
		grade(float64(p.P90)/float64(max(p.P10, time.Millisecond)), cautionRange, distrustRange, "the interval is wide: %s to %s", p.P10.Round(time.Second), p.P90.Round(time.Second))
	}
	if p.SelfError == 0 && w.profile.Coverage.Truncated {
		against(Caution, "the log is cut, so that there is no end to hold the replay against")
	}
	grade(w.threads, cautionThreads, distrustThreads,
		"%.0f %% of the time the driver worked between jobs that ran beside each other: which one it waited for is told by their order alone", 100*w.threads)
	for _, trait := range w.profile.Traits() {
		if trait != workload.ConcurrentJobs { // what is not known of them has been judged
			against(Caution, "%s", trait.Why())
		}
	}
	for _, c := range p.Caveats {
		against(Caution, "%s", c)
	}
	w.judgeHeap(s, against)
}
