package objectstore_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

const (
	accessKey = "AKIATESTTESTTESTTEST"
	secretKey = "never/shown+to/anyone0123456789abcdefghi"
)

// The server of all tests: versitygw allows one in a process. Buckets are folders below root.
var (
	root    string
	gateway string
)

func TestMain(m *testing.M) {
	code, err := withGateway(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withGateway(run func() int) (int, error) {
	var err error
	if root, err = os.MkdirTemp("", "objectstore"); err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(root) }()
	store, err := posix.New(root, meta.NoMeta{}, posix.PosixOpts{})
	if err != nil {
		return 1, err
	}
	if gateway, err = freePort(); err != nil {
		return 1, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- embedgw.RunVersityGW(ctx, store, &embedgw.Config{
			RootUserAccess: accessKey, RootUserSecret: secretKey, Ports: []string{gateway}, MaxConnections: 4096, MaxRequests: 4096,
			MultipartMaxParts: 100, Quiet: true, KeepAlive: true,
		})
	}()
	if err := listening(gateway, ended); err != nil {
		cancel()
		return 1, err
	}
	code := run()
	cancel()
	return code, <-ended
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func listening(address string, ended <-chan error) error {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		select {
		case err := <-ended:
			return fmt.Errorf("the S3 server ended: %w", err)
		case <-time.After(10 * time.Millisecond):
		}
		if conn, err := net.Dial("tcp", address); err == nil {
			return conn.Close()
		}
	}
	return fmt.Errorf("the S3 server does not listen on %s", address)
}

// proxy stands before the server: it counts the listings, and can hold them back.
type proxy struct {
	url   string
	lists atomic.Int64
	held  chan struct{} // closed when listings may pass; nil lets them
	// before is called with the number of each listing before it goes on, where it is set
	before func(int64)
}

func newProxy(t testing.TB, held chan struct{}) *proxy {
	t.Helper()
	p := &proxy{held: held}
	forward := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: gateway})
	forward.ErrorLog = log.New(io.Discard, "", 0)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("list-type") == "2" {
			n := p.lists.Add(1)
			if p.before != nil {
				p.before(n)
			}
			if p.held != nil {
				select {
				case <-p.held:
				case <-r.Context().Done():
					return
				}
			}
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

var buckets atomic.Int64

// bucket makes a bucket with n objects of three bytes below pending/, a thousand in a folder, and one object beside it.
func bucket(t testing.TB, n int) string {
	t.Helper()
	name := fmt.Sprintf("spark-input-%d", buckets.Add(1))
	dir := filepath.Join(root, name, "pending")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	t.Cleanup(func() { _ = os.RemoveAll(filepath.Join(root, name)) })
	first := ""
	for i := range n {
		path := filepath.Join(dir, fmt.Sprintf("%03d", i/1000), fmt.Sprintf("part-%06d.csv", i))
		if i%1000 == 0 {
			first = path
			require.NoError(t, os.Mkdir(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, []byte("a,b"), 0o600))
			continue
		}
		require.NoError(t, os.Link(first, path)) // many times faster than to write
	}
	require.NoError(t, os.WriteFile(filepath.Join(root, name, "done"), nil, 0o600))
	return name
}
