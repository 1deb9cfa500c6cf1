package objectscaler

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// ReloadEvery is how often certificates are read again, at most and only when a client connects.
const ReloadEvery = 10 * time.Second

// CertificateFiles are PEM files, as a Secret of type kubernetes.io/tls has them.
type CertificateFiles struct {
	// Cert is the chain of the server, its own certificate first, and Key the private key.
	Cert, Key string
	// ClientCA are the authorities one of which must have signed the certificate of a client; empty lets in every client.
	ClientCA string
}

// Certificates are the server's, read again when their files change, without a restart and without ending connections. Files
// that do not fit together, as in the middle of a change, leave those in force that were read before.
type Certificates struct {
	files CertificateFiles
	now   func() time.Time

	mu     sync.Mutex
	read   time.Time // when the files were looked at last
	raw    [3][]byte
	config *tls.Config
	failed error
}

// LoadCertificates reads the files for the first time; now is the clock, nil means time.Now. The error names the file.
func LoadCertificates(files CertificateFiles, now func() time.Time) (*Certificates, error) {
	if now == nil {
		now = time.Now
	}
	c := &Certificates{files: files, now: now}
	c.reload()
	return c, c.failed
}

// Config is for a server: TLS 1.3, the certificate that is in force, and a client's checked if ClientCA is set.
func (c *Certificates) Config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		return c.current(), nil
	}}
}

// NotAfter is when the certificate in force expires.
func (c *Certificates) NotAfter() time.Time { return c.current().Certificates[0].Leaf.NotAfter }

// Err says why the files could not be read the last time, nil where they could.
func (c *Certificates) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}

func (c *Certificates) current() *tls.Config {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now().Sub(c.read) >= ReloadEvery {
		c.reload()
	}
	return c.config
}

func (c *Certificates) reload() {
	c.read = c.now()
	raw, err := c.files.load()
	if err == nil && c.config != nil && same(raw, c.raw) {
		c.failed = nil
		return
	}
	var config *tls.Config
	if err == nil {
		config, err = c.files.config(raw)
	}
	if c.failed = err; err == nil {
		c.raw, c.config = raw, config
	}
}

func same(a, b [3][]byte) bool {
	return bytes.Equal(a[0], b[0]) && bytes.Equal(a[1], b[1]) && bytes.Equal(a[2], b[2])
}

func (f CertificateFiles) load() (raw [3][]byte, err error) {
	for i, name := range []string{f.Cert, f.Key, f.ClientCA} {
		if name == "" && i == 2 {
			continue
		}
		if raw[i], err = os.ReadFile(name); err != nil {
			return raw, fmt.Errorf("objectscaler: %w", err)
		}
	}
	return raw, nil
}

func (f CertificateFiles) config(raw [3][]byte) (*tls.Config, error) {
	pair, err := tls.X509KeyPair(raw[0], raw[1])
	if err != nil {
		return nil, fmt.Errorf("objectscaler: %s and %s: %w", f.Cert, f.Key, err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"}, Certificates: []tls.Certificate{pair}}
	if f.ClientCA == "" {
		return config, nil
	}
	config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
	if !config.ClientCAs.AppendCertsFromPEM(raw[2]) {
		return nil, fmt.Errorf("objectscaler: %s: %w", f.ClientCA, errors.New("there is no certificate in it"))
	}
	return config, nil
}
