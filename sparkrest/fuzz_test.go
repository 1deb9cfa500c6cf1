package sparkrest_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/sparkrest"
)

// FuzzAnswers decodes any body as every shape. What is taken can be encoded, and then decodes to the same.
func FuzzAnswers(f *testing.F) {
	for _, tape := range cassettes(f) {
		for _, uri := range slices.Sorted(maps.Keys(tape.answers)) {
			if answer := tape.answers[uri]; len(answer.body) < 2000 {
				f.Add(answer.body)
			}
		}
	}
	f.Add([]byte(`[{"taskId":1,"launchTime":"2026-11-23T17:06:04.485GMT","duration":null}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, s := range shapes {
			value := reflect.New(s.kind)
			if json.Unmarshal(body, value.Interface()) != nil {
				continue
			}
			once, err := json.Marshal(value.Interface())
			require.NoError(t, err)
			again := reflect.New(s.kind)
			require.NoError(t, json.Unmarshal(once, again.Interface()))
			twice, err := json.Marshal(again.Interface())
			require.NoError(t, err)
			require.JSONEq(t, string(once), string(twice))
		}
	})
}

// FuzzProfile makes a profile of any answers: it is one, or an error, and neither a panic nor without an end.
func FuzzProfile(f *testing.F) {
	tape := openCassette(f, "testdata/history-3.5.6-failures.zip")
	part := func(suffix string) []byte {
		for uri, answer := range tape.answers {
			if path, _, _ := strings.Cut(uri, "?"); strings.HasSuffix(path, suffix) && answer.Status == http.StatusOK {
				return answer.body[:min(len(answer.body), 4000)]
			}
		}
		return nil
	}
	f.Add(part("/jobs"), part("/stages"), part("/taskList"), part("/allexecutors"), part("/environment"))
	f.Add([]byte(`[{"jobId":-1,"stageIds":[0,0,-5]}]`), []byte(`[{"status":"COMPLETE","stageId":0,"numCompleteTasks":1,"submissionTime":"1969-12-31T23:59:59.999GMT","completionTime":"9999-12-31T23:59:59.999GMT"}]`),
		[]byte(`[{"taskId":-9,"duration":-9223372036854775808,"launchTime":"9999-12-31T23:59:59.999GMT"}]`), []byte(`[{"id":"driver","totalCores":-2147483648}]`), []byte(`{}`))
	const info = `{"id":"a","attempts":[{"startTime":"2026-01-01T00:00:00.000GMT","endTime":"2026-01-01T00:01:00.000GMT","completed":true}]}`
	f.Fuzz(func(t *testing.T, jobs, stages, tasks, executors, environment []byte) {
		answers := map[string][]byte{"/a": []byte(info), "/jobs": jobs, "/stages": stages, "/taskList": tasks, "/allexecutors": executors, "/environment": environment}
		c, err := sparkrest.New("http://h", sparkrest.WithRetry(sparkrest.Retry{Attempts: 1}), sparkrest.WithMaxItems(10_000), sparkrest.WithMaxBody(1<<20), sparkrest.WithTransport(roundTrip(func(r *http.Request) (*http.Response, error) {
			body := []byte("[]")
			for suffix, text := range answers {
				if strings.HasSuffix(r.URL.Path, suffix) {
					body = text
				}
			}
			return respond(r, 200, string(body)), nil
		})))
		require.NoError(t, err)
		p, err := sparkrest.Profile(t.Context(), c.App("a"))
		if err == nil {
			_, err = json.Marshal(p.Facts())
			require.NoError(t, err)
			p.Stats()
		}
	})
}

// FuzzPages reads any page of metrics.
func FuzzPages(f *testing.F) {
	for _, tape := range cassettes(f) {
		for uri, answer := range tape.answers {
			if strings.Contains(uri, "prometheus") && answer.Status == http.StatusOK {
				f.Add(answer.body[:min(len(answer.body), 3000)])
			}
		}
	}
	f.Add([]byte(`metrics_executor_rddBlocks{application_id="a", application_name="b"c\", executor_id="1"} 2` + "\n"))
	f.Add([]byte("metrics_a_driver_DAGScheduler_job_allJobs_Number NaN\n"))
	f.Fuzz(func(t *testing.T, page []byte) {
		var s sparkrest.Snapshot
		if s.AddPrometheus(bytes.NewReader(page)) == nil {
			require.True(t, slices.IsSortedFunc(s.Executors, func(a, b sparkrest.Executor) int {
				return map[bool]int{true: 0, false: len(a.ID) - len(b.ID)}[a.IsDriver() != b.IsDriver()]
			}))
		}
	})
}
