package observe

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/types"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/spark"
)

// Verdict is what a check came to.
type Verdict string

const (
	// Proven: it was seen to work.
	Proven Verdict = "proven"
	// Refuted: it was seen not to.
	Refuted Verdict = "refuted"
	// Unproven: there was no occasion, or the evidence is missing; Says tells which.
	Unproven Verdict = "unproven"
)

// Check is one thing that must hold for dynamic allocation to work.
type Check struct {
	// Name is stable: configured, running, grows, shrinks, bounds, pods, rest.
	Name    string  `json:"name"`
	Verdict Verdict `json:"verdict"`
	// Says is a sentence with the numbers.
	Says     string              `json:"says"`
	Evidence []diagnose.Evidence `json:"evidence,omitempty"`
}

// Validation is whether dynamic allocation was seen to work.
type Validation []Check

// Verdict is Refuted where any check is, Proven where the manager runs, grows and shrinks and nothing speaks against it, else
// Unproven.
func (v Validation) Verdict() Verdict {
	proven := map[string]bool{}
	for _, c := range v {
		if c.Verdict == Refuted {
			return Refuted
		}
		proven[c.Name] = c.Verdict == Proven
	}
	if proven["configured"] && proven["running"] && proven["grows"] && proven["shrinks"] {
		return Proven
	}
	return Unproven
}

// Validate holds the configuration, the driver's log, pods, the event log and the REST API against each other: is dynamic
// allocation on, does its manager run, did it add and remove executors, within its bounds, and do the sources agree? What the run
// gave no occasion for, or no source tells, is unproven. The same snapshot gives the same checks.
func Validate(s *diagnose.Snapshot) Validation {
	v := validator{Snapshot: s}
	v.policy, v.err = allocation.FromConf(v.conf())
	return Validation{v.configured(), v.running(), v.grows(), v.shrinks(), v.bounds(), v.pods(), v.rest()}
}

// Validate gathers a snapshot of an application and validates it; see [Validate] and [Source.Snapshot].
func (s *Source) Validate(ctx context.Context, key types.NamespacedName) (Validation, error) {
	snapshot, err := s.Snapshot(ctx, key)
	if err != nil {
		return nil, err
	}
	return Validate(snapshot), nil
}

type validator struct {
	*diagnose.Snapshot
	policy allocation.Policy
	err    error
}

func (v *validator) conf() spark.Conf {
	version, err := spark.ParseVersion(v.Version)
	if err != nil {
		version = spark.Version{}
	}
	properties := map[string]string{}
	for _, p := range v.Conf {
		properties[p.Key] = p.Value
	}
	return spark.NewConf(version, properties)
}

// facts are those of the driver's log of one kind.
func (v *validator) facts(kind diagnose.LogKind) []diagnose.LogFact {
	var list []diagnose.LogFact
	for _, f := range v.Log {
		if f.Kind == kind && f.Pod == "" {
			list = append(list, f)
		}
	}
	return list
}

func cite(facts []diagnose.LogFact) []diagnose.Evidence {
	var list []diagnose.Evidence
	for _, f := range facts[:min(3, len(facts))] {
		list = append(list, diagnose.Evidence{Place: f.Place, Value: f.Text})
	}
	return list
}

func (v *validator) configured() Check {
	c := Check{Name: "configured", Verdict: Unproven, Says: "the configuration is not known"}
	if !v.Knows(diagnose.PartConf) {
		return c
	}
	for _, p := range v.Conf {
		if p.Key == spark.DynamicAllocation.Name {
			c.Evidence = append(c.Evidence, diagnose.Evidence{Place: p.Place, Value: p.Key + "=" + p.Value})
		}
	}
	switch {
	case v.err != nil:
		c.Verdict, c.Says = Refuted, "Spark refuses the settings: "+v.err.Error()
	case !v.policy.Dynamic:
		c.Verdict, c.Says = Refuted, "spark.dynamicAllocation.enabled is not true"
	default:
		c.Verdict, c.Says = Proven, v.policy.String()
	}
	return c
}

func (v *validator) running() Check {
	c := Check{Name: "running", Verdict: Unproven, Says: "the driver's log is not known"}
	if !v.Knows(diagnose.PartDriverLog) {
		return c
	}
	c.Evidence = cite(append(v.facts(diagnose.LogMonitored), v.facts(diagnose.LogBacklog)...))
	registered := len(v.facts(diagnose.LogRegistered))
	switch {
	case len(c.Evidence) > 0:
		c.Verdict, c.Says = Proven, "the allocation manager takes notice of executors"
	case registered > 0:
		c.Verdict, c.Says = Refuted, fmt.Sprintf("%d executors registered and the allocation manager took no notice", registered)
	default:
		c.Says = "no executor has registered"
	}
	return c
}

func (v *validator) grows() Check {
	asked := v.facts(diagnose.LogBacklog)
	c := Check{Name: "grows", Verdict: Unproven, Says: "tasks never waited, or the log does not tell", Evidence: cite(asked)}
	if len(asked) == 0 {
		return c
	}
	target := 0
	for _, f := range asked {
		target = max(target, f.Int("target"))
	}
	peak, known := v.peak()
	switch {
	case !known:
		c.Says = fmt.Sprintf("up to %d executors were asked for; how many came is not known", target)
	case peak > v.policy.InitialTarget() || peak >= target:
		c.Verdict, c.Says = Proven, fmt.Sprintf("up to %d executors were asked for because tasks waited, and %d were there at once", target, peak)
	default:
		c.Verdict, c.Says = Refuted, fmt.Sprintf("up to %d executors were asked for because tasks waited, and no more than %d came", target, peak)
	}
	return c
}

// peak is how many executors were there at once: by the event log, or by what the manager counted.
func (v *validator) peak() (int, bool) {
	if v.Run != nil {
		return v.Run.PeakExecutors, true
	}
	peak := 0
	for _, f := range v.facts(diagnose.LogMonitored) {
		peak = max(peak, f.Int("total"))
	}
	return peak, v.Knows(diagnose.PartDriverLog)
}

func (v *validator) shrinks() Check {
	idle := v.facts(diagnose.LogIdle)
	c := Check{Name: "shrinks", Verdict: Unproven, Says: "no executor was idle for long enough, or the log does not tell", Evidence: cite(idle)}
	n := 0
	for _, f := range idle {
		n += len(strings.Split(f.Fields["executors"], ","))
	}
	if n > 0 {
		c.Verdict, c.Says = Proven, fmt.Sprintf("%d executors were removed because they were idle", n)
		return c
	}
	for _, f := range diagnose.Run(v.Snapshot, diagnose.Options{}) {
		if strings.HasPrefix(string(f.Code), "NOT-RELEASING/") && f.Severity != diagnose.Info {
			return Check{Name: c.Name, Verdict: Refuted, Says: f.Message, Evidence: f.Evidence}
		}
	}
	return c
}

func (v *validator) bounds() Check {
	c := Check{Name: "bounds", Verdict: Unproven, Says: "the bounds, or how many executors there were, are not known"}
	peak, known := v.peak()
	if v.err != nil || !v.policy.Dynamic || !known || !v.Knows(diagnose.PartConf) {
		return c
	}
	c.Verdict, c.Says = Proven, fmt.Sprintf("%d executors at most, of %s allowed", peak, allocation.FormatCount(v.policy.Max))
	if peak > v.policy.EffectiveMax() {
		c.Verdict = Refuted
	}
	return c
}

// pods holds the executors that registered against the pods that are there: no executor without a pod.
func (v *validator) pods() Check {
	c := Check{Name: "pods", Verdict: Unproven, Says: "pods, or registrations, are not known"}
	registered := map[string]bool{}
	for _, f := range v.facts(diagnose.LogRegistered) {
		registered[f.Fields["executor"]] = true
	}
	if !v.Knows(diagnose.PartPods) || len(registered) == 0 {
		return c
	}
	waiting := 0
	for _, p := range v.Executors {
		if p.Phase == "Pending" {
			waiting++
			c.Evidence = append(c.Evidence, diagnose.Evidence{Place: p.Place, Value: "pod " + p.Name + ": Pending"})
		}
		if registered[p.ExecutorID] && len(c.Evidence) < 3 {
			c.Evidence = append(c.Evidence, diagnose.Evidence{Place: p.Place, Value: "pod " + p.Name + ": executor " + p.ExecutorID + ", " + p.Phase})
		}
	}
	c.Says = fmt.Sprintf("%d executors registered, %d pods are there, %d of them pending", len(registered), len(v.Executors), waiting)
	if len(v.Executors) > 0 && waiting == 0 {
		c.Verdict = Proven
	}
	return c
}

// rest holds what the driver's API says against the bounds and the log.
func (v *validator) rest() Check {
	c := Check{Name: "rest", Verdict: Unproven, Says: "the driver's REST API was not asked"}
	if v.Live == nil || len(v.Live.Executors) == 0 {
		return c
	}
	active := 0
	for _, e := range v.Live.Executors {
		if e.Active {
			active++
		}
	}
	c.Evidence = []diagnose.Evidence{{Place: v.Live.Executors[0].Place, Value: strconv.Itoa(active) + " active of " + strconv.Itoa(len(v.Live.Executors))}}
	c.Says = fmt.Sprintf("%d executors were active when it was last asked, of %d that it knows", active, len(v.Live.Executors))
	if v.err == nil && v.policy.Dynamic {
		c.Verdict = Proven
		if active > v.policy.EffectiveMax() {
			c.Verdict = Refuted
		}
	}
	return c
}
