package allocation

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// InvalidError says everything that Spark would refuse in settings, or that cannot be used in a manifest or in
// options. Each error names the key or path, its value, the rule and the remedy.
type InvalidError struct {
	// Errors are in the order of the checks.
	Errors field.ErrorList
}

// Error implements error.
func (e *InvalidError) Error() string {
	texts := make([]string, len(e.Errors))
	for i, err := range e.Errors {
		texts[i] = err.Error()
	}
	return "allocation: " + strings.Join(texts, "; ")
}

// Unwrap returns the errors, so that errors.As finds a *field.Error.
func (e *InvalidError) Unwrap() []error {
	errs := make([]error, len(e.Errors))
	for i, err := range e.Errors {
		errs[i] = err
	}
	return errs
}

func invalid(errs field.ErrorList) error {
	if len(errs) == 0 {
		return nil
	}
	return &InvalidError{Errors: errs}
}
