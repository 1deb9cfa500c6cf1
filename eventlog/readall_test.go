package eventlog_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/eventlog/internal/gen"
)

// manyLogs are generated ones, of which some cannot be read.
func manyLogs(t testing.TB, n int) ([]eventlog.Log, *busy) {
	t.Helper()
	files := fstest.MapFS{}
	for i := range n {
		log, _ := generated(t, gen.Options{Seed: uint64(i), Tasks: 1 + i%7*40, StageTasks: 50})
		files[fmt.Sprintf("app-%03d", i)] = &fstest.MapFile{Data: log}
	}
	found, err := eventlog.FindFS(files, ".")
	require.NoError(t, err)
	for i := 3; i < n; i += 10 {
		delete(files, fmt.Sprintf("app-%03d", i))
	}
	b := &busy{FS: files}
	for i := range found {
		logs, err := eventlog.FindFS(b, found[i].Name)
		if err == nil {
			found[i] = logs[0]
		}
	}
	b.most.Store(0)
	return found, b
}

// busy counts the files that are open at once.
type busy struct {
	fs.FS
	open, most atomic.Int64
}

func (b *busy) Open(name string) (fs.File, error) {
	file, err := b.FS.Open(name)
	if err != nil {
		return nil, err
	}
	for n := b.open.Add(1); ; {
		if most := b.most.Load(); n <= most || b.most.CompareAndSwap(most, n) {
			return &busyFile{file, b}, nil
		}
	}
}

type busyFile struct {
	fs.File
	of *busy
}

func (f *busyFile) Close() error {
	f.of.open.Add(-1)
	return f.File.Close()
}

// TestReadAll gives each log's profile or error in the order of the logs, whatever the number of workers.
func TestReadAll(t *testing.T) {
	for _, workers := range []int{1, 2, 7, 100} {
		synctest.Test(t, func(t *testing.T) {
			logs, files := manyLogs(t, 40)
			i, calls := 0, 0
			for p, err := range eventlog.ReadAll(context.Background(), logs, workers, eventlog.WithProgress(func(eventlog.Progress) { calls++ })) {
				want, errWant := logs[i].Read(context.Background())
				assert.Equal(t, errWant, err)
				assert.Equal(t, want, p)
				i++
			}
			assert.Equal(t, 40, i)
			assert.Equal(t, 36, calls)
			assert.Zero(t, files.open.Load())
			assert.LessOrEqual(t, files.most.Load(), int64(workers+1), "and the one that the test reads")
		})
	}
}

// TestReadAllStops ends by break and by the context, with all that it began.
func TestReadAllStops(t *testing.T) {
	for name, stop := range map[string]func(cancel func()) bool{
		"break": func(func()) bool { return true }, "cancel": func(cancel func()) bool { cancel(); return false },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				logs, files := manyLogs(t, 30)
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				pairs, errs := 0, 0
				for _, err := range eventlog.ReadAll(ctx, logs, 3) {
					pairs++
					if err != nil {
						require.ErrorIs(t, err, context.Canceled)
						errs++
					}
					if pairs == 2 && stop(cancel) {
						break
					}
				}
				assert.Zero(t, files.open.Load(), "nothing goes on")
				assert.Equal(t, map[string]int{"break": 2, "cancel": 3}[name], pairs)
				assert.Equal(t, map[string]int{"break": 0, "cancel": 1}[name], errs)
			})
		})
	}
}

func TestReadAllRefuses(t *testing.T) {
	for says, c := range map[string]struct {
		workers int
		opts    []eventlog.Option
	}{"0 workers": {0, nil}, "WithMaxTasks(0)": {1, []eventlog.Option{eventlog.WithMaxTasks(0)}}} {
		pairs := 0
		for p, err := range eventlog.ReadAll(context.Background(), make([]eventlog.Log, 5), c.workers, c.opts...) {
			assert.Nil(t, p)
			assert.ErrorContains(t, err, says)
			pairs++
		}
		assert.Equal(t, 1, pairs)
	}
	for range eventlog.ReadAll(context.Background(), nil, 4) {
		t.Fatal("there is no log")
	}
}

func BenchmarkReadAll(b *testing.B) {
	log, facts := generated(b, gen.Options{Seed: 1, Tasks: 2000})
	files := fstest.MapFS{}
	for i := range 16 {
		files[fmt.Sprint("app-", i)] = &fstest.MapFile{Data: bytes.Clone(log)}
	}
	logs, err := eventlog.FindFS(files, ".")
	require.NoError(b, err)
	for _, workers := range []int{1, 2, 4} {
		b.Run(fmt.Sprint("workers-", workers), func(b *testing.B) {
			b.SetBytes(16 * facts.Bytes)
			b.ReportAllocs()
			for b.Loop() {
				for _, err := range eventlog.ReadAll(context.Background(), logs, workers) {
					require.NoError(b, err)
				}
			}
		})
	}
}
