package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	pb "github.com/kedacore/keda/v2/pkg/scalers/externalscaler"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/internal/golden"
	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/workload"
)

// writer is what the program writes to while the test reads.
type writer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(p)
}

func (w *writer) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.String()
}

func program(t *testing.T, want int, args ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	require.Equal(t, want, run(ctx, args, &o, &e), "%s", e.String())
	return o.String(), e.String()
}

var address = regexp.MustCompile(`(?:KEDA|metrics) on (\S+)`)

// start runs the server until the test ends; it returns the addresses of its metrics and for KEDA.
func start(t *testing.T, args ...string) (metrics, keda string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var errs writer
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"-listen", "localhost:0", "-metrics", "localhost:0"}, args...), io.Discard, &errs)
	}()
	t.Cleanup(func() {
		cancel()
		assert.Equal(t, 0, <-ended, "%s", errs.String())
	})
	require.Eventually(t, func() bool { return strings.Contains(errs.String(), "KEDA on") }, 30*time.Second, time.Millisecond, "%s", &errs)
	found := address.FindAllStringSubmatch(errs.String(), -1)
	return found[0][1], found[1][1]
}

func client(t *testing.T, address string) pb.ExternalScalerClient {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return pb.NewExternalScalerClient(conn)
}

func get(t *testing.T, url string) string {
	t.Helper()
	r, err := http.Get(url)
	require.NoError(t, err)
	defer func() { _ = r.Body.Close() }()
	assert.Equal(t, http.StatusOK, r.StatusCode)
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(body)
}

func TestServer(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "c"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("12345"), 0o600))
	}
	metrics, keda := start(t, "-insecure", "-allow", "file://"+dir)
	ref := &pb.ScaledObjectRef{ScalerMetadata: map[string]string{"provider": "file", "bucketName": dir, "targetSize": "2"}}
	got, err := client(t, keda).GetMetrics(t.Context(), &pb.GetMetricsRequest{ScaledObjectRef: ref})
	require.NoError(t, err)
	assert.Equal(t, 3.0, got.GetMetricValues()[0].GetMetricValueFloat())
	assert.Empty(t, get(t, "http://"+metrics+"/healthz"))
	text := get(t, "http://"+metrics+"/metrics")
	assert.Contains(t, text, `objectscaler_listings_total{provider="file",result="ok"} 1`)
	assert.Contains(t, text, "go_goroutines")
	assert.NotContains(t, text, dir)
}

// TestDrivers asks each provider for what is not allowed and for what cannot be there: the driver is in the program.
func TestDrivers(t *testing.T) {
	for _, scheme := range []string{"s3", "gs", "azblob"} {
		assert.True(t, blob.DefaultURLMux().ValidBucketScheme(scheme), scheme)
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AZURE_STORAGE_ACCOUNT", "")
	_, keda := start(t, "-insecure", "-allow", "s3://known", "-store", "s3?endpoint=http://127.0.0.1:1&use_path_style=true&anonymous=true",
		"-allow", "azblob://known", "-store", "azure?domain=127.0.0.1:1&protocol=http&storage_account=a", "-timeout", "2s")
	for bucket, code := range map[string]codes.Code{"known": codes.Unavailable, "other": codes.PermissionDenied} {
		for _, provider := range []string{"s3", "azure"} {
			_, err := client(t, keda).IsActive(t.Context(), &pb.ScaledObjectRef{ScalerMetadata: map[string]string{"provider": provider, "bucketName": bucket}})
			assert.Equal(t, code, status.Code(err), "%s: %v", provider, err)
			assert.NotContains(t, err.Error(), "no driver registered")
		}
	}
}

func TestPlanned(t *testing.T) {
	const log = "../plan/testdata/driver-heavy.zstd"
	profile, err := eventlog.ReadFile(t.Context(), log)
	require.NoError(t, err)
	p, err := plan.Engine{}.Plan(t.Context(), plan.Request{Runs: []*workload.Profile{profile}})
	require.NoError(t, err)
	text, err := json.Marshal(p)
	require.NoError(t, err)
	dir := t.TempDir()
	file := filepath.Join(dir, "plan.json")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	inbox := filepath.Join(dir, "inbox")
	require.NoError(t, os.Mkdir(inbox, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(inbox, "a"), nil, 0o600))
	_, keda := start(t, "-insecure", "-allow", "file://"+inbox, "-plan", "nightly="+file+","+log+",10")
	ref := &pb.ScaledObjectRef{ScalerMetadata: map[string]string{"provider": "file", "bucketName": inbox, "metric": "planned", "plan": "nightly", "deadline": "2h"}}
	got, err := client(t, keda).GetMetrics(t.Context(), &pb.GetMetricsRequest{ScaledObjectRef: ref})
	require.NoError(t, err)
	assert.Equal(t, 1.0, got.GetMetricValues()[0].GetMetricValueFloat())

	_, errs := program(t, 1, "-allow", "file:///x", "-insecure", "-plan", "nightly="+dir+"/none.json,"+log)
	assert.Contains(t, errs, "-plan nightly: open")
}

func TestManifests(t *testing.T) {
	for name, args := range map[string][]string{
		"s3.yaml": {
			"-allow", "s3://spark-input-data/pending/", "-allow", "s3://team-*", "-interval", "15s", "-image", "registry.example/objectscaler:1",
			"-annotate", "eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/objectscaler",
		},
		"insecure.yaml": {"-allow=file:///data", "-insecure", "-image=objectscaler: \"odd\"", "-name=inbox", "-namespace=spark", "-replicas=1"},
	} {
		out, errs := program(t, 0, append(args, "-manifests")...)
		assert.Empty(t, errs)
		golden.Equal(t, name, []byte(out))
		documents := strings.Split(out, "---\n")
		require.Len(t, documents, 3)
		for i, into := range []any{&corev1.ServiceAccount{}, &corev1.Service{}, &appsv1.Deployment{}} {
			assert.NoError(t, yaml.UnmarshalStrict([]byte(documents[i]), into))
		}
	}
}

func TestWrongFlags(t *testing.T) {
	for says, args := range map[string][]string{
		"name with -allow":        {"-insecure"},
		"-tls-cert and -tls-key":  {"-allow", "s3://b"},
		"exclude each other":      {"-allow", "s3://b", "-insecure", "-client-ca", "ca.crt"},
		"unexpected \"x\"":        {"-allow", "s3://b", "-insecure", "x"},
		"-image":                  {"-allow", "s3://b", "-manifests"},
		"mounts the certificates": {"-allow", "s3://b", "-manifests", "-image", "i", "-tls-cert", "c"},
		"no name of an object":    {"-allow", "s3://b", "-manifests", "-image", "i", "-name", "A b"},
		"key=value":               {"-allow", "s3://b", "-manifests", "-image", "i", "-annotate", "x"},
		"-replicas":               {"-allow", "s3://b", "-manifests", "-image", "i", "-replicas", "0"},
		"name=plan.json,eventlog": {"-allow", "s3://b", "-insecure", "-plan", "x"},
		"is no number of objects": {"-allow", "s3://b", "-insecure", "-plan", "x=a,b,c"},
		"not defined: -awsRegion": {"-awsRegion", "x"},
		"parameters of s3 cannot": {"-allow", "s3://b", "-insecure", "-store", "s3?%zz"},
	} {
		_, errs := program(t, 2, args...)
		assert.Contains(t, errs, says)
	}
	for says, args := range map[string][]string{
		"no pattern":   {"-allow", "b", "-insecure"},
		"the interval": {"-allow", "s3://b", "-insecure", "-interval", "1ms"},
		"the provider": {"-allow", "s3://b", "-insecure", "-store", "minio?x=y"},
		"no such file": {"-allow", "s3://b", "-tls-cert", "none", "-tls-key", "none"},
		"listen tcp":   {"-allow", "s3://b", "-insecure", "-metrics", "", "-listen", "localhost:99999"},
	} {
		_, errs := program(t, 1, args...)
		assert.Contains(t, errs, says)
	}
	_, errs := program(t, 0, "-h")
	assert.Contains(t, errs, "-allow")
}
