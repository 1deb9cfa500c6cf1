package eventlog_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// endless gives n times a text.
func endless(text string, n int64) io.Reader {
	return io.LimitReader(&repeated{text: text}, n*int64(len(text)))
}

type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	for i := 0; i < len(p); {
		n := copy(p[i:], r.text[r.at:])
		i += n
		r.at = (r.at + n) % len(r.text)
	}
	return len(p), nil
}

// squeezed compresses a stream as it is read.
func squeezed(t *testing.T, in io.Reader, compressor func(io.Writer) io.WriteCloser) io.Reader {
	t.Helper()
	out, pipe := io.Pipe()
	go func() {
		w := compressor(pipe)
		_, err := io.Copy(w, in)
		_ = pipe.CloseWithError(errors.Join(err, w.Close()))
	}()
	t.Cleanup(func() { _ = out.Close() })
	return out
}

func intoZstd(w io.Writer) io.WriteCloser {
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err)
	}
	return z
}

func intoGzip(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }

// TestEndlessLine reads a line of 2 GiB, plain and compressed, in the memory that WithMaxLine allows.
func TestEndlessLine(t *testing.T) {
	line := func(size int64) io.Reader {
		return io.MultiReader(strings.NewReader(startLine+"\n"+`{"Event":"SparkListenerTaskEnd","x":"`), endless("0123456789abcdef", size/16))
	}
	packed, err := io.ReadAll(squeezed(t, line(200<<20), intoZstd))
	require.NoError(t, err)
	for name, stream := range map[string]func() io.Reader{
		"plain":  func() io.Reader { return line(2 << 30) },
		"zstd":   func() io.Reader { return squeezed(t, line(2<<30), intoZstd) },
		"packed": func() io.Reader { return bytes.NewReader(packed) },
	} {
		for _, c := range []struct {
			longest units.Bytes
			most    uint64
		}{{units.KiB(1), 16 << 20}, {units.MiB(4), 32 << 20}, {eventlog.DefaultMaxLine, 300 << 20}} {
			t.Run(fmt.Sprint(name, c.longest), func(t *testing.T) {
				var p *workload.Profile
				var err error
				in := stream()
				used := allocated(func() {
					p, err = eventlog.Read(context.Background(), "x", in, eventlog.WithMaxLine(c.longest), eventlog.WithMaxRatio(1<<30))
				})
				assertError(t, err, eventlog.ErrLimit, fmt.Sprintf("x:2: limit exceeded: the line is longer than %d bytes; raise it with WithMaxLine", int64(c.longest)))
				assert.Nil(t, p)
				if name != "zstd" { // there the test's own compressor allocates too
					assert.Less(t, used, c.most)
				}
			})
		}
	}
}

// TestMaxLineIsExact holds for every size of line around the bound, whatever pieces the stream comes in.
func TestMaxLineIsExact(t *testing.T) {
	for _, length := range []int{200, 1 << 10, 256 << 10, 600_000} {
		for extra := -1; extra <= 2; extra++ {
			line := startLine + strings.Repeat(" ", length-len(startLine)+extra)
			for _, newline := range []string{"", "\n"} {
				for name, in := range map[string]io.Reader{
					"whole": strings.NewReader(jobLine + "\n" + line + newline), "half": iotest.HalfReader(strings.NewReader(jobLine + "\n" + line + newline)),
					"error with data": iotest.DataErrReader(strings.NewReader(jobLine + "\n" + line + newline)),
				} {
					_, err := eventlog.Read(context.Background(), "x", in, eventlog.WithMaxLine(units.Bytes(length)))
					if extra <= 0 {
						require.NoError(t, err, "%s: %d of %d", name, len(line), length)
						continue
					}
					assertError(t, err, eventlog.ErrLimit, "x:2: ")
				}
			}
		}
	}
}

// TestBombs decompress to far more than they are.
func TestBombs(t *testing.T) {
	text := strings.Repeat("x", 4<<20) + "\n"
	for name, compressor := range map[string]func(io.Writer) io.WriteCloser{"gzip": intoGzip, "zstd": intoZstd} {
		t.Run(name, func(t *testing.T) {
			p, err := eventlog.Read(context.Background(), "bomb", squeezed(t, endless(text, 100), compressor))
			assertError(t, err, eventlog.ErrLimit, "bomb:", "raise it with WithMaxRatio")
			assert.Nil(t, p)
			p, err = eventlog.Read(context.Background(), "bomb", squeezed(t, endless(text, 100), compressor), eventlog.WithMaxBytes(units.MiB(9)))
			assertError(t, err, eventlog.ErrLimit, "bomb:", "raise it with WithMaxBytes", fmt.Sprint(9<<20))
			assert.Nil(t, p)
		})
	}
}

// TestZipBomb is an entry that unpacks to 80 MiB, and one that does so three times after it was unpacked once.
func TestZipBomb(t *testing.T) {
	text := startLine + strings.Repeat(strings.Repeat(" ", 20<<20)+"\n", 4)
	inner := gzipped(t, text)
	root := write(t, map[string]string{"bomb.zip": zipped(t, "app", text), "twice.zip": zipped(t, "app", strings.Repeat(inner, 3))})
	for _, path := range []string{root, filepath.Join(root, "bomb.zip"), filepath.Join(root, "twice.zip")} {
		var err error
		used := allocated(func() { _, err = eventlog.ReadFile(context.Background(), path) })
		assertError(t, err, eventlog.ErrLimit, ".zip/app", "raise it with WithMaxRatio")
		assert.Less(t, used, uint64(80<<20))
	}
	_, err := eventlog.ReadFile(context.Background(), filepath.Join(root, "bomb.zip"), eventlog.WithMaxBytes(units.MiB(10)))
	assertError(t, err, eventlog.ErrLimit, "bomb.zip: ", "WithMaxBytes")
	_, err = eventlog.ReadFile(context.Background(), filepath.Join(root, "bomb.zip"), eventlog.WithMaxRatio(1<<30))
	require.NoError(t, err)
}

// TestMaxTasks counts ended tasks, started ones, and other entries that a log makes.
func TestMaxTasks(t *testing.T) {
	many := func(event string) string {
		var out strings.Builder
		for i := range 11 {
			fmt.Fprintf(&out, strings.ReplaceAll(event, "#", "%[1]d")+"\n", i)
		}
		return out.String()
	}
	for _, event := range []string{
		`{"Event":"SparkListenerTaskEnd","Stage ID":1,"Task Info":{"Task ID":#}}`,
		`{"Event":"SparkListenerTaskStart","Stage ID":1,"Task Info":{"Task ID":#}}`,
		`{"Event":"SparkListenerJobStart","Job ID":#}`,
		`{"Event":"SparkListenerStageSubmitted","Stage Info":{"Stage ID":#}}`,
		`{"Event":"SparkListenerStageCompleted","Stage Info":{"Stage ID":1,"Stage Attempt ID":#}}`,
		`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":#}`,
		`{"Event":"SparkListenerExecutorAdded","Executor ID":"#"}`,
		`{"Event":"SparkListenerBlockManagerAdded","Block Manager ID":{"Executor ID":"#"}}`,
		`{"Event":"SparkListenerStageExecutorMetrics","Executor ID":"#","Executor Metrics":{"JVMHeapMemory":1}}`,
		`{"Event":"SparkListenerResourceProfileAdded","Resource Profile Id":#}`,
	} {
		log := many(event)
		_, err := eventlog.Read(context.Background(), "x", strings.NewReader(log), eventlog.WithMaxTasks(11))
		require.NoError(t, err, event)
		for _, opts := range [][]eventlog.Option{{eventlog.WithMaxTasks(10)}, {eventlog.WithMaxTasks(10), eventlog.WithStrict()}} {
			p, err := eventlog.Read(context.Background(), "x", strings.NewReader(log), opts...)
			assertError(t, err, eventlog.ErrLimit, "x:11: ", "11, the bound is 10; raise it with WithMaxTasks")
			assert.Nil(t, p)
		}
	}
}

// TestMaxTasksOfProperties leaves room for a configuration of any sensible size.
func TestMaxTasksOfProperties(t *testing.T) {
	properties := func(n int) string {
		var out strings.Builder
		for i := range n {
			fmt.Fprintf(&out, `,"spark.%d":"x"`, i)
		}
		return `{"Event":"SparkListenerEnvironmentUpdate","Spark Properties":{` + out.String()[1:] + "}}\n"
	}
	_, err := eventlog.Read(context.Background(), "x", strings.NewReader(properties(10_001)), eventlog.WithMaxTasks(1))
	require.NoError(t, err)
	_, err = eventlog.Read(context.Background(), "x", strings.NewReader(properties(10_002)), eventlog.WithMaxTasks(1))
	assertError(t, err, eventlog.ErrLimit, "x:1: ", "WithMaxTasks")
}

// TestUnknownNamesAreBounded counts a flood of names that are no events of Spark.
func TestUnknownNamesAreBounded(t *testing.T) {
	var log strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&log, `{"Event":"E%d%s"}`+"\n", i, strings.Repeat("x", 1000))
	}
	p := lines(t, strings.TrimSuffix(log.String(), "\n"))
	total, longest := 0, 0
	for name, n := range p.Coverage.Unknown {
		total, longest = total+n, max(longest, len(name))
	}
	assert.Equal(t, 3000, total)
	assert.Len(t, p.Coverage.Unknown, 1001)
	assert.LessOrEqual(t, longest, 200)
}

// TestContext cancels before a log, and in the middle of it.
func TestContext(t *testing.T) {
	const line = `{"Event":"SparkListenerBlockManagerRemoved","RDD ID":1}` + "\n"
	for name, in := range map[string]io.Reader{
		"plain": endless(line, 1<<40),
		"zstd":  squeezed(t, endless(line, 1<<40), intoZstd),
	} {
		ctx, cancel := context.WithCancel(context.Background())
		var reached int64
		p, err := eventlog.Read(ctx, name, in, eventlog.WithMaxRatio(1<<30), eventlog.WithProgress(func(p eventlog.Progress) {
			reached = p.JSON
			cancel()
		}))
		assertError(t, err, context.Canceled, fmt.Sprintf("%s:%d: ", name, reached/int64(len(line))+1))
		assert.Nil(t, p)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	path := filepath.Join(write(t, map[string]string{"app-1": smallLog}), "app-1")
	p, err := eventlog.ReadFile(ctx, path)
	assertError(t, err, context.Canceled, path)
	assert.Nil(t, p)
}

// TestStreamFails passes on the stream's own error, with the place.
func TestStreamFails(t *testing.T) {
	broken := errors.New("connection reset")
	for name, text := range map[string]string{"plain": smallLog, "gzip": gzipped(t, smallLog)[:60], "zstd": zstded(t, smallLog, smallLog)[:120]} {
		for _, opts := range [][]eventlog.Option{nil, {eventlog.WithStrict()}} {
			p, err := eventlog.Read(context.Background(), name, io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), opts...)
			assertError(t, err, broken, name+":")
			assert.Nil(t, p)
		}
	}
	_, err := eventlog.Read(context.Background(), "x", iotest.ErrReader(&os.PathError{Op: "read", Path: "/inner/x", Err: broken}))
	assert.Equal(t, "x: connection reset", err.Error())
}

// TestProgress is called as the log is read, and once at the end.
func TestProgress(t *testing.T) {
	text := strings.Repeat(jobLine+strings.Repeat(" ", 1<<20)+"\n", 50)
	path := filepath.Join(write(t, map[string]string{"app-1": zstded(t, text)}), "app-1")
	var seen []eventlog.Progress
	p, err := eventlog.ReadFile(context.Background(), path, eventlog.WithProgress(func(p eventlog.Progress) { seen = append(seen, p) }))
	require.NoError(t, err)
	require.Len(t, seen, 4)
	info, err := os.Stat(path)
	require.NoError(t, err)
	for i, progress := range seen {
		assert.Equal(t, path, progress.Source)
		assert.Equal(t, info.Size(), progress.Total)
		assert.LessOrEqual(t, progress.Read, progress.Total)
		assert.Equal(t, i == 3, progress.Done)
		assert.GreaterOrEqual(t, progress.JSON, int64(16<<20*min(i+1, 3)))
	}
	assert.Equal(t, eventlog.Progress{Source: path, Read: info.Size(), Total: info.Size(), JSON: p.Coverage.Bytes, Lines: 50, Done: true}, seen[3])

	calls := 0
	count := eventlog.WithProgress(func(eventlog.Progress) { calls++ })
	_, err = eventlog.Read(context.Background(), "x", bytes.NewReader(nil), count)
	require.ErrorIs(t, err, eventlog.ErrNoEvents)
	assert.Zero(t, calls, "what ends in an error is not done")
}
