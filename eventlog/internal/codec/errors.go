package codec

import (
	"errors"
	"fmt"
)

// The classes of failure, for errors.Is. Any other error is the underlying reader's own, unchanged.
var (
	// ErrTruncated is the class of [TruncatedError].
	ErrTruncated = errors.New("compressed stream is cut")
	// ErrCorrupt is the class of [CorruptError].
	ErrCorrupt = errors.New("compressed stream is damaged")
	// ErrLimit is the class of [LimitError].
	ErrLimit = errors.New("limit exceeded")
	// ErrUnsupported is the class of [UnsupportedError].
	ErrUnsupported = errors.New("unsupported format")
	// ErrZip says that the input is a zip archive, which needs random access: read it with [OpenZip].
	ErrZip = errors.New("codec: input is a zip archive: it needs random access, read it with OpenZip")
)

// TruncatedError says that the input ended inside a header, a block or a frame. All that lay before was delivered.
type TruncatedError struct {
	Kind   Kind
	Offset int64 // bytes of compressed input there were
}

// Error implements error.
func (e *TruncatedError) Error() string {
	return fmt.Sprintf("%s stream is cut after %d bytes: the writer was killed or the copy is incomplete", e.Kind, e.Offset)
}

// Unwrap returns [ErrTruncated].
func (e *TruncatedError) Unwrap() error { return ErrTruncated }

// CorruptError says that the input breaks the rules of its format.
type CorruptError struct {
	Kind   Kind
	Offset int64 // byte of the compressed input where the damage was noticed; it lies there or in the block before
	Err    error // what was wrong
}

// Error implements error.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("%s stream is damaged at or before byte %d: %v", e.Kind, e.Offset, e.Err)
}

// Unwrap returns [ErrCorrupt] and the cause.
func (e *CorruptError) Unwrap() []error { return []error{ErrCorrupt, e.Err} }

// LimitError says that the input asks for more than [Limits] allow.
type LimitError struct {
	Limit  string // what is limited, and its unit: "bytes of output"
	Max    int64  // what is allowed
	Value  int64  // what was met; of an output, as far as it was seen
	Option string // field of Limits to raise; empty where the limit is fixed
}

// Error implements error.
func (e *LimitError) Error() string {
	remedy := "raise Limits." + e.Option + " if the input is trusted"
	if e.Option == "" {
		remedy = "split the archive"
	}
	return fmt.Sprintf("%s: %d, allowed are %d: %s", e.Limit, e.Value, e.Max, remedy)
}

// Unwrap returns [ErrLimit].
func (e *LimitError) Unwrap() error { return ErrLimit }

// UnsupportedError says that the input is recognisably something else than an event log.
type UnsupportedError struct {
	Magic string // what it looks like, "a PNG image"
}

// Error implements error.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("input is %s; event logs are JSON lines, plain or in zstd, lz4, snappy, lzf, gzip or zip", e.Magic)
}

// Unwrap returns [ErrUnsupported].
func (e *UnsupportedError) Unwrap() error { return ErrUnsupported }
