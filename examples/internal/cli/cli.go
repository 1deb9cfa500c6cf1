// Package cli holds what the example programs share: their start and end, progress on a terminal, its width and colours,
// and stable codes for errors.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"unicode"

	"golang.org/x/term"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/report"
	"github.com/sparkscale/sparkscale/units"
)

// Main runs a program until it is done or interrupted, and exits with its status.
func Main(run func(ctx context.Context, args []string, out, errs io.Writer) int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Progress returns an option that shows how far a reading has come on w, and a function that clears the line; where w
// is no terminal both do nothing.
func Progress(w io.Writer) (show eventlog.Option, clear func()) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return eventlog.WithProgress(nil), func() {}
	}
	shown := false
	show = eventlog.WithProgress(func(p eventlog.Progress) {
		if p.Done {
			return
		}
		shown = true
		percent := ""
		if p.Total > 0 {
			percent = fmt.Sprintf(" %3d %%", 100*p.Read/p.Total)
		}
		_, _ = fmt.Fprintf(w, "\r\x1b[Kreading %s:%s %s, %d lines", p.Source, percent, units.Bytes(p.JSON), p.Lines)
	})
	return show, func() {
		if shown {
			_, _ = fmt.Fprint(w, "\r\x1b[K")
		}
	}
}

// Options returns how a report should be written to w: as wide as its terminal, in colour on one that allows it.
func Options(w io.Writer) report.Options {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return report.Options{}
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		width = 0
	}
	return report.Options{Width: min(width, 120), Color: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// OneLine makes a text from a log or a file safe for a terminal and for a comment: on one line, without control
// characters.
func OneLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return '\uFFFD'
		}
		return r
	}, text)
}

// FlagStatus is the exit status after an error of parsing flags: to ask for help is none.
func FlagStatus(err error) int {
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	return 2
}

// Code returns a stable word for the class of an error of reading a log.
func Code(err error) string {
	for _, class := range []struct {
		target error
		code   string
	}{
		{eventlog.ErrCompacted, "compacted"},
		{eventlog.ErrNoEvents, "no-events"},
		{eventlog.ErrNoLogs, "no-logs"},
		{eventlog.ErrLimit, "limit"},
		{eventlog.ErrUnsupportedCodec, "unsupported-codec"},
		{eventlog.ErrTruncated, "truncated"},
		{eventlog.ErrCorrupt, "corrupt"},
		{fs.ErrNotExist, "not-found"},
		{fs.ErrPermission, "permission"},
		{context.Canceled, "canceled"},
	} {
		if errors.Is(err, class.target) {
			return class.code
		}
	}
	var several *eventlog.SeveralError
	if errors.As(err, &several) {
		return "several-logs"
	}
	return "unreadable"
}
