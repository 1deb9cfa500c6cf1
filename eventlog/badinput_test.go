package eventlog_test

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
)

func noise(n int) string {
	source := rand.New(rand.NewPCG(1, 2))
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(1 + source.IntN(255))
	}
	return "x" + string(out)
}

const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

// TestNoLogFile reads files that are no logs, by their own names.
func TestNoLogFile(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		class   error
		says    string
	}{
		"empty":                      {"", eventlog.ErrNoEvents, "0 bytes, 0 lines"},
		"blank":                      {"\n\r\n \n", eventlog.ErrNoEvents, "3 lines"},
		"picture":                    {png, eventlog.ErrUnsupportedCodec, "PNG"},
		"noise":                      {noise(3000), eventlog.ErrNoEvents, "spark.eventLog.enabled"},
		"zero bytes":                 {strings.Repeat("\x00", 3000), eventlog.ErrUnsupportedCodec, "zero byte"},
		"text":                       {"to be\nor not to be\n", eventlog.ErrNoEvents, "2 lines"},
		"other JSON":                 {`{"a":{"Event":"SparkListenerTaskEnd"}}` + "\n[1]\n\"Event\"\n", eventlog.ErrNoEvents, "3 lines"},
		"JSON array":                 {"[" + startLine + "]", eventlog.ErrNoEvents, "1 lines"},
		"no name":                    {`{"Event":5}` + "\n" + `{"Event":null}` + "\n" + `{"Event":""}`, eventlog.ErrNoEvents, "3 lines"},
		"parquet":                    {"PAR1xxxx", eventlog.ErrUnsupportedCodec, "Parquet"},
		"UTF-16":                     {"\xff\xfe{\x00", eventlog.ErrUnsupportedCodec, "UTF-16"},
		"cut zstd":                   {zstded(t, smallLog)[:20], eventlog.ErrTruncated, "cut"},
		"cut gzip":                   {gzipped(t, smallLog)[:5], eventlog.ErrTruncated, "cut"},
		"gzip cut in its first line": {gzipped(t, smallLog)[:90], eventlog.ErrNoEvents, "1 lines ("},
		"broken zstd":                {zstded(t, smallLog)[:12] + "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", nil, "zstd"},
		"empty zip":                  {zipped(t), eventlog.ErrNoLogs, "History Server"},
		"cut zip":                    {zipped(t, "a", smallLog)[:60], eventlog.ErrTruncated, "zip"},
		"zip of text":                {zipped(t, "a.txt", "hello", "b/c.png", png), eventlog.ErrNoLogs, "2 files"},
		"zip in zip":                 {zipped(t, "a.zip", zipped(t, "a", smallLog)), eventlog.ErrNoLogs, "1 files"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(write(t, map[string]string{"named": c.content}), "named")
			for _, opts := range [][]eventlog.Option{nil, {eventlog.WithStrict()}} {
				p, err := eventlog.ReadFile(context.Background(), path, opts...)
				var syntax *eventlog.SyntaxError
				if len(opts) > 0 && p == nil && c.class == eventlog.ErrNoEvents {
					assert.True(t, errors.As(err, &syntax) || errors.Is(err, eventlog.ErrTruncated))
					assertError(t, err, nil, path, "WithStrict")
					continue
				}
				assertError(t, err, c.class, path, c.says)
				assert.Equal(t, c.class == eventlog.ErrNoEvents, p != nil, "nothing half-returned")
			}
		})
	}
}

// TestNoLogStream reads the same way from a stream, where a zip cannot be read.
func TestNoLogStream(t *testing.T) {
	_, err := eventlog.Read(context.Background(), "s3://b/x.zip", strings.NewReader(zipped(t, "a", smallLog)))
	assertError(t, err, eventlog.ErrUnsupportedCodec, "s3://b/x.zip: ", "ReadFile")
	assert.NotContains(t, err.Error(), "OpenZip")
}

func TestNoFile(t *testing.T) {
	root := write(t, map[string]string{"a/": "", "log": smallLog})
	for path, says := range map[string]string{
		"":                                "path is empty",
		filepath.Join(root, "missing"):    filepath.Join(root, "missing") + ": no such file",
		filepath.Join(root, "log", "x"):   "not a directory",
		filepath.Join(root, "a"):          "0 files",
		"/dev/null":                       "no regular file",
		strings.Repeat("/very-long", 60):  "",
		strings.Repeat("x", 10_000)[:900]: "",
	} {
		_, err := eventlog.ReadFile(context.Background(), path)
		assertError(t, err, nil, says)
	}
	_, err := eventlog.ReadFile(context.Background(), filepath.Join(root, "missing"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// TestPaths reads one log by every way of naming it, and calls it by the name that was given.
func TestPaths(t *testing.T) {
	root := write(t, map[string]string{"d/eventlog_v2_x/events_1_x": smallLog, "d/e/": ""})
	t.Chdir(filepath.Join(root, "d", "eventlog_v2_x"))
	for path, source := range map[string]string{
		"events_1_x": "events_1_x", "./events_1_x": "./events_1_x", "../eventlog_v2_x/events_1_x": "../eventlog_v2_x/events_1_x",
		".": ".", "..": "../eventlog_v2_x", "../": "../eventlog_v2_x", "../../d": "../../d/eventlog_v2_x",
		root: root + "/d/eventlog_v2_x", root + "/d/eventlog_v2_x/": root + "/d/eventlog_v2_x/", "../e/../eventlog_v2_x": "../e/../eventlog_v2_x",
	} {
		p, err := eventlog.ReadFile(context.Background(), path)
		if assert.NoError(t, err, path) {
			assert.Equal(t, source, p.Coverage.Source, path)
		}
	}
	_, err := eventlog.Find(string(filepath.Separator), eventlog.WithMaxTasks(0))
	assertError(t, err, nil, "WithMaxTasks(0)")
}

func TestNamesThatBreakLines(t *testing.T) {
	root := write(t, map[string]string{"a\nb\x1b[31m": "nothing", "c\td": png})
	_, err := eventlog.ReadFile(context.Background(), filepath.Join(root, "a\nb\x1b[31m"))
	assertError(t, err, eventlog.ErrNoEvents, `a\nb\x1b[31m`)
	_, err = eventlog.ReadFile(context.Background(), filepath.Join(root, "c\td"))
	assertError(t, err, eventlog.ErrUnsupportedCodec, `c\td`)
	archive := filepath.Join(write(t, map[string]string{"x.zip": zipped(t, "e\n1", smallLog, "../e\n2", smallLog)}), "x.zip")
	_, err = eventlog.ReadFile(context.Background(), archive)
	assertError(t, err, nil, `holds 2 logs`, `e\n1`)
	_, err = eventlog.Read(context.Background(), "x", strings.NewReader(`{"Event":"a\n\u001b[1mb","x":}`), eventlog.WithStrict())
	assertError(t, err, nil, `x:1: no valid "a\n\x1b[1mb", at byte 29`)
}

// TestPermission holds for a file system that refuses to open, and for a real one unless the tests run as root.
func TestPermission(t *testing.T) {
	for _, name := range []string{"d/app-1", "d/closed"} {
		_, err := eventlog.FindFS(refusing{os.DirFS(write(t, map[string]string{"d/app-1": smallLog, "d/app-2": smallLog, "d/closed/app-3": smallLog})), name}, "d")
		assertError(t, err, fs.ErrPermission, name+": permission denied")
		assert.Equal(t, name+": permission denied", err.Error())
	}
	root := write(t, map[string]string{"app-1": smallLog})
	path := filepath.Join(root, "app-1")
	logs, err := eventlog.FindFS(os.DirFS(root), "app-1")
	require.NoError(t, err)
	require.NoError(t, os.Remove(path))
	_, err = logs[0].Read(context.Background())
	assertError(t, err, fs.ErrNotExist, "app-1: no such file")
	if os.Geteuid() == 0 {
		t.Log("as root every file may be opened")
		return
	}
	require.NoError(t, os.WriteFile(path, nil, 0o000))
	_, err = eventlog.ReadFile(context.Background(), path)
	assertError(t, err, fs.ErrPermission, path+": permission denied")
}

// refusing is a file system that does not let a name be opened.
type refusing struct {
	fs.FS
	name string
}

func (r refusing) Open(name string) (fs.File, error) {
	if name == r.name {
		return nil, &fs.PathError{Op: "open", Path: "inner/" + name, Err: fs.ErrPermission}
	}
	return r.FS.Open(name)
}

func TestOptionValues(t *testing.T) {
	for name, option := range map[string]eventlog.Option{
		"WithMaxLine(0)": eventlog.WithMaxLine(0), "WithMaxLine(-1)": eventlog.WithMaxLine(-1), "WithMaxBytes(0)": eventlog.WithMaxBytes(0),
		"WithMaxRatio(-5)": eventlog.WithMaxRatio(-5), "WithMaxTasks(0)": eventlog.WithMaxTasks(0),
	} {
		_, err := eventlog.Read(context.Background(), "x", strings.NewReader(smallLog), option)
		assertError(t, err, nil, name, "above 0")
		_, err = eventlog.Find("nowhere", option)
		assertError(t, err, nil, name)
		_, err = eventlog.ReadFile(context.Background(), "nowhere", option)
		assertError(t, err, nil, name)
	}
	_, err := eventlog.Read(context.Background(), "x", strings.NewReader(smallLog), eventlog.WithProgress(nil), eventlog.WithMaxLine(1<<62))
	require.NoError(t, err)
}
