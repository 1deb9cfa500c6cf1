package wording_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/internal/wording"
)

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 tasks", 1: "1 task", 2: "2 tasks", -1: "-1 tasks"} {
		assert.Equal(t, want, wording.Count(n, "task"))
	}
}
