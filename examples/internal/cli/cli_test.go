package cli_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/examples/internal/cli"
	"github.com/sparkscale/sparkscale/report"
)

func TestCode(t *testing.T) {
	for code, err := range map[string]error{
		"compacted": eventlog.ErrCompacted, "no-events": eventlog.ErrNoEvents, "not-found": fs.ErrNotExist, "limit": eventlog.ErrLimit,
		"several-logs": &eventlog.SeveralError{}, "unreadable": errors.New("other"), "canceled": context.Canceled,
	} {
		assert.Equal(t, code, cli.Code(fmt.Errorf("here: %w", err)))
	}
}

func TestNoTerminal(t *testing.T) {
	var out bytes.Buffer
	show, clear := cli.Progress(&out)
	_, err := eventlog.Read(context.Background(), "log", bytes.NewReader([]byte(`{"Event":"SparkListenerLogStart","Spark Version":"3.5.6"}`)), show)
	clear()
	assert.NoError(t, err)
	assert.Empty(t, out.String())
	assert.Equal(t, report.Options{}, cli.Options(&out))
}

func TestOneLine(t *testing.T) {
	assert.Equal(t, "a b c d \uFFFD[2J", cli.OneLine("a\nb\rc\u2028d\u0085\x1b[2J"))
	assert.Equal(t, 0, cli.FlagStatus(flag.ErrHelp))
	assert.Equal(t, 2, cli.FlagStatus(errors.New("x")))
}
