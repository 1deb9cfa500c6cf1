package workload

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sparkscale/sparkscale/spark"
)

// Basis says what a number rests on. There is no way to make an empty one.
type Basis struct{ kind, text string }

// Measured is the basis of a number that was measured over n things of the source, for example 412 "tasks".
func Measured(n int, things string) Basis {
	return Basis{kind: "measured", text: fmt.Sprintf("over %d %s", n, things)}
}

// Given is the basis of a number that the caller or a configuration states; by says who, for example a key.
func Given(by string) Basis { return Basis{kind: "given", text: "by " + by} }

// FromConf is the basis of a number that was read from a configuration: given by a key, or a version's default.
func FromConf(origin spark.Origin) Basis {
	if origin.Default {
		return Basis{kind: "default", text: origin.String()}
	}
	return Given(origin.Key)
}

// Computed is the basis of a number that follows from others alone.
func Computed(from string) Basis { return Basis{kind: "computed", text: "from " + from} }

// Replayed is the basis of a number that a replay of n runs gave.
func Replayed(n int) Basis {
	return Basis{kind: "replayed", text: fmt.Sprintf("over %s", count(n, "run"))}
}

// Assumed is the basis of a number that rests on no evidence of this run; why says what stands in for it.
func Assumed(why string) Basis { return Basis{kind: "assumed", text: why} }

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Kind returns the sort of basis: measured, given, default, computed, replayed or assumed.
func (b Basis) Kind() string { return b.kind }

// String writes for example "measured over 412 tasks".
func (b Basis) String() string { return b.kind + " " + b.text }

// Figure is a number with its working: what it is, its value with unit, what it rests on, and the rule that made
// it. It is made by [NewFigure] only, so that none is without a basis.
type Figure struct {
	name, value, rule string
	basis             Basis
}

// NewFigure returns a figure. The value carries its unit ("14 GiB", "60s", "12 executors"); the rule says how the
// value follows, naming the Spark class or key where one rules.
func NewFigure(name, value string, basis Basis, rule string) Figure {
	return Figure{name: name, value: value, basis: basis, rule: rule}
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

type figureJSON struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Rule  string `json:"rule"`
	Basis struct {
		Kind string `json:"kind"`
		Text string `json:"text"`
	} `json:"basis"`
}

// MarshalJSON implements json.Marshaler.
func (f Figure) MarshalJSON() ([]byte, error) {
	j := figureJSON{Name: f.name, Value: f.value, Rule: f.rule}
	j.Basis.Kind, j.Basis.Text = f.basis.kind, f.basis.text
	return json.Marshal(j)
}

// UnmarshalJSON implements json.Unmarshaler; a figure without basis is refused.
func (f *Figure) UnmarshalJSON(data []byte) error {
	var j figureJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	if j.Basis.Kind == "" {
		return errors.New("workload: a figure without basis")
	}
	*f = NewFigure(j.Name, j.Value, Basis{kind: j.Basis.Kind, text: j.Basis.Text}, j.Rule)
	return nil
}
