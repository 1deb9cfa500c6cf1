//go:build unix

package eventlog_test

import (
	"context"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
)

// TestPipe holds that a pipe, which would block, is never opened.
func TestPipe(t *testing.T) {
	root := write(t, map[string]string{"app-1": smallLog})
	pipe := filepath.Join(root, "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	_, err := eventlog.ReadFile(context.Background(), pipe)
	assertError(t, err, nil, pipe+": it is no regular file", "Read")
	p, err := eventlog.ReadFile(context.Background(), root)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(root, "app-1"), p.Coverage.Source)
}
