package blob_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	cloud "gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/eventlog/blob"
	"github.com/sparkscale/sparkscale/eventlog/internal/gen"
)

// buckets are one of each kind that needs no server.
func buckets(t *testing.T) map[string]*cloud.Bucket {
	t.Helper()
	file, err := fileblob.OpenBucket(t.TempDir(), nil)
	require.NoError(t, err)
	found := map[string]*cloud.Bucket{"mem": memblob.OpenBucket(nil), "file": file}
	for _, bucket := range found {
		t.Cleanup(func() { _ = bucket.Close() })
	}
	return found
}

// fill puts the runs of package eventlog into a bucket, with a zip of a generated log and what is no log.
func fill(t *testing.T, bucket *cloud.Bucket) {
	t.Helper()
	const root = "../testdata/runs"
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		key, err := filepath.Rel(root, path)
		require.NoError(t, err)
		return bucket.WriteAll(t.Context(), "team/runs/"+filepath.ToSlash(key), data, nil)
	}))
	var log, packed bytes.Buffer
	_, err := gen.Write(&log, gen.Options{Tasks: 50})
	require.NoError(t, err)
	w := zip.NewWriter(&packed)
	inside, err := w.Create("app-1")
	require.NoError(t, err)
	_, err = inside.Write(log.Bytes())
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, bucket.WriteAll(t.Context(), "team/logs.zip", packed.Bytes(), nil))
	require.NoError(t, bucket.WriteAll(t.Context(), "team/notes.txt", []byte("hello"), nil))
	require.NoError(t, bucket.WriteAll(t.Context(), "teams/app-2", log.Bytes(), nil))
}

// TestFind finds in a bucket what lies in a folder, and reads it alike.
func TestFind(t *testing.T) {
	for name, bucket := range buckets(t) {
		t.Run(name, func(t *testing.T) {
			fill(t, bucket)
			logs, err := blob.Find(t.Context(), bucket, "team/runs/")
			require.NoError(t, err)
			want, err := eventlog.Find("../testdata/runs")
			require.NoError(t, err)
			require.Len(t, logs, len(want))
			i := 0
			for p, err := range eventlog.ReadAll(t.Context(), logs, 2) {
				require.NoError(t, err)
				local, err := want[i].Read(t.Context())
				require.NoError(t, err)
				assert.Equal(t, local.Facts(), p.Facts())
				assert.Equal(t, want[i].Size(), logs[i].Size())
				i++
			}
			var names []string
			logs, err = blob.Find(t.Context(), bucket, "")
			require.NoError(t, err)
			for _, log := range logs {
				names = append(names, log.Name)
				p, err := log.Read(t.Context())
				require.NoError(t, err)
				assert.Positive(t, p.Tasks.Len())
			}
			assert.Subset(t, names, []string{"team/logs.zip/app-1", "teams/app-2", "team/runs/eventlog_v2_local-1795457007725"})
			one, err := blob.Find(t.Context(), bucket, "teams/app-2")
			require.NoError(t, err)
			assert.Len(t, one, 1)
		})
	}
}

// TestFindFails has the classes of errors of package eventlog, and none of a bucket's own.
func TestFindFails(t *testing.T) {
	for name, bucket := range buckets(t) {
		t.Run(name, func(t *testing.T) {
			fill(t, bucket)
			for path, class := range map[string]error{"tea": fs.ErrNotExist, "team/x": fs.ErrNotExist, "../team": fs.ErrInvalid, "team/notes.txt": nil} {
				logs, err := blob.Find(t.Context(), bucket, path)
				if class == nil {
					require.NoError(t, err)
					_, err = logs[0].Read(t.Context())
					class = eventlog.ErrNoEvents
				}
				require.ErrorIs(t, err, class, path)
				assert.ErrorContains(t, err, path)
				assert.NotContains(t, err.Error(), "\n")
			}
			logs, err := blob.Find(t.Context(), bucket, "teams")
			require.NoError(t, err)
			require.NoError(t, bucket.Delete(t.Context(), "teams/app-2"))
			_, err = logs[0].Read(t.Context())
			require.ErrorIs(t, err, fs.ErrNotExist)
			ended, end := context.WithCancel(t.Context())
			end()
			_, err = blob.Find(ended, bucket, "team")
			require.ErrorIs(t, err, context.Canceled)
		})
	}
}

// Logs in a bucket, here one in memory.
func ExampleFind() {
	ctx := context.Background()
	bucket := memblob.OpenBucket(nil)
	defer func() { _ = bucket.Close() }()
	var log bytes.Buffer
	if _, err := gen.Write(&log, gen.Options{Tasks: 80}); err != nil {
		fmt.Println(err)
		return
	}
	if err := bucket.WriteAll(ctx, "team-a/spark-1", log.Bytes(), nil); err != nil {
		fmt.Println(err)
		return
	}
	logs, err := blob.Find(ctx, bucket, "team-a/")
	if err != nil {
		fmt.Println(err)
		return
	}
	for p, err := range eventlog.ReadAll(ctx, logs, 4) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(p.Coverage.Source, p.Tasks.Len(), "tasks")
	}
	// Output: team-a/spark-1 80 tasks
}

func BenchmarkFindAndRead(b *testing.B) {
	bucket := memblob.OpenBucket(nil)
	defer func() { _ = bucket.Close() }()
	var log bytes.Buffer
	facts, err := gen.Write(&log, gen.Options{Tasks: 5000})
	require.NoError(b, err)
	require.NoError(b, bucket.WriteAll(b.Context(), "app-1", log.Bytes(), nil))
	b.SetBytes(facts.Bytes)
	b.ReportAllocs()
	for b.Loop() {
		logs, err := blob.Find(b.Context(), bucket, "")
		require.NoError(b, err)
		_, err = logs[0].Read(b.Context())
		require.NoError(b, err)
	}
}
