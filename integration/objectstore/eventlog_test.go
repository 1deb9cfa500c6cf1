package objectstore_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/s3blob" // opens s3:// URLs

	"github.com/sparkscale/sparkscale/eventlog"
	eventlogblob "github.com/sparkscale/sparkscale/eventlog/blob"
	"github.com/sparkscale/sparkscale/workload"
)

// recorded are the runs that package eventlog has of its own: plain, zstd, rolling. The path is absolute, as the server
// changes the working folder.
var recorded, _ = filepath.Abs("../../eventlog/testdata/runs")

// opened opens a bucket of the server.
func opened(t *testing.T, name string) *blob.Bucket {
	query := url.Values{"endpoint": {"http://" + gateway}, "region": {"us-east-1"}, "use_path_style": {"true"}, "disable_https": {"true"}}
	b, err := blob.OpenBucket(t.Context(), fmt.Sprintf("s3://%s?%s", name, query.Encode()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// uploaded puts the recorded runs into a bucket, through the server.
func uploaded(t *testing.T) *blob.Bucket {
	name := bucket(t, 0)
	b := opened(t, name)
	require.NoError(t, filepath.WalkDir(recorded, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		key, err := filepath.Rel(recorded, path)
		require.NoError(t, err)
		return b.WriteAll(t.Context(), "team/"+filepath.ToSlash(key), data, nil)
	}))
	return b
}

func profiles(t *testing.T, logs []eventlog.Log) map[string]workload.Facts {
	found := map[string]workload.Facts{}
	for p, err := range eventlog.ReadAll(t.Context(), logs, 2) {
		require.NoError(t, err)
		found[p.App.ID] = p.Facts()
	}
	return found
}

func TestEventLogsInS3(t *testing.T) {
	credentials(t, accessKey, secretKey)
	stored, err := eventlogblob.Find(t.Context(), uploaded(t), "team/")
	require.NoError(t, err)
	files, err := eventlog.Find(recorded)
	require.NoError(t, err)
	here := profiles(t, files)
	require.NotEmpty(t, here)
	assert.Equal(t, here, profiles(t, stored), "a run is the same, wherever its log lies")
}

func TestEventLogsWithWrongCredentials(t *testing.T) {
	credentials(t, accessKey, secretKey)
	name := bucket(t, 0)
	credentials(t, accessKey, "not the secret")
	_, err := eventlogblob.Find(t.Context(), opened(t, name), "team/")
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "not the secret")
}
