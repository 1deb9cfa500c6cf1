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
	keys := []string{"targetSize", "activationTargetSize", "prefix"}
	for name, want := range map[string]string{
		"targetSzie": "targetSize", "TARGETSIZE": "targetSize", "prefx": "prefix", "bucket": "", "": "", strings.Repeat("x", 101): "",
	} {
		assert.Equal(t, want, wording.Nearest(name, keys), name)
	}
	assert.Empty(t, wording.Nearest("prefix", nil))
}
