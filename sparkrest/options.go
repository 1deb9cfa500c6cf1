package sparkrest

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/units"
)

// Option changes how a client asks. One that makes no sense makes [New] return an error.
type Option func(*options) error

type options struct {
	transport   http.RoundTripper
	tls         *tls.Config
	token       func(context.Context) (string, error)
	header      http.Header
	timeout     time.Duration
	download    time.Duration
	maxBody     int64
	maxDownload int64
	maxItems    int
	pageLength  int
	retry       Retry
}

// Defaults.
const (
	// DefaultTimeout is for one answer. Spark sorts and writes it while one waits.
	DefaultTimeout = time.Minute
	// DefaultDownloadTimeout is for one event log.
	DefaultDownloadTimeout = time.Hour
	// DefaultMaxBody is for one answer; a page of a thousand tasks is about 2 MB, with many accumulators 20 MB.
	DefaultMaxBody = units.Bytes(256 << 20)
	// DefaultMaxDownload is for one event log, as its server compresses it.
	DefaultMaxDownload = units.Bytes(64 << 30)
	// DefaultMaxItems is for one sequence of tasks or queries.
	DefaultMaxItems = 20_000_000
	// DefaultPageLength is in entries. Spark's own default of 20 asks a hundred times for what is there at once.
	DefaultPageLength = 1000
)

func newOptions(list []Option) (options, error) {
	o := options{
		header: http.Header{}, timeout: DefaultTimeout, download: DefaultDownloadTimeout, maxBody: int64(DefaultMaxBody),
		maxDownload: int64(DefaultMaxDownload), maxItems: DefaultMaxItems, pageLength: DefaultPageLength, retry: DefaultRetry,
	}
	for _, set := range list {
		if err := set(&o); err != nil {
			return options{}, err
		}
	}
	if o.transport != nil && o.tls != nil {
		return options{}, badQuery("WithTransport and WithTLS: give the TLS settings to the transport")
	}
	if o.token != nil && o.header.Get("Authorization") != "" {
		return options{}, badQuery("a token and a header Authorization: both cannot be sent")
	}
	return o, nil
}

// roundTripper is the transport; the default one with the TLS settings, where none is given.
func (o *options) roundTripper() http.RoundTripper {
	if o.transport != nil {
		return o.transport
	}
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	own := standard.Clone()
	own.TLSClientConfig = o.tls
	own.MaxResponseHeaderBytes = 1 << 20
	return own
}

func positive[T int | int64 | time.Duration](name string, value T) error {
	if value <= 0 {
		return badQuery("%s(%v): it must be above 0", name, value)
	}
	return nil
}

// WithTransport sends requests through t, for example a Kubernetes client's, which authenticates by itself. Default: a
// copy of http.DefaultTransport.
func WithTransport(t http.RoundTripper) Option {
	return func(o *options) error {
		if o.transport = t; t == nil {
			return badQuery("WithTransport(nil)")
		}
		return nil
	}
}

// WithTLS sets certificates, for example the authority of a cluster. The configuration is copied.
func WithTLS(config *tls.Config) Option {
	return func(o *options) error {
		if config == nil {
			return badQuery("WithTLS(nil)")
		}
		o.tls = config.Clone()
		return nil
	}
}

// WithToken sends a bearer token with each request, also over plain HTTP. It stands in no error.
func WithToken(token string) Option {
	return WithTokenSource(func(context.Context) (string, error) { return token, nil })
}

// WithTokenSource asks for a bearer token before each request, for tokens that change, as a service account's in a pod
// do. Its error is returned as it is.
func WithTokenSource(source func(context.Context) (string, error)) Option {
	return func(o *options) error {
		if o.token = source; source == nil {
			return badQuery("WithTokenSource(nil)")
		}
		return nil
	}
}

// WithHeader sends a header with each request. Its value stands in no error.
func WithHeader(name, value string) Option {
	return func(o *options) error {
		if name == "" || strings.ContainsAny(name+value, "\r\n\x00") {
			return badQuery("WithHeader(%.40q): it cannot be a header", name)
		}
		o.header.Add(name, value)
		return nil
	}
}

// WithTimeout bounds the time of one answer, from sending to the last byte. Default: [DefaultTimeout].
func WithTimeout(d time.Duration) Option {
	return func(o *options) error {
		o.timeout = d
		return positive("WithTimeout", d)
	}
}

// WithDownloadTimeout does the same for an event log. Default: [DefaultDownloadTimeout].
func WithDownloadTimeout(d time.Duration) Option {
	return func(o *options) error {
		o.download = d
		return positive("WithDownloadTimeout", d)
	}
}

// WithMaxBody bounds the size of one answer after decompression. Default: [DefaultMaxBody].
func WithMaxBody(size units.Bytes) Option {
	return func(o *options) error {
		o.maxBody = int64(size)
		return positive("WithMaxBody", o.maxBody)
	}
}

// WithMaxDownload bounds the size of an event log as its server sends it. Default: [DefaultMaxDownload].
func WithMaxDownload(size units.Bytes) Option {
	return func(o *options) error {
		o.maxDownload = int64(size)
		return positive("WithMaxDownload", o.maxDownload)
	}
}

// WithMaxItems bounds the entries of one sequence. Default: [DefaultMaxItems].
func WithMaxItems(n int) Option {
	return func(o *options) error {
		o.maxItems = n
		return positive("WithMaxItems", n)
	}
}

// WithPageLength sets how many tasks or queries are asked for at once. Default: [DefaultPageLength].
func WithPageLength(n int) Option {
	return func(o *options) error {
		o.pageLength = n
		return positive("WithPageLength", n)
	}
}

// WithRetry sets when to try again. Default: [DefaultRetry].
func WithRetry(r Retry) Option {
	return func(o *options) error {
		if r.Attempts < 1 || r.First < 0 || r.Max < r.First {
			return badQuery("WithRetry: Attempts %d must be 1 or more, and Max %v no less than First %v, which is not negative", r.Attempts, r.Max, r.First)
		}
		o.retry = r
		return nil
	}
}

// Retry says how often and when a request is sent again: where no answer came, where a proxy or Spark says that it cannot
// answer now (429, 502, 503, 504), and where the driver is still starting.
type Retry struct {
	// Attempts is how often a request is sent at most; 1 is never again.
	Attempts int
	// First is the wait before the second attempt; each later one doubles, up to Max. A Retry-After of the server counts
	// where it is longer, up to Max.
	First, Max time.Duration
	// Sleep waits, or returns the context's error; nil is a timer.
	Sleep func(ctx context.Context, d time.Duration) error
}

// DefaultRetry gives a driver that starts, or a proxy whose target moves, some two seconds.
var DefaultRetry = Retry{Attempts: 4, First: 250 * time.Millisecond, Max: 5 * time.Second}

// wait waits before the next attempt, counted from 1.
func (r Retry) wait(ctx context.Context, attempt int, asked time.Duration) error {
	d := r.First
	for range attempt - 1 {
		d = min(2*d, r.Max)
	}
	d = min(max(d, asked), r.Max)
	if r.Sleep != nil {
		return r.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
