package sparkrest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/sparkrest"
)

// shapes say which type the answer of an endpoint is, by its path below /api/v1, without attempt.
var shapes = []struct {
	path *regexp.Regexp
	kind reflect.Type
}{
	{regexp.MustCompile(`^applications$`), reflect.TypeFor[[]sparkrest.Application]()},
	{regexp.MustCompile(`^applications/[^/]+$`), reflect.TypeFor[sparkrest.Application]()},
	{regexp.MustCompile(`/jobs$`), reflect.TypeFor[[]sparkrest.Job]()},
	{regexp.MustCompile(`/jobs/\d+$`), reflect.TypeFor[sparkrest.Job]()},
	{regexp.MustCompile(`/(all)?executors$`), reflect.TypeFor[[]sparkrest.Executor]()},
	{regexp.MustCompile(`/executors/[^/]+/threads$`), reflect.TypeFor[[]sparkrest.Thread]()},
	{regexp.MustCompile(`/threads$`), reflect.TypeFor[sparkrest.Thread]()},
	{regexp.MustCompile(`/allmiscellaneousprocess$`), reflect.TypeFor[[]sparkrest.Process]()},
	{regexp.MustCompile(`/stages(/\d+)?$`), reflect.TypeFor[[]sparkrest.Stage]()},
	{regexp.MustCompile(`/stages/\d+/\d+$`), reflect.TypeFor[sparkrest.Stage]()},
	{regexp.MustCompile(`/taskSummary$`), reflect.TypeFor[sparkrest.TaskDistributions]()},
	{regexp.MustCompile(`/taskList$`), reflect.TypeFor[[]sparkrest.Task]()},
	{regexp.MustCompile(`/storage/rdd$`), reflect.TypeFor[[]sparkrest.RDD]()},
	{regexp.MustCompile(`/storage/rdd/\d+$`), reflect.TypeFor[sparkrest.RDD]()},
	{regexp.MustCompile(`/environment$`), reflect.TypeFor[sparkrest.Environment]()},
	{regexp.MustCompile(`/sql$`), reflect.TypeFor[[]sparkrest.SQLExecution]()},
	{regexp.MustCompile(`/sql/\d+$`), reflect.TypeFor[sparkrest.SQLExecution]()},
	{regexp.MustCompile(`/streaming/statistics$`), reflect.TypeFor[sparkrest.StreamingStatistics]()},
	{regexp.MustCompile(`/streaming/receivers$`), reflect.TypeFor[[]sparkrest.StreamingReceiver]()},
	{regexp.MustCompile(`/streaming/batches$`), reflect.TypeFor[[]sparkrest.StreamingBatch]()},
	{regexp.MustCompile(`/streaming/batches/\d+$`), reflect.TypeFor[sparkrest.StreamingBatch]()},
	{regexp.MustCompile(`/operations$`), reflect.TypeFor[[]sparkrest.StreamingOutput]()},
	{regexp.MustCompile(`/operations/\d+$`), reflect.TypeFor[sparkrest.StreamingOutput]()},
}

func shape(endpoint string) reflect.Type {
	endpoint, _, _ = strings.Cut(strings.TrimPrefix(endpoint, "/"), "?")
	endpoint = strings.TrimSuffix(endpoint, "/")
	for _, s := range shapes {
		if s.path.MatchString(endpoint) {
			return s.kind
		}
	}
	return nil
}

// roundTrips decodes an answer without tolerance for a field that is not known, encodes it again, and compares both as
// JSON values: no field is lost, added or changed.
func roundTrips(t *testing.T, name string, kind reflect.Type, body []byte) {
	t.Helper()
	value := reflect.New(kind)
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if !assert.NoError(t, decoder.Decode(value.Interface()), name) {
		return
	}
	again, err := json.Marshal(value.Interface())
	require.NoError(t, err, name)
	var want, got any
	require.NoError(t, json.Unmarshal(body, &want), name)
	require.NoError(t, json.Unmarshal(again, &got), name)
	assert.Equal(t, want, got, name)
}

func TestEveryRecordedAnswerRoundTrips(t *testing.T) {
	n := 0
	for name, tape := range cassettes(t) {
		for uri, answer := range tape.answers {
			below, ok := strings.CutPrefix(uri, "/api/v1/")
			kind := shape(below)
			if !ok || kind == nil || answer.Status != http.StatusOK {
				continue
			}
			n++
			roundTrips(t, name+" "+uri, kind, answer.body)
		}
	}
	t.Logf("%d answers", n)
	assert.Greater(t, n, 100)
}

func TestEveryGoldenAnswerRoundTrips(t *testing.T) {
	var cases []struct {
		Kind, Endpoint, Spark string
		ExpectedFile          string `json:"expected_file"`
	}
	dataset.JSON(t, "thirdparty/cases.json", &cases)
	n := map[string]int{}
	for _, c := range cases {
		if c.Kind != "history-rest" {
			continue
		}
		kind := shape(c.Endpoint)
		require.NotNil(t, kind, c.Endpoint)
		body, err := os.ReadFile(dataset.Path(t, "thirdparty", c.ExpectedFile))
		require.NoError(t, err)
		roundTrips(t, c.ExpectedFile, kind, body)
		n[c.Spark]++
	}
	t.Logf("answers by version of Spark: %v", n)
	assert.NotEmpty(t, n)
}

// TestGoldenErrors asks for what Spark's own suite expects to fail, of a server that answers as it does.
func TestGoldenErrors(t *testing.T) {
	var cases []struct {
		Name, Kind, Endpoint string
		Expected             json.RawMessage
	}
	dataset.JSON(t, "thirdparty/cases.json", &cases)
	n := 0
	for _, c := range cases {
		if c.Kind != "history-rest-error" {
			continue
		}
		n++
		var answer struct {
			Status int
			Body   string
		}
		require.NoError(t, json.Unmarshal(c.Expected, &answer), c.Name)
		server := client(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, answer.Body, answer.Status) }))
		_, err := server.App("a").Info(context.Background())
		var status *sparkrest.StatusError
		require.ErrorAs(t, err, &status, c.Name)
		assert.Equal(t, answer.Status, status.Status)
		assert.Contains(t, status.Message, strings.Join(strings.Fields(answer.Body), " "))
		want := map[int]error{http.StatusNotFound: sparkrest.ErrNotFound, http.StatusBadRequest: sparkrest.ErrBadRequest}[answer.Status]
		assert.ErrorIs(t, err, want)
	}
	assert.NotZero(t, n)
}

// recordedKinds are the answers beside the recordings, by the end of a file's name without number and extension.
var recordedKinds = map[string]string{
	"applications": "", "application": "applications/a", "jobs": "x/jobs", "executors": "x/executors", "allexecutors": "x/allexecutors",
	"stages": "x/stages", "environment": "x/environment", "sql": "x/sql", "storage_rdd": "x/storage/rdd", "storage-rdd": "x/storage/rdd",
	"taskList": "x/taskList", "taskSummary": "x/taskSummary", "allmiscellaneousprocess": "x/allmiscellaneousprocess", "jobs_0": "x/jobs/0",
}

func TestAnswersBesideRecordingsRoundTrip(t *testing.T) {
	n := 0
	for _, file := range restFiles(t) {
		kind := regexp.MustCompile(`^\d+-`).ReplaceAllString(strings.TrimSuffix(path.Base(file), ".json"), "")
		if i := strings.Index(kind, "task"); i >= 0 {
			kind = kind[i:]
		}
		endpoint, known := recordedKinds[kind]
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		text := bytes.TrimSpace(body)
		if !known || bytes.HasPrefix(text, []byte("HTTP ")) || bytes.Contains(text, []byte(`"http_status"`)) {
			continue // an error that the recorder noted
		}
		if endpoint == "" { // a list of a driver, one application of a History Server
			endpoint = map[bool]string{true: "applications", false: "applications/a"}[text[0] == '[']
		}
		n++
		roundTrips(t, file, shape(endpoint), body)
	}
	t.Logf("%d answers", n)
	assert.NotZero(t, n)
}

// TestSeriesOfAnswersRoundTrip takes the answers that were polled while runs went on, and the pages of metrics beside them.
func TestSeriesOfAnswersRoundTrip(t *testing.T) {
	answers, pages := 0, 0
	for _, file := range besides(t, "rest/*.jsonl.gz", "prom/*.jsonl.gz") {
		for _, body := range series(t, file) {
			if kind := shape("x/" + strings.TrimSuffix(path.Base(file), ".jsonl.gz")); kind != nil {
				answers++
				roundTrips(t, file, kind, body)
				continue
			}
			var page string
			if json.Unmarshal(body, &page) == nil && strings.HasPrefix(page, "spark_info") {
				pages++
				var s sparkrest.Snapshot
				require.NoError(t, s.AddPrometheus(strings.NewReader(page)), file)
				assert.NotEmpty(t, s.Executors, file)
			}
		}
	}
	t.Logf("%d answers, %d pages", answers, pages)
	assert.NotZero(t, answers)
}

// series gives the bodies of a saved series.
func series(t *testing.T, file string) (bodies []json.RawMessage) {
	f, err := os.Open(file)
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	for decoder := json.NewDecoder(z); ; {
		var line struct{ Body json.RawMessage }
		err := decoder.Decode(&line)
		if err == io.EOF {
			return bodies
		}
		require.NoError(t, err, file)
		bodies = append(bodies, line.Body)
	}
}
