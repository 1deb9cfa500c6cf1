package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// The committed table is the one that the required release of KEDA gives.
func TestTheTableIsUpToDate(t *testing.T) {
	want, err := os.ReadFile("../table.go")
	require.NoError(t, err)
	got, err := table()
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "run go generate ./keda/...")
}
