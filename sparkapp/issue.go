package sparkapp

import (
	"cmp"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Severity says what an issue means for the run.
type Severity string

// The severities.
const (
	// Error: it is refused somewhere, or the application does something else than the manifest says.
	Error Severity = "error"
	// Warning: it works, and probably not as meant.
	Warning Severity = "warning"
)

// Code names a kind of issue. Codes are stable.
type Code string

// The kinds of issue.
const (
	// UnknownField: the operator has no such field; the API server drops it, or refuses the manifest.
	UnknownField Code = "UNKNOWN-FIELD"
	// IgnoredField: inside a pod template the API server keeps such a field and the operator drops it.
	IgnoredField Code = "IGNORED-FIELD"
	// DuplicateKey: a key stands twice in one mapping; the last one counts.
	DuplicateKey Code = "DUPLICATE-KEY"
	// MissingField: a required field is not there.
	MissingField Code = "MISSING-FIELD"
	// BadName: Kubernetes or the operator refuses the name.
	BadName Code = "BAD-NAME"
	// BadValue: Spark, Kubernetes or the operator refuses the value, or reads something else.
	BadValue Code = "BAD-VALUE"
	// BadBounds: the counts of executors contradict each other.
	BadBounds Code = "BAD-BOUNDS"
	// DeniedKey: the operator's webhook refuses the key in sparkConf.
	DeniedKey Code = "DENIED-KEY"
	// UnknownKey: Spark has no such key of dynamic allocation.
	UnknownKey Code = "UNKNOWN-KEY"
	// KeyCase: Spark's keys are case-sensitive, and this one is written in the wrong case.
	KeyCase Code = "KEY-CASE"
	// NotSwitchedOff: dynamicAllocation.enabled is false, which does not switch off what sparkConf switches on.
	NotSwitchedOff Code = "NOT-SWITCHED-OFF"
	// OnlyInSparkConf: the operator does not see dynamic allocation in sparkConf and sets executor.instances to 1.
	OnlyInSparkConf Code = "ONLY-IN-SPARKCONF"
	// Overridden: a key of sparkConf has another value than the field that overrides it.
	Overridden Code = "OVERRIDDEN"
	// NoEffect: a field counts for nothing as things are.
	NoEffect Code = "NO-EFFECT"
	// InstancesBesideDynamic: Spark starts with executor.instances if they are more than the initial count.
	InstancesBesideDynamic Code = "INSTANCES-BESIDE-DYNAMIC"
	// ClientMode: the operator cannot run it.
	ClientMode Code = "CLIENT-MODE"
	// OverQuota: the quota refuses the pods, some or all.
	OverQuota Code = "OVER-QUOTA"
	// Restarts: the change restarts a running application.
	Restarts Code = "RESTARTS"
	// DefaultedInstances: the object in the cluster may hold executor.instances: 1 from the operator's webhook.
	DefaultedInstances Code = "DEFAULTED-INSTANCES"
	// RemovalNeedsOwner: a field that was taken out stays in the cluster unless the same owner had applied it.
	RemovalNeedsOwner Code = "REMOVAL-NEEDS-OWNER"
)

// Issue is something about a manifest or a patch that its author should know.
type Issue struct {
	Code     Code
	Severity Severity
	// Path is where in the manifest, for example "spec.sparkConf[spark.executor.memory]".
	Path string
	// Value is what stands there, nil where nothing does.
	Value any
	// Message says what is wrong and what to do.
	Message string
}

// String writes "error UNKNOWN-FIELD spec.driver.instances: …".
func (i Issue) String() string {
	return fmt.Sprintf("%s %s %s: %s", i.Severity, i.Code, i.Path, i.Message)
}

func (i Issue) fieldError() *field.Error {
	path := field.NewPath(i.Path)
	switch i.Code {
	case MissingField:
		return field.Required(path, i.Message)
	case UnknownField, DeniedKey, UnknownKey, KeyCase, OverQuota:
		return field.Forbidden(path, i.Message)
	}
	return field.Invalid(path, i.Value, i.Message)
}

// issues collects.
type issues []Issue

func (l *issues) add(severity Severity, code Code, path *field.Path, value any, format string, args ...any) {
	*l = append(*l, Issue{code, severity, path.String(), value, fmt.Sprintf(format, args...)})
}

func (l *issues) fail(code Code, path *field.Path, value any, format string, args ...any) {
	l.add(Error, code, path, value, format, args...)
}

func (l *issues) warn(code Code, path *field.Path, value any, format string, args ...any) {
	l.add(Warning, code, path, value, format, args...)
}

// sorted puts the issues in the order of their paths and drops those said twice.
func (l issues) sorted() []Issue {
	slices.SortStableFunc(l, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(l, func(a, b Issue) bool { return a.Path == b.Path && a.Code == b.Code && a.Message == b.Message })
}
