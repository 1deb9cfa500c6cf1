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
)

const small = `{"Event":"SparkListenerLogStart","Spark Version":"3.5.6"}
{"Event":"SparkListenerApplicationStart","App Name":"tiny","App ID":"spark-1","Timestamp":1000,"User":"u"}
{"Event":"SparkListenerApplicationEnd","Timestamp":3000}
`

func TestJSONKeepsOrderAndGoesOnAfterErrors(t *testing.T) {
	dir := t.TempDir()
	good, empty := filepath.Join(dir, "good"), filepath.Join(dir, "empty")
	require.NoError(t, os.WriteFile(good, []byte(small), 0o600))
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	missing := filepath.Join(dir, "missing")

	var out, errs bytes.Buffer
	assert.Equal(t, 1, run(context.Background(), []string{"-json", empty, good, missing}, &out, &errs))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 3)
	got := make([]line, 3)
	for i, text := range lines {
		require.NoError(t, json.Unmarshal([]byte(text), &got[i]))
	}
	assert.Equal(t, []string{empty, good, missing}, []string{got[0].Log, got[1].Log, got[2].Log})
	assert.Equal(t, "no-events", got[0].Error.Code)
	assert.Equal(t, "not-found", got[2].Error.Code)
	require.NotNil(t, got[1].Facts)
	assert.EqualValues(t, 2000, *got[1].Facts.DurationMS)
	assert.Nil(t, got[1].Error)
}

func TestText(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	require.NoError(t, os.WriteFile(file, []byte(small), 0o600))
	var out, errs bytes.Buffer
	assert.Equal(t, 0, run(context.Background(), []string{file, file}, &out, &errs))
	assert.Equal(t, 2, strings.Count(out.String(), "tiny  spark-1"))
	assert.Empty(t, errs.String())
}

func TestUsage(t *testing.T) {
	var out, errs bytes.Buffer
	assert.Equal(t, 2, run(context.Background(), nil, &out, &errs))
	assert.Equal(t, 2, run(context.Background(), []string{"-nonsense"}, &out, &errs))
	assert.Contains(t, errs.String(), "usage")
}
