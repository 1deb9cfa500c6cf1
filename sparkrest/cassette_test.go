package sparkrest_test

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/sparkrest"
)

// A cassette is the answers of a real server, by the path and query of the request below its base URL. It is a zip with an
// index. TestRecord makes one.
type cassette struct {
	mu      sync.Mutex
	answers map[string]recorded
}

type recorded struct {
	URI         string
	Status      int
	ContentType string
	Location    string `json:",omitempty"`
	File        string
	body        []byte
}

// cassettes opens all that there are, by name.
func cassettes(t testing.TB) map[string]*cassette {
	t.Helper()
	files, err := filepath.Glob("testdata/*.zip")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all := map[string]*cassette{}
	for _, file := range files {
		all[strings.TrimSuffix(filepath.Base(file), ".zip")] = openCassette(t, file)
	}
	return all
}

func openCassette(t testing.TB, file string) *cassette {
	t.Helper()
	archive, err := zip.OpenReader(file)
	require.NoError(t, err)
	defer func() { _ = archive.Close() }()
	read := func(name string) []byte {
		f, err := archive.Open(name)
		require.NoError(t, err)
		defer func() { _ = f.Close() }()
		body, err := io.ReadAll(f)
		require.NoError(t, err)
		return body
	}
	var index []recorded
	require.NoError(t, json.Unmarshal(read("index.json"), &index))
	c := &cassette{answers: map[string]recorded{}}
	for _, r := range index {
		r.body = read(r.File)
		c.answers[r.URI] = r
	}
	return c
}

// app is the id of the application on the cassette.
func (c *cassette) app() string {
	for _, uri := range slices.Sorted(maps.Keys(c.answers)) {
		parts := strings.Split(uri, "/")
		if c.answers[uri].Status == http.StatusOK && len(parts) == 5 && parts[3] == "applications" && !strings.Contains(uri, "?") {
			return parts[4]
		}
	}
	return ""
}

// ServeHTTP answers as recorded; what was not recorded is a 418, so that no test takes it for an answer of Spark.
func (c *cassette) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, ok := c.answers[r.URL.RequestURI()]
	if !ok {
		http.Error(w, "not on the cassette: "+r.URL.RequestURI(), http.StatusTeapot)
		return
	}
	w.Header().Set("Content-Type", answer.ContentType)
	if answer.Location != "" {
		w.Header().Set("Location", answer.Location)
	}
	w.WriteHeader(answer.Status)
	_, _ = w.Write(answer.body)
}

// serve mounts a handler below a base path, so that a URL which forgets it fails.
func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/base/path/", http.StripPrefix("/base/path", h))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/base/path"
}

func client(t testing.TB, h http.Handler, opts ...sparkrest.Option) *sparkrest.Client {
	t.Helper()
	c, err := sparkrest.New(serve(t, h), append([]sparkrest.Option{sparkrest.WithRetry(sparkrest.Retry{Attempts: 1})}, opts...)...)
	require.NoError(t, err)
	return c
}

// RoundTrip records what a real server answers.
func (c *cassette) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	location := response.Header.Get("Location")
	if to, err := url.Parse(location); err == nil {
		location = to.RequestURI()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers[r.URL.RequestURI()] = recorded{
		URI: r.URL.RequestURI(), Status: response.StatusCode, ContentType: response.Header.Get("Content-Type"), body: body,
		Location: map[bool]string{true: location}[response.Header.Get("Location") != ""],
	}
	return response, nil
}

func (c *cassette) save(t *testing.T, file string) {
	out, err := os.Create(file)
	require.NoError(t, err)
	archive := zip.NewWriter(out)
	write := func(name string, body []byte) {
		w, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		require.NoError(t, err)
		_, err = w.Write(body)
		require.NoError(t, err)
	}
	index := slices.SortedFunc(maps.Values(c.answers), func(a, b recorded) int { return cmp.Compare(a.URI, b.URI) })
	for i := range index {
		index[i].File = "answers/" + string(rune('a'+i/676%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i%26))
		write(index[i].File, index[i].body)
	}
	text, err := json.MarshalIndent(index, "", " ")
	require.NoError(t, err)
	write("index.json", text)
	require.NoError(t, archive.Close())
	require.NoError(t, out.Close())
}

// TestRecord makes a cassette of a running server: SPARKREST_RECORD is its URL, SPARKREST_APP the application (unset: the
// only one), SPARKREST_NAME the cassette. Record nothing that is not yours to publish: the environment is part of it.
func TestRecord(t *testing.T) {
	base := os.Getenv("SPARKREST_RECORD")
	if base == "" {
		t.Skip("set SPARKREST_RECORD to the URL of a server to record it")
	}
	tape := &cassette{answers: map[string]recorded{}}
	c, err := sparkrest.New(base, sparkrest.WithTransport(tape), sparkrest.WithRetry(sparkrest.Retry{Attempts: 1}))
	require.NoError(t, err)
	app := c.App(os.Getenv("SPARKREST_APP"))
	if app.ID() == "" {
		app, err = c.Only(context.Background())
		require.NoError(t, err)
	}
	for _, q := range questions(c, app) {
		_, err := q.ask(context.Background())
		t.Logf("%s: %v", q.name, err)
	}
	tape.save(t, filepath.Join("testdata", os.Getenv("SPARKREST_NAME")+".zip"))
}
