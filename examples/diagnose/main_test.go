package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/internal/golden"
)

func program(t *testing.T, want int, args ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	require.Equal(t, want, run(context.Background(), args, &o, &e), "%s%s", o.String(), e.String())
	return o.String(), e.String()
}

func TestBuiltInRun(t *testing.T) {
	out, errs := program(t, 0)
	assert.Empty(t, errs)
	again, _ := program(t, 0)
	assert.Equal(t, out, again)
	golden.Equal(t, "built-in.txt", []byte(out))
}

func TestJSON(t *testing.T) {
	out, _ := program(t, 0, "-json")
	var r result
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.NotEmpty(t, r.Findings)
	assert.Equal(t, diagnose.Code("NOT-RELEASING/CACHE"), r.Findings[0].Code)
	assert.Equal(t, "rest/004-storage-rdd.json", r.Findings[0].Evidence[0].Source)
	assert.Positive(t, r.Findings[0].Evidence[0].Line)
	golden.Equal(t, "built-in.json", []byte(out))
}

func TestStatusForPipelines(t *testing.T) {
	program(t, 0, "-fail-on", "never")
	program(t, 3, "-fail-on", "warning")
	program(t, 3, "-fail-on", "info")
}

func TestWrongFlags(t *testing.T) {
	for says, args := range map[string][]string{
		"give the folder":      {"folder"},
		"one or the other":     {"-dir", "x", "-snapshot", "y"},
		"needs -app":           {"-kubeconfig", "x"},
		"need -dir":            {"-app", "x"},
		"error, warning, info": {"-fail-on", "never ever"},
	} {
		_, errs := program(t, 2, args...)
		assert.Contains(t, errs, says)
	}
	program(t, 0, "-h")
}

func TestErrors(t *testing.T) {
	empty := t.TempDir()
	for says, args := range map[string][]string{
		"no-such-folder":       {"-dir", "no-such-folder"},
		"no object of":         {"-dir", empty},
		"no-such-file":         {"-snapshot", "no-such-file"},
		"kubeconfig":           {"-kubeconfig", filepath.Join(empty, "config"), "-app", "job"},
		"no snapshot":          {"-snapshot", os.Args[0]},
		"no-such/folder/saved": {"-save", "no-such/folder/saved"},
	} {
		_, errs := program(t, 1, args...)
		assert.Contains(t, errs, says)
	}
}

func TestRules(t *testing.T) {
	out, _ := program(t, 0, "-rules")
	assert.Contains(t, out, "SCALE-UP/PENDING-QUOTA")
}

// Every recording is diagnosed as it lies there, and the same again from the snapshot that is saved of it.
func TestFolders(t *testing.T) {
	root := dataset.Path(t, "recordings/k8s")
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			saved := filepath.Join(t.TempDir(), "snapshot.json")
			out, errs := program(t, 0, "-dir", filepath.Join(root, e.Name()), "-json", "-fail-on", "never", "-save", saved)
			assert.Empty(t, errs)
			again, _ := program(t, 0, "-snapshot", saved, "-json", "-fail-on", "never")
			assert.Equal(t, out, again)
		})
	}
}
