package golden_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/sparkscale/sparkscale/internal/golden"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recorder is a test that notes its failure instead of failing the one that runs it.
type recorder struct {
	testing.TB
	failed string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) { r.failed = fmt.Sprintf(format, args...) }

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(r)
}

func equal(name, got string) (failed string) {
	r := &recorder{}
	defer func() {
		if ended := recover(); ended != nil && ended != r {
			panic(ended)
		}
		failed = r.failed
	}()
	golden.Equal(r, name, []byte(got))
	return r.failed
}

// inside runs the test in an empty folder, with both variables as given.
func inside(t *testing.T, update, ci string) {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv(golden.UpdateEnv, update)
	t.Setenv("CI", ci)
}

func TestUpdateWritesWhatEqualThenFinds(t *testing.T) {
	inside(t, "1", "")
	require.Empty(t, equal("deep/plan.txt", "one\ntwo\n"))

	t.Setenv(golden.UpdateEnv, "")
	assert.Empty(t, equal("deep/plan.txt", "one\ntwo\n"))
	assert.Contains(t, equal("deep/plan.txt", "one\n2\n"), "-    2  two\n+    2  2\n")
}

func TestOnlyOneMeansUpdate(t *testing.T) {
	inside(t, "0", "")
	assert.Contains(t, equal("plan.txt", "one\n"), "with "+golden.UpdateEnv+"=1 to write")
	assert.NoDirExists(t, "testdata")
}

func TestCIRefusesToUpdate(t *testing.T) {
	inside(t, "1", "true")
	require.NoError(t, os.Mkdir("testdata", 0o755))
	require.NoError(t, os.WriteFile("testdata/plan.txt", []byte("one\n"), 0o600))

	assert.Contains(t, equal("plan.txt", "two\n"), "refused where CI is set")
	kept, err := os.ReadFile("testdata/plan.txt")
	require.NoError(t, err)
	assert.Equal(t, "one\n", string(kept))
}

func TestNameStaysBelowTestdata(t *testing.T) {
	inside(t, "1", "")
	assert.Contains(t, equal("../escape.txt", "one\n"), "not below testdata")
	assert.NoFileExists(t, "escape.txt")
}
