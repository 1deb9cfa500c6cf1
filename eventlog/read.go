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
	"github.com/sparkscale/sparkscale/eventlog/internal/jsonscan"
	"github.com/sparkscale/sparkscale/workload"
)

// progressStep is how much JSON lies between two calls of the progress function.
const progressStep = 16 << 20

// byteOrderMark begins a text that a Windows editor has saved.
const byteOrderMark = "\ufeff"

// Read reads one log from a stream, to its end or to the first error; r is read in another
// goroutine, which ends before Read returns, and is not closed. The name stands in errors and
// in the coverage; one that ends in ".compact" as the History Server's files do is refused. A zip cannot be streamed:
// use [ReadFile] or [FindFS].
//
// The error wraps one of the Err… values, or is the context's or the stream's. It names the file and the line. With
// an error the Profile is nil, but for ErrNoEvents: then its Coverage says what was there.
func Read(ctx context.Context, name string, r io.Reader, opts ...Option) (*workload.Profile, error) {
	whole := part{name: name, open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
	return group([]part{whole}, "")[0].Read(ctx, opts...)
}

// Read reads the log; see [Read] for its errors. It opens the files anew each time.
func (l Log) Read(ctx context.Context, opts ...Option) (*workload.Profile, error) {
	o, err := newOptions(opts)
	if err != nil {
		return nil, err
	}
	if l.err != nil {
		return nil, l.err
	}
	r := reader{options: o, log: l, parser: newParser(), codecs: map[string]bool{}}
	r.coverage = workload.Coverage{Source: l.Name, Notes: slices.Clone(l.notes)}
	if o.strict && l.cut != "" {
		return nil, at(l.Name, truncated(l.cut+"; "+lenient))
	}
	r.cut(l.cut)
	r.parser.build.SketchBeyond(o.sketches)
	r.in = readAhead(l.parts, o.limits)
	defer r.in.close()
	for _, p := range l.parts {
		if err := r.part(ctx, p); err != nil {
			return nil, err
		}
	}
	return r.finish()
}

// reader reads the parts of one log.
type reader struct {
	options
	log      Log
	parser   *parser
	in       *ahead
	coverage workload.Coverage
	codecs   map[string]bool
	stored   int64 // bytes of earlier parts as stored
	lastStep int64
}

func (r *reader) part(ctx context.Context, p part) error {
	kind, err := r.in.open()
	if err != nil {
		return at(p.name, err)
	}
	r.met(p, kind)
	in := newLines(r.in.next, r.maxLine)
	for line := 1; ; line++ {
		text, err := in.next()
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			r.coverage.Bytes += in.offset
			r.stored += r.in.stored
			return r.partEnd(p, line, err)
		}
		if err := r.line(p, line, in, text); err != nil {
			return err
		}
		r.step(r.in.stored, in.offset)
	}
}

// met notes a compression; what lies plain in a zip is compressed by that alone.
func (r *reader) met(p part, kind codec.Kind) {
	if p.zipped {
		r.codecs[string(codec.Zip)] = true
	}
	if !p.zipped || kind != codec.Plain {
		r.codecs[string(kind)] = true
	}
}

func (r *reader) step(stored, json int64) {
	if json += r.coverage.Bytes; r.progress != nil && json-r.lastStep >= progressStep {
		r.lastStep = json
		r.progress(Progress{Source: r.log.Name, Read: r.stored + stored, Total: r.log.Size(), JSON: json, Lines: r.coverage.Lines})
	}
}

// partEnd turns the end of a part into nil where the log can be used without what is missing.
func (r *reader) partEnd(p part, line int, err error) error {
	cut := errors.Is(err, ErrTruncated) || errors.Is(err, ErrCorrupt)
	switch {
	case err == io.EOF:
		return nil
	case cut && !r.strict && r.coverage.Lines > 0:
		r.cut(fmt.Sprintf("%s: the rest after line %d is lost: %v", shown(p.name), line-1, err))
		return nil
	case cut && r.coverage.Lines > 0:
		err = fmt.Errorf("%w; %s", err, lenient)
	}
	return atLine(p.name, line, err)
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

func (r *reader) line(p part, number int, in *lines, text []byte) error {
	r.coverage.Lines++
	mark := 0
	if number == 1 && bytes.HasPrefix(text, []byte(byteOrderMark)) {
		mark = len(byteOrderMark)
	}
	text = text[mark:]
	if len(bytes.TrimSpace(text)) == 0 {
		r.coverage.BlankLines++
		return nil
	}
	event, err := r.parser.event(text)
	if err != nil {
		return r.bad(p, in, &SyntaxError{File: p.name, Line: number, Offset: in.from + int64(mark), Event: event, Err: err})
	}
	if n := r.parser.build.Len(); n > r.maxTasks {
		return atLine(p.name, number, tooLarge("task attempts or other entries of one kind", int64(r.maxTasks), int64(n), "raise it with WithMaxTasks"))
	}
	return nil
}

// bad counts a line that is no event. Of the last one, the log may have ended in the middle.
func (r *reader) bad(p part, in *lines, line *SyntaxError) error {
	if fault, ok := errors.AsType[*jsonscan.SyntaxError](line.Err); ok {
		line.Offset, line.Err = line.Offset+int64(fault.Offset), errors.New(fault.Reason)
	}
	switch {
	case in.open && in.err == io.EOF:
		line.Err = truncated(line.Err.Error() + ", and the log ends in this line")
		r.cut(fmt.Sprintf("%s: the log ends in the middle of line %d", shown(line.File), line.Line))
	case in.open && r.strict:
		return r.partEnd(p, line.Line, in.err)
	}
	if r.strict {
		return fmt.Errorf("%w; %s", line, lenient)
	}
	r.coverage.BadLines++
	if r.coverage.FirstBad == "" {
		r.coverage.FirstBad = line.Error()
	}
	return nil
}

func (r *reader) finish() (*workload.Profile, error) {
	c := &r.coverage
	c.Codecs = slices.Sorted(maps.Keys(r.codecs))
	c.Skipped, c.Unknown = r.parser.skipped, r.parser.unknown
	events := c.Lines - c.BlankLines - c.BadLines
	profile := r.parser.build.Build(*c)
	switch {
	case events == 0:
		return profile, at(r.log.Name, fmt.Errorf("%d bytes, %d lines%s: %w", c.Bytes, c.Lines, inBrackets(c.Cut), ErrNoEvents))
	case r.strict && !profile.Coverage.Ended():
		return nil, at(r.log.Name, truncated("the log has no ApplicationEnd: the application was still running, or was killed; "+lenient))
	}
	if r.progress != nil {
		r.progress(Progress{Source: r.log.Name, Read: r.stored, Total: r.log.Size(), JSON: c.Bytes, Lines: c.Lines, Done: true})
	}
	return profile, nil
}

func inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

// counter counts the bytes that are read of a file as stored.
type counter struct {
	in io.Reader
	n  int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	return n, err
}

// orEntry gives the entry of a zip itself, uncounted: its reader knows how the codec inside and the zip around it
// compress together.
func (c *counter) orEntry() io.Reader {
	if entry, ok := c.in.(*zipped); ok {
		return entry.ReadCloser
	}
	return c
}
