package golden

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// UpdateEnv is the environment variable that, set to 1, makes [Equal] write the files instead of comparing with them.
const UpdateEnv = "SPARKSCALE_GOLDEN_UPDATE"

// Equal fails the test unless got is, byte for byte, the content of testdata/name (slashes allowed).
func Equal(t testing.TB, name string, got []byte) {
	t.Helper()
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		t.Fatalf("golden file %q is not below testdata", name)
	}
	path := filepath.Join("testdata", filepath.FromSlash(name))
	if os.Getenv(UpdateEnv) == "1" {
		update(t, path, got)
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v\nrun the test once with %s=1 to write the file", err, UpdateEnv)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs (- the file, + this run); where the change is meant, run with %s=1\n%s",
			path, UpdateEnv, diff(string(want), string(got)))
	}
}

func update(t testing.TB, path string, got []byte) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s=1 is refused where CI is set: update %s on a developer's machine and commit it", UpdateEnv, path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatalf("golden file: %v", err)
	}
	if err := os.WriteFile(path, got, 0o644); err != nil {
		t.Fatalf("golden file: %v", err)
	}
}
