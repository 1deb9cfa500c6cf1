package dataset_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recorder is a test that notes how it ended instead of ending the one that runs it.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (r *recorder) Helper() {}

func (r *recorder) Skipf(format string, args ...any) {
	r.skipped = fmt.Sprintf(format, args...)
	panic(r)
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.failed = fmt.Sprintf(format, args...)
	panic(r)
}

func record(run func(testing.TB)) (r *recorder) {
	r = &recorder{}
	defer func() {
		if ended := recover(); ended != nil && ended != r {
			panic(ended)
		}
	}()
	run(r)
	return r
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

func TestDirIsTheVariable(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(dataset.Env, dir)
	assert.Equal(t, dir, dataset.Dir(t))
}

func TestDirIsBesideTheRepositoryAlsoFromNestedModules(t *testing.T) {
	parent := t.TempDir()
	t.Setenv(dataset.Env, "")
	write(t, filepath.Join(parent, "repo", "go.mod"), "module github.com/sparkscale/sparkscale\n")
	write(t, filepath.Join(parent, "repo", "integration", "go.mod"), "module github.com/sparkscale/sparkscale/integration\n")
	require.NoError(t, os.MkdirAll(filepath.Join(parent, "shared", "data"), 0o755))
	t.Chdir(filepath.Join(parent, "repo", "integration"))

	want, err := filepath.EvalSymlinks(filepath.Join(parent, "shared", "data"))
	require.NoError(t, err)
	got, err := filepath.EvalSymlinks(dataset.Dir(t))
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestAbsentDataSkipsAndNamesTheVariable(t *testing.T) {
	empty := t.TempDir()
	for name, dir := range map[string]string{"folder": filepath.Join(empty, "none"), "collection": empty} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(dataset.Env, dir)
			r := record(func(tb testing.TB) { dataset.Path(tb, "eam", "index.json") })
			assert.Regexp(t, `^SKIPPED-DATA: .*set SPARKSCALE_DATA`, r.skipped)
			assert.Empty(t, r.failed)
		})
	}
}

func TestWrongDataFails(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "eam", "index.json"), "[")
	t.Setenv(dataset.Env, dir)

	cases := map[string]struct {
		run  func(testing.TB)
		want string
	}{
		"missing in a collection": {func(tb testing.TB) { dataset.Path(tb, "eam", "gone.scn") }, "incomplete"},
		"malformed index":         {func(tb testing.TB) { dataset.JSON(tb, "eam/index.json", new([]string)) }, "eam/index.json"},
		"outside":                 {func(tb testing.TB) { dataset.Path(tb, "..", "eam") }, "leads out"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := record(c.run)
			assert.Contains(t, r.failed, c.want)
			assert.Empty(t, r.skipped)
		})
	}
}

func TestJSONReadsAnIndex(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "eam", "index.json"), `[{"scn": "a.scn"}]`)
	write(t, filepath.Join(dir, "eam", "a.scn"), "run-until 0\n")
	t.Setenv(dataset.Env, dir)

	var cases []struct{ Scn string }
	dataset.JSON(t, "eam/index.json", &cases)
	require.Len(t, cases, 1)
	assert.FileExists(t, dataset.Path(t, "eam", cases[0].Scn))
}
