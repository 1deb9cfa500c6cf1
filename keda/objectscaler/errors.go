package objectscaler

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"gocloud.dev/gcerrors"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/internal/faults"
)

// The classes of errors that are not the metadata's. KEDA sees the code of gRPC beside each.
var (
	// ErrDenied says that the location is not on the allow-list (PermissionDenied).
	ErrDenied = errors.New("the location is not on the allow-list of the scaler")
	// ErrLimit says that a listing was longer than the scaler allows (ResourceExhausted).
	ErrLimit = errors.New("the listing is longer than the scaler allows")
	// ErrSlow says that a listing took longer than the scaler waits (Unavailable).
	ErrSlow = errors.New("the store did not answer in time")
	// ErrClosed says that the scaler is shutting down (Unavailable).
	ErrClosed = errors.New("the scaler is shutting down")
)

// InvalidError holds everything that is wrong with the metadata of a trigger (InvalidArgument).
type InvalidError struct {
	// Errors are not empty; each names its key.
	Errors field.ErrorList
}

// Error implements error.
func (e *InvalidError) Error() string { return faults.Text("objectscaler", e.Errors) }

// Unwrap returns each *field.Error.
func (e *InvalidError) Unwrap() []error { return faults.Each(e.Errors) }

// StoreError says that a store could not be listed (Unavailable).
type StoreError struct {
	// Location is what was listed.
	Location Location
	// Code is the class of the error as gocloud.dev has it: NotFound, PermissionDenied, …
	Code string
	// Err is what the store's SDK says. It can hold credentials, and is not part of the text.
	Err error
}

// Error implements error. Queries of URLs and what looks like a credential are cut out of the text of the SDK.
func (e *StoreError) Error() string {
	text := strings.TrimPrefix(e.Err.Error(), "blob (code="+e.Code+"): ")
	return fmt.Sprintf("objectscaler: %s cannot be listed: %s: %s", e.Location, e.Code, redact(text))
}

// Unwrap returns what the store's SDK says.
func (e *StoreError) Unwrap() error { return e.Err }

func storeError(l Location, err error) error {
	switch {
	case errors.Is(err, ErrLimit), errors.Is(err, ErrSlow), errors.Is(err, ErrClosed):
		return fmt.Errorf("objectscaler: %s: %w", l, err)
	}
	return &StoreError{Location: l, Code: gcerrors.Code(err).String(), Err: err}
}

// maxReason is how much of an SDK's text an error repeats, in bytes.
const maxReason = 400

var (
	queries   = regexp.MustCompile(`\?[^\s"']*`)
	userinfo  = regexp.MustCompile(`//[^/\s"'@]*@`)
	pairs     = regexp.MustCompile(`(?i)\b([a-z_-]*(?:signature|sig|secret|password|token|credential|accesskeyid|key)[a-z_-]*(?:\s*=\s*|["']\s*:\s*))[^\s,;]+`)
	accessKey = regexp.MustCompile(`\b(?:AKIA|ASIA)[A-Z0-9]{12,}`)
)

// redact makes the text of an SDK fit to be shown: on one line, bounded, without what could be a credential.
func redact(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	text = queries.ReplaceAllString(text, "?…")
	text = userinfo.ReplaceAllString(text, "//…@")
	text = pairs.ReplaceAllString(text, "$1…")
	text = accessKey.ReplaceAllString(text, "…")
	if len(text) > maxReason {
		text = text[:maxReason]
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// statusOf is what the caller sees of an error.
func statusOf(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := status.FromError(err); ok {
		return err
	}
	return status.Error(codeOf(err), err.Error())
}

func codeOf(err error) codes.Code {
	_, invalid := errors.AsType[*InvalidError](err)
	_, store := errors.AsType[*StoreError](err)
	switch {
	case invalid:
		return codes.InvalidArgument
	case errors.Is(err, ErrDenied):
		return codes.PermissionDenied
	case errors.Is(err, ErrLimit):
		return codes.ResourceExhausted
	case store, errors.Is(err, ErrSlow), errors.Is(err, ErrClosed):
		return codes.Unavailable
	case errors.Is(err, context.Canceled):
		return codes.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return codes.DeadlineExceeded
	}
	return codes.Internal
}
