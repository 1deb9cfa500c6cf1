package main

import (
	"bytes"
	"context"
	"encoding/json"
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
	medians := map[string]summary{}
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var s summary
		require.NoError(t, json.Unmarshal([]byte(line), &s))
		if s.Kind == "summary" {
			medians[s.Of] = s
			t.Log(s)
		}
	}
	require.Len(t, medians, 4)
	assert.Less(t, medians["self"].Mean, 0.01)
	assert.Less(t, medians["given"].Median, 0.04)
	assert.Less(t, medians["pair"].Median, 0.05)
}

func TestText(t *testing.T) {
	var out, errs bytes.Buffer
	require.Equal(t, 0, run(context.Background(), []string{dataset.Path(t, "recordings")}, &out, &errs))
	assert.Contains(t, out.String(), "self: ")
	assert.Contains(t, out.String(), "pair: ")
}

func TestBadInput(t *testing.T) {
	for want, args := range map[int][]string{2: {}, 1: {t.TempDir()}} {
		var out, errs bytes.Buffer
		assert.Equal(t, want, run(context.Background(), args, &out, &errs))
		assert.NotEmpty(t, errs.String())
	}
}
