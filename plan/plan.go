package plan

import (
	"fmt"
	"math"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/replay"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Plan is the choice and its working.
type Plan struct {
	// App is the application's name, Version the release that will run.
	App     string
	Version spark.Version
	// Runs are those that it rests on.
	Runs []Run
	// Objective is what was asked for, in words.
	Objective string
	Price     Price

	// Shape and Policy are the choice, Pod what an executor of it requests.
	Shape  sizing.Shape
	Policy allocation.Policy
	Pod    sizing.Pod
	// Driver is the driver's pod, which a quota has to hold too.
	Driver sizing.Pod

	// Now is what ran, Then what is predicted.
	Now, Then Prediction
	Saves     Saving
	// SelfError is by how much the replay of the run under its own setting misses it, relative and signed; Noise is
	// the relative deviation of runs of the same work, 0 where a single run cannot tell.
	SelfError, Noise float64

	// Candidates are all that were replayed, the chosen one first, the frontier next by time, then the others.
	Candidates []Candidate
	// Reasons are the working of each number of the choice.
	Reasons []workload.Figure
	// Assumptions are what the plan takes for granted.
	Assumptions []string
	// Fingerprint is of everything that the plan was made of: the same one means the same plan.
	Fingerprint string
}

// Run names a run.
type Run struct {
	AppID string        `json:"appID"`
	Start string        `json:"start"`
	Wall  time.Duration `json:"wallNanoseconds"`
}

// Prediction is what a setting gives, or gave.
type Prediction struct {
	// Wall is from the start of the application to its end.
	Wall Times `json:"wall"`
	// Cost is in the currency of the price.
	Cost Costs `json:"cost"`
	// PeakExecutors and AverageExecutors are registered ones over time.
	PeakExecutors    int     `json:"peakExecutors"`
	AverageExecutors float64 `json:"averageExecutors"`
	// CoreHours are paid, WastedCoreHours of them without a task; Utilisation is the share with one.
	CoreHours       float64 `json:"coreHours"`
	WastedCoreHours float64 `json:"wastedCoreHours"`
	Utilisation     float64 `json:"utilisation"`
	// Bound says what the time went to.
	Bound string `json:"bound"`
	// Basis is "measured" for what ran, else "replayed".
	Basis string `json:"basis"`
	// Verdict says how far to trust it, Caveats why not further; both are empty for what ran.
	Verdict replay.Verdict `json:"verdict,omitempty"`
	Caveats []string       `json:"caveats,omitempty"`
}

// Times is a duration with its interval: in one of ten cases below P10, in one of ten above P90.
type Times struct {
	P10 time.Duration `json:"p10Nanoseconds"`
	P50 time.Duration `json:"p50Nanoseconds"`
	P90 time.Duration `json:"p90Nanoseconds"`
}

// String writes "24m10s [23m5s, 25m40s]".
func (t Times) String() string {
	if t.P10 == t.P90 {
		return round(t.P50).String()
	}
	return fmt.Sprintf("%s [%s, %s]", round(t.P50), round(t.P10), round(t.P90))
}

func round(d time.Duration) time.Duration {
	if d < 10*time.Second {
		return d.Round(10 * time.Millisecond)
	}
	if d < 10*time.Minute {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Second)
}

// Costs is a cost with its interval.
type Costs struct {
	P10 float64 `json:"p10"`
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
}

// String writes "3.12 [2.98, 3.33]".
func (c Costs) String() string {
	if c.P10 == c.P90 {
		return fmt.Sprintf("%.3g", c.P50)
	}
	return fmt.Sprintf("%.3g [%.3g, %.3g]", c.P50, c.P10, c.P90)
}

// Saving compares Then with Now.
type Saving struct {
	// Cost and Time are relative: 0.41 is 41 % less, negative is more.
	Cost float64 `json:"cost"`
	Time float64 `json:"time"`
	// Noise is the relative difference below which a saving cannot be told from chance.
	Noise float64 `json:"noise"`
	// Nothing is true where neither exceeds the noise.
	Nothing bool `json:"nothing"`
}

// String writes "41 % less cost, 3 % more time" or "nothing beyond the noise of your runs (±6 %)".
func (s Saving) String() string {
	if s.Nothing {
		return fmt.Sprintf("nothing beyond the noise of your runs (±%.0f %%)", math.Ceil(100*s.Noise))
	}
	return moreOrLess(s.Cost, "cost") + ", " + moreOrLess(s.Time, "time")
}

func moreOrLess(x float64, what string) string {
	switch pct := math.Round(100 * x); {
	case pct > 0:
		return fmt.Sprintf("%.0f %% less %s", pct, what)
	case pct < 0:
		return fmt.Sprintf("%.0f %% more %s", -pct, what)
	}
	return "the same " + what
}

// Candidate is a setting that was replayed.
type Candidate struct {
	Shape      sizing.Shape
	Policy     allocation.Policy
	Prediction Prediction
	// Chosen is the plan's own; Frontier has none beside it that is as fast and cheaper, or as cheap and faster.
	Chosen, Frontier bool
	// Why says why it was rejected, empty for the chosen one.
	Why string
}

// String writes "2 cores, 5 GiB heap, dynamic allocation 0…14".
func (c Candidate) String() string {
	return describe(c.Shape) + ", " + describePolicy(c.Policy)
}

func describe(s sizing.Shape) string {
	return fmt.Sprintf("%s, %s heap", wording.Count(max(1, s.Cores), "core"), s.Heap)
}

func describePolicy(p allocation.Policy) string {
	if !p.Dynamic {
		return wording.Count(p.InitialTarget(), "fixed executor")
	}
	return fmt.Sprintf("dynamic allocation %d…%s from %d, idle %s", p.Min, allocation.FormatCount(p.Max), p.InitialTarget(), units.FormatTime(p.Idle))
}

// Refusal says why there is no plan, and what works instead.
type Refusal struct {
	// Code is stable.
	Code Code
	// Reason says why, with the numbers.
	Reason string
	// Instead says what to do.
	Instead string
	// Nearest is the prediction that comes nearest, where there is one.
	Nearest *Prediction
}

// Code is a kind of refusal.
type Code string

// The refusals.
const (
	// NoTasks: no task of the run succeeded.
	NoTasks Code = "no-tasks"
	// NoRoom: not one executor fits the cluster and the quota.
	NoRoom Code = "no-room"
	// Unsound: the times in the log contradict each other.
	Unsound Code = "unsound"
	// Missed: no candidate keeps the deadline or the budget.
	Missed Code = "missed"
)

// Error implements error.
func (r *Refusal) Error() string { return fmt.Sprintf("plan: %s; %s", r.Reason, r.Instead) }
