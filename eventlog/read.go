package eventlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/sparkscale/sparkscale/eventlog/internal/codec"
	"github.com/sparkscale/sparkscale/workload"
)

// progressStep is how much JSON lies between two calls of the progress function.
const progressStep = 16 << 20

// Read reads one log from a stream. The name stands in errors and in the coverage. A zip cannot be streamed; use
// [ReadFile] or [FindFS].
//
// The error wraps one of the Err… values, or is the context's or the stream's. With ErrNoEvents the Profile is not
// nil: its Coverage says what was there.
func Read(ctx context.Context, name string, r io.Reader, opts ...Option) (*workload.Profile, error) {
	log := Log{Name: name, parts: []part{{name: name, open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}}}
	return log.Read(ctx, opts...)
}

// Read reads the log; see [Read] for its errors.
func (l Log) Read(ctx context.Context, opts ...Option) (*workload.Profile, error) {
	o, err := newOptions(opts)
	if err != nil {
		return nil, err
	}
	if l.err != nil {
		return nil, l.err
	}
	r := reader{options: o, log: l, parser: newParser()}
	r.coverage = workload.Coverage{Source: l.Name, Notes: slices.Clone(l.notes)}
	if o.strict && l.cut != "" {
		return nil, fmt.Errorf("%s: %s: %w", l.Name, l.cut, ErrTruncated)
	}
	r.cut(l.cut)
	codecs := map[string]bool{}
	for _, p := range l.parts {
		kind, err := r.part(ctx, p)
		if err != nil {
			return nil, err
		}
		codecs[kind] = true
	}
	r.coverage.Codecs = slices.Sorted(maps.Keys(codecs))
	return r.finish()
}

// reader reads the parts of one log.
type reader struct {
	options
	log      Log
	parser   *parser
	coverage workload.Coverage
	stored   int64 // bytes read as stored
	lastStep int64
}

func (r *reader) part(ctx context.Context, p part) (kind string, err error) {
	file, err := p.open()
	if err != nil {
		return "", fmt.Errorf("%s: %w", p.name, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	stored := &counter{in: file, ctx: ctx}
	stream, err := codec.NewReader(stored, r.limits)
	if err != nil {
		return "", fmt.Errorf("%s: %w", p.name, err)
	}
	defer func() { err = errors.Join(err, stream.Close()) }()
	before := r.stored
	in := newLines(stream, r.maxLine)
	for line := 1; ; line++ {
		offset := in.offset
		text, err := in.next()
		if err != nil {
			r.coverage.Bytes += in.offset
			r.stored = before + stored.n
			return string(stream.Kind()), r.partEnd(p, line, err)
		}
		if err := r.line(p, line, offset, text); err != nil {
			return "", err
		}
		if json := r.coverage.Bytes + in.offset; r.progress != nil && json-r.lastStep >= progressStep {
			r.lastStep = json
			r.progress(Progress{Source: r.log.Name, Read: before + stored.n, Total: r.log.Size(), JSON: json, Lines: r.coverage.Lines})
		}
	}
}

// partEnd turns the end of a part into nil where the log can be used without what is missing.
func (r *reader) partEnd(p part, line int, err error) error {
	switch {
	case err == io.EOF:
		return nil
	case (errors.Is(err, ErrTruncated) || errors.Is(err, ErrCorrupt)) && !r.strict && r.coverage.Lines > 0:
		r.cut(fmt.Sprintf("%s: the rest after line %d is lost: %v", p.name, line-1, err))
		return nil
	}
	return fmt.Errorf("%s:%d: %w", p.name, line, inOptions(err))
}

// optionOf names the option behind a limit of the codecs.
var optionOf = map[string]string{"MaxOutput": "WithMaxBytes", "MaxRatio": "WithMaxRatio"}

// inOptions says a codec's limit in terms of this package's options.
func inOptions(err error) error {
	var limit *codec.LimitError
	if errors.As(err, &limit) && optionOf[limit.Option] != "" {
		return tooLarge(limit.Limit, limit.Max, limit.Value, optionOf[limit.Option])
	}
	return err
}

func (r *reader) cut(how string) {
	if how == "" {
		return
	}
	r.coverage.Truncated = true
	if r.coverage.Cut == "" {
		r.coverage.Cut = how
	}
}

func (r *reader) line(p part, number int, offset int64, text []byte) error {
	r.coverage.Lines++
	if len(bytes.TrimSpace(text)) == 0 {
		r.coverage.BlankLines++
		return nil
	}
	event, err := r.parser.event(text)
	if err == nil {
		if n := r.parser.tasks; n > r.maxTasks {
			return fmt.Errorf("%s:%d: %w", p.name, number, tooLarge("task attempts", int64(r.maxTasks), int64(n), "WithMaxTasks"))
		}
		return nil
	}
	bad := &SyntaxError{File: p.name, Line: number, Offset: offset, Event: event, Err: err}
	if r.strict {
		return bad
	}
	r.coverage.BadLines++
	if r.coverage.FirstBad == "" {
		r.coverage.FirstBad = bad.Error()
	}
	return nil
}

func (r *reader) finish() (*workload.Profile, error) {
	c := &r.coverage
	c.Skipped, c.Unknown = r.parser.skipped, r.parser.unknown
	events := c.Lines - c.BlankLines - c.BadLines
	profile := r.parser.build.Build(*c)
	if r.progress != nil {
		r.progress(Progress{Source: r.log.Name, Read: r.stored, Total: r.log.Size(), JSON: c.Bytes, Lines: c.Lines, Done: true})
	}
	switch {
	case events == 0:
		return profile, fmt.Errorf("%s: %d bytes, %d lines: %w", r.log.Name, c.Bytes, c.Lines, ErrNoEvents)
	case r.strict && !profile.Coverage.Ended():
		return nil, fmt.Errorf("%s: no ApplicationEnd: %w", r.log.Name, ErrTruncated)
	}
	return profile, nil
}

// counter counts what is read and obeys the context.
type counter struct {
	in  io.Reader
	ctx context.Context //nolint:containedctx // it lives as long as one call of Read
	n   int64
}

func (c *counter) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.in.Read(p)
	c.n += int64(n)
	return n, err
}
