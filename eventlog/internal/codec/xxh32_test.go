package codec

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The values are those of the reference implementation's own tests and of xxhsum; the seed of lz4-java is proven by real logs.
func TestXXH32(t *testing.T) {
	for _, c := range []struct {
		in   string
		seed uint32
		want uint32
	}{
		{"", 0, 0x02cc5d05},
		{"", 2654435761, 0x36b78ae7},
		{"a", 0, 0x550d7456},
		{"abc", 0, 0x32d153ff},
		{"Nobody inspects the spammish repetition", 0, 0xe2293b2f},
	} {
		assert.Equal(t, c.want, xxh32([]byte(c.in), c.seed), "%q", c.in)
	}
}
