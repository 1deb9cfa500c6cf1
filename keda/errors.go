package keda

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/internal/faults"
)

// ErrTooLarge says that a document is larger than [MaxManifest].
var ErrTooLarge = errors.New("keda: the manifest is larger than an API server accepts")

// MaxManifest is the largest document, in bytes, that [Parse] reads: the limit of an API server for a request.
const MaxManifest = 3 << 20

// SyntaxError says that a document is no YAML, or no mapping.
type SyntaxError struct {
	// Document counts the documents of the text from 1.
	Document int
	// Err is what the YAML reader says; it counts lines from the start of the document.
	Err error
}

// Error implements error.
func (e *SyntaxError) Error() string { return fmt.Sprintf("keda: document %d: %v", e.Document, e.Err) }

// Unwrap returns what the YAML reader says.
func (e *SyntaxError) Unwrap() error { return e.Err }

// InvalidError holds everything that makes an object invalid, each entry with its path in the manifest.
type InvalidError struct {
	// Errors are not empty.
	Errors field.ErrorList
}

// Error implements error.
func (e *InvalidError) Error() string { return faults.Text("keda", e.Errors) }

// Unwrap returns each *field.Error.
func (e *InvalidError) Unwrap() []error { return faults.Each(e.Errors) }

// Refusal says that something cannot be had, why, and what can be had instead.
type Refusal struct {
	// Code is stable; see the constants that begin with Refuse.
	Code Code
	// Reason says why.
	Reason string
	// Instead says what works.
	Instead string
}

// Error implements error.
func (r *Refusal) Error() string { return fmt.Sprintf("keda: %s: %s; %s", r.Code, r.Reason, r.Instead) }

// Is reports whether target is a refusal with the same code, or a *Refusal without one.
func (r *Refusal) Is(target error) bool {
	other, ok := target.(*Refusal)
	return ok && (other.Code == "" || other.Code == r.Code)
}

// The reasons to refuse.
const (
	// RefuseKind: the object is none of KEDA's.
	RefuseKind Code = "KIND"
	// RefuseVersion: the manifest has a version of the API that KEDA 2.21 does not serve.
	RefuseVersion Code = "API-VERSION"
	// RefuseCount: the text holds no object, or several, where one is asked for.
	RefuseCount Code = "COUNT"
	// RefuseNotCron: a simulation was asked of a trigger that is no schedule.
	RefuseNotCron Code = "NOT-A-SCHEDULE"
	// RefuseRange: a simulation was asked of a time span that is too long.
	RefuseRange Code = "RANGE"
	// RefuseNoScale: what was named as target has no count that KEDA can set.
	RefuseNoScale Code = "NO-SCALE"
	// RefuseDynamic: dynamic allocation owns the count.
	RefuseDynamic Code = "DYNAMIC-ALLOCATION"
	// RefuseClientMode: executors of a driver that is no pod cannot be in a set.
	RefuseClientMode Code = "CLIENT-MODE"
	// RefuseSpark: the release of Spark does not have the allocator.
	RefuseSpark Code = "SPARK-VERSION"
	// RefuseAllocator: nobody can say what a custom allocator does.
	RefuseAllocator Code = "ALLOCATOR"
	// RefuseNotRunning: the name of the set is known only once the application runs.
	RefuseNotRunning Code = "NOT-RUNNING"
	// RefuseOtherSet: the set belongs to another run, or is none of Spark's.
	RefuseOtherSet Code = "OTHER-SET"
	// RefuseZero: a minimum of 0 throws away everything that was shuffled or cached.
	RefuseZero Code = "ZERO"
	// RefuseUnlimited: Spark's own bounds do not hold, so the maximum must be said.
	RefuseUnlimited Code = "UNLIMITED"
)
