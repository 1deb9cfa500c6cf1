package workload

import (
	"encoding/json"
	"fmt"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/spark"
)

// Basis says what a number rests on. It is made by the functions below; the zero value is assumed, for no reason given.
type Basis struct{ kind, text string }

// The kinds of basis.
const (
	measured = "measured"
	given    = "given"
	byConf   = "default"
	computed = "computed"
	replayed = "replayed"
	assumed  = "assumed"
)

// Measured is the basis of a number that was measured over n things of the source, for example 412 "tasks".
func Measured(n int, things string) Basis {
	return Basis{kind: measured, text: fmt.Sprintf("over %d %s", n, things)}
}

// Given is the basis of a number that the caller or a configuration states; by says who, for example a key.
func Given(by string) Basis { return Basis{kind: given, text: "by " + by} }

// FromConf is the basis of a number that was read from a configuration: given by a key, or a version's default.
func FromConf(origin spark.Origin) Basis {
	if origin.Default {
		return Basis{kind: byConf, text: fmt.Sprintf("of %s in Spark %s", origin.Key, origin.Version)}
	}
	return Given(origin.Key)
}

// Computed is the basis of a number that follows from others alone.
func Computed(from string) Basis { return Basis{kind: computed, text: "from " + from} }

// Replayed is the basis of a number that a replay of n runs gave.
func Replayed(n int) Basis {
	return Basis{kind: replayed, text: fmt.Sprintf("over %s", wording.Count(n, "run"))}
}

// Assumed is the basis of a number that rests on no evidence of this run; why says what stands in for it.
func Assumed(why string) Basis { return Basis{kind: assumed, text: why} }

// orAssumed is b, or for the zero value what it means.
func (b Basis) orAssumed() Basis {
	if b.kind == "" {
		return Assumed("for no reason given")
	}
	return b
}

// Kind returns the sort of basis: measured, given, default, computed, replayed or assumed.
func (b Basis) Kind() string { return b.orAssumed().kind }

// String writes for example "measured over 412 tasks".
func (b Basis) String() string {
	b = b.orAssumed()
	return b.kind + " " + b.text
}

// Figure is a number with its working: what it is, its value with unit, what it rests on, and the rule that made
// it. It is made by [NewFigure], or read from JSON.
type Figure struct {
	name, value, rule string
	basis             Basis
}

// NewFigure returns a figure. The value carries its unit ("14 GiB", "60s", "12 executors"); the rule says how the
// value follows, naming the Spark class or key where one rules.
func NewFigure(name, value string, basis Basis, rule string) Figure {
	return Figure{name: name, value: value, basis: basis.orAssumed(), rule: rule}
}

// Name returns what the figure is, for example "executor heap".
func (f Figure) Name() string { return f.name }

// Value returns the value with its unit.
func (f Figure) Value() string { return f.value }

// Basis returns what it rests on.
func (f Figure) Basis() Basis { return f.basis }

// Rule returns how the value follows.
func (f Figure) Rule() string { return f.rule }

// String writes "executor heap 5 GiB: highest of 412 peaks was 3.7 GiB [measured over 412 tasks]".
func (f Figure) String() string {
	return fmt.Sprintf("%s %s: %s [%s]", f.name, f.value, f.rule, f.basis)
}

// figureJSON is the form of a Figure in JSON.
type figureJSON struct {
	Name  string    `json:"name"`
	Value string    `json:"value"`
	Rule  string    `json:"rule"`
	Basis basisJSON `json:"basis"`
}

type basisJSON struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// MarshalJSON implements json.Marshaler.
func (f Figure) MarshalJSON() ([]byte, error) {
	b := f.basis.orAssumed()
	return json.Marshal(figureJSON{f.name, f.value, f.rule, basisJSON{b.kind, b.text}})
}

// UnmarshalJSON implements json.Unmarshaler. It refuses a figure without a basis, or with one of no known kind.
func (f *Figure) UnmarshalJSON(data []byte) error {
	var j figureJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	switch j.Basis.Kind {
	case measured, given, byConf, computed, replayed, assumed:
	default:
		return fmt.Errorf("workload: figure %q has a basis of kind %q; it should be measured, given, default, computed, replayed or assumed", j.Name, j.Basis.Kind)
	}
	*f = NewFigure(j.Name, j.Value, Basis{kind: j.Basis.Kind, text: j.Basis.Text}, j.Rule)
	return nil
}
