package observe

import (
	"fmt"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/units"
)

// The defaults of the bounds.
const (
	// DefaultMaxFile is the largest file with objects or REST answers: an API server's list of 500 pods is a few MiB.
	DefaultMaxFile = units.Bytes(64 << 20)
	// DefaultMaxLog is how much of a log is read. A driver's log of a day is some hundred MiB.
	DefaultMaxLog = units.Bytes(1 << 30)
	// DefaultMaxFiles is how many files of a folder are looked at.
	DefaultMaxFiles = 20_000
	// DefaultMaxFacts is how many different facts of the logs are kept.
	DefaultMaxFacts = 5000
)

type options struct {
	name, namespace string
	maxFile, maxLog units.Bytes
	maxFiles        int
	maxFacts        int
	eventlog        []eventlog.Option
}

// Option bounds or directs the gathering. One with a bound below 1 is an error.
type Option func(*options) error

// WithApp names the application where the source has several. The namespace may be empty for any.
func WithApp(namespace, name string) Option {
	return func(o *options) error {
		o.namespace, o.name = namespace, name
		return nil
	}
}

// WithMaxFile bounds the size of a file with objects or REST answers; a larger one is passed over with a note. Default:
// [DefaultMaxFile].
func WithMaxFile(size units.Bytes) Option {
	return func(o *options) error { return bound(&o.maxFile, size, "WithMaxFile") }
}

// WithMaxLog bounds how much of each log is read, from its start; the rest is passed over with a note. Default:
// [DefaultMaxLog].
func WithMaxLog(size units.Bytes) Option {
	return func(o *options) error { return bound(&o.maxLog, size, "WithMaxLog") }
}

// WithMaxFiles bounds how many files of a folder are looked at, in the order of their names. Default: [DefaultMaxFiles].
func WithMaxFiles(n int) Option {
	return func(o *options) error { return bound(&o.maxFiles, n, "WithMaxFiles") }
}

// WithEventLog passes options on to package eventlog.
func WithEventLog(opts ...eventlog.Option) Option {
	return func(o *options) error {
		o.eventlog = append(o.eventlog, opts...)
		return nil
	}
}

func bound[T units.Bytes | int](field *T, value T, name string) error {
	if value < 1 {
		return fmt.Errorf("observe: %s(%d): must be at least 1", name, int64(value))
	}
	*field = value
	return nil
}

func optionsOf(opts []Option) (options, error) {
	o := options{maxFile: DefaultMaxFile, maxLog: DefaultMaxLog, maxFiles: DefaultMaxFiles, maxFacts: DefaultMaxFacts}
	for _, opt := range opts {
		if err := opt(&o); err != nil {
			return options{}, err
		}
	}
	return o, nil
}
