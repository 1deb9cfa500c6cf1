// Package faults makes lists of field errors into what an error type of a room needs.
package faults

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Text joins the errors behind the name of the room that found them.
func Text(room string, list field.ErrorList) string {
	texts := make([]string, len(list))
	for i, err := range list {
		texts[i] = err.Error()
	}
	return room + ": " + strings.Join(texts, "; ")
}

// Each returns the errors for an Unwrap, so that errors.As finds a *field.Error.
func Each(list field.ErrorList) []error {
	errs := make([]error, len(list))
	for i, err := range list {
		errs[i] = err
	}
	return errs
}
