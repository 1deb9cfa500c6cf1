package observe_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/observe"
)

func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i+1 < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

const podYAML = `apiVersion: v1
kind: Pod
metadata: {name: job-exec-1, namespace: spark, uid: u1, resourceVersion: "7", labels: {spark-role: executor, spark-exec-id: "1", spark-app-selector: spark-1}}
spec:
  containers: [{name: c, image: i, resources: {requests: {cpu: "64", memory: 1408Mi}}}]
status:
  phase: Pending
  conditions:
  - {type: PodScheduled, status: "False", message: "0/1 nodes are available: 1 Insufficient cpu."}
`

func TestFilesAreToldApartByTheirContent(t *testing.T) {
	s, err := observe.FS(t.Context(), files(
		"a", podYAML,
		"b", `{"apiVersion":"v1","kind":"List","items":[`+"\n\t"+`{"apiVersion":"v1","kind":"Node","metadata":{"name":"n","uid":"n"},"status":{"allocatable":{"cpu":"2","memory":"4Gi","pods":"110"}}}]}`,
		"c", "26/11/23 16:49:14 INFO SparkContext: Running Spark version 4.1.1\n",
		"d.txt", "some text", "e.bin", "\x00\x01",
		"f", `[ { "id" : "1", "hostPort" : "h:1", "isActive" : true, "totalCores" : 2, "rddBlocks" : 3 } ]`,
	))
	require.NoError(t, err)
	assert.Empty(t, s.Notes)
	require.Len(t, s.Executors, 1)
	assert.Equal(t, diagnose.Place{Source: "a", Line: 9, Path: "status.conditions[0].message"}, s.Executors[0].UnschedulableAt)
	require.Len(t, s.Nodes, 1)
	assert.Equal(t, 2, s.Nodes[0].Place.Line)
	assert.Equal(t, "4.1.1", s.Version)
	require.NotNil(t, s.Live)
	assert.Equal(t, 3, s.Live.Executors[0].Blocks)
	assert.Equal(t, "spark-1", s.App.ID)
	assert.Equal(t, diagnose.Code("SCALE-UP/PENDING-CPU"), diagnose.Run(s, diagnose.Options{})[0].Code)
}

func TestTheNewestStateOfAnObjectCounts(t *testing.T) {
	s, err := observe.FS(t.Context(), files(
		"1", strings.Replace(strings.Replace(podYAML, `"7"`, `"12"`, 1), "phase: Pending", "phase: Running", 1),
		"2", podYAML,
	))
	require.NoError(t, err)
	require.Len(t, s.Executors, 1)
	assert.Equal(t, "Running", s.Executors[0].Phase)
}

func TestBadFilesArePassedOverWithANote(t *testing.T) {
	s, err := observe.FS(t.Context(), files(
		"good", podYAML,
		"wrong", strings.Replace(strings.Replace(podYAML, "uid: u1", "uid: u2", 1), "spec:\n  containers: [", "spec:\n  containers: 5 #[", 1),
		"half", "apiVersion: v1\nkind: Pod\nmetadata: {name: [", "rest", `[{"hostPort":1,"isActive":"x","totalCores":[]}]`,
		"bomb", "apiVersion: v1\nkind: Pod\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n",
	))
	require.NoError(t, err)
	assert.Len(t, s.Executors, 1)
	assert.Len(t, s.Notes, 4)
	for _, n := range s.Notes {
		assert.NotContains(t, n, "\n")
	}
}

func TestErrorsOfFS(t *testing.T) {
	_, err := observe.FS(t.Context(), files("x", "nothing"))
	assert.ErrorContains(t, err, "no object of Kubernetes")
	_, err = observe.FS(t.Context(), files("x", podYAML), observe.WithMaxFiles(0))
	assert.ErrorContains(t, err, "WithMaxFiles(0)")
	_, err = observe.Dir(t.Context(), "no-such-folder")
	assert.ErrorContains(t, err, "no-such-folder")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = observe.FS(ctx, files("x", podYAML))
	require.ErrorIs(t, err, context.Canceled)
	app := "apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nmetadata: {name: %, namespace: spark}\nspec: {type: Scala, sparkVersion: 3.5.6, mainApplicationFile: x, driver: {}, executor: {}}\n"
	two := files("x", strings.Replace(app, "%", "one", 1), "y", strings.Replace(app, "%", "two", 1))
	_, err = observe.FS(t.Context(), two)
	var several *observe.SeveralError
	require.ErrorAs(t, err, &several)
	assert.Equal(t, []string{"spark/one", "spark/two"}, several.Names)
	s, err := observe.FS(t.Context(), two, observe.WithApp("spark", "two"))
	require.NoError(t, err)
	assert.Equal(t, "two", s.App.Name)
	_, err = observe.FS(t.Context(), two, observe.WithApp("", "three"))
	assert.ErrorContains(t, err, "three")
}

func TestEventsOfAnEarlierSubmissionAreLeftOut(t *testing.T) {
	event := func(name, uid, when string) string {
		return `{"apiVersion":"v1","kind":"Event","metadata":{"name":"` + name + when + `","uid":"` + uid + when + `","creationTimestamp":"` + when + `"},"involvedObject":{"kind":"Pod","name":"` + name + `","uid":"` + uid + `"},"reason":"Failed","message":"m","type":"Warning","lastTimestamp":"` + when + `"}`
	}
	app := `{"apiVersion":"sparkoperator.k8s.io/v1beta2","kind":"SparkApplication","metadata":{"name":"job","namespace":"spark","uid":"a","creationTimestamp":"2026-11-23T17:00:00Z"},"spec":{"type":"Scala","sparkVersion":"3.5.6","mainApplicationFile":"x","driver":{},"executor":{}},"status":{"applicationState":{"state":"RUNNING"},"sparkApplicationId":"spark-1"}}`
	s, err := observe.FS(t.Context(), files("app", app, "pod", podYAML, "events", `{"apiVersion":"v1","kind":"List","items":[`+
		event("job-exec-1", "u1", "2026-11-23T17:05:00Z")+","+event("job-exec-1", "old", "2026-11-23T16:05:00Z")+","+event("other-exec-1", "z", "2026-11-23T17:05:00Z")+`]}`))
	require.NoError(t, err)
	require.Len(t, s.Events, 1)
	assert.Equal(t, "u1", s.Events[0].UID)
}

const driverLog = "26/11/23 16:49:14 INFO SparkContext: Running Spark version 3.5.6\n"

func TestOtherLogsAreNotTheDrivers(t *testing.T) {
	s, err := observe.FS(t.Context(), files("pod", podYAML,
		"operator", strings.Repeat("2026-11-23T17:05:36.157Z INFO controller: pods \"x\" is forbidden: exceeded quota: tight, requested: a, used: b, limited: c\n", 50)))
	require.NoError(t, err)
	assert.False(t, s.Knows(diagnose.PartDriverLog))
	assert.Empty(t, s.Log)
}

// Of several logs of drivers the one that names the application counts, and not a longer one of an earlier run.
func TestTheLogOfTheApplicationCounts(t *testing.T) {
	id, other := "spark-"+strings.Repeat("0a", 16), "spark-"+strings.Repeat("1b", 16)
	names := func(id string) string {
		return "26/11/23 16:49:15 INFO SingleEventLogFileWriter: Logging events to file:/logs/" + id + ".inprogress\n"
	}
	s, err := observe.FS(t.Context(), files("pod", strings.Replace(podYAML, "spark-1", id, 1),
		"a", strings.Repeat(driverLog, 20)+names(other), "b", strings.Replace(driverLog, "3.5.6", "4.0.1", 1)+names(id)))
	require.NoError(t, err)
	assert.Equal(t, "4.0.1", s.Version)
}

func TestEventsOfTheNewerKind(t *testing.T) {
	s, err := observe.FS(t.Context(), files("pod", podYAML, "events",
		`{"apiVersion":"events.k8s.io/v1","kind":"EventList","items":[{"metadata":{"name":"e","uid":"e"},"apiVersion":"events.k8s.io/v1","kind":"Event","eventTime":"2026-11-23T17:02:34.250429Z","regarding":{"kind":"Pod","name":"job-exec-1","uid":"u1"},"reason":"FailedScheduling","note":"0/1 nodes are available: 1 Insufficient cpu.","type":"Warning"}]}`))
	require.NoError(t, err)
	require.Len(t, s.Events, 1)
	assert.Equal(t, "FailedScheduling", s.Events[0].Reason)
	assert.Equal(t, "0/1 nodes are available: 1 Insufficient cpu.", s.Events[0].Message)
}

func BenchmarkLog(b *testing.B) {
	fsys := files("driver", strings.Repeat("26/11/23 16:49:14 INFO TaskSetManager: Finished task 12.0 in stage 3.0 (TID 512) in 133 ms on 10.244.0.90 (executor 1) (1/12)\n\tat org.apache.spark.Something.method(Something.scala:12)\n", 20000))
	b.SetBytes(int64(len(fsys["driver"].Data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := observe.FS(b.Context(), fsys); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzObjects(f *testing.F) {
	f.Add([]byte(podYAML))
	f.Add([]byte(`[{"id":"1","hostPort":"h","isActive":true,"totalCores":1}]`))
	f.Add([]byte(`{"sparkProperties":[["a","b"],["c"]]}`))
	f.Add([]byte("apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: s}\nspec: {scaleTargetRef: {name: x}, triggers: [{type: cron}]}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := observe.FS(t.Context(), fstest.MapFS{"file": {Data: data}})
		if err != nil {
			return
		}
		for _, finding := range diagnose.Run(s, diagnose.Options{}) {
			if strings.ContainsAny(finding.Message, "\n\x1b") {
				t.Fatalf("%q", finding.Message)
			}
		}
	})
}
