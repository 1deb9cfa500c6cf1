package allocation_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

const threeNodes = `
apiVersion: v1
kind: NodeList
items:
- metadata: {name: plain}
  status: {allocatable: {cpu: 3920m, memory: 14Gi, pods: 58}}
- metadata: {name: draining}
  spec: {unschedulable: true}
  status: {allocatable: {cpu: "4", memory: 14Gi, pods: "110"}}
- metadata: {name: dedicated}
  spec:
    taints:
    - {key: soft, effect: PreferNoSchedule}
    - {key: dedicated, value: spark, effect: NoSchedule}
  status: {allocatable: {cpu: 8, memory: "15032385536", pods: "110"}}
`

func TestParseNodes(t *testing.T) {
	plain := allocation.Node{Name: "plain", Count: 1, CPU: 3920, Memory: units.GiB(14), Pods: 58}
	dedicated := allocation.Node{Name: "dedicated", Count: 1, CPU: 8000, Memory: units.GiB(14), Pods: 110}

	got, err := allocation.ParseNodes([]byte(threeNodes))
	require.NoError(t, err)
	assert.Equal(t, []allocation.Node{plain}, got.Nodes)
	assert.Equal(t, []string{"node draining left out: unschedulable", "node dedicated left out: taint dedicated=spark:NoSchedule"}, got.Notes)

	got, err = allocation.ParseNodes([]byte(threeNodes), "dedicated")
	require.NoError(t, err)
	assert.Equal(t, []allocation.Node{plain, dedicated}, got.Nodes)
	assert.Equal(t, []string{"node draining left out: unschedulable"}, got.Notes)
}

func TestParseNodesOfEveryLayout(t *testing.T) {
	const one = `{"kind":"Node","metadata":{"name":"a"},"status":{"allocatable":{"cpu":"2","memory":"4Gi","pods":"110"}}}`
	want := allocation.Node{Name: "a", Count: 1, CPU: 2000, Memory: units.GiB(4), Pods: 110}
	for name, c := range map[string]struct {
		text string
		n    int
	}{
		"object":         {one, 1},
		"list":           {`{"kind":"List","items":[` + one + `,` + one + `]}`, 2},
		"list of lists":  {`{"kind":"List","items":[{"kind":"List","items":[` + one + `]},` + one + `]}`, 2},
		"documents":      {"---\n" + one + "\n---\n# nothing\n--- \n" + one + "\n---\n", 2},
		"carriage lines": {one + "\r\n---\r\n" + one + "\r\n", 2},
	} {
		got, err := allocation.ParseNodes([]byte(c.text))
		require.NoError(t, err, name)
		require.Len(t, got.Nodes, c.n, name)
		for _, n := range got.Nodes {
			assert.Equal(t, want, n, name)
		}
	}
}

func TestANodeWithoutPodsHoldsNone(t *testing.T) {
	c, err := allocation.ParseNodes([]byte(`{kind: Node, status: {allocatable: {cpu: 16, memory: 64Gi, pods: 0}}}`))
	require.NoError(t, err)
	got, err := allocation.Bounds(c, small, spark.V35, away)
	require.NoError(t, err)
	assert.Equal(t, 0, got.Executors)
	assert.Equal(t, allocation.ByPods, got.BoundBy)
}

func TestParseNodesRefusesWithThePath(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		fields []string
	}{
		"empty":        {"", []string{"items"}},
		"only blanks":  {"---\n\n---\n", []string{"items"}},
		"no nodes":     {"kind: List\nitems: []", []string{"items"}},
		"another kind": {"kind: List\nitems: [{kind: Pod}]", []string{"items[0].kind"}},
		"no kind":      {"a: 1", []string{"kind"}},
		"a scalar":     {"null", []string{"kind"}},
		"no offer":     {"kind: Node", []string{"status.allocatable[cpu]", "status.allocatable[memory]", "status.allocatable[pods]"}},
		"bad amounts": {
			"kind: Node\nstatus: {allocatable: {cpu: 1, memory: 1Gi, pods: 1}}\n---\nkind: List\nitems:\n- kind: Node\n  status: {allocatable: {cpu: two, memory: 512m, pods: -1}}",
			[]string{"documents[1].items[0].status.allocatable[cpu]", "documents[1].items[0].status.allocatable[memory]", "documents[1].items[0].status.allocatable[pods]"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := allocation.ParseNodes([]byte(c.text))
			assert.Equal(t, c.fields, fieldsOf(t, err))
			assert.Empty(t, got.Nodes)
		})
	}
	_, err := allocation.ParseNodes([]byte("kind: Node\n---\n: ["))
	assert.ErrorContains(t, err, "document 2 of 2")
	_, err = allocation.ParseNodes([]byte("kind: List\nitems: {a: 1}"))
	assert.ErrorContains(t, err, "items")
}

func TestParseQuota(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want allocation.Quota
	}{
		"nothing there": {"", allocation.Quota{}},
		"empty list":    {"kind: List\nitems: []", allocation.Quota{}},
		"status counts": {
			"kind: ResourceQuota\nspec: {hard: {pods: 9}}\nstatus: {hard: {pods: 20, requests.cpu: 24}, used: {pods: 3, requests.cpu: 23500m}}",
			allocation.Quota{Pods: 20, UsedPods: 3, CPU: 24000, UsedCPU: 23500},
		},
		"spec before there is a status": {
			"kind: ResourceQuota\nspec: {hard: {limits.cpu: 10, limits.memory: 1Ti, requests.memory: 100Gi}}",
			allocation.Quota{LimitsCPU: 10000, LimitsMemory: units.TiB(1), Memory: units.GiB(100)},
		},
		"two names of one thing": {
			"kind: ResourceQuota\nstatus: {hard: {cpu: 9, requests.cpu: 8, memory: 8Gi, requests.memory: 9Gi, pods: 5, count/pods: 4}}",
			allocation.Quota{CPU: 8000, Memory: units.GiB(8), Pods: 4},
		},
		"others do not bind executors": {
			"kind: ResourceQuota\nstatus: {hard: {services: 2, count/jobs.batch: 0, requests.storage: 1}}",
			allocation.Quota{},
		},
		"a limit of nothing": {
			"kind: ResourceQuota\nspec: {hard: {pods: 0}}",
			allocation.Quota{Pods: allocation.AllowNone},
		},
		"the least left of several": {
			"kind: ResourceQuotaList\nitems:\n- status: {hard: {pods: 20}, used: {pods: 1}}\n- status: {hard: {pods: 30}, used: {pods: 28}}\n- status: {hard: {pods: 10}, used: {pods: 2}}",
			allocation.Quota{Pods: 30, UsedPods: 28},
		},
		"nothing left is the least": {
			"kind: ResourceQuotaList\nitems:\n- status: {hard: {pods: 0}}\n- status: {hard: {pods: 9}}\n- status: {hard: {pods: 9}, used: {pods: 11}}",
			allocation.Quota{Pods: allocation.AllowNone},
		},
		"scopes": {
			"kind: List\nitems:\n" +
				"- {kind: ResourceQuota, metadata: {name: a}, spec: {scopes: [NotTerminating, NotBestEffort], hard: {pods: 7}}}\n" +
				"- {kind: ResourceQuota, metadata: {name: b}, spec: {scopes: [BestEffort], hard: {pods: 1}}}\n" +
				"- {kind: ResourceQuota, metadata: {name: c}, spec: {scopeSelector: {matchExpressions: []}, hard: {pods: 1}}}\n",
			allocation.Quota{Pods: 7, Notes: []string{
				"quota b left out: scope BestEffort", "quota c left out: it has a scopeSelector, and which pods that selects is unknown",
			}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := allocation.ParseQuota([]byte(c.text))
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestParseQuotaRefusesWithThePath(t *testing.T) {
	_, err := allocation.ParseQuota([]byte("kind: ResourceQuota\nstatus: {hard: {pods: some, cpu: 1}, used: {cpu: -1}}"))
	assert.Equal(t, []string{"status.used[cpu]", "status.hard[pods]"}, fieldsOf(t, err))
	_, err = allocation.ParseQuota([]byte("kind: ResourceQuota\nspec: {hard: {memory: 100m}}"))
	assert.Equal(t, []string{"spec.hard[memory]"}, fieldsOf(t, err))
	assert.ErrorContains(t, err, "512Mi")
	_, err = allocation.ParseQuota([]byte("kind: Node"))
	assert.Equal(t, []string{"kind"}, fieldsOf(t, err))
}

func TestOwnRecordingOfOneNodeAndAQuota(t *testing.T) {
	nodes, err := os.ReadFile("testdata/node.yaml")
	require.NoError(t, err)
	quotas, err := os.ReadFile("testdata/resourcequota.yaml")
	require.NoError(t, err)
	c, err := allocation.ParseNodes(nodes)
	require.NoError(t, err)
	assert.Equal(t, []allocation.Node{{Name: "lab-node", Count: 1, CPU: units.Cores(2), Memory: units.KiB(24581684), Pods: 110}}, c.Nodes)
	q, err := allocation.ParseQuota(quotas)
	require.NoError(t, err)
	assert.Equal(t, allocation.Quota{CPU: 250, Pods: 20}, q)

	// What happened there: a driver and executors of 100m each, four wanted, one ran and the others were forbidden.
	shape := sizing.Shape{Heap: units.MiB(512), RequestCPU: 100}
	o := allocation.BoundsOptions{Driver: sizing.Pod{CPU: 100, Memory: units.MiB(896)}, Quota: q}
	got, err := allocation.Bounds(c, shape, spark.V35, o)
	require.NoError(t, err)
	assert.Equal(t, 1, got.Executors)
	assert.Equal(t, allocation.ByQuotaCPU, got.BoundBy)
}

func TestRecordedObjectsAreReadable(t *testing.T) {
	root := dataset.Path(t, "recordings", "k8s")
	for _, kind := range []string{"node.yaml", "resourcequota.yaml"} {
		files, err := filepath.Glob(filepath.Join(root, "*", "objects", kind))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			if kind == "resourcequota.yaml" {
				q, err := allocation.ParseQuota(text)
				require.NoError(t, err, file)
				assert.Equal(t, strings.Contains(string(text), "kind: ResourceQuota"), q.CPU != 0 || q.Memory != 0 || q.Pods != 0 || q.LimitsCPU != 0 || q.LimitsMemory != 0, file)
				continue
			}
			c, err := allocation.ParseNodes(text)
			require.NoError(t, err, file)
			assert.Equal(t, strings.Count(string(text), "kind: Node\n"), len(c.Nodes)+len(c.Notes), file)
			for _, n := range c.Nodes {
				assert.True(t, n.CPU > 0 && n.Memory > 0 && n.Pods > 0, file)
			}
		}
		t.Logf("%d files %s", len(files), kind)
	}
}

func FuzzParseNodes(f *testing.F) {
	f.Add([]byte(threeNodes))
	f.Add([]byte("kind: Node\n---\nkind: List\nitems: [{kind: Node}]"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := allocation.ParseNodes(data, "a")
		if err != nil {
			if len(c.Nodes) > 0 {
				t.Fatal("nodes beside an error")
			}
			return
		}
		if _, err := allocation.Bounds(c, small, spark.V35, allocation.BoundsOptions{}); err != nil && !isOverflow(err) {
			t.Fatalf("%+v: %v", c, err)
		}
	})
}

func FuzzParseQuota(f *testing.F) {
	f.Add([]byte("kind: ResourceQuota\nstatus: {hard: {pods: 20, requests.cpu: 24}, used: {pods: 3, requests.cpu: 23500m}}"))
	f.Add([]byte("kind: List\nitems: [{kind: ResourceQuota, spec: {hard: {limits.cpu: 0}}}]"))
	c := allocation.Nodes(3, units.Cores(16), units.GiB(64))
	f.Fuzz(func(t *testing.T, data []byte) {
		q, err := allocation.ParseQuota(data)
		if err != nil {
			return
		}
		got, err := allocation.Bounds(c, small, spark.V35, allocation.BoundsOptions{Quota: q})
		if err != nil || got.Executors < 0 || got.Executors > 24 {
			t.Fatalf("%+v: %d executors, %v", q, got.Executors, err)
		}
	})
}
