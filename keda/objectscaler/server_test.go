package objectscaler_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	pb "github.com/kedacore/keda/v2/pkg/scalers/externalscaler"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/sparkscale/sparkscale/keda/objectscaler"
)

// serve runs the scaler on a port of this machine until stop, which returns what Serve returned.
func serve(t testing.TB, s *objectscaler.Scaler, certs *objectscaler.Certificates) (address string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- objectscaler.Serve(ctx, l, s, objectscaler.ServeOptions{Certificates: certs}) }()
	var result error
	var done bool
	stop = func() error {
		cancel()
		if !done {
			result, done = <-ended, true
		}
		return result
	}
	t.Cleanup(func() { assert.NoError(t, stop()) })
	return l.Addr().String(), stop
}

// dial connects as KEDA 2.21 does; a nil config is in the clear.
func dial(t testing.TB, address string, config *tls.Config) *grpc.ClientConn {
	t.Helper()
	creds := insecure.NewCredentials()
	if config != nil {
		creds = credentials.NewTLS(config)
	}
	conn, err := grpc.NewClient(address, grpc.WithDefaultServiceConfig(`{"loadBalancingConfig": [{"round_robin":{}}]}`), grpc.WithTransportCredentials(creds))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func certificates(t testing.TB, files objectscaler.CertificateFiles, now func() time.Time) *objectscaler.Certificates {
	t.Helper()
	c, err := objectscaler.LoadCertificates(files, now)
	require.NoError(t, err)
	return c
}

// soon bounds what should answer at once.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestKEDAOverTLS(t *testing.T) {
	ca := newAuthority(t)
	s := newScaler(t, opener(&generated{objects: 1234, size: 1 << 20}))
	address, _ := serve(t, s, certificates(t, ca.write(t.TempDir(), 2, false), nil))
	client, ctx := pb.NewExternalScalerClient(dial(t, address, ca.client(nil))), soon(t)

	spec, err := client.GetMetricSpec(ctx, ref())
	require.NoError(t, err)
	require.Len(t, spec.GetMetricSpecs(), 1)
	m := spec.GetMetricSpecs()[0]
	assert.Equal(t, 1000.0, m.GetTargetSizeFloat())
	assert.EqualValues(t, 1000, m.GetTargetSize())

	got, err := client.GetMetrics(ctx, &pb.GetMetricsRequest{ScaledObjectRef: ref(), MetricName: m.GetMetricName()})
	require.NoError(t, err)
	require.Len(t, got.GetMetricValues(), 1)
	assert.Equal(t, m.GetMetricName(), got.GetMetricValues()[0].GetMetricName())
	assert.Equal(t, 1234.0, got.GetMetricValues()[0].GetMetricValueFloat())
	assert.EqualValues(t, 1234, got.GetMetricValues()[0].GetMetricValue())

	active, err := client.IsActive(ctx, ref())
	require.NoError(t, err)
	assert.True(t, active.GetResult())
	active, err = client.IsActive(ctx, ref("activationTargetSize", "1234"))
	require.NoError(t, err)
	assert.False(t, active.GetResult(), "it has to exceed the size")

	_, err = client.GetMetrics(ctx, &pb.GetMetricsRequest{ScaledObjectRef: ref(), MetricName: "other"})
	assert.Equal(t, codes.InvalidArgument, status.Code(err))
	_, err = client.GetMetricSpec(ctx, ref("targetSzie", "1"))
	assert.Equal(t, codes.InvalidArgument, status.Code(err))
	assert.ErrorContains(t, err, "metadata[targetSzie]: Forbidden: there is no such key; is it targetSize?")
	_, err = client.GetMetricSpec(ctx, nil)
	assert.Equal(t, codes.InvalidArgument, status.Code(err))

	stream, err := client.StreamMetricSpec(ctx, ref())
	require.NoError(t, err)
	_, err = stream.Recv()
	assert.Equal(t, codes.Unimplemented, status.Code(err), "KEDA opts out of it by this")

	_, err = pb.NewExternalScalerClient(dial(t, address, nil)).IsActive(ctx, ref())
	assert.Equal(t, codes.Unavailable, status.Code(err), "in the clear")
	_, err = pb.NewExternalScalerClient(dial(t, address, newAuthority(t).client(nil))).IsActive(ctx, ref())
	assert.Equal(t, codes.Unavailable, status.Code(err), "another authority")
}

func TestMutualTLS(t *testing.T) {
	ca := newAuthority(t)
	s := newScaler(t, opener(&generated{objects: 501}))
	address, _ := serve(t, s, certificates(t, ca.write(t.TempDir(), 2, true), nil))
	ctx := soon(t)
	for name, c := range map[string]struct {
		config *tls.Config
		code   codes.Code
	}{
		"with a certificate": {ca.client(ca), codes.OK}, "without one": {ca.client(nil), codes.Unavailable}, "of another authority": {ca.client(newAuthority(t)), codes.Unavailable},
	} {
		_, err := pb.NewExternalScalerClient(dial(t, address, c.config)).IsActive(ctx, ref())
		assert.Equal(t, c.code, status.Code(err), "%s: %v", name, err)
	}
}

// serial is of the certificate that a new connection sees.
func serial(t *testing.T, address string, config *tls.Config) int64 {
	t.Helper()
	conn, err := tls.Dial("tcp", address, config)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

func TestCertificatesAreReadAgain(t *testing.T) {
	ca, dir := newAuthority(t), t.TempDir()
	var passed atomic.Int64
	start := time.Now()
	certs := certificates(t, ca.write(dir, 2, false), func() time.Time { return start.Add(time.Duration(passed.Load())) })
	address, _ := serve(t, newScaler(t, opener(&generated{})), certs)
	config := ca.client(nil)
	config.NextProtos = []string{"h2"}
	assert.EqualValues(t, 2, serial(t, address, config))
	conn := dial(t, address, ca.client(nil))
	_, err := pb.NewExternalScalerClient(conn).IsActive(soon(t), ref())
	require.NoError(t, err)

	ca.write(dir, 3, false)
	assert.EqualValues(t, 2, serial(t, address, config), "not at every connection")
	passed.Add(int64(objectscaler.ReloadEvery))
	assert.EqualValues(t, 3, serial(t, address, config))
	assert.NoError(t, certs.Err())

	require.NoError(t, os.WriteFile(dir+"/tls.key", []byte("half a fi"), 0o600))
	passed.Add(int64(objectscaler.ReloadEvery))
	assert.EqualValues(t, 3, serial(t, address, config), "what does not fit leaves the last one in force")
	assert.ErrorContains(t, certs.Err(), "tls.key")
	assert.NotContains(t, certs.Err().Error(), "half a fi")
	assert.WithinDuration(t, start.Add(time.Hour), certs.NotAfter(), time.Minute)
	_, err = pb.NewExternalScalerClient(conn).IsActive(soon(t), ref())
	assert.NoError(t, err, "connections stay")
}

func TestCertificatesThatCannotBeRead(t *testing.T) {
	ca, dir := newAuthority(t), t.TempDir()
	files := ca.write(dir, 2, true)
	for _, spoil := range []func(*objectscaler.CertificateFiles){
		func(f *objectscaler.CertificateFiles) { f.Cert = dir + "/none" },
		func(f *objectscaler.CertificateFiles) { f.Key = f.Cert },
		func(f *objectscaler.CertificateFiles) { f.ClientCA = f.Key },
	} {
		f := files
		spoil(&f)
		_, err := objectscaler.LoadCertificates(f, nil)
		assert.ErrorContains(t, err, dir)
	}
}

func TestHealthAndGracefulStop(t *testing.T) {
	g := &generated{objects: 501, wait: 300 * time.Millisecond}
	s := newScaler(t, opener(g))
	address, stop := serve(t, s, nil)
	conn, ctx := dial(t, address, nil), soon(t)
	client, health := pb.NewExternalScalerClient(conn), healthpb.NewHealthClient(conn)
	for _, name := range []string{"", "externalscaler.ExternalScaler"} {
		state, err := health.Check(ctx, &healthpb.HealthCheckRequest{Service: name})
		require.NoError(t, err)
		assert.Equal(t, healthpb.HealthCheckResponse_SERVING, state.GetStatus())
	}
	watch, err := health.Watch(ctx, &healthpb.HealthCheckRequest{})
	require.NoError(t, err)
	_, err = watch.Recv()
	require.NoError(t, err)
	stream, err := client.StreamIsActive(ctx, ref("prefix", "other/"))
	require.NoError(t, err)
	first, err := stream.Recv()
	require.NoError(t, err)
	assert.True(t, first.GetResult())

	running := make(chan error, 1)
	go func() {
		_, err := client.IsActive(ctx, ref())
		running <- err
	}()
	require.Eventually(t, func() bool { return g.listings.Load() == 2 }, 10*time.Second, time.Millisecond)
	require.NoError(t, stop())
	assert.NoError(t, <-running, "a call that runs is answered")
	_, err = stream.Recv()
	assert.True(t, errors.Is(err, io.EOF), "a stream ends without an error: %v", err)
	state, err := watch.Recv()
	if err == nil { // else the connection was gone first
		assert.Equal(t, healthpb.HealthCheckResponse_NOT_SERVING, state.GetStatus())
	}
}

func TestMetrics(t *testing.T) {
	registry := prometheus.NewRegistry()
	g := &generated{objects: 10}
	s := newScaler(t, opener(g), objectscaler.WithRegisterer(registry))
	for range 3 {
		_, err := value(context.Background(), s)
		require.NoError(t, err)
	}
	_, err := value(context.Background(), s, "maxObjects", "501", "activationTargetSize", "1")
	require.NoError(t, err)
	g.err = errors.New("broken")
	_, err = value(context.Background(), s, "prefix", "x")
	require.Error(t, err)
	require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP objectscaler_answers_total Values that were answered, from the cache or from a listing.
# TYPE objectscaler_answers_total counter
objectscaler_answers_total{from="cache"} 2
objectscaler_answers_total{from="listing"} 3
# HELP objectscaler_listings_total Listings that ended, by provider and result: ok, capped, limit, slow, closed, error.
# TYPE objectscaler_listings_total counter
objectscaler_listings_total{provider="s3",result="error"} 1
objectscaler_listings_total{provider="s3",result="ok"} 2
# HELP objectscaler_requests_total Calls of KEDA that ended, by method and gRPC code.
# TYPE objectscaler_requests_total counter
objectscaler_requests_total{code="OK",method="GetMetrics"} 4
objectscaler_requests_total{code="Unavailable",method="GetMetrics"} 1
# HELP objectscaler_objects_listed_total Objects that stores named in listings.
# TYPE objectscaler_objects_listed_total counter
objectscaler_objects_listed_total{provider="s3"} 30
`), "objectscaler_answers_total", "objectscaler_listings_total", "objectscaler_requests_total", "objectscaler_objects_listed_total"))
	_, err = objectscaler.New(everything, objectscaler.WithRegisterer(registry))
	assert.Error(t, err, "twice in one registry")
}

func TestOptionsRefuseNonsense(t *testing.T) {
	for name, option := range map[string]objectscaler.Option{
		"interval": objectscaler.WithInterval(time.Millisecond), "timeout": objectscaler.WithTimeout(0), "limit": objectscaler.WithLimit(0), "listings": objectscaler.WithListings(0),
		"opener": objectscaler.WithOpener(nil), "clock": objectscaler.WithClock(nil), "registerer": objectscaler.WithRegisterer(nil),
		"parameters": objectscaler.WithParameters("ftp", nil), "work": objectscaler.WithWork("w", objectscaler.Work{}),
	} {
		_, err := objectscaler.New(everything, option)
		assert.Error(t, err, name)
	}
}
