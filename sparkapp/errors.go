package sparkapp

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/internal/faults"
)

// ErrTooLarge says that a document is larger than [MaxManifest].
var ErrTooLarge = errors.New("sparkapp: the manifest is larger than an API server accepts")

// MaxManifest is the largest document, in bytes, that [Parse] reads: the limit of an API server for a request.
const MaxManifest = 3 << 20

// SyntaxError says that a document is no YAML, or no mapping.
type SyntaxError struct {
	// Document counts the documents of the text from 1.
	Document int
	// Line is the line of the whole text, from 1; 0 where it is not known.
	Line int
	// Err is what the YAML reader says; it counts lines from the start of the document.
	Err error
}

// Error implements error.
func (e *SyntaxError) Error() string {
	place := fmt.Sprintf("document %d", e.Document)
	if e.Line > 0 {
		place += fmt.Sprintf(", line %d", e.Line)
	}
	return fmt.Sprintf("sparkapp: %s: %v", place, e.Err)
}

// Unwrap returns what the YAML reader says.
func (e *SyntaxError) Unwrap() error { return e.Err }

var yamlLine = regexp.MustCompile(`line (\d+):`)

func syntaxError(document, before int, err error) *SyntaxError {
	line := 0
	if found := yamlLine.FindStringSubmatch(err.Error()); found != nil {
		if n, err := strconv.Atoi(found[1]); err == nil {
			line = n + before
		}
	}
	return &SyntaxError{Document: document, Line: line, Err: err}
}

// InvalidError holds everything that makes an application invalid, each entry with its path in the manifest.
type InvalidError struct {
	// Errors are not empty.
	Errors field.ErrorList
}

// Error implements error.
func (e *InvalidError) Error() string { return faults.Text("sparkapp", e.Errors) }

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
func (r *Refusal) Error() string {
	return fmt.Sprintf("sparkapp: %s: %s; %s", r.Code, r.Reason, r.Instead)
}

// Is reports whether target is a refusal with the same code, or a *Refusal without one.
func (r *Refusal) Is(target error) bool {
	other, ok := target.(*Refusal)
	return ok && (other.Code == "" || other.Code == r.Code)
}

// The reasons to refuse.
const (
	// RefuseGroup: the manifest is for another operator.
	RefuseGroup Code = "API-GROUP"
	// RefuseVersion: the manifest has a version of the API that operator 2.5.2 does not serve.
	RefuseVersion Code = "API-VERSION"
	// RefuseKind: the object is neither a SparkApplication nor a ScheduledSparkApplication.
	RefuseKind Code = "KIND"
	// RefuseCount: the text holds no application, or several, where one is asked for.
	RefuseCount Code = "COUNT"
	// RefuseKey: Spark has no such key.
	RefuseKey Code = "NO-SUCH-KEY"
	// RefuseLanguage: the shape was made for another language than the application's.
	RefuseLanguage Code = "LANGUAGE"
	// RefuseUnknownFields: an API server refuses to apply fields that the resource does not have.
	RefuseUnknownFields Code = "UNKNOWN-FIELDS"
	// RefuseUnlimited: something without a bound cannot be budgeted.
	RefuseUnlimited Code = "UNLIMITED"
)
