package sparkapp_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/sparkapp"
)

// Reading a manifest, applying a plan and writing it: what a controller does in each round.
func BenchmarkApply(b *testing.B) {
	shape, policy := decided()
	b.SetBytes(int64(len(existing)))
	b.ReportAllocs()
	for b.Loop() {
		app, err := sparkapp.Parse([]byte(existing))
		require.NoError(b, err)
		_, err = app.Apply(shape, policy)
		require.NoError(b, err)
	}
}
