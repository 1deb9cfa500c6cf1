package diagnose

import (
	"fmt"

	"github.com/sparkscale/sparkscale/internal/wording"
)

// Code names a rule. Codes are stable and never reused.
type Code string

// Severity says what a finding means for the application.
type Severity string

const (
	// Error: it fails, does not start, or does not get what it asks for.
	Error Severity = "error"
	// Warning: it works, and pays or loses for it.
	Warning Severity = "warning"
	// Info: worth knowing, nothing is lost.
	Info Severity = "info"
)

// Effect says when a fix takes effect.
type Effect string

const (
	// Live: on the running application.
	Live Effect = "live"
	// NextRun: when the application is started again. To change the spec of a running one restarts it, and its work is lost.
	NextRun Effect = "next run"
)

// Finding is one thing that is wrong, or worth knowing, with what proves it and what helps.
type Finding struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	// Subject is what it is about: "executors", "driver", "stage 3", "spark.executor.memory".
	Subject string `json:"subject"`
	// Message says it in a sentence, with the numbers.
	Message string `json:"message"`
	// Cost is what it cost in core-hours, 0 where it cannot be told; Basis is what the cost rests on.
	Cost  float64 `json:"cost_core_hours,omitempty"`
	Basis string  `json:"cost_basis,omitempty"`
	// Evidence is what proves it, the strongest first.
	Evidence []Evidence `json:"evidence,omitempty"`
	// Fixes are alternatives.
	Fixes []Fix `json:"fixes,omitempty"`
	// Symptoms are findings that this one explains, and that are therefore not given.
	Symptoms []Code `json:"symptoms,omitempty"`
	// Doc names what the rule rests on: classes of Spark, or objects of Kubernetes.
	Doc string `json:"doc,omitempty"`
}

// Evidence is something that was read.
type Evidence struct {
	Place
	// Value is what stands there.
	Value string `json:"value"`
	// Expected is what should, empty where nothing should.
	Expected string `json:"expected,omitempty"`
}

// Fix is a way out.
type Fix struct {
	// Title says what to do.
	Title string `json:"title"`
	// Conf are Spark's keys to set; an empty value takes one out.
	Conf map[string]string `json:"conf,omitempty"`
	// Object and Patch are a JSON merge patch for an object, as "ResourceQuota/tight".
	Object string `json:"object,omitempty"`
	Patch  string `json:"patch,omitempty"`
	// Command is for a shell.
	Command string `json:"command,omitempty"`
	Effect  Effect `json:"effect"`
	// Note says what it costs, or what to mind.
	Note string `json:"note,omitempty"`
}

// The lengths to which texts from outside are cut.
const (
	maxMessage = 1200
	maxValue   = 400
	maxName    = 253
)

// clean bounds every text of a finding and puts it on one line: names and log lines are not to be trusted.
func (f *Finding) clean() {
	f.Subject = wording.Line(f.Subject, maxName)
	f.Message = wording.Line(f.Message, maxMessage)
	for i := range f.Evidence {
		e := &f.Evidence[i]
		e.Source, e.Path = wording.Line(e.Source, maxValue), wording.Line(e.Path, maxValue)
		e.Value, e.Expected = wording.Line(e.Value, maxValue), wording.Line(e.Expected, maxValue)
	}
	for i := range f.Fixes {
		x := &f.Fixes[i]
		x.Title, x.Note = wording.Line(x.Title, maxValue), wording.Line(x.Note, maxValue)
		x.Object, x.Command, x.Patch = wording.Line(x.Object, maxValue), wording.Line(x.Command, maxValue), wording.Line(x.Patch, maxValue)
	}
}

// String writes code, severity and message on one line.
func (f Finding) String() string { return fmt.Sprintf("%s %s: %s", f.Code, f.Severity, f.Message) }

func seen(at Place, format string, args ...any) Evidence {
	return Evidence{Place: at, Value: fmt.Sprintf(format, args...)}
}

// rather adds what should be there.
func (e Evidence) rather(format string, args ...any) Evidence {
	e.Expected = fmt.Sprintf(format, args...)
	return e
}

// set is a fix by keys of Spark, given in pairs.
func set(title string, pairs ...string) Fix {
	conf := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		conf[pairs[i]] = pairs[i+1]
	}
	return Fix{Title: title, Conf: conf, Effect: NextRun}
}

// do is a fix by hand.
func do(effect Effect, format string, args ...any) Fix {
	return Fix{Title: fmt.Sprintf(format, args...), Effect: effect}
}

// noting adds what to mind.
func (x Fix) noting(format string, args ...any) Fix {
	x.Note = fmt.Sprintf(format, args...)
	return x
}
