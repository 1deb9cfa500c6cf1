package keda

import (
	"cmp"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Severity says what an issue means.
type Severity string

// The severities.
const (
	// Error: it is refused somewhere, or does not do what it says.
	Error Severity = "error"
	// Warning: it works, and probably not as meant.
	Warning Severity = "warning"
)

// Code names a kind of issue. Codes are stable.
type Code string

// The kinds of issue.
const (
	// UnknownField: the custom resource has no such field.
	UnknownField Code = "UNKNOWN-FIELD"
	// DuplicateKey: a key stands twice in one mapping; the last one counts.
	DuplicateKey Code = "DUPLICATE-KEY"
	// MissingField: a required field is not there.
	MissingField Code = "MISSING-FIELD"
	// BadName: Kubernetes or KEDA refuses the name, or that of the HPA made from it.
	BadName Code = "BAD-NAME"
	// BadValue: Kubernetes, KEDA or a scaler refuses the value.
	BadValue Code = "BAD-VALUE"
	// BadBounds: the counts of replicas contradict each other.
	BadBounds Code = "BAD-BOUNDS"
	// BadFallback: the fallback is refused, or will not be used.
	BadFallback Code = "BAD-FALLBACK"
	// BadFormula: the scaling modifiers are refused.
	BadFormula Code = "BAD-FORMULA"
	// BadBehavior: the HPA that KEDA makes is refused.
	BadBehavior Code = "BAD-BEHAVIOR"
	// BadIdentity: the authentication contradicts itself.
	BadIdentity Code = "BAD-IDENTITY"
	// DuplicateName: two triggers have one name.
	DuplicateName Code = "DUPLICATE-NAME"
	// NoSuchTrigger: KEDA has no scaler of that type.
	NoSuchTrigger Code = "NO-SUCH-TRIGGER"
	// NoSuchAuth: the trigger names an authentication that is not there.
	NoSuchAuth Code = "NO-SUCH-AUTH"
	// UnknownKey: the scaler does not read the key.
	UnknownKey Code = "UNKNOWN-KEY"
	// MissingKey: the scaler needs a key that nothing gives.
	MissingKey Code = "MISSING-KEY"
	// BadKey: the scaler refuses the value of a key.
	BadKey Code = "BAD-KEY"
	// RemovedKey: the scaler no longer has the key.
	RemovedKey Code = "REMOVED-KEY"
	// FadingKey: KEDA advises against the key.
	FadingKey Code = "FADING-KEY"
	// BadTarget: the target of the HPA would not be above 0.
	BadTarget Code = "BAD-TARGET"
	// NoScale: the target has no count that KEDA can set.
	NoScale Code = "NO-SCALE"
	// NoSuchTarget: the target is not there.
	NoSuchTarget Code = "NO-SUCH-TARGET"
	// UnsafeTarget: the target may scale, if it was made for it.
	UnsafeTarget Code = "UNSAFE-TARGET"
	// BadZone: there is no such time zone.
	BadZone Code = "BAD-ZONE"
	// NeverOn: the window never opens.
	NeverOn Code = "NEVER-ON"
	// AlwaysOn: the window never closes.
	AlwaysOn Code = "ALWAYS-ON"
	// SkippedStart: a start is without effect because another comes before the next end.
	SkippedStart Code = "SKIPPED-START"
	// SkippedEnd: an end is without effect because another comes before the next start.
	SkippedEnd Code = "SKIPPED-END"
	// NoEffect: a field counts for nothing as things are.
	NoEffect Code = "NO-EFFECT"
	// NotForJobs: a ScaledJob cannot use it.
	NotForJobs Code = "NOT-FOR-JOBS"
	// TwoOwners: two programs write one count.
	TwoOwners Code = "TWO-OWNERS"
)

// Issue is something about an object that its author should know.
type Issue struct {
	Code     Code
	Severity Severity
	// Path is where in the manifest, for example "spec.triggers[0].metadata[start]".
	Path string
	// Value is what stands there, nil where nothing does.
	Value any
	// Message says what is wrong.
	Message string
	// Instead says what to write; it may be empty where Message says it.
	Instead string
	// Silent says that KEDA takes the object without a word: the rule is not one of its own.
	Silent bool
}

// String writes "error NO-SUCH-TRIGGER spec.triggers[0].type: …; …".
func (i Issue) String() string {
	text := fmt.Sprintf("%s %s %s: %s", i.Severity, i.Code, i.Path, i.Message)
	if i.Instead != "" {
		text += "; " + i.Instead
	}
	return text
}

func (i Issue) fieldError() *field.Error {
	path, detail := field.NewPath(i.Path), i.Message
	if i.Instead != "" {
		detail += "; " + i.Instead
	}
	switch i.Code {
	case MissingField, MissingKey:
		return field.Required(path, detail)
	case UnknownField, UnknownKey, RemovedKey, NotForJobs:
		return field.Forbidden(path, detail)
	}
	return field.Invalid(path, i.Value, detail)
}

// issues collects.
type issues []Issue

// fail adds an error that KEDA reports too, at admission or when it builds the scaler.
func (l *issues) fail(code Code, path *field.Path, value any, format string, args ...any) *Issue {
	return l.add(Issue{Code: code, Severity: Error, Path: path.String(), Value: value, Message: fmt.Sprintf(format, args...)})
}

// lack adds an error about which KEDA says nothing.
func (l *issues) lack(code Code, path *field.Path, value any, format string, args ...any) *Issue {
	issue := l.fail(code, path, value, format, args...)
	issue.Silent = true
	return issue
}

// warn adds a warning about which KEDA says nothing.
func (l *issues) warn(code Code, path *field.Path, value any, format string, args ...any) *Issue {
	issue := l.lack(code, path, value, format, args...)
	issue.Severity = Warning
	return issue
}

func (l *issues) add(i Issue) *Issue {
	*l = append(*l, i)
	return &(*l)[len(*l)-1]
}

// instead adds what to write.
func (i *Issue) instead(format string, args ...any) { i.Instead = fmt.Sprintf(format, args...) }

// sorted puts the issues in the order of their paths and drops those said twice.
func (l issues) sorted() []Issue {
	slices.SortStableFunc(l, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(l, func(a, b Issue) bool { return a.Path == b.Path && a.Code == b.Code && a.Message == b.Message })
}

// err makes the errors among the issues an *InvalidError, nil where there are none.
func (l issues) err() error {
	var list field.ErrorList
	for _, issue := range l.sorted() {
		if issue.Severity == Error {
			list = append(list, issue.fieldError())
		}
	}
	if len(list) == 0 {
		return nil
	}
	return &InvalidError{list}
}
