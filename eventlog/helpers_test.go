package eventlog_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/workload"
)

// Lines of a small log.
const (
	startLine = `{"Event":"SparkListenerApplicationStart","App Name":"x","App ID":"app-1","Timestamp":1000,"User":"me"}`
	endLine   = `{"Event":"SparkListenerApplicationEnd","Timestamp":9000}`
	jobLine   = `{"Event":"SparkListenerJobStart","Job ID":0,"Submission Time":2000,"Stage IDs":[0]}`
)

// smallLog is a whole log of an application without tasks.
const smallLog = startLine + "\n" + jobLine + "\n" + endLine + "\n"

// lines reads a log of these lines.
func lines(t *testing.T, text ...string) *workload.Profile {
	t.Helper()
	p, err := eventlog.Read(context.Background(), "lines", strings.NewReader(strings.Join(text, "\n")+"\n"))
	require.NoError(t, err)
	return p
}

// write makes files and returns their folder. A name with a final slash is a folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		if strings.HasSuffix(name, "/") {
			require.NoError(t, os.MkdirAll(path, 0o755))
			continue
		}
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	return root
}

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.String()
}

// zstded compresses each text into a frame of its own, as Spark does on each flush.
func zstded(t testing.TB, frames ...string) string {
	t.Helper()
	var out bytes.Buffer
	for _, text := range frames {
		w, err := zstd.NewWriter(&out)
		require.NoError(t, err)
		_, err = io.WriteString(w, text)
		require.NoError(t, err)
		require.NoError(t, w.Close())
	}
	return out.String()
}

// zipped makes an archive of names and contents in turn.
func zipped(t testing.TB, namesAndContents ...string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(namesAndContents); i += 2 {
		f, err := w.Create(namesAndContents[i])
		require.NoError(t, err)
		_, err = io.WriteString(f, namesAndContents[i+1])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.String()
}

// assertError holds an error to its class, to one line, and to what it must say.
func assertError(t *testing.T, err, class error, parts ...string) {
	t.Helper()
	require.Error(t, err)
	if class != nil {
		assert.ErrorIs(t, err, class)
	}
	assert.NotContains(t, err.Error(), "\n", "one line")
	assert.Less(t, len(err.Error()), 1000)
	for _, part := range parts {
		assert.Contains(t, err.Error(), part)
	}
}

// allocated gives the bytes that a call allocates, live or not: an upper bound of what it can hold.
func allocated(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
