package dataset

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	// Env is the environment variable that names the data folder.
	Env = "SPARKSCALE_DATA"
	// SkipPrefix starts the message of every test that is skipped for want of data.
	SkipPrefix = "SKIPPED-DATA:"

	module  = "github.com/sparkscale/sparkscale"
	sibling = "../shared/data"
)

// Dir gives the absolute path of the data folder, or skips the test where there is none.
func Dir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv(Env)
	if dir == "" {
		dir = filepath.Join(root(t), filepath.FromSlash(sibling))
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatalf("data folder: %v", err)
	}
	if !isDir(dir) {
		t.Skipf("%s no folder %s; set %s to the folder that holds the conformance data", SkipPrefix, dir, Env)
	}
	return dir
}

// Path joins elem (slashes allowed) below the data folder. It skips the test where the collection, the first name of the
// path, is absent, and fails it where the collection is there but the rest of the path is not.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	dir := Dir(t)
	rel := filepath.FromSlash(strings.Join(elem, "/"))
	if !filepath.IsLocal(rel) {
		t.Fatalf("%q leads out of the data folder", rel)
	}
	collection, _, _ := strings.Cut(filepath.Clean(rel), string(filepath.Separator))
	if _, err := os.Stat(filepath.Join(dir, collection)); err != nil {
		t.Skipf("%s no %s in %s; set %s to a folder that holds it", SkipPrefix, collection, dir, Env)
	}
	path := filepath.Join(dir, rel)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the data is incomplete: %v", err)
	}
	return path
}

// JSON reads the index file at path (slashes, relative to the data folder) into v, a pointer. Where it is absent, as [Path].
func JSON(t testing.TB, path string, v any) {
	t.Helper()
	raw, err := os.ReadFile(Path(t, path))
	if err != nil {
		t.Fatalf("index: %v", err)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		t.Fatalf("index %s: %v", path, err)
	}
}

// root climbs from the package under test to the folder of the module, past the nested modules inside it.
func root(t testing.TB) string {
	t.Helper()
	start, err := os.Getwd()
	if err != nil {
		t.Fatalf("data folder: %v", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		gomod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(gomod, []byte("module "+module+"\n")) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatalf("no go.mod of %s above %s; set %s to the folder that holds the conformance data", module, start, Env)
		}
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
