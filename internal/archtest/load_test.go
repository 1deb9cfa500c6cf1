package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const rootDir = "../.."

// pack is a package of the module, as the rules see it.
type pack struct {
	path, name string
	fset       *token.FileSet
	files      []file // of every platform, without tests
	tests      []file
	deps       []string // import paths it compiles, also through others
	core       bool     // held to the rules of the core
}

type file struct {
	*ast.File
	lines int
}

// listed is what the go command says about a package.
type listed struct {
	ImportPath, Dir, Name                                                 string
	Module                                                                *struct{ Main bool }
	GoFiles, CgoFiles, IgnoredGoFiles, TestGoFiles, XTestGoFiles, Imports []string
	Error                                                                 *struct{ Err string }
}

func (l *listed) ours() bool { return l.Module != nil && l.Module.Main }

// load lists the module once and parses every file of it.
func load() ([]pack, error) {
	byPath, err := list()
	if err != nil {
		return nil, err
	}
	if err := watch(); err != nil {
		return nil, err
	}
	var packs []pack
	for _, path := range sortedKeys(byPath) {
		if l := byPath[path]; l.ours() {
			p, err := parse(l)
			if err != nil {
				return nil, err
			}
			p.deps = closure(byPath, path)
			packs = append(packs, p)
		}
	}
	markCore(packs)
	return packs, nil
}

func list() (map[string]*listed, error) {
	cmd := exec.Command("go", "list", "-e", "-deps", "-test=false",
		"-json=ImportPath,Dir,Name,Module,GoFiles,CgoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles,Imports,Error", "./...")
	cmd.Dir = rootDir
	out, err := cmd.Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return nil, fmt.Errorf("go list: %w", err)
	}
	return decode(out)
}

func decode(out []byte) (map[string]*listed, error) {
	byPath := map[string]*listed{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		l := &listed{}
		if err := dec.Decode(l); errors.Is(err, io.EOF) {
			return byPath, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if l.Error != nil {
			return nil, fmt.Errorf("go list: %s: %s", l.ImportPath, l.Error.Err)
		}
		byPath[l.ImportPath] = l
	}
}

// watch reads every folder of the module in this process: the go command then knows that a cached result of these tests is
// stale when a file appears or goes. It cannot see what the listing above reads.
func watch() error {
	return filepath.WalkDir(rootDir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == ".git" {
			return fs.SkipDir
		}
		return err
	})
}

func parse(l *listed) (pack, error) {
	p := pack{path: l.ImportPath, name: l.Name, fset: token.NewFileSet()}
	var err error
	if p.files, err = p.parseAll(l.Dir, slices.Concat(l.GoFiles, l.CgoFiles, l.IgnoredGoFiles)); err != nil {
		return pack{}, err
	}
	p.tests, err = p.parseAll(l.Dir, slices.Concat(l.TestGoFiles, l.XTestGoFiles))
	return p, err
}

func (p *pack) parseAll(dir string, names []string) ([]file, error) {
	var files []file
	for _, name := range names {
		if strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
			continue
		}
		src, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		f, err := p.parseFile(filepath.Join(relative(p.path), name), src)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

func (p *pack) parseFile(name string, src []byte) (file, error) {
	f, err := parser.ParseFile(p.fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	return file{f, bytes.Count(src, []byte("\n"))}, err
}

func closure(byPath map[string]*listed, path string) []string {
	seen := map[string]bool{path: true}
	for todo := []string{path}; len(todo) > 0; {
		l := byPath[todo[0]]
		todo = todo[1:]
		if l == nil {
			continue // C, unsafe
		}
		for _, dep := range l.Imports {
			if !seen[dep] {
				seen[dep] = true
				todo = append(todo, dep)
			}
		}
	}
	delete(seen, path)
	return sortedKeys(seen)
}

// markCore marks the packages of core rooms, and those below internal that they compile. What a room between the core and
// them needs is that room's.
func markCore(packs []pack) {
	byPath, reached := map[string]pack{}, map[string]bool{}
	for _, p := range packs {
		byPath[p.path] = p
	}
	isCore := func(path string) bool {
		r, ok := roomOf(path)
		return ok && r.core
	}
	for i, p := range packs {
		if packs[i].core = isCore(p.path); !packs[i].core {
			continue
		}
		inherited := map[string]bool{}
		for _, dep := range p.deps {
			if _, ok := roomOf(dep); ok && !isCore(dep) {
				for _, its := range byPath[dep].deps {
					inherited[its] = true
				}
			}
		}
		for _, dep := range p.deps {
			reached[dep] = reached[dep] || !inherited[dep]
		}
	}
	for i, p := range packs {
		if roomName(p.path) == "internal" && reached[p.path] {
			packs[i].core = true
		}
	}
}
