package objectscaler_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sparkscale/sparkscale/keda/objectscaler"
)

// keys lists a store.
func keys(t *testing.T, s objectscaler.Store, prefix string) (found []string, err error) {
	t.Helper()
	for o, err := range s.Objects(context.Background(), prefix) {
		if err != nil {
			return found, err
		}
		found = append(found, o.Key)
	}
	return found, nil
}

func TestBucketPages(t *testing.T) {
	for _, n := range []int{0, 1, 999, 1000, 1001, 2500} {
		b := memblob.OpenBucket(nil)
		for i := range n {
			require.NoError(t, b.WriteAll(context.Background(), fmt.Sprintf("pending/%05d", i), []byte("ab"), nil))
		}
		require.NoError(t, b.WriteAll(context.Background(), "done/1", nil, nil))
		s := newScaler(t, opener(objectscaler.Bucket(b)))
		got, err := value(context.Background(), s)
		require.NoError(t, err)
		assert.EqualValues(t, n, got)
		got, err = value(context.Background(), s, "metric", "bytes", "targetSize", "1Ki")
		require.NoError(t, err)
		assert.EqualValues(t, 2*n, got)
	}
}

func TestFilters(t *testing.T) {
	b := memblob.OpenBucket(nil)
	for _, key := range []string{"pending/", "pending/a.csv", "pending/b.parquet", "pending/2026/c.parquet", "pending/2026/11/d.parquet", "pending/_SUCCESS"} {
		require.NoError(t, b.WriteAll(context.Background(), key, []byte("x"), nil))
	}
	now := time.Now()
	s := newScaler(t, opener(objectscaler.Bucket(b)), objectscaler.WithClock(func() time.Time { return now.Add(10 * time.Minute) }))
	for _, c := range []struct {
		want  float64
		pairs []string
	}{
		{5, nil},
		{3, []string{"glob", "*.parquet"}},
		{1, []string{"glob", "2026/*.parquet"}},
		{2, []string{"glob", "2026/**/*.parquet"}},
		{3, []string{"glob", "**/?.parquet"}},
		{0, []string{"glob", "[a-b].*"}},
		{5, []string{"minAge", "9m"}},
		{0, []string{"minAge", "11m"}},
		{0, []string{"maxAge", "9m"}},
		{2, []string{"prefix", "pending/2026/"}},
		{0, []string{"prefix", "nothing/"}},
	} {
		got, err := value(context.Background(), s, c.pairs...)
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "%v", c.pairs)
	}
	age, err := value(context.Background(), s, "metric", "age", "targetSize", "60")
	require.NoError(t, err)
	assert.InDelta(t, 600, age, 5)
	age, err = value(context.Background(), s, "metric", "age", "targetSize", "60", "prefix", "nothing/")
	require.NoError(t, err)
	assert.Zero(t, age)
}

func TestClockOfTheStoreIsAhead(t *testing.T) {
	g := &generated{objects: 3, modified: time.Now().Add(time.Hour)}
	got, err := value(context.Background(), newScaler(t, opener(g)))
	require.NoError(t, err)
	assert.EqualValues(t, 3, got)
	got, err = value(context.Background(), newScaler(t, opener(g)), "metric", "age", "targetSize", "60")
	require.NoError(t, err)
	assert.Zero(t, got)
}

func write(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte("abc"), 0o600))
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "pending/a", "pending/b/c", "pending/b/d", "pendulum/x", "done/y", "pending/a.attrs")
	require.NoError(t, os.Symlink("/etc", filepath.Join(dir, "pending", "link")))
	require.NoError(t, os.Symlink("/etc/hostname", filepath.Join(dir, "pending", "file")))
	s, err := objectscaler.OpenFolder(dir)
	require.NoError(t, err)
	for prefix, want := range map[string]int{"": 5, "pending/": 3, "pend": 4, "pending/b": 2, "pending/b/": 2, "none/": 0, "pending/b/c": 1, "pending/none/x": 0} {
		got, err := keys(t, s, prefix)
		require.NoError(t, err)
		assert.Len(t, got, want, "%q: %v", prefix, got)
	}
	got, err := keys(t, s, "pending/b/")
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"pending/b/c", "pending/b/d"}, got)
}

func TestFolderThatVanishesIsAnError(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "in")
	write(t, dir, "pending/a")
	s := newScaler(t, objectscaler.WithInterval(time.Second), objectscaler.WithClock(stepping(time.Minute)))
	folder := []string{"provider", "file", "bucketName", dir, "awsRegion", ""}
	got, err := value(context.Background(), s, folder...)
	require.NoError(t, err)
	assert.EqualValues(t, 1, got)

	require.NoError(t, os.RemoveAll(dir))
	for range 2 {
		_, err = value(context.Background(), s, folder...)
		assert.Equal(t, codes.Unavailable, status.Code(err), "%v", err)
	}
	write(t, dir, "pending/a", "pending/b")
	got, err = value(context.Background(), s, folder...)
	require.NoError(t, err)
	assert.EqualValues(t, 2, got)
}

func TestFolderThatVanishesInTheMiddleIsAnError(t *testing.T) {
	for name, after := range map[string]func(dir string){
		"removed": func(string) {}, "replaced": func(dir string) { write(t, dir, "pending/a") },
	} {
		dir := filepath.Join(t.TempDir(), "in")
		write(t, dir, "pending/a/1", "pending/b/1", "pending/c/1")
		s, err := objectscaler.OpenFolder(dir)
		require.NoError(t, err)
		var last error
		for _, err := range s.Objects(context.Background(), "pending/") {
			if last = err; err == nil {
				require.NoError(t, os.RemoveAll(dir))
				after(dir)
			}
		}
		assert.Error(t, last, name)
	}
}

func TestFolderLosesFilesInTheMeantime(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a/1", "b/1", "c/1")
	s, err := objectscaler.OpenFolder(dir)
	require.NoError(t, err)
	seen := 0
	for o, err := range s.Objects(context.Background(), "") {
		require.NoError(t, err)
		seen++
		for _, other := range []string{"a", "b", "c"} {
			if other != o.Key[:1] {
				require.NoError(t, os.RemoveAll(filepath.Join(dir, other)))
			}
		}
	}
	assert.Equal(t, 1, seen, "those that were taken wait no longer")
}

func TestFolderThatCannotBeReadIsAnError(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root reads everything")
	}
	dir := t.TempDir()
	write(t, dir, "pending/closed/a")
	require.NoError(t, os.Chmod(filepath.Join(dir, "pending/closed"), 0))
	s, err := objectscaler.OpenFolder(dir)
	require.NoError(t, err)
	_, err = keys(t, s, "")
	assert.ErrorIs(t, err, os.ErrPermission)
}

// stepping is a clock that goes on with each look.
func stepping(by time.Duration) func() time.Time {
	now := time.Unix(1_800_000_000, 0)
	return func() time.Time {
		now = now.Add(by)
		return now
	}
}

func TestAllowList(t *testing.T) {
	g := &generated{objects: 1}
	s, err := objectscaler.New([]string{"s3://spark-input-data/pending/", "s3://team-*", "file:///data"}, opener(g))
	require.NoError(t, err)
	defer s.Close()
	for _, pairs := range [][]string{{}, {"prefix", "pending/2026/"}, {"bucketName", "team-a"}, {"provider", "file", "awsRegion", "", "bucketName", "/data/x"}} {
		_, err := value(context.Background(), s, pairs...)
		assert.NoError(t, err, "%v", pairs)
	}
	before := g.listings.Load()
	for _, pairs := range [][]string{
		{"prefix", ""},
		{"prefix", "pendin"},
		{"bucketName", "payroll"},
		{"bucketName", "steam-a"},
		{"provider", "gcs", "awsRegion", "", "bucketName", "team-a"},
		{"provider", "file", "awsRegion", "", "bucketName", "/database"},
		{"provider", "file", "awsRegion", "", "bucketName", "/"},
	} {
		_, err := value(context.Background(), s, pairs...)
		assert.Equal(t, codes.PermissionDenied, status.Code(err), "%v: %v", pairs, err)
	}
	assert.Equal(t, before, g.listings.Load())
	for _, wrong := range [][]string{nil, {"spark"}, {"ftp://x"}, {"s3://"}, {"s3://[x"}, {"file://data"}, {"file:///data/"}} {
		_, err := objectscaler.New(wrong)
		assert.Error(t, err, "%v", wrong)
	}
}

func TestURL(t *testing.T) {
	var asked []string
	s := newScaler(t, objectscaler.WithOpener(func(_ context.Context, u *url.URL) (objectscaler.Store, error) {
		asked = append(asked, u.String())
		return &generated{}, nil
	}), objectscaler.WithParameters(objectscaler.S3, url.Values{"endpoint": {"http://minio:9000"}, "use_path_style": {"true"}}))
	_, err := value(context.Background(), s)
	require.NoError(t, err)
	_, err = value(context.Background(), s, "provider", "file", "bucketName", "/data/ü", "awsRegion", "")
	require.NoError(t, err)
	assert.Equal(t, []string{"s3://spark-input-data?endpoint=http%3A%2F%2Fminio%3A9000&region=us-east-1&use_path_style=true", "file:///data/%C3%BC"}, asked)
}

func TestTextOfAnSDKIsCut(t *testing.T) {
	for text, want := range map[string]string{
		"api error SignatureDoesNotMatch: The request signature\n does not match": "api error SignatureDoesNotMatch: The request signature does not match",
		`Get "https://user:pass@acc.example/c?sig=abc": EOF`:                      `Get "https://…@acc.example/c?…": EOF`,
		"AccountKey=abc123==; x":                            "AccountKey=…; x",
		`{"access_token": "ya29.abc", "x": 1}`:              `{"access_token": …, "x": 1}`,
		"No user has ASIAIOSFODNN7EXAMPLE as key":           "No user has … as key",
		"dial tcp 127.0.0.1:9: connect: connection refused": "dial tcp 127.0.0.1:9: connect: connection refused",
	} {
		err := &objectscaler.StoreError{Location: objectscaler.Location{Provider: objectscaler.S3, Bucket: "b"}, Code: "Unknown", Err: errors.New(text)}
		assert.Equal(t, "objectscaler: s3://b/ cannot be listed: Unknown: "+want, err.Error())
	}
}
