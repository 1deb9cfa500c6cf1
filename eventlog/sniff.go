package eventlog

import (
	"bytes"
	"errors"
	"io"
	"regexp"

	"github.com/sparkscale/sparkscale/eventlog/internal/codec"
)

// sniffLength is how much of a file is looked at to tell whether it is a log.
const sniffLength = 64 << 10

var eventMember = regexp.MustCompile(`"Event"\s*:\s*"`)

// sniff tells the codec of a file and whether there is an event near its beginning.
func (f *finder) sniff(open func() (io.ReadCloser, error)) (kind codec.Kind, isLog bool, err error) {
	file, err := open()
	if err != nil {
		return "", false, err
	}
	defer func() { _ = file.Close() }()
	stream, err := codec.NewReader(file, f.limits)
	switch {
	case errors.Is(err, codec.ErrZip):
		return codec.Zip, false, nil
	case err != nil:
		return "", false, err
	}
	defer func() { _ = stream.Close() }()
	head := make([]byte, sniffLength)
	n, _ := io.ReadFull(stream, head) // what is wrong further on is found by reading
	for line := range bytes.Lines(bytes.TrimPrefix(head[:n], []byte(byteOrderMark))) {
		isLog = isLog || bytes.HasPrefix(bytes.TrimSpace(line), []byte("{")) && eventMember.Match(line)
	}
	return stream.Kind(), isLog, nil
}

// isFormat reports an error that says that the data is no log, not that it could not be had.
func isFormat(err error) bool {
	return errors.Is(err, ErrUnsupportedCodec) || errors.Is(err, ErrCorrupt) || errors.Is(err, ErrTruncated)
}
