package allocation

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/internal/faults"
)

// InvalidError says everything that Spark would refuse in settings, or that cannot be used in a manifest or in
// options. Each error names the key or path, its value, the rule and the remedy.
type InvalidError struct {
	// Errors are in the order of the checks.
	Errors field.ErrorList
}

// Error implements error.
func (e *InvalidError) Error() string { return faults.Text("allocation", e.Errors) }

// Unwrap returns the errors, so that errors.As finds a *field.Error.
func (e *InvalidError) Unwrap() []error { return faults.Each(e.Errors) }

func invalid(errs field.ErrorList) error {
	if len(errs) == 0 {
		return nil
	}
	return &InvalidError{Errors: errs}
}
