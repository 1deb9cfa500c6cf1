package eventlog

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sparkscale/sparkscale/eventlog/internal/codec"
)

// Classes of errors, for errors.Is.
var (
	// ErrTruncated says that a log ends in the middle: of a compressed frame, of a line, or before its end. Only
	// WithStrict makes it an error.
	ErrTruncated = codec.ErrTruncated
	// ErrCorrupt says that compressed data is damaged. Only WithStrict, or a log of which nothing could be read,
	// makes it an error.
	ErrCorrupt = codec.ErrCorrupt
	// ErrLimit says that a bound of the options was reached; the message names the option.
	ErrLimit = codec.ErrLimit
	// ErrUnsupportedCodec says that the data is a format that Spark does not write.
	ErrUnsupportedCodec = codec.ErrUnsupported
	// ErrCompacted says that the History Server has compacted the log, which drops finished jobs and their tasks.
	ErrCompacted = errors.New("eventlog: the log is compacted: the History Server has dropped the events of finished jobs and dead executors, so nothing can be replayed from it; use the original, and leave spark.history.fs.eventLog.rolling.maxFilesToRetain at its default")
	// ErrNoEvents says that there is no event of Spark in the data.
	ErrNoEvents = errors.New("eventlog: no Spark event in it; an event log is written with spark.eventLog.enabled=true, one JSON object with \"Event\" a line")
	// ErrNoLogs says that a folder holds no event log.
	ErrNoLogs = errors.New("eventlog: no event log in this folder or below")
)

// SyntaxError says where a line is no event. Only WithStrict makes it an error.
type SyntaxError struct {
	// File is the file or part.
	File string
	// Line counts from 1 in the file, Offset is the position in bytes after decompression.
	Line   int
	Offset int64
	// Event is the event's name, empty where it could not be read.
	Event string
	// Err says what is wrong.
	Err error
}

// Error implements error.
func (e *SyntaxError) Error() string {
	event := ""
	if e.Event != "" {
		event = " (" + e.Event + ")"
	}
	return fmt.Sprintf("%s:%d%s: not a Spark event, at byte %d: %v", e.File, e.Line, event, e.Offset, e.Err)
}

// Unwrap returns what is wrong.
func (e *SyntaxError) Unwrap() error { return e.Err }

// SeveralError says that there is more than one log where one was asked for.
type SeveralError struct {
	// Path is what was asked for, Names are the logs in it.
	Path  string
	Names []string
}

// Error implements error.
func (e *SeveralError) Error() string {
	names := e.Names
	more := ""
	if len(names) > 5 {
		names, more = names[:5], fmt.Sprintf(" and %d more", len(e.Names)-5)
	}
	return fmt.Sprintf("%s holds %d logs: %s%s; name one, or read each with Find", e.Path, len(e.Names), strings.Join(names, ", "), more)
}

func tooLarge(what string, limit, value int64, option string) error {
	return fmt.Errorf("%w: %s: %d, the bound is %d; raise it with %s", ErrLimit, what, value, limit, option)
}
