package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/internal/golden"
	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/sparkapp"
)

func program(t *testing.T, want int, args ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	require.Equal(t, want, run(context.Background(), args, &o, &e), "%s", e.String())
	return o.String(), e.String()
}

func TestBuiltInRun(t *testing.T) {
	out, errs := program(t, 0)
	assert.Empty(t, errs)
	for _, part := range []string{"WHAT IT DID", "RECOMMENDED", "REJECTED", "kind: SparkApplication", "kind: ResourceQuota", "kind: PriorityClass"} {
		assert.Contains(t, out, part)
	}
	again, _ := program(t, 0)
	assert.Equal(t, out, again)
	golden.Equal(t, "built-in.txt", []byte(out))
}

func TestFilesAreComplete(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	out, _ := program(t, 0, "-json", "-o", dir)
	var printed plan.Plan
	require.NoError(t, json.Unmarshal([]byte(out), &printed))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	assert.Equal(t, []string{"plan.json", "priorityclass.yaml", "resourcequota.yaml", "sparkapplication.yaml"}, names)
	text, err := os.ReadFile(filepath.Join(dir, "plan.json"))
	require.NoError(t, err)
	written, err := plan.Parse(text)
	require.NoError(t, err)
	assert.Equal(t, printed.Fingerprint, written.Fingerprint)
}

func TestPage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "plan.html")
	out, _ := program(t, 0, "-html", file)
	assert.Contains(t, out, "RECOMMENDED", "the text is printed as without the page")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, part := range []string{"<!doctype html>", "lab-driverheavy", "predicted, as planned: ", "running, on the critical path", "diamond", "planned heap: "} {
		assert.Contains(t, string(text), part)
	}
	program(t, 0, "-html", file)
	again, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(text), string(again))
	_, errs := program(t, 1, "-html", filepath.Dir(file))
	assert.Contains(t, errs, "no regular file")
}

func TestManifestIsKept(t *testing.T) {
	dir := t.TempDir()
	manifest := filepath.Join(dir, "app.yaml")
	require.NoError(t, os.WriteFile(manifest, []byte(`# our nightly job
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: nightly, namespace: data, labels: {team: growth}}
spec:
  type: Scala
  mode: cluster
  sparkVersion: 3.5.6
  image: registry/nightly:7
  mainClass: com.example.Nightly
  mainApplicationFile: local:///opt/nightly.jar
  driver: {cores: 1, memory: 2g}
  executor: {cores: 1, memory: 4g, instances: 16}
`), 0o600))
	program(t, 0, "-manifest", manifest, "-o", dir)
	text, err := os.ReadFile(filepath.Join(dir, "sparkapplication.yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "# our nightly job")
	assert.Contains(t, string(text), "registry/nightly:7")
	app, err := sparkapp.Parse(text)
	require.NoError(t, err)
	planText, err := os.ReadFile(filepath.Join(dir, "plan.json"))
	require.NoError(t, err)
	p, err := plan.Parse(planText)
	require.NoError(t, err)
	shape, err := app.Shape()
	require.NoError(t, err)
	assert.Equal(t, p.Shape.Cores, shape.Cores)
	assert.Equal(t, p.Shape.Heap, shape.Heap)
}

func TestRefusalSaysWhatWorks(t *testing.T) {
	_, errs := program(t, 3, "-deadline", "1s")
	assert.Contains(t, errs, "no plan: none of")
	assert.Contains(t, errs, "instead: nearest is")
	_, errs = program(t, 3, "-nodes", "1", "-node-cpu", "1", "-node-memory", "1Gi")
	assert.Contains(t, errs, "no executor fits")
}

func TestWrongFlags(t *testing.T) {
	for _, args := range [][]string{
		{"-objective", "glory"},
		{"-nodes", "3"},
		{"-nodes", "1", "-node-cpu", "x", "-node-memory", "1Gi"},
		{"-node-memory", "512m", "-nodes", "1", "-node-cpu", "1"},
		{"-rest", "nowhere"},
		{"-rest", "http://h", "-app-id", "a", "-log", "b"},
		{"stray"},
		{"-nonsense"},
		{"-cluster", "a", "-nodes", "1"},
	} {
		program(t, 2, args...)
	}
	for _, args := range [][]string{{"-log", "missing"}, {"-cluster", "missing"}, {"-quota", "missing"}, {"-manifest", "missing"}} {
		_, errs := program(t, 1, args...)
		assert.Contains(t, errs, "missing")
	}
}

func TestHistoryServer(t *testing.T) {
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	w, err := z.Create("app-1.zstd")
	require.NoError(t, err)
	_, err = w.Write(builtIn)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/history/api/v1/applications/app-1/logs" {
			http.Error(w, "unknown app: "+r.URL.Path, http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(archive.Bytes())
	}))
	defer server.Close()
	out, _ := program(t, 0, "-rest", server.URL+"/history", "-app-id", "app-1")
	assert.Contains(t, out, "RECOMMENDED")
	_, errs := program(t, 1, "-rest", server.URL, "-app-id", "app-2")
	assert.Contains(t, errs, "404")
	assert.Contains(t, errs, "unknown app")
}

// TestDriverWithoutLog plans from the REST API alone: recorded answers of a run, of a server that has no log to give.
func TestDriverWithoutLog(t *testing.T) {
	archive, err := zip.OpenReader("../../sparkrest/testdata/history-4.2.0-dag.zip")
	require.NoError(t, err)
	defer func() { _ = archive.Close() }()
	index, err := fs.ReadFile(archive, "index.json")
	require.NoError(t, err)
	var answers []struct {
		URI, File string
		Status    int
	}
	require.NoError(t, json.Unmarshal(index, &answers))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, a := range answers {
			switch {
			case strings.HasSuffix(r.URL.Path, "/logs"):
				_, _ = w.Write(append([]byte("PK\x05\x06"), make([]byte, 18)...))
				return
			case a.URI == r.URL.RequestURI():
				body, err := fs.ReadFile(archive, a.File)
				assert.NoError(t, err)
				w.WriteHeader(a.Status)
				_, _ = w.Write(body)
				return
			}
		}
		http.NotFound(w, r)
	}))
	defer server.Close()
	out, _ := program(t, 0, "-rest", server.URL, "-app-id", appOf(t, index))
	assert.Contains(t, out, "RECOMMENDED")
	assert.Contains(t, out, "WHAT IT DID")
}

// appOf is the application whose jobs were asked for.
func appOf(t *testing.T, index []byte) string {
	found := regexp.MustCompile(`/applications/([^/"?]+)/jobs`).FindSubmatch(index)
	require.NotNil(t, found)
	return string(found[1])
}

func TestHostileLogWritesNoObjects(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	hostile := strings.NewReplacer("NAME", `x\\rapiVersion: v1\\rkind: Secret\\r---\\r#`, "AT", "1000").Replace(`{"Event":"SparkListenerLogStart","Spark Version":"3.5.6"}
{"Event":"SparkListenerEnvironmentUpdate","Spark Properties":{"spark.dynamicAllocation.enabled":"true","spark.shuffle.sort.io.plugin.class":"NAME","spark.master":"k8s://x"}}
{"Event":"SparkListenerApplicationStart","App Name":"NAME","App ID":"spark-1","Timestamp":1000,"User":"u"}
{"Event":"SparkListenerExecutorAdded","Timestamp":2000,"Executor ID":"1","Executor Info":{"Host":"h","Total Cores":1}}
{"Event":"SparkListenerJobStart","Job ID":0,"Submission Time":3000,"Stage IDs":[0]}
{"Event":"SparkListenerStageSubmitted","Stage Info":{"Stage ID":0,"Stage Attempt ID":0,"Number of Tasks":1,"Submission Time":3000}}
{"Event":"SparkListenerTaskStart","Stage ID":0,"Stage Attempt ID":0,"Task Info":{"Task ID":0,"Launch Time":3000,"Executor ID":"1"}}
{"Event":"SparkListenerTaskEnd","Stage ID":0,"Stage Attempt ID":0,"Task End Reason":{"Reason":"Success"},"Task Info":{"Task ID":0,"Launch Time":3000,"Finish Time":9000,"Executor ID":"1"},"Task Metrics":{"Executor Run Time":6000}}
{"Event":"SparkListenerStageCompleted","Stage Info":{"Stage ID":0,"Stage Attempt ID":0,"Number of Tasks":1,"Submission Time":3000,"Completion Time":9000}}
{"Event":"SparkListenerJobEnd","Job ID":0,"Completion Time":9000,"Job Result":{"Result":"JobSucceeded"}}
{"Event":"SparkListenerApplicationEnd","Timestamp":10000}
`)
	require.NoError(t, os.WriteFile(log, []byte(strings.ReplaceAll(hostile, `\\r`, `\r`)), 0o600))
	dir := t.TempDir()
	out, _ := program(t, 0, "-log", log, "-o", dir)
	assert.NotContains(t, out, "\r")
	text, err := os.ReadFile(filepath.Join(dir, "sparkapplication.yaml"))
	require.NoError(t, err)
	assert.NotContains(t, string(text), "\r")
	_, err = sparkapp.Parse(text)
	assert.NoError(t, err, "one application and nothing else")
}

func TestDNSLabel(t *testing.T) {
	for in, want := range map[string]string{"Nightly Job 7": "nightly-job-7", "7": "spark-application", "": "spark-application", "--a--": "a", "ünï": "n"} {
		assert.Equal(t, want, dnsLabel(in))
	}
}
