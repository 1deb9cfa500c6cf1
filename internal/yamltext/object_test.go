package yamltext_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/internal/yamltext"
)

func TestPlainAndTidy(t *testing.T) {
	values, err := yamltext.Plain(map[string]any{
		"metadata": map[string]any{"name": "a", "uid": "1", "labels": nil},
		"spec":     map[string]any{"rollout": map[string]any{}, "keep": map[string]any{}, "list": []any{map[string]any{"rollout": map[string]any{}}}},
		"status":   map[string]any{},
	})
	require.NoError(t, err)
	yamltext.Tidy(values, "rollout")
	assert.Equal(t, map[string]any{
		"metadata": map[string]any{"name": "a"},
		"spec":     map[string]any{"keep": map[string]any{}, "list": []any{map[string]any{}}},
	}, values)

	_, err = yamltext.Plain(nil)
	require.ErrorIs(t, err, yamltext.ErrNothing)
}

func TestSplit(t *testing.T) {
	texts := yamltext.Split([]byte("# head\n---\na: 1\n---\n\n--- # x\nb: 2\n"))
	require.Len(t, texts, 2)
	assert.Equal(t, "# head\n---\na: 1\n", string(texts[0]))
	assert.Equal(t, "---\n\n--- # x\nb: 2\n", string(texts[1]))
}
