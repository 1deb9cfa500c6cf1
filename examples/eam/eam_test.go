package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/internal/dataset"
)

// Every recording of the real class there is, byte for byte.
func TestRecordedTraces(t *testing.T) {
	var cases []struct{ Scn, Trace string }
	dataset.JSON(t, "eam/index.json", &cases)
	require.NotEmpty(t, cases)
	same := 0
	for _, c := range cases {
		if sameTrace(t, dataset.Path(t, "eam", c.Scn), dataset.Path(t, "eam", c.Trace)) {
			same++
		}
	}
	t.Logf("%d of %d traces are the recorded ones", same, len(cases))
}

func TestTracesOfTheProject(t *testing.T) {
	scenarios, err := filepath.Glob("testdata/*.scn")
	require.NoError(t, err)
	require.NotEmpty(t, scenarios)
	for _, scenario := range scenarios {
		sameTrace(t, scenario, strings.TrimSuffix(scenario, ".scn")+".trace")
	}
}

func sameTrace(t *testing.T, scenario, trace string) bool {
	t.Helper()
	want, err := os.ReadFile(trace)
	require.NoError(t, err)
	var stdout, stderr strings.Builder
	status := run([]string{scenario}, &stdout, &stderr)
	return assert.Zero(t, status, stderr.String()) && assert.Equal(t, string(want), stdout.String(), scenario)
}
