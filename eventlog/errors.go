package eventlog

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"unicode"

	"github.com/sparkscale/sparkscale/eventlog/internal/codec"
)

// Classes of errors, for errors.Is.
var (
	// ErrTruncated says that a log ends in the middle: of a compressed frame, of a line, or before its end. It is an
	// error with WithStrict, or where nothing could be read before.
	ErrTruncated = codec.ErrTruncated
	// ErrCorrupt says that compressed data is damaged. It is an error with WithStrict, or where nothing could be read
	// before; a damaged zip is one in any case.
	ErrCorrupt = codec.ErrCorrupt
	// ErrLimit says that a bound of the options was reached; the message names the option.
	ErrLimit = codec.ErrLimit
	// ErrUnsupportedCodec says that the data is a format that Spark does not write, or a zip that comes as a stream.
	ErrUnsupportedCodec = codec.ErrUnsupported
	// ErrCompacted says that the History Server has compacted the log, which drops finished jobs and their tasks.
	ErrCompacted = errors.New("eventlog: the log is compacted: the History Server has dropped the events of finished jobs and dead executors, so nothing can be replayed from it; use the original, and leave spark.history.fs.eventLog.rolling.maxFilesToRetain at its default")
	// ErrNoEvents says that there is no event of Spark in the data.
	ErrNoEvents = errors.New("eventlog: no Spark event in it; an event log is written with spark.eventLog.enabled=true, one JSON object with \"Event\" a line")
	// ErrNoLogs says that a folder or a zip holds no event log.
	ErrNoLogs = errors.New("eventlog: no event log in it or below")
)

// SyntaxError says where a line is no event. Only WithStrict makes it an error.
type SyntaxError struct {
	// File is the file or part.
	File string
	// Line counts from 1 in the file. Offset is the position of the fault in bytes after decompression, from 0.
	Line   int
	Offset int64
	// Event is the event's name, empty where it could not be read.
	Event string
	// Err says what is wrong; of class ErrTruncated where the log ends in the line.
	Err error
}

// Error implements error.
func (e *SyntaxError) Error() string {
	event := "event"
	if e.Event != "" {
		event = strconv.Quote(e.Event)
	}
	return fmt.Sprintf("%s:%d: no valid %s, at byte %d: %v", shown(e.File), e.Line, event, e.Offset, e.Err)
}

// Unwrap returns what is wrong.
func (e *SyntaxError) Unwrap() error { return e.Err }

// SeveralError says that there is more than one log where one was asked for.
type SeveralError struct {
	// Path is what was asked for, Names are the logs in it, sorted.
	Path  string
	Names []string
}

// Error implements error. It names five logs at most.
func (e *SeveralError) Error() string {
	names, more := e.Names, ""
	if len(names) > 5 {
		names, more = names[:5], fmt.Sprintf(" and %d more", len(e.Names)-5)
	}
	return fmt.Sprintf("%s holds %d logs: %s%s; name one, or read each with Find", shown(e.Path), len(e.Names), shown(strings.Join(names, ", ")), more)
}

// truncated is a cut that no codec sees.
type truncated string

func (t truncated) Error() string { return string(t) }

func (t truncated) Unwrap() error { return ErrTruncated }

// lenient is the remedy for what only WithStrict makes an error.
const lenient = "without WithStrict it is counted in the coverage and the rest is read"

func tooLarge(what string, limit, value int64, remedy string) error {
	return fmt.Errorf("%w: %s: %d, the bound is %d; %s", ErrLimit, what, value, limit, remedy)
}

// at says where an error occurred, in one line whatever the name holds.
func at(name string, err error) error { return fmt.Errorf("%s: %w", shown(name), told(err)) }

// atLine is at with the number of a line.
func atLine(name string, line int, err error) error {
	return fmt.Errorf("%s:%d: %w", shown(name), line, told(err))
}

// shown quotes a name that is empty, or would break a line or a terminal.
func shown(name string) string {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}

// remedies tell what to do about a limit of the codecs, by its option there.
var remedies = map[string]string{
	"MaxOutput": "raise it with WithMaxBytes",
	"MaxRatio":  "raise it with WithMaxRatio",
	"MaxWindow": "compress it again with a smaller window",
	"":          "unpack the archive",
}

// told says an error in terms of this package: without the path in its file system, and with the options of here.
func told(err error) error {
	if errors.Is(err, codec.ErrZip) {
		return fmt.Errorf("%w: a zip cannot be read from a stream or inside another one; unpack it, or name it to ReadFile", ErrUnsupportedCodec)
	}
	if limit, ok := errors.AsType[*codec.LimitError](err); ok {
		return tooLarge(limit.Limit, limit.Max, limit.Value, remedies[limit.Option])
	}
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Err
	}
	return err
}
