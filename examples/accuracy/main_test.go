package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/internal/dataset"
)

// TestRecordings holds the accuracy that was reached; what it says is worth more than that it passes.
func TestRecordings(t *testing.T) {
	var out, errs bytes.Buffer
	require.Equal(t, 0, run(context.Background(), []string{"-json", dataset.Path(t, "recordings")}, &out, &errs), "%s", errs.String())
	of := map[string]summary{}
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var s summary
		require.NoError(t, json.Unmarshal([]byte(line), &s))
		if s.Kind == "summary" {
			of[s.Of] = s
			t.Log(s)
			continue
		}
		holdLine(t, line)
	}
	for _, table := range []string{"self", "pair", "given", "area"} {
		require.Contains(t, of, table)
	}
	// Wider than what was reached, as other recordings are not these.
	assert.Less(t, of["self"].Mean, 0.01)
	assert.Less(t, of["given"].Median, 0.03)
	assert.Less(t, of["pair"].Median, 0.04)
	assert.Less(t, of["area"].Median, 0.1)
	for _, table := range []string{"pair", "given"} {
		assert.Greater(t, *of[table].Covered, 0.7, "between P10 and P90 of %s", table)
	}
	assert.Less(t, of["self"].Wall.Mean, 0.01)
	assert.Less(t, 2*of["pair"].Median, of["pair"].Sparklens.Median)
	assert.Less(t, 2*of["pair"].P90, of["pair"].Sparklens.P90)
}

// holdLine checks what every line of predictions has.
func holdLine(t *testing.T, line string) {
	var m miss
	if json.Unmarshal([]byte(line), &m) != nil {
		return
	}
	switch m.Kind {
	case "self", "pair", "given":
		assert.Positive(t, m.ActualWall, line)
		assert.GreaterOrEqual(t, m.PredictedWall, m.Predicted, line)
		assert.Equal(t, m.Kind == "pair", m.Sparklens != nil, line)
		assert.Equal(t, m.Kind != "self" && (m.Error > muchMissed || m.Error < -muchMissed), m.Why != "", line)
	}
}

func TestText(t *testing.T) {
	args := []string{dataset.Path(t, "recordings")}
	var out, again, errs bytes.Buffer
	require.Equal(t, 0, run(context.Background(), args, &out, &errs))
	for _, want := range []string{"self: ", "pair: ", "pair, Sparklens: ", "pair, wall clock: ", "\n      why: "} {
		assert.Contains(t, out.String(), want)
	}
	require.Equal(t, 0, run(context.Background(), args, &again, &errs))
	assert.Equal(t, out.String(), again.String())
}

func TestBadInput(t *testing.T) {
	for want, args := range map[int][]string{2: {}, 1: {t.TempDir()}} {
		var out, errs bytes.Buffer
		assert.Equal(t, want, run(context.Background(), args, &out, &errs))
		assert.NotEmpty(t, errs.String())
	}
}

func TestUnreadable(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "index.json"), []byte(`{`), 0o600))
	_, err := load(context.Background(), folder, false, func(err error) { t.Error(err) })
	assert.ErrorContains(t, err, "index.json")
}

// TestOneBadLogStopsNoOther reads a folder in which one of two logs is missing.
func TestOneBadLogStopsNoOther(t *testing.T) {
	folder := t.TempDir()
	log, err := os.ReadFile("../plan/testdata/driver-heavy.zstd")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "here.zstd"), log, 0o600))
	index := `[{"name":"gone","app":"a","eventlog":"gone","jobs_ms":1,"quiet":true},{"name":"here","app":"a","eventlog":"here.zstd","jobs_ms":49612,"quiet":true}]`
	require.NoError(t, os.WriteFile(filepath.Join(folder, "index.json"), []byte(index), 0o600))
	var out, errs bytes.Buffer
	assert.Equal(t, 1, run(context.Background(), []string{folder}, &out, &errs))
	assert.Contains(t, errs.String(), "gone")
	assert.Contains(t, out.String(), "self: 1, ")
}
