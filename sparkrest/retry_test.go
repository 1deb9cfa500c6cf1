package sparkrest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/sparkrest"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func respond(r *http.Request, status int, body string, header ...string) *http.Response {
	response := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r, ContentLength: int64(len(body))}
	for i := 0; i+1 < len(header); i += 2 {
		response.Header.Set(header[i], header[i+1])
	}
	return response
}

// TestRetries runs by a clock that stands still while anything moves, so it tells the waits exactly.
func TestRetries(t *testing.T) {
	const fine = `{"spark":"3.5.6"}`
	for name, c := range map[string]struct {
		answers []func(*http.Request) (*http.Response, error)
		sent    int
		waited  time.Duration
		class   error
	}{
		"at once":                {steps(status(200, fine)), 1, 0, nil},
		"after it has started":   {steps(status(200, "Spark is starting up. Please wait"), status(200, fine)), 2, 250 * time.Millisecond, nil},
		"after a 503":            {steps(status(503, "no endpoints"), status(502, ""), status(200, fine)), 3, 750 * time.Millisecond, nil},
		"after no connection":    {steps(failure(syscall.ECONNREFUSED), status(200, fine)), 2, 250 * time.Millisecond, nil},
		"when the server wishes": {steps(status(429, "", "Retry-After", "3"), status(200, fine)), 2, 3 * time.Second, nil},
		"no longer than allowed": {steps(status(503, "", "Retry-After", "3600"), status(200, fine)), 2, 5 * time.Second, nil},
		"to no avail":            {steps(status(504, "")), 4, 1750 * time.Millisecond, sparkrest.ErrUnavailable},
		"not for a 404":          {steps(status(404, "")), 1, 0, sparkrest.ErrNotFound},
		"not for a 500":          {steps(status(500, "")), 1, 0, sparkrest.ErrUnavailable},
		"not for a 503 that stays": {
			steps(status(503, "Thread dumps not available through the history server.")), 1, 0, sparkrest.ErrLiveOnly,
		},
		"after a slow answer": {steps(hang, status(200, fine)), 2, time.Minute + 250*time.Millisecond, nil},
		"after a cut answer":  {steps(cut, status(200, fine)), 2, 250 * time.Millisecond, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent, began := 0, time.Now()
				client, err := sparkrest.New("http://h", sparkrest.WithTransport(roundTrip(func(r *http.Request) (*http.Response, error) {
					step := c.answers[min(sent, len(c.answers)-1)]
					sent++
					return step(r)
				})))
				require.NoError(t, err)
				_, err = client.Version(t.Context())
				assert.ErrorIs(t, err, c.class)
				assert.Equal(t, c.sent, sent)
				assert.Equal(t, c.waited, time.Since(began))
			})
		})
	}
}

func steps(list ...func(*http.Request) (*http.Response, error)) []func(*http.Request) (*http.Response, error) {
	return list
}

func status(code int, body string, header ...string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) { return respond(r, code, body, header...), nil }
}

func failure(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// hang answers nothing until nobody waits any more.
func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// cut loses the connection in the middle of an answer.
func cut(r *http.Request) (*http.Response, error) {
	response := respond(r, 200, "")
	response.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"spa`), broken{}))
	return response, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestRetriesObeyTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, err := sparkrest.New("http://h", sparkrest.WithTransport(roundTrip(status(503, "later"))))
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err = client.Version(ctx)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.ErrorIs(t, err, sparkrest.ErrUnavailable)
		assert.Contains(t, err.Error(), "later", "what it waited for is not lost")
		assert.Equal(t, 300*time.Millisecond, time.Since(began))
	})
	synctest.Test(t, func(t *testing.T) {
		client, err := sparkrest.New("http://h", sparkrest.WithTransport(roundTrip(hang)))
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err = client.Version(ctx)
		assert.ErrorIs(t, err, context.Canceled)
	})
}

func TestTheWaitCanBeReplaced(t *testing.T) {
	var waits []time.Duration
	stop := errors.New("enough")
	client, err := sparkrest.New("http://h", sparkrest.WithTransport(roundTrip(status(503, ""))), sparkrest.WithRetry(sparkrest.Retry{
		Attempts: 9, First: time.Second, Max: 3 * time.Second,
		Sleep: func(_ context.Context, d time.Duration) error {
			if waits = append(waits, d); len(waits) == 4 {
				return stop
			}
			return nil
		},
	}))
	require.NoError(t, err)
	_, err = client.Version(t.Context())
	assert.ErrorIs(t, err, stop)
	assert.Equal(t, []time.Duration{time.Second, 2 * time.Second, 3 * time.Second, 3 * time.Second}, waits)
}

func TestTokensAreAskedForEachTime(t *testing.T) {
	n := 0
	var seen []string
	client, err := sparkrest.New("http://h", sparkrest.WithTransport(roundTrip(func(r *http.Request) (*http.Response, error) {
		seen = append(seen, r.Header.Get("Authorization"))
		return respond(r, 200, `{"spark":"3.5.6"}`), nil
	})), sparkrest.WithTokenSource(func(context.Context) (string, error) {
		n++
		return strings.Repeat("t", n), nil
	}))
	require.NoError(t, err)
	for range 2 {
		_, err = client.Version(t.Context())
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"Bearer t", "Bearer tt"}, seen)
}
