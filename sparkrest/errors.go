package sparkrest

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// Classes of errors, for errors.Is.
var (
	// ErrNotFound says that the server does not have the application, stage, task list, page or endpoint.
	ErrNotFound = errors.New("sparkrest: not found")
	// ErrBadRequest says that the request makes no sense; where that can be told it was not sent.
	ErrBadRequest = errors.New("sparkrest: bad request")
	// ErrForbidden says that the server wants to know who asks, or refuses them (401, 403).
	ErrForbidden = errors.New("sparkrest: not allowed")
	// ErrUnavailable says that no answer came, or that the server cannot give one (429, 5xx), also after trying again.
	ErrUnavailable = errors.New("sparkrest: no answer")
	// ErrStarting says that the driver's web server is up and its SparkContext is not, also after trying again. From Spark
	// 4.2 it can be ErrNotFound for a while too, which cannot be told from a wrong base URL.
	ErrStarting = errors.New("sparkrest: Spark is starting")
	// ErrNotAPI says that something answers which is not Spark's REST API: a web page, a login, a redirect elsewhere.
	ErrNotAPI = errors.New("sparkrest: not Spark's REST API")
	// ErrLiveOnly says that a History Server does not have what was asked for, a live driver does.
	ErrLiveOnly = errors.New("sparkrest: only a live driver has it")
	// ErrHistoryOnly says that a driver does not have what was asked for, a History Server does.
	ErrHistoryOnly = errors.New("sparkrest: only a History Server has it")
	// ErrLimit says that a bound of the options was reached; the message names the option.
	ErrLimit = errors.New("sparkrest: limit reached")
)

// StatusError is an answer that is not what was asked for.
type StatusError struct {
	// Method and URL are the request's, without user and password.
	Method, URL string
	// Status is the answer's, for example 404. It can be 200, for a page instead of data.
	Status int
	// Message is what the answer says, shortened, in one line, without what was sent as a secret.
	Message string
	// Location is where a redirect leads, without its query, or empty.
	Location string
	// Remedy says what to do, or is empty.
	Remedy string

	class error
	again bool // whether to try again
}

// Error implements error.
func (e *StatusError) Error() string {
	text := fmt.Sprintf("%s %s: status %d", e.Method, e.URL, e.Status)
	if e.Location != "" {
		text += " to " + e.Location
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text + remedy(e.Remedy)
}

// Unwrap returns the class.
func (e *StatusError) Unwrap() error { return e.class }

// RequestError says that no answer came.
type RequestError struct {
	// Method and URL are the request's, without user and password.
	Method, URL string
	// Err is why.
	Err error
	// Remedy says what to do, or is empty.
	Remedy string

	class error
	again bool
}

// Error implements error.
func (e *RequestError) Error() string {
	return fmt.Sprintf("%s %s: %v%s", e.Method, e.URL, e.Err, remedy(e.Remedy))
}

// Unwrap returns the class and the reason.
func (e *RequestError) Unwrap() []error { return []error{e.class, e.Err} }

// DecodeError says that an answer is not the JSON or text that it should be. It is of class ErrNotAPI.
type DecodeError struct {
	// URL is the request's, without user and password.
	URL string
	// Offset is the fault's place in the answer in bytes, from 0, where it is known.
	Offset int64
	// Err says what is wrong.
	Err error
}

// Error implements error.
func (e *DecodeError) Error() string {
	return fmt.Sprintf("GET %s: the answer cannot be read, at byte %d: %v; it should come from Spark 3.5 to 4.2", e.URL, e.Offset, e.Err)
}

// Unwrap returns the class and what is wrong.
func (e *DecodeError) Unwrap() []error { return []error{ErrNotAPI, e.Err} }

// classError is a message of a class.
type classError struct {
	class error
	text  string
}

func (e *classError) Error() string { return "sparkrest: " + e.text }

func (e *classError) Unwrap() error { return e.class }

func remedy(text string) string {
	if text == "" {
		return ""
	}
	return "; " + text
}

// redacted writes a URL without user and password. The queries of requests hold no secrets.
func redacted(u *url.URL) string {
	shown := *u
	shown.User = nil
	return shown.String()
}

// reason is an error without the URL that package url puts around it, which may hold a password.
func reason(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}

// maxMessage bounds what of an answer stands in an error, in bytes.
const maxMessage = 300

// message makes what an answer says fit for an error: one line, no secret that was sent.
func message(text string, secrets []string) string {
	for _, secret := range secrets {
		text = strings.ReplaceAll(text, secret, "REDACTED")
	}
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}
