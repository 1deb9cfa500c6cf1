package eventlog_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/eventlog/internal/gen"
	"github.com/sparkscale/sparkscale/units"
)

// counted counts the reads, and fails those after the call for which it was made.
type counted struct {
	io.Reader
	t     *testing.T
	over  atomic.Bool
	reads atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	assert.False(c.t, c.over.Load(), "nothing is read after the call")
	c.reads.Add(1)
	return c.Reader.Read(p)
}

// TestReadingAheadEnds holds that what is read beside the parsing ends with the call, however that ends.
func TestReadingAheadEnds(t *testing.T) {
	line := `{"Event":"SparkListenerUnpersistRDD","RDD ID":1}` + "\n"
	stopped, stop := context.WithCancel(context.Background())
	stop()
	for name, c := range map[string]struct {
		ctx  context.Context
		in   io.Reader
		opts []eventlog.Option
		err  error
	}{
		"whole":     {context.Background(), strings.NewReader(smallLog), nil, nil},
		"cancelled": {stopped, endless(line, 1<<40), nil, context.Canceled},
		"limit":     {context.Background(), endless(line, 1<<40), []eventlog.Option{eventlog.WithMaxBytes(units.MiB(3))}, eventlog.ErrLimit},
		"long line": {context.Background(), endless("x", 1<<40), []eventlog.Option{eventlog.WithMaxLine(units.KiB(1))}, eventlog.ErrLimit},
		"strict":    {context.Background(), io.MultiReader(strings.NewReader("x\n"), endless(line, 1<<40)), []eventlog.Option{eventlog.WithStrict()}, nil},
		"failing":   {context.Background(), iotest.TimeoutReader(endless(line, 1<<40)), nil, iotest.ErrTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in := &counted{Reader: c.in, t: t}
				_, err := eventlog.Read(c.ctx, "x", in, c.opts...)
				in.over.Store(true)
				if c.err != nil {
					require.ErrorIs(t, err, c.err)
				}
				assert.Less(t, in.reads.Load(), int64(100), "not far ahead")
			})
		})
	}
}

// TestPartsReadAhead reads many short parts, and stops at one that cannot be opened as it would without reading ahead.
func TestPartsReadAhead(t *testing.T) {
	log, want := generated(t, gen.Options{Tasks: 300, StageTasks: 30})
	files, part := fstest.MapFS{}, 0
	for chunk := range bytes.Lines(log) {
		part++
		files["eventlog_v2_x/events_"+string(rune('0'+part/100))+string(rune('0'+part/10%10))+string(rune('0'+part%10))+"_x"] = &fstest.MapFile{Data: chunk}
	}
	logs, err := eventlog.FindFS(files, "eventlog_v2_x")
	require.NoError(t, err)
	p, err := logs[0].Read(context.Background())
	require.NoError(t, err)
	assert.Equal(t, want.Tasks, p.Tasks.Len())
	assert.Equal(t, want.Bytes, p.Coverage.Bytes)
	assert.Equal(t, int(want.Lines), p.Coverage.Lines)
	delete(files, "eventlog_v2_x/events_300_x")
	_, err = logs[0].Read(context.Background())
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "events_300_x")
	assert.False(t, errors.Is(err, eventlog.ErrTruncated))
}
