package wording_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/internal/wording"
)

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 tasks", 1: "1 task", 2: "2 tasks", -1: "-1 tasks"} {
		assert.Equal(t, want, wording.Count(n, "task"))
	}
}

func TestNearest(t *testing.T) {
	names := []string{"desiredReplicas", "end", "start", "timezone"}
	for name, want := range map[string]string{
		"timeZone": "timezone", "desiredReplica": "desiredReplicas", "stop": "", "strat": "start", strings.Repeat("start", 30): "",
	} {
		if got := wording.Nearest(name, names); got != want {
			t.Errorf("%s: %q, not %q", name, got, want)
		}
	}
}
