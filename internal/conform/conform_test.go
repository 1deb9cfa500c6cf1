package conform_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/internal/conform"
)

type Inner struct {
	Count *int32 `json:"count,omitempty"`
	On    bool   `json:"on"`
}

type outer struct {
	Inner  `json:",inline"`
	Name   string            `json:"name"`
	List   []Inner           `json:"list"`
	Labels map[string]string `json:"labels"`
	At     time.Time         `json:"at"`
}

func TestWhatFits(t *testing.T) {
	r := conform.Check(reflect.TypeFor[outer](), map[string]any{
		"name": "a", "count": int64(1), "on": true, "list": []any{map[string]any{"on": false}, nil},
		"labels": map[string]any{"a": "b"}, "at": "2026-03-08T08:00:00Z",
	})
	assert.Empty(t, r.Wrong)
	assert.Empty(t, r.Unknown)
}

func TestWhatDoesNotFit(t *testing.T) {
	r := conform.Check(reflect.TypeFor[outer](), map[string]any{
		"name": int64(1), "count": int64(1 << 40), "on": "yes", "list": map[string]any{},
		"labels": map[string]any{"a": int64(1)}, "at": "noon", "nam": "x",
	})
	var paths []string
	for _, e := range r.Wrong {
		paths = append(paths, e.Field)
	}
	assert.Equal(t, []string{"at", "count", "labels[a]", "list", "name", "on"}, paths)
	require.Len(t, r.Unknown, 1)
	assert.Equal(t, "nam", r.Unknown[0].Name)
	assert.Equal(t, []string{"at", "count", "labels", "list", "name", "on"}, r.Unknown[0].Known)
}
