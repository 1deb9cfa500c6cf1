package archtest

import (
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestHouse(t *testing.T) {
	packs, err := load()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			for _, p := range packs {
				for _, violation := range rule.violations(p) {
					t.Error(violation)
				}
			}
		})
	}
	measure(t, packs)
}

// measure logs the sizes that CONTRIBUTING.md asks for; run with -v to see them.
func measure(t *testing.T, packs []pack) {
	t.Helper()
	var functions, files []int
	for _, p := range packs {
		for _, f := range p.files {
			files = append(files, f.lines)
			for _, decl := range f.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok {
					functions = append(functions, p.length(fn))
				}
			}
		}
	}
	summarize(t, "functions", functions)
	summarize(t, "files", files)
}

func summarize(t *testing.T, name string, lines []int) {
	t.Helper()
	slices.Sort(lines)
	t.Logf("%s: %d; lines: median %d, nine in ten within %d, longest %d",
		name, len(lines), lines[len(lines)/2], lines[len(lines)*9/10], lines[len(lines)-1])
}

func TestArrowsPointOneWay(t *testing.T) {
	var above []string
	for _, r := range house {
		for _, target := range allowed(r.name) {
			if !slices.Contains(above, target) {
				t.Errorf("%s may import %s, which does not stand above it", r.name, target)
			}
		}
		above = append(above, r.name)
	}
}

func TestArchitectureShowsTheSameTable(t *testing.T) {
	text, err := os.ReadFile(rootDir + "/ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z]+)` \\|.*\\| ([^|]*) \\|$").FindAllStringSubmatch(string(text), -1) {
		shown[row[1]] = strings.ReplaceAll(row[2], "`", "")
	}
	for _, r := range house {
		if shown[r.name] != r.may {
			t.Errorf("ARCHITECTURE.md says that %s may import %q; the house says %q", r.name, shown[r.name], r.may)
		}
		delete(shown, r.name)
	}
	for name := range shown {
		t.Errorf("ARCHITECTURE.md shows %s, which is no room of the house", name)
	}
}
