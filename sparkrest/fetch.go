package sparkrest

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/units"
)

// answer is a body with the URL that it came from, fit to be shown.
type answer struct {
	url  string
	body []byte
}

// fetch asks for an endpoint, again where that can help.
func (c *Client) fetch(ctx context.Context, e endpoint) (a answer, err error) {
	err = c.attempts(ctx, e, c.timeout, func(r *http.Response, shown string) error {
		a.url = shown
		a.body, err = c.body(r, shown)
		return err
	})
	return a, err
}

// attempts sends a request until it is taken, or to no avail. What take returns is final.
func (c *Client) attempts(ctx context.Context, e endpoint, timeout time.Duration, take func(r *http.Response, shown string) error) error {
	u, err := c.url(e)
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		asked, err := c.once(ctx, e, u, timeout, take)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return &RequestError{Method: http.MethodGet, URL: redacted(u), Err: ctx.Err(), class: ErrUnavailable}
		case n == c.retry.Attempts || !temporary(err):
			return err
		}
		if waiting := c.retry.wait(ctx, n, asked); waiting != nil {
			return fmt.Errorf("%w; while waiting to try again: %w", err, waiting)
		}
	}
}

func temporary(err error) bool {
	if status, ok := errors.AsType[*StatusError](err); ok {
		return status.again
	}
	request, ok := errors.AsType[*RequestError](err)
	return ok && request.again
}

// once sends a request, and returns how long the server asks to wait before another.
func (c *Client) once(ctx context.Context, e endpoint, u *url.URL, timeout time.Duration, take func(*http.Response, string) error) (asked time.Duration, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, slow(timeout))
	defer cancel()
	request, secrets, err := c.request(ctx, e, u)
	if err != nil {
		return 0, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, c.noAnswer(ctx, request, secrets, err)
	}
	defer func() { _ = response.Body.Close() }()
	if err := c.judge(e, response, secrets); err != nil {
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
		return time.Duration(min(max(seconds, 0), 3600)) * time.Second, err
	}
	if err := take(response, redacted(u)); err != nil {
		return 0, c.noAnswer(ctx, request, secrets, err)
	}
	return 0, nil
}

// slow is a time that an answer took too long.
type slow time.Duration

func (s slow) Error() string { return "no whole answer within " + time.Duration(s).String() }

// request makes the request, and lists what of it must not be shown.
func (c *Client) request(ctx context.Context, e endpoint, u *url.URL) (*http.Request, []string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, nil, badQuery("%v", reason(err))
	}
	if e.page == "" {
		request.Header.Set("Accept", "application/json, application/octet-stream;q=0.9, text/plain;q=0.5")
	}
	var secrets []string
	if password, ok := u.User.Password(); ok {
		secrets = append(secrets, password)
	}
	for name, values := range c.header {
		request.Header[name] = values
		secrets = append(secrets, values...)
	}
	if c.token != nil {
		token, err := c.token(ctx)
		if err != nil {
			return nil, nil, err
		}
		if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil, nil, badQuery("the token is empty or has characters that no token has")
		}
		request.Header.Set("Authorization", "Bearer "+token)
		secrets = append(secrets, token)
	}
	// A very short one, such as "1", would blot out what is none.
	return request, slices.DeleteFunc(secrets, func(s string) bool { return len(s) < 4 }), nil
}

// noAnswer says why there is no whole answer, in terms of this package. An error that is of it already is left as it is.
func (c *Client) noAnswer(ctx context.Context, request *http.Request, secrets []string, err error) error {
	err = reason(err)
	if final(err) {
		return err
	}
	e := &RequestError{Method: request.Method, URL: redacted(request.URL), Err: err, class: ErrUnavailable, again: true}
	if late, ok := errors.AsType[slow](context.Cause(ctx)); ok {
		e.Err, e.Remedy = late, "a longer one is WithTimeout, or WithDownloadTimeout for logs"
		return e
	}
	var certificate *tls.CertificateVerificationError
	switch text := err.Error(); {
	case errors.As(err, &certificate):
		e.again, e.Remedy = false, "give its authority with WithTLS"
	case strings.Contains(text, "server gave HTTP response to HTTPS client"):
		e.again, e.Remedy = false, "the base URL begins with http://"
	case strings.Contains(text, "malformed HTTP"):
		e.again, e.class, e.Remedy = false, ErrNotAPI, "is it a TLS port? The base URL then begins with https://"
	case strings.Contains(text, "no such host"):
		e.Remedy = "check the base URL " + c.Base()
	case strings.Contains(text, "connection refused"):
		e.Remedy = "a driver's web UI ends with its application, and takes the next free port from 4040; a finished one is at the History Server"
	}
	if shown := message(err.Error(), secrets); shown != err.Error() {
		e.Err = errors.New(shown)
	}
	return e
}

// final reports an error of this package, which says all there is to say.
func final(err error) bool {
	_, status := errors.AsType[*StatusError](err)
	_, request := errors.AsType[*RequestError](err)
	_, class := errors.AsType[*classError](err)
	return status || request || class || errors.Is(err, errSink)
}

// body reads an answer that is bounded in size.
func (c *Client) body(r *http.Response, shown string) ([]byte, error) {
	tooLarge := &classError{ErrLimit, fmt.Sprintf("GET %s: the answer is larger than %v; ask for less, or raise it with WithMaxBody", shown, units.Bytes(c.maxBody))}
	if r.ContentLength > c.maxBody {
		return nil, tooLarge
	}
	var b bytes.Buffer
	b.Grow(int(min(max(r.ContentLength, 0), 1<<20)) + bytes.MinRead)
	n, err := b.ReadFrom(io.LimitReader(r.Body, c.maxBody+1))
	switch {
	case err != nil:
		return nil, err
	case n > c.maxBody:
		return nil, tooLarge
	}
	return b.Bytes(), nil
}
