package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/internal/dataset"
)

// A run of 100 s on 4 hosts: 10 s the driver, 20 s a stage of one task, and 70 s wide stages, which overlap for 10 s.
var wide = scaleRun{
	Hosts: 4, Start: 1000, Duration: 100_000,
	Stages: []stageRow{{1, 5000, 25_000}, {400, 70_000, 101_000}, {400, 25_000, 65_000}, {200, 60_000, 64_000}, {50, 62_000, 75_000}, {9, 0, 0}},
}

func TestScaleOn(t *testing.T) {
	assert.Equal(t, int64(76_000), wide.shared(2))
	assert.Equal(t, int64(96_000), wide.shared(0))
	for hosts, want := range map[int]int64{4: 100_000, 8: 24_000 + 38_000, 2: 24_000 + 152_000} {
		assert.Equal(t, want, wide.on(hosts), "on %d hosts", hosts)
	}
}

// scalingFolder writes two runs of the same work, on 2 and 4 hosts, and a third on 4.
func scalingFolder(t *testing.T) string {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"matched.json": `{"groups":[{"workload":"Sort","runs":[{"path":"a"},{"path":"b"},{"path":"c"}]}]}`,
		"Sort.json": `{"runs":[
			{"path":"a","hosts":2,"start":0,"duration_ms":110,"stages":[[0,80,10,110,[]]]},
			{"path":"b","hosts":4,"start":0,"duration_ms":60,"stages":[[0,80,10,60,[]],[1,80,null,null,[0]]]},
			{"path":"c","hosts":4,"start":0,"duration_ms":66,"stages":[[0,80,10,66,[]]]},
			{"path":"d","hosts":null,"start":0,"duration_ms":9,"stages":[]}]}`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	return folder
}

func TestScales(t *testing.T) {
	groups, err := loadScaling(scalingFolder(t))
	require.NoError(t, err)
	list := scales(groups)
	require.Len(t, list, 4)
	assert.Equal(t, scale{
		Kind: "scaling", Workload: "Sort", From: "a", To: "b", FromHosts: 2, ToHosts: 4,
		Predicted: 10 + 50, Actual: 60, Baseline: 55, Error: 0, BaselineError: -5.0 / 60,
	}, list[0])
	assert.Equal(t, int64(10+100), list[2].Predicted, "b to a")
	assert.Empty(t, summarizeScales(list).Note)
	assert.NotEmpty(t, summarizeScales([]scale{{Error: 0.2, BaselineError: 0.1}}).Note)

	same := sameHosts(groups)
	require.Len(t, same, 1)
	assert.Equal(t, []string{"b", "c"}, same[0].Runs)
	assert.InDelta(t, 6.0/63, same[0].Spread, 1e-9)
}

func TestScalingTables(t *testing.T) {
	folder := scalingFolder(t)
	var out, errs bytes.Buffer
	require.NoError(t, scalingTables(options{scaling: folder}, &writer{out: &out}, &errs))
	assert.Contains(t, out.String(), "scaling, baseline: mean")
	assert.Empty(t, errs.String())

	require.NoError(t, scalingTables(options{folder: folder}, &writer{out: &out}, &errs))
	assert.Contains(t, errs.String(), "SKIPPED")

	require.Error(t, scalingTables(options{scaling: t.TempDir()}, &writer{out: &out}, &errs), "a folder that was named must be there")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "Sort.json"), []byte(`{"runs":[]}`), 0o600))
	require.ErrorContains(t, scalingTables(options{scaling: folder}, &writer{out: &out}, &errs), `no run "a"`)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "Sort.json"), []byte(`[`), 0o600))
	require.ErrorContains(t, scalingTables(options{scaling: folder}, &writer{out: &out}, &errs), "Sort.json")
}

// TestScalingData holds what stage times alone can tell, which is no more than the hosts do.
func TestScalingData(t *testing.T) {
	groups, err := loadScaling(dataset.Path(t, "thirdparty/scaling"))
	require.NoError(t, err)
	s := summarizeScales(scales(groups))
	t.Log(s)
	assert.Less(t, s.Baseline.Median, 0.08)
	assert.Less(t, s.Median, 0.09)
}
