package eventlog

import (
	"fmt"

	"github.com/sparkscale/sparkscale/eventlog/internal/codec"
	"github.com/sparkscale/sparkscale/units"
)

// Option bounds or watches the reading. One with a bound below 1 makes [Read], [ReadFile], [Find] and [FindFS] return
// an error; a bound that is reached is ErrLimit, with the option in its message.
type Option func(*options) error

type options struct {
	maxLine  int64
	maxTasks int
	sketches int
	limits   codec.Limits
	strict   bool
	progress func(Progress)
}

// Defaults of the bounds.
const (
	// DefaultMaxLine is far above the longest line seen (a SQL plan of 20 MB).
	DefaultMaxLine = units.Bytes(128 << 20)
	// DefaultMaxTasks keeps a profile below about 1.5 GB.
	DefaultMaxTasks = 20_000_000
)

func newOptions(list []Option) (options, error) {
	o := options{maxLine: int64(DefaultMaxLine), maxTasks: DefaultMaxTasks}
	for _, set := range list {
		if err := set(&o); err != nil {
			return options{}, err
		}
	}
	return o, nil
}

func positive(name string, value int64) error {
	if value <= 0 {
		return fmt.Errorf("eventlog: %s(%d): it must be above 0", name, value)
	}
	return nil
}

// WithMaxLine bounds the length of a line in bytes, without its newline, and with it the memory of reading: about
// twice as much while a longer one than before is met. Default: [DefaultMaxLine].
func WithMaxLine(length units.Bytes) Option {
	return func(o *options) error {
		o.maxLine = int64(length)
		return positive("WithMaxLine", o.maxLine)
	}
}

// WithMaxBytes bounds the size of one file after decompression, and of all files in a zip together. Default: 1 TiB.
func WithMaxBytes(size units.Bytes) Option {
	return func(o *options) error {
		o.limits.MaxOutput = int64(size)
		return positive("WithMaxBytes", o.limits.MaxOutput)
	}
}

// WithMaxRatio bounds the size after decompression over the size before, which tells a decompression bomb from a
// log. It is judged beyond the first 64 MiB. Default: 1000; Spark's logs reach 20 to 60.
func WithMaxRatio(ratio int) Option {
	return func(o *options) error {
		o.limits.MaxRatio = int64(ratio)
		return positive("WithMaxRatio", o.limits.MaxRatio)
	}
}

// WithMaxTasks bounds the number of task attempts, and of jobs, stages, executors and what else a profile lists, each
// for itself, and with it the size of the profile. Default: [DefaultMaxTasks].
func WithMaxTasks(n int) Option {
	return func(o *options) error {
		o.maxTasks = n
		return positive("WithMaxTasks", int64(n))
	}
}

// WithSketches keeps sketches by stage instead of tasks once a log has more than so many task attempts, so that its
// profile is small whatever the number of tasks: each stage takes some kB, and WithMaxTasks no longer bounds the attempts.
// Profile.Tasks is then empty, and nothing can be replayed; Coverage.Sketched and its Notes say what is lost. Default: off.
func WithSketches(beyond int) Option {
	return func(o *options) error {
		o.sketches = beyond
		return positive("WithSketches", int64(beyond))
	}
}

// WithStrict makes an error of what else is only told in the coverage: a bad line (*SyntaxError), a cut log, one with
// parts missing or without ApplicationEnd (ErrTruncated), and a damaged one (ErrCorrupt). Default: off.
func WithStrict() Option {
	return func(o *options) error {
		o.strict = true
		return nil
	}
}

// WithProgress calls f about every 16 MiB of JSON, and at the end unless that is an error, from the goroutine that
// reads. Default: none.
func WithProgress(f func(Progress)) Option {
	return func(o *options) error {
		o.progress = f
		return nil
	}
}

// Progress is how far a reading has come.
type Progress struct {
	// Source is the log's name.
	Source string
	// Read and Total are bytes of the source as stored; Total is 0 where it is not known.
	Read, Total int64
	// JSON is bytes after decompression, Lines the lines in it.
	JSON  int64
	Lines int
	// Done is true in the last call.
	Done bool
}
