package sparkrest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Client asks one server: a live driver, or a History Server. It is safe for concurrent use.
type Client struct {
	options
	base *url.URL
	http *http.Client
}

// New returns a client for a base URL: where the web UI is, for example
//
//	http://driver:4040                     a driver, or a port-forward to one
//	http://history:18080                   a History Server
//	https://ui.example.com/jobs/nightly    behind a reverse proxy (spark.ui.proxyBase)
//	http://rm:8088/proxy/application_1_2   YARN's proxy
//	https://apiserver/api/v1/namespaces/data/pods/nightly-driver:4040/proxy   Kubernetes' pod proxy
//
// An /api/v1 at its end is taken off. A user and password in it are sent as basic authentication. It asks nothing of
// the server yet.
func New(base string, opts ...Option) (*Client, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil:
		return nil, badQuery("the base URL cannot be read: %v", reason(err))
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, badQuery("base URL %q: it is like http://history:18080", redacted(u))
	case u.RawQuery != "" || u.Fragment != "":
		return nil, badQuery("base URL %q: it has a query or a fragment; give the part before", redacted(u))
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/api/v1")
	u.RawPath = strings.TrimSuffix(strings.TrimRight(u.RawPath, "/"), "/api/v1")
	o, err := newOptions(opts)
	if err != nil {
		return nil, err
	}
	if u.User != nil && o.token != nil {
		return nil, badQuery("base URL %q: it has a user, and a token is given; both cannot be sent", redacted(u))
	}
	c := &Client{options: o, base: u}
	c.http = &http.Client{Transport: o.roundTripper(), CheckRedirect: redirect}
	return c, nil
}

// Base returns the base URL, without a user.
func (c *Client) Base() string { return redacted(c.base) }

// App is an application at a server. It is safe for concurrent use, and asks nothing of the server until a method does.
type App struct {
	client      *Client
	id, attempt string
}

// App returns the application with an id. A driver has one, see [Client.Only].
func (c *Client) App(id string) *App { return &App{client: c, id: id} }

// Attempt returns one attempt of the application, for cluster managers that have several. Without one, a History Server
// answers for an attempt without an id, and else gives ErrNotFound; [Profile] takes the last one by itself.
func (a *App) Attempt(id string) *App { return &App{client: a.client, id: a.id, attempt: id} }

// ID is the application's id.
func (a *App) ID() string { return a.id }

// AttemptID is the attempt's id, or empty.
func (a *App) AttemptID() string { return a.attempt }

// at is an endpoint of the application.
func (a *App) at(path ...string) endpoint {
	full := []string{"applications", a.id}
	if a.attempt != "" {
		full = append(full, a.attempt)
	}
	return endpoint{path: append(full, path...)}
}

// endpoint is what is asked for.
type endpoint struct {
	// path is below /api/v1; its elements are not escaped.
	path  []string
	query url.Values
	// page is below the base URL, for what is no JSON of the API but a page beside it; there is no path then.
	page string
}

// url builds the URL. An element that would change the path's meaning is refused.
func (c *Client) url(e endpoint) (*url.URL, error) {
	if e.page != "" {
		return c.base.JoinPath(e.page), nil
	}
	elements := []string{"api", "v1"}
	for _, p := range e.path {
		if p == "" || p == "." || p == ".." || strings.ContainsAny(p, "/\\?#%;\x00") {
			return nil, badQuery("id %.60q: it cannot be part of a URL's path", p)
		}
		elements = append(elements, url.PathEscape(p))
	}
	u := c.base.JoinPath(elements...)
	u.RawQuery = e.query.Encode()
	return u, nil
}

// get asks for a value. What a later version adds to it is left out.
func get[T any](ctx context.Context, c *Client, e endpoint) (T, error) {
	var value T
	a, err := c.fetch(ctx, e)
	if err != nil {
		return value, err
	}
	if err := json.Unmarshal(a.body, &value); err != nil {
		return *new(T), &DecodeError{URL: a.url, Offset: offsetOf(err), Err: err}
	}
	return value, nil
}

func offsetOf(err error) int64 {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return syntax.Offset
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return kind.Offset
	}
	return 0
}

// strange says that what the server answers makes no sense.
func (c *Client) strange(e endpoint, what string) error {
	u, err := c.url(e)
	if err != nil {
		return err
	}
	return &DecodeError{URL: redacted(u), Err: errors.New(what)}
}

func (c *Client) tooMany(e endpoint) error {
	u, err := c.url(e)
	if err != nil {
		return err
	}
	return &classError{ErrLimit, fmt.Sprintf("GET %s: more than %d entries; raise it with WithMaxItems", redacted(u), c.maxItems)}
}
