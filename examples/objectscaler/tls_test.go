package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	pb "github.com/kedacore/keda/v2/pkg/scalers/externalscaler"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
)

// selfSigned writes the certificate of the standard library's test server, which is its own authority and good for example.com.
func selfSigned(t *testing.T) (cert, key string, pair tls.Certificate) {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	server.Close()
	pair = server.TLS.Certificates[0]
	private, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	require.NoError(t, err)
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	require.NoError(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}), 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	return cert, key, pair
}

func TestCertificates(t *testing.T) {
	cert, key, pair := selfSigned(t)
	own, err := x509.ParseCertificate(pair.Certificate[0])
	require.NoError(t, err)
	config := &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "example.com"}
	config.RootCAs.AddCert(own)
	flags := []string{"-allow", "file:///data", "-tls-cert", cert, "-tls-key", key}
	metrics := ""
	for code, more := range map[codes.Code][]string{codes.PermissionDenied: nil, codes.Unavailable: {"-client-ca", cert}} { // no bucket, no client
		var keda string
		metrics, keda = start(t, append(more, flags...)...)
		conn, err := grpc.NewClient(keda, grpc.WithTransportCredentials(credentials.NewTLS(config)))
		require.NoError(t, err)
		defer func() { _ = conn.Close() }()
		_, err = pb.NewExternalScalerClient(conn).IsActive(t.Context(), &pb.ScaledObjectRef{ScalerMetadata: map[string]string{"bucketName": "bbb"}})
		assert.Equal(t, code, status.Code(err), "%v", err)
	}
	text := get(t, "http://"+metrics+"/metrics")
	assert.Contains(t, text, "objectscaler_certificate_failed 0")
	assert.Contains(t, text, "objectscaler_certificate_not_after_seconds")
}
