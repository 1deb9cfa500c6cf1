package sparkrest_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/sparkrest"
)

// BenchmarkTasks asks for a stage of ten thousand tasks, in pages of a thousand, of a server without a network.
func BenchmarkTasks(b *testing.B) {
	const n = 10_000
	tape := openCassette(b, "testdata/history-3.5.6-failures.zip")
	var recordedTasks []sparkrest.Task
	for uri, answer := range tape.answers {
		if kind := shape(uri); kind != nil && kind.String() == "[]sparkrest.Task" && len(recordedTasks) == 0 {
			require.NoError(b, json.Unmarshal(answer.body, &recordedTasks))
		}
	}
	require.NotEmpty(b, recordedTasks)
	list := make([]sparkrest.Task, n)
	for i := range list {
		list[i] = recordedTasks[i%len(recordedTasks)]
		list[i].ID = int64(i)
	}
	pages, size := map[string]string{}, int64(0)
	for offset := 0; offset <= n; offset += sparkrest.DefaultPageLength {
		body, err := json.MarshalIndent(list[min(offset, n):min(offset+sparkrest.DefaultPageLength, n)], "", "  ")
		require.NoError(b, err)
		pages[strconv.Itoa(offset)] = string(body)
		size += int64(len(body))
	}
	c, err := sparkrest.New("http://h", sparkrest.WithTransport(roundTrip(func(r *http.Request) (*http.Response, error) {
		return respond(r, 200, pages[r.URL.Query().Get("offset")]), nil
	})))
	require.NoError(b, err)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		told := 0
		for _, err := range c.App("a").Tasks(b.Context(), 0, 0, sparkrest.TaskQuery{}) {
			if err != nil {
				b.Fatal(err)
			}
			told++
		}
		if told != n {
			b.Fatal(told)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "tasks/s")
}

// BenchmarkProfile makes a profile of a recorded run.
func BenchmarkProfile(b *testing.B) {
	tape := openCassette(b, "testdata/history-4.2.0-dag.zip")
	app := client(b, tape).App(tape.app())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sparkrest.Profile(b.Context(), app); err != nil {
			b.Fatal(err)
		}
	}
}
