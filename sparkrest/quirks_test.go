package sparkrest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/sparkrest"
)

const jettyPage = `<html><head><title>Error 404 Not Found</title></head><body><h2>HTTP ERROR 404</h2><table>
<tr><th>MESSAGE:</th><td>Not Found</td></tr></table></body></html>`

const kubernetesStatus = `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"pods \"job-driver:4040\" is forbidden: User \"x\" cannot get resource \"pods/proxy\"","reason":"Forbidden","code":403}`

// TestQuirks has one row for each strange thing that a server of Spark, or something before it, answers.
func TestQuirks(t *testing.T) {
	answer := func(status int, contentType, body string, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	jobs := func(ctx context.Context, a *sparkrest.App) error { _, err := a.Jobs(ctx); return err }
	threads := func(ctx context.Context, a *sparkrest.App) error { _, err := a.Threads(ctx, "driver"); return err }
	logs := func(ctx context.Context, a *sparkrest.App) error { _, err := a.Logs(ctx, io.Discard); return err }
	for name, c := range map[string]struct {
		server http.HandlerFunc
		call   func(context.Context, *sparkrest.App) error
		class  error
		says   string
	}{
		"a driver that starts":        {answer(200, "text/html", "Spark is starting up. Please wait a while until it's ready."), jobs, sparkrest.ErrStarting, "ask again"},
		"a page of the UI":            {answer(200, "text/html", "<!DOCTYPE html><html><head><title>x</title></head><body>History Server</body></html>"), jobs, sparkrest.ErrNotAPI, "a web page came instead of data"},
		"a page that says it is JSON": {answer(200, "application/json", "\n <html>login</html>"), jobs, sparkrest.ErrNotAPI, "login"},
		"a page as 404":               {answer(404, "text/html;charset=iso-8859-1", jettyPage), jobs, sparkrest.ErrNotFound, "status 404: Not Found"},
		"a driver of 4.2 that starts": {answer(404, "application/json", `{ "message":"Not Found", "url":"http://h/api/v1/version", "status":"404" }`), jobs, sparkrest.ErrNotFound, "status 404: Not Found"},
		"a text as 404":               {answer(404, "text/plain", "unknown app: a\n"), jobs, sparkrest.ErrNotFound, "unknown app: a; list what there is with Client.Applications"},
		"a text that says it is JSON": {answer(400, "application/json", "Couldn't parse date: x"), jobs, sparkrest.ErrBadRequest, "Couldn't parse date: x"},
		"a redirect to another proxy": {answer(302, "", "", "Location", "http://rm:8088/proxy/a_1/api/v1/applications/a/jobs?token=s3cret"), jobs, sparkrest.ErrNotAPI, "make http://rm:8088/proxy/a_1 the base URL"},
		"a redirect to a page":        {answer(302, "", "", "Location", "/jobs/"), jobs, sparkrest.ErrNotAPI, "/jobs/; that is not the same question"},
		"a History Server's threads":  {answer(503, "text/plain", "Thread dumps not available through the history server."), threads, sparkrest.ErrLiveOnly, "ask the driver"},
		"a driver's log":              {answer(200, "application/octet-stream", "PK\x05\x06"+strings.Repeat("\x00", 18)), logs, sparkrest.ErrHistoryOnly, "ask a History Server"},
		"a page as log":               {answer(200, "text/html", "<html></html>"), logs, sparkrest.ErrNotAPI, "web page"},
		"no zip as log":               {answer(200, "application/octet-stream", "something else that is long enough"), logs, sparkrest.ErrNotAPI, "no zip"},
		"an API server's refusal":     {answer(403, "application/json", kubernetesStatus), jobs, sparkrest.ErrForbidden, `cannot get resource "pods/proxy"; give WithToken`},
		"a login wanted":              {answer(401, "text/html", "<h1>Unauthorized</h1>"), jobs, sparkrest.ErrForbidden, "Unauthorized"},
		"a proxy without its target":  {answer(502, "text/html", "<html><body>Bad Gateway</body></html>"), jobs, sparkrest.ErrUnavailable, "Bad Gateway"},
		"a method that is not":        {answer(405, "text/plain", ""), jobs, sparkrest.ErrBadRequest, "405"},
		"a fault of the server":       {answer(500, "text/plain", "boom"), jobs, sparkrest.ErrUnavailable, "boom"},
		"no content":                  {answer(204, "", ""), jobs, sparkrest.ErrNotAPI, "204"},
		"another shape":               {answer(200, "application/json", `{"jobs":[]}`), jobs, sparkrest.ErrNotAPI, "cannot be read, at byte"},
		"a cut answer":                {answer(200, "application/json", `[{"jobId":`), jobs, sparkrest.ErrNotAPI, "unexpected end"},
		"a strange date":              {answer(200, "application/json", `[{"submissionTime":"yesterday"}]`), jobs, sparkrest.ErrNotAPI, "yesterday"},
		"nothing":                     {answer(200, "application/json", ""), jobs, sparkrest.ErrNotAPI, "unexpected end"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.call(t.Context(), client(t, c.server).App("a"))
			require.ErrorIs(t, err, c.class)
			assert.Contains(t, err.Error(), c.says)
			assert.Contains(t, err.Error(), "/base/path/api/v1/applications/a/")
			assert.NotContains(t, err.Error(), "\n")
			assert.NotContains(t, err.Error(), "s3cret")
		})
	}
}

func TestEndOfWhatRuns(t *testing.T) {
	tape := openCassette(t, "testdata/driver-3.5.6.zip")
	info, err := client(t, tape).App(tape.app()).Info(t.Context())
	require.NoError(t, err)
	assert.Equal(t, sparkrest.Time(-1), info.Attempts[0].EndTime)
	assert.False(t, info.Attempts[0].EndTime.Known())
	assert.Equal(t, "1969-12-31T23:59:59.999GMT", info.Attempts[0].EndTime.String())
	assert.Zero(t, info.Attempts[0].EndTime.Instant())
}

func TestRecordedDriversAnswerEverything(t *testing.T) {
	for _, name := range []string{"driver-3.5.6", "driver-4.2.0"} {
		tape := openCassette(t, "testdata/"+name+".zip")
		c := client(t, tape)
		answered := 0
		for _, q := range questions(c, c.App(tape.app())) {
			_, err := q.ask(t.Context())
			switch known := errors.Is(err, sparkrest.ErrNotFound) || errors.Is(err, sparkrest.ErrHistoryOnly); {
			case err == nil:
				answered++
			case strings.HasPrefix(q.name, "unknown"), q.name == "Threads of nobody", q.name == "Logs", q.name == "TaskThread":
				assert.True(t, known, "%s %s: %v", name, q.name, err)
			default:
				assert.NoError(t, err, "%s: %s", name, q.name)
			}
		}
		t.Logf("%s: %d questions answered", name, answered)
	}
}

func TestRedirectsStayAtTheServer(t *testing.T) {
	var elsewhere int
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	loops := 0
	c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/slash/jobs"):
			http.Redirect(w, r, "/base/path"+r.URL.Path+"/", http.StatusMovedPermanently)
		case strings.HasSuffix(r.URL.Path, "/slash/jobs/"):
			assert.Equal(t, "Bearer secret-token", r.Header.Get("Authorization"))
			_, _ = io.WriteString(w, "[]")
		case strings.HasSuffix(r.URL.Path, "/away/jobs"):
			http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
		case strings.HasSuffix(r.URL.Path, "/loop/jobs"):
			loops++
			http.Redirect(w, r, "/base/path"+r.URL.Path, http.StatusFound)
		}
	}), sparkrest.WithToken("secret-token"))
	_, err := c.App("slash").Jobs(t.Context())
	require.NoError(t, err)
	_, err = c.App("away").Jobs(t.Context())
	require.ErrorIs(t, err, sparkrest.ErrNotAPI)
	assert.Zero(t, elsewhere, "a token must not go elsewhere")
	_, err = c.App("loop").Jobs(t.Context())
	require.ErrorIs(t, err, sparkrest.ErrNotAPI)
	assert.LessOrEqual(t, loops, 5)
}

func TestSecretsStandInNoError(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		http.Error(w, "bad "+r.Header.Get("Authorization")+" "+r.Header.Get("X-Key")+" "+user+" "+password, http.StatusForbidden)
	})
	base := serve(t, echo)
	for name, make := range map[string]func() (*sparkrest.Client, error){
		"token": func() (*sparkrest.Client, error) { return sparkrest.New(base, sparkrest.WithToken("hunter2hunter2")) },
		"header": func() (*sparkrest.Client, error) {
			return sparkrest.New(base, sparkrest.WithHeader("X-Key", "hunter2hunter2"))
		},
		"user": func() (*sparkrest.Client, error) {
			return sparkrest.New(strings.Replace(base, "://", "://me:hunter2hunter2@", 1))
		},
	} {
		c, err := make()
		require.NoError(t, err)
		_, err = c.Version(t.Context())
		require.ErrorIs(t, err, sparkrest.ErrForbidden, name)
		assert.NotContains(t, err.Error(), "hunter2", name)
		assert.Contains(t, err.Error(), "REDACTED", name)
		assert.NotContains(t, c.Base(), "hunter2")
	}
	for _, wrong := range []string{"http://me:hunter2@h:port", "ftp://me:hunter2@h", "http://me:hunter2@h?x=1", "http://me:hunter2@h\x7f"} {
		_, err := sparkrest.New(wrong)
		require.ErrorIs(t, err, sparkrest.ErrBadRequest)
		assert.NotContains(t, err.Error(), "hunter2")
	}
	down, err := sparkrest.New("http://me:hunter2@127.0.0.1:1", sparkrest.WithRetry(sparkrest.Retry{Attempts: 1}))
	require.NoError(t, err)
	_, err = down.Version(t.Context())
	require.ErrorIs(t, err, sparkrest.ErrUnavailable)
	assert.NotContains(t, err.Error(), "hunter2")
	assert.Contains(t, err.Error(), "web UI ends with its application")
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"spark":"4.0.1"}`) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	authorities := x509.NewCertPool()
	authorities.AddCert(server.Certificate())
	trusting, err := sparkrest.New(server.URL, sparkrest.WithTLS(&tls.Config{RootCAs: authorities}))
	require.NoError(t, err)
	version, err := trusting.Version(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "4.0.1", version)

	wary, err := sparkrest.New(server.URL)
	require.NoError(t, err)
	_, err = wary.Version(t.Context()) // not tried again, or it would take a second
	require.ErrorIs(t, err, sparkrest.ErrUnavailable)
	assert.Contains(t, err.Error(), "WithTLS")
}

// endless is a body that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestHostileServersAreBounded(t *testing.T) {
	server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/endless/jobs"):
			_, _ = io.Copy(w, endless{})
		case strings.HasSuffix(r.URL.Path, "/huge/jobs"):
			w.Header().Set("Content-Length", "10737418240")
			_, _ = io.WriteString(w, "[")
		case strings.HasSuffix(r.URL.Path, "/slow/jobs"):
			_, _ = io.WriteString(w, "[")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case strings.HasSuffix(r.URL.Path, "/error/jobs"):
			w.WriteHeader(500)
			_, _ = io.Copy(w, endless{})
		case strings.HasSuffix(r.URL.Path, "/same/stages/0/0/taskList"):
			_, _ = io.WriteString(w, `[{"taskId":1},{"taskId":2}]`)
		case strings.HasSuffix(r.URL.Path, "/deep/jobs"):
			_, _ = io.WriteString(w, strings.Repeat("[", 1<<19))
		}
	})
	c := client(t, server, sparkrest.WithMaxBody(1<<20), sparkrest.WithPageLength(2))
	for app, class := range map[string]error{
		"endless": sparkrest.ErrLimit, "huge": sparkrest.ErrLimit, "error": sparkrest.ErrUnavailable, "deep": sparkrest.ErrNotAPI,
	} {
		_, err := c.App(app).Jobs(t.Context())
		require.ErrorIs(t, err, class, app)
		assert.Less(t, len(err.Error()), 1000)
	}
	hasty := client(t, server, sparkrest.WithTimeout(100*time.Millisecond))
	_, err := hasty.App("slow").Jobs(t.Context())
	require.ErrorIs(t, err, sparkrest.ErrUnavailable)
	assert.Contains(t, err.Error(), "no whole answer within 100ms")
	assert.NotErrorIs(t, err, context.DeadlineExceeded, "that is for the caller's own")

	list, err := all(c.App("same").Tasks(t.Context(), 0, 0, sparkrest.TaskQuery{}))
	require.ErrorIs(t, err, sparkrest.ErrNotAPI)
	assert.Contains(t, err.Error(), "page after page is the same")
	assert.Len(t, list, 2)
}

func TestRequestsThatMakeNoSenseAreNotSent(t *testing.T) {
	sent := 0
	c := client(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { sent++ }))
	a, ctx := c.App("a"), t.Context()
	second := func(_ any, err error) error { return err }
	for name, err := range map[string]error{
		"status of jobs":   second(a.Jobs(ctx, "bogus")),
		"status of stages": second(a.Stages(ctx, sparkrest.StageQuery{Status: []sparkrest.StageStatus{"bogus"}})),
		"tasks ignored":    second(a.Stages(ctx, sparkrest.StageQuery{TaskStatus: []sparkrest.TaskStatus{sparkrest.TaskFailed}})),
		"quantile":         second(a.TaskSummary(ctx, 0, 0, 1.5)),
		"sort":             second(all(a.Tasks(ctx, 0, 0, sparkrest.TaskQuery{Sort: "bogus"}))),
		"offset":           second(all(a.Tasks(ctx, 0, 0, sparkrest.TaskQuery{Offset: -1}))),
		"offset of SQL":    second(all(a.SQL(ctx, sparkrest.SQLQuery{Offset: -1}))),
		"executor":         second(a.Threads(ctx, "../jobs")),
		"empty id":         second(c.App("").Jobs(ctx)),
		"id with a slash":  second(c.App("a/b").Jobs(ctx)),
		"id that climbs":   second(c.App("..").Jobs(ctx)),
		"id with a query":  second(c.App("a?b=c").Jobs(ctx)),
		"limit":            second(c.Applications(ctx, sparkrest.ApplicationQuery{Limit: -1})),
		"batch status":     second(a.StreamingBatches(ctx, "bogus")),
	} {
		require.ErrorIs(t, err, sparkrest.ErrBadRequest, name)
	}
	assert.Zero(t, sent)
}

func TestOptionsThatMakeNoSenseFail(t *testing.T) {
	for name, o := range map[string]sparkrest.Option{
		"transport": sparkrest.WithTransport(nil), "tls": sparkrest.WithTLS(nil), "token": sparkrest.WithTokenSource(nil),
		"header": sparkrest.WithHeader("a\r\nb", ""), "timeout": sparkrest.WithTimeout(0), "download": sparkrest.WithDownloadTimeout(-1),
		"body": sparkrest.WithMaxBody(0), "log": sparkrest.WithMaxDownload(0), "items": sparkrest.WithMaxItems(0), "page": sparkrest.WithPageLength(0),
		"attempts": sparkrest.WithRetry(sparkrest.Retry{}), "waits": sparkrest.WithRetry(sparkrest.Retry{Attempts: 1, First: 2, Max: 1}),
	} {
		_, err := sparkrest.New("http://h", o)
		assert.ErrorIs(t, err, sparkrest.ErrBadRequest, name)
	}
	_, err := sparkrest.New("http://h", sparkrest.WithTransport(http.DefaultTransport), sparkrest.WithTLS(&tls.Config{}))
	assert.ErrorIs(t, err, sparkrest.ErrBadRequest)
	_, err = sparkrest.New("http://u:p@h", sparkrest.WithToken("t"))
	assert.ErrorIs(t, err, sparkrest.ErrBadRequest)
	c, err := sparkrest.New("http://h", sparkrest.WithToken("two words"))
	require.NoError(t, err)
	_, err = c.Version(t.Context())
	assert.ErrorIs(t, err, sparkrest.ErrBadRequest)
}

func TestBaseURLs(t *testing.T) {
	for base, want := range map[string]string{
		"http://h:18080":                                  "http://h:18080/api/v1/version",
		"http://h:18080/":                                 "http://h:18080/api/v1/version",
		"http://h:18080/api/v1/":                          "http://h:18080/api/v1/version",
		"https://rm/proxy/a_1":                            "https://rm/proxy/a_1/api/v1/version",
		"https://k/api/v1/namespaces/n/pods/p:4040/proxy": "https://k/api/v1/namespaces/n/pods/p:4040/proxy/api/v1/version",
		"http://[::1]:4040":                               "http://[::1]:4040/api/v1/version",
	} {
		var asked string
		c, err := sparkrest.New(base, sparkrest.WithTransport(roundTrip(func(r *http.Request) (*http.Response, error) {
			asked = r.URL.String()
			return respond(r, 200, `{"spark":"3.5.6"}`), nil
		})))
		require.NoError(t, err)
		_, err = c.Version(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, asked)
	}
}

func TestPagesAreAskedForOneByOne(t *testing.T) {
	var asked []string
	pages := map[string]string{"0": `[{"taskId":1},{"taskId":2}]`, "2": `[{"taskId":2},{"taskId":3}]`, "4": `[{"taskId":4}]`}
	c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Query().Get("offset"))
		_, _ = io.WriteString(w, pages[r.URL.Query().Get("offset")])
	}), sparkrest.WithPageLength(2))
	var ids []int64
	for task, err := range c.App("a").Tasks(t.Context(), 0, 0, sparkrest.TaskQuery{}) {
		require.NoError(t, err)
		ids = append(ids, task.ID)
	}
	assert.Equal(t, []int64{1, 2, 3, 4}, ids, "what moved to a later page is told once")
	assert.Equal(t, []string{"0", "2", "4"}, asked)

	asked = nil
	for range c.App("a").Tasks(t.Context(), 0, 0, sparkrest.TaskQuery{}) {
		break
	}
	assert.Equal(t, []string{"0"}, asked, "no page is asked for that nobody reads")

	few := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, pages[r.URL.Query().Get("offset")])
	}), sparkrest.WithPageLength(2), sparkrest.WithMaxItems(3))
	_, err := all(few.App("a").Tasks(t.Context(), 0, 0, sparkrest.TaskQuery{}))
	assert.ErrorIs(t, err, sparkrest.ErrLimit)
}
