package sparkrest

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// maxRedirects is how often a request is sent on; a reverse proxy needs one, to a scheme or a slash.
const maxRedirects = 3

// redirect follows what stays at the same server and asks for the same: to https, or to the path with a slash. Anything
// else would send a token elsewhere, or end at a web page.
func redirect(next *http.Request, via []*http.Request) error {
	first := via[0].URL
	sameServer := next.URL.Host == first.Host && next.URL.Scheme == first.Scheme
	secured := next.URL.Hostname() == first.Hostname() && first.Scheme == "http" && next.URL.Scheme == "https"
	samePath := strings.TrimSuffix(next.URL.Path, "/") == strings.TrimSuffix(first.Path, "/")
	if len(via) > maxRedirects || !samePath || !(sameServer || secured) {
		return http.ErrUseLastResponse
	}
	return nil
}

// judge returns nil for an answer to be read.
func (c *Client) judge(e endpoint, r *http.Response, secrets []string) error {
	if r.StatusCode == http.StatusOK {
		if page, isPage := startsAsPage(r); isPage {
			return c.page(e, r, page, secrets)
		}
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	s := c.statusError(e, r, string(text), secrets)
	switch code := r.StatusCode; {
	case code >= 300 && code < 400:
		s.class, s.Remedy = ErrNotAPI, moved(e, s.Location)
		if e.page != "" { // Spark 3.5 sends what it does not know to the page of jobs
			s.class, s.Remedy = ErrNotFound, pageRemedy(e)
		}
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		s.class, s.Remedy = ErrForbidden, "give WithToken, WithHeader or a user in the base URL; through Kubernetes' API server it takes the right to get pods/proxy or services/proxy, on Spark spark.ui.view.acls"
	case code == http.StatusNotFound:
		s.class, s.Remedy = ErrNotFound, absent(e, s.Message)
	case strings.Contains(s.Message, "not available through the history server"):
		s.class, s.Remedy = ErrLiveOnly, "ask the driver while the application runs"
	case code == http.StatusTooManyRequests || code == http.StatusBadGateway || code == http.StatusServiceUnavailable || code == http.StatusGatewayTimeout:
		s.class, s.again = ErrUnavailable, true
	case code >= 500:
		s.class = ErrUnavailable
	case code >= 400:
		s.class = ErrBadRequest
	default:
		s.class, s.Remedy = ErrNotAPI, "check the base URL "+c.Base()
	}
	return s
}

func (c *Client) statusError(e endpoint, r *http.Response, text string, secrets []string) *StatusError {
	s := &StatusError{Method: r.Request.Method, URL: redacted(r.Request.URL), Status: r.StatusCode, Message: message(said(text), secrets)}
	if to, err := r.Location(); err == nil {
		to.RawQuery, to.Fragment = "", ""
		s.Location = message(redacted(to), secrets)
	}
	return s
}

// startsAsPage reports whether the answer is a web page instead of data, and returns its beginning. The answer can be
// read on from its start. The content type does not tell: proxies drop it, and Spark writes texts as JSON.
func startsAsPage(r *http.Response) (string, bool) {
	in := bufio.NewReaderSize(r.Body, 4096)
	start, _ := in.Peek(64)
	text := strings.TrimSpace(string(start))
	starting := strings.HasPrefix(text, "Spark is starting up")
	if !starting && !strings.HasPrefix(text, "<") {
		r.Body = &peeked{in, r.Body}
		return "", false
	}
	all, _ := io.ReadAll(io.LimitReader(in, 64<<10))
	return string(all), true
}

// peeked is a body whose beginning was looked at.
type peeked struct {
	io.Reader
	io.Closer
}

// page is the error for a web page that comes as if all were well.
func (c *Client) page(e endpoint, r *http.Response, text string, secrets []string) error {
	s := c.statusError(e, r, text, secrets)
	switch {
	case strings.Contains(text, "Spark is starting up"):
		s.class, s.again, s.Message = ErrStarting, true, "Spark is starting up"
		s.Remedy = "ask again when its SparkContext is ready"
	case e.page != "":
		s.class, s.Remedy = ErrNotFound, pageRemedy(e)
	default:
		s.class, s.Remedy = ErrNotAPI, "a web page came instead of data: check the base URL "+c.Base()+", and whether a login stands before it"
	}
	return s
}

var (
	tags       = regexp.MustCompile(`(?s)<(script|style|head).*?</(script|style|head)>|<[^>]*>`)
	jettyError = regexp.MustCompile(`(?s)<th>MESSAGE:</th>\s*<td>(.*?)</td>`)
)

// said is what an error's body says: text, or the message in Jetty's page, in its JSON or in that of Kubernetes' API server.
func said(body string) string {
	var status struct{ Message string }
	if json.Unmarshal([]byte(body), &status) == nil && status.Message != "" {
		return status.Message
	}
	if found := jettyError.FindStringSubmatch(body); found != nil {
		return found[1]
	}
	if strings.HasPrefix(strings.TrimSpace(body), "<") {
		return tags.ReplaceAllString(body, " ")
	}
	return body
}

// moved says what a redirect means.
func moved(e endpoint, location string) string {
	suffix := "/api/v1/" + strings.Join(e.path, "/")
	if base, ok := strings.CutSuffix(strings.TrimSuffix(location, "/"), suffix); ok {
		return "if you trust it, make " + base + " the base URL"
	}
	return "that is not the same question; check the base URL, whether a login stands before it, and whether this version of Spark has the endpoint"
}

// absent says what to do about a 404.
func absent(e endpoint, text string) string {
	switch {
	case strings.Contains(text, "no streaming listener"):
		return "only a live driver with Spark Streaming (DStreams) has it"
	case strings.Contains(text, "unknown app") || strings.Contains(text, "no such app"):
		return "list what there is with Client.Applications; a History Server reads new logs every spark.history.fs.update.interval (10s), and wants an attempt where there are several"
	case e.page != "":
		return pageRemedy(e)
	}
	return ""
}

func pageRemedy(e endpoint) string {
	switch e.page {
	case executorsPage:
		return "a live driver has it with spark.ui.prometheus.enabled=true (the default from Spark 4.0)"
	case driverPage:
		return "a live driver has it with spark.metrics.conf.*.sink.prometheusServlet.class=org.apache.spark.metrics.sink.PrometheusServlet and …path=/metrics/prometheus"
	}
	return "only a live driver has it"
}
