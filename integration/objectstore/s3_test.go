package objectstore_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	pb "github.com/kedacore/keda/v2/pkg/scalers/externalscaler"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "gocloud.dev/blob/s3blob"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sparkscale/sparkscale/keda/objectscaler"
)

// credentials are where the default chain of the AWS SDK looks first; no file of the machine's user is read.
func credentials(t testing.TB, access, secret string) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		t.Setenv(name, value)
	}
}

func newScaler(t testing.TB, p *proxy, options ...objectscaler.Option) *objectscaler.Scaler {
	t.Helper()
	endpoint := objectscaler.WithParameters(objectscaler.S3, url.Values{"endpoint": {p.url}, "use_path_style": {"true"}})
	s, err := objectscaler.New([]string{"s3://spark-input-*/pending/"}, append(options, endpoint)...)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func ref(bucket string, pairs ...string) *pb.ScaledObjectRef {
	m := map[string]string{"bucketName": bucket, "prefix": "pending/", "awsRegion": "us-east-1", "targetSize": "1000", "activationTargetSize": "500"}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return &pb.ScaledObjectRef{Name: "analytics", Namespace: "spark", ScalerMetadata: m}
}

func count(ctx context.Context, s *objectscaler.Scaler, r *pb.ScaledObjectRef) (float64, error) {
	answer, err := s.GetMetrics(ctx, &pb.GetMetricsRequest{ScaledObjectRef: r})
	if err != nil {
		return -1, err
	}
	return answer.GetMetricValues()[0].GetMetricValueFloat(), nil
}

func TestCounts(t *testing.T) {
	credentials(t, accessKey, secretKey)
	for _, c := range []struct{ objects, pages int }{{0, 1}, {1, 1}, {1000, 1}, {1001, 2}, {100_000, 100}} {
		t.Run(fmt.Sprint(c.objects), func(t *testing.T) {
			if testing.Short() && c.objects > 10_000 {
				t.Skip("a folder of many files")
			}
			p := newProxy(t, nil)
			s := newScaler(t, p, objectscaler.WithTimeout(5*time.Minute))
			name := bucket(t, c.objects)
			began := time.Now()
			got, err := count(t.Context(), s, ref(name))
			require.NoError(t, err)
			t.Logf("%d objects in %s", c.objects, time.Since(began))
			assert.EqualValues(t, c.objects, got)
			assert.EqualValues(t, c.pages, p.lists.Load())
			active, err := s.IsActive(t.Context(), ref(name))
			require.NoError(t, err)
			assert.Equal(t, c.objects > 500, active.GetResult())
			assert.EqualValues(t, c.pages, p.lists.Load(), "answered from the same listing")
		})
	}
}

func TestListingStopsWhereTheAnswerIsKnown(t *testing.T) {
	credentials(t, accessKey, secretKey)
	p := newProxy(t, nil)
	got, err := count(t.Context(), newScaler(t, p), ref(bucket(t, 3500), "maxObjects", "1500"))
	require.NoError(t, err)
	assert.Equal(t, 1500.0, got)
	assert.EqualValues(t, 2, p.lists.Load(), "pages")
}

func TestBytesAndGlob(t *testing.T) {
	credentials(t, accessKey, secretKey)
	s, name := newScaler(t, newProxy(t, nil)), bucket(t, 1200)
	got, err := count(t.Context(), s, ref(name, "metric", "bytes", "targetSize", "1Ki"))
	require.NoError(t, err)
	assert.Equal(t, 3600.0, got)
	got, err = count(t.Context(), s, ref(name, "glob", "part-00000?.*"))
	require.NoError(t, err)
	assert.Equal(t, 10.0, got)
	got, err = count(t.Context(), s, ref(name, "metric", "age", "targetSize", "60"))
	require.NoError(t, err)
	assert.InDelta(t, 0, got, 60)
}

func TestBucketVanishes(t *testing.T) {
	credentials(t, accessKey, secretKey)
	start := time.Now()
	var passed atomic.Int64
	s := newScaler(t, newProxy(t, nil), objectscaler.WithClock(func() time.Time { return start.Add(time.Duration(passed.Load())) }))
	name := bucket(t, 600)
	got, err := count(t.Context(), s, ref(name))
	require.NoError(t, err)
	assert.Equal(t, 600.0, got)

	require.NoError(t, os.RemoveAll(filepath.Join(root, name)))
	passed.Add(int64(time.Minute))
	_, err = count(t.Context(), s, ref(name))
	assert.Equal(t, codes.Unavailable, status.Code(err))
	assert.ErrorContains(t, err, "NoSuchBucket")
	_, err = s.IsActive(t.Context(), ref(name))
	assert.Equal(t, codes.Unavailable, status.Code(err))
}

func TestBucketVanishesBetweenPages(t *testing.T) {
	credentials(t, accessKey, secretKey)
	p, name := newProxy(t, nil), bucket(t, 2500)
	p.before = func(n int64) {
		if n == 2 {
			assert.NoError(t, os.RemoveAll(filepath.Join(root, name)))
		}
	}
	_, err := count(t.Context(), newScaler(t, p), ref(name))
	assert.Equal(t, codes.Unavailable, status.Code(err), "a part is not told as the whole: %v", err)
	assert.EqualValues(t, 2, p.lists.Load())
}

func TestWrongCredentials(t *testing.T) {
	for name, c := range map[string][2]string{
		"wrong secret": {accessKey, "wrongwrongwrongwrongwrongwrongwrongwrong"}, "wrong key": {"AKIAWRONGWRONGWRONGW", secretKey}, "none": {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			credentials(t, c[0], c[1])
			_, err := count(t.Context(), newScaler(t, newProxy(t, nil)), ref(bucket(t, 600)))
			assert.Equal(t, codes.Unavailable, status.Code(err), "%v", err)
			t.Log(err)
			for _, part := range []string{"AKIA", c[1]} {
				if part != "" {
					assert.NotContains(t, err.Error(), part)
				}
			}
		})
	}
}

func TestCredentialsThatArriveLater(t *testing.T) {
	credentials(t, accessKey, "wrong")
	s, name := newScaler(t, newProxy(t, nil)), bucket(t, 600)
	_, err := count(t.Context(), s, ref(name))
	require.Error(t, err)
	credentials(t, accessKey, secretKey)
	got, err := count(t.Context(), s, ref(name))
	require.NoError(t, err)
	assert.Equal(t, 600.0, got)
}

func TestSlowStore(t *testing.T) {
	credentials(t, accessKey, secretKey)
	p := newProxy(t, make(chan struct{}))
	s, name := newScaler(t, p, objectscaler.WithTimeout(3*time.Second)), bucket(t, 600)
	_, err := count(t.Context(), s, ref(name))
	assert.Equal(t, codes.Unavailable, status.Code(err))
	assert.ErrorContains(t, err, "did not answer in time")
	close(p.held)
	require.Eventually(t, func() bool { // who asks while the listing that failed is still ending shares its failure
		got, err := count(t.Context(), s, ref(name))
		return err == nil && got == 600
	}, 20*time.Second, 10*time.Millisecond)
}

func TestStoreThatIsNotThere(t *testing.T) {
	credentials(t, accessKey, secretKey)
	address, err := freePort()
	require.NoError(t, err)
	_, err = count(t.Context(), newScaler(t, &proxy{url: "http://" + address}), ref("spark-input-0"))
	assert.Equal(t, codes.Unavailable, status.Code(err))
	assert.ErrorContains(t, err, "connection refused")
}

func TestCancelledCall(t *testing.T) {
	credentials(t, accessKey, secretKey)
	p := newProxy(t, make(chan struct{}))
	s, name := newScaler(t, p), bucket(t, 600)
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan error, 1)
	go func() {
		_, err := count(ctx, s, ref(name))
		answered <- err
	}()
	require.Eventually(t, func() bool { return p.lists.Load() == 1 }, 20*time.Second, time.Millisecond)
	cancel()
	assert.Equal(t, codes.Canceled, status.Code(<-answered))
	close(p.held)
	got, err := count(t.Context(), s, ref(name))
	require.NoError(t, err)
	assert.Equal(t, 600.0, got)
	assert.EqualValues(t, 1, p.lists.Load(), "the listing went on for who came next")
}

func TestThousandCallersCauseOneListing(t *testing.T) {
	credentials(t, accessKey, secretKey)
	p := newProxy(t, make(chan struct{}))
	s, name := newScaler(t, p), bucket(t, 600)
	var right atomic.Int64
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() {
			if got, err := count(t.Context(), s, ref(name)); err == nil && got == 600 {
				right.Add(1)
			}
		})
	}
	require.Eventually(t, func() bool { return p.lists.Load() > 0 }, 20*time.Second, time.Millisecond)
	close(p.held)
	wg.Wait()
	assert.EqualValues(t, 1000, right.Load())
	assert.EqualValues(t, 1, p.lists.Load())
}

// BenchmarkListing is listings over HTTP, signed and answered by the server; each has to be made anew.
func BenchmarkListing(b *testing.B) {
	credentials(b, accessKey, secretKey)
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s, name := newScaler(b, &proxy{url: "http://" + gateway}), bucket(b, n)
			for i := 0; b.Loop(); i++ {
				_, err := count(b.Context(), s, ref(name, "minAge", fmt.Sprintf("%dns", i)))
				require.NoError(b, err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "listings/s")
		})
	}
}
