package sparkrest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/sparkscale/sparkscale/units"
)

// errSink is the class of errors of what an event log is written to.
var errSink = errors.New("sparkrest: the event log cannot be written")

// emptyZip is the length of a zip without entries, which is what a live driver answers (Spark 3.5.6 and 4.2.0).
const emptyZip = 22

// Logs writes the event log to w, as a zip of what the History Server has: one file or the parts of a rolling one, and
// without an attempt those of all attempts. It returns the number of bytes. A live driver has no log to give:
// ErrHistoryOnly, and nothing is written.
//
// It is tried again only as long as nothing was written. Of an error of w the class is none of this package's.
func (a *App) Logs(ctx context.Context, w io.Writer) (int64, error) {
	var written int64
	e := a.at("logs")
	err := a.client.attempts(ctx, e, a.client.download, func(r *http.Response, shown string) error {
		in := bufio.NewReader(r.Body)
		start, err := in.Peek(emptyZip + 1)
		switch {
		case err != nil && err != io.EOF:
			return err
		case len(start) < 4 || string(start[:2]) != "PK":
			return &StatusError{Method: r.Request.Method, URL: shown, Status: r.StatusCode, class: ErrNotAPI, Message: "the answer is no zip", Remedy: "check the base URL " + a.client.Base()}
		case len(start) == emptyZip:
			return &classError{ErrHistoryOnly, "GET " + shown + ": the zip is empty, as a live driver sends it; ask a History Server, or use Profile, which does without"}
		}
		written, err = a.client.copy(w, in, shown)
		if err != nil && written > 0 && !errors.Is(err, ErrLimit) && !errors.Is(err, errSink) {
			return &RequestError{Method: r.Request.Method, URL: shown, Err: fmt.Errorf("cut after %d bytes: %w", written, err), class: ErrUnavailable}
		}
		return err
	})
	return written, err
}

// copy copies no more than the bound.
func (c *Client) copy(w io.Writer, r io.Reader, shown string) (int64, error) {
	n, err := io.Copy(sink{w}, io.LimitReader(r, c.maxDownload))
	if err != nil {
		return n, err
	}
	if more, _ := r.Read(make([]byte, 1)); more > 0 {
		return n, &classError{ErrLimit, fmt.Sprintf("GET %s: the event log is larger than %v; raise it with WithMaxDownload", shown, units.Bytes(c.maxDownload))}
	}
	return n, nil
}

// sink marks the errors of a writer.
type sink struct{ io.Writer }

func (s sink) Write(p []byte) (int, error) {
	n, err := s.Writer.Write(p)
	if err != nil {
		return n, fmt.Errorf("%w: %w", errSink, err)
	}
	return n, nil
}
