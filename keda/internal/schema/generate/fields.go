package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// field is what the code says of a parameter: the type of its field, and all its names.
type field struct {
	kind  string
	names []string
}

// fields are the tagged fields of KEDA's scalers by file, and the file of each type of trigger.
type fields struct {
	byFile map[string]map[string]field
	fileOf map[string]string
}

// kinds are the names of schema.Kind for the types that a tagged field may have; others, all of them texts by another name, are Text.
var kinds = map[string]string{
	"int": "Int", "int32": "Int", "int64": "Int", "uint32": "Int", "float64": "Float", "*float64": "Float", "bool": "Bool",
	"time.Duration": "Time", "[]string": "List", "[]Type": "List", "[]int": "Ints", "[]int32": "Ints",
	"map[string]string": "Map", "map[string]int": "Map", "url.Values": "Query",
}

func readFields(dir string) (fields, error) {
	all := fields{byFile: map[string]map[string]field{}}
	creators, err := readBuilder(filepath.Join(dir, "pkg", "scaling", "scalers_builder.go"))
	if err != nil {
		return all, err
	}
	files, err := all.read(filepath.Join(dir, "pkg", "scalers"))
	if err != nil {
		return all, err
	}
	all.fileOf = map[string]string{}
	for kind, creator := range creators {
		all.fileOf[kind] = files[creator]
	}
	return all, nil
}

// read collects the tagged fields of all files, and gives the file of each function.
func (f fields) read(dir string) (files map[string]string, err error) {
	files = map[string]string{}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		f.byFile[path] = tagged(file)
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil {
				files[fn.Name.Name] = path
			}
		}
		return nil
	})
	return files, err
}

// tagged are the fields with a tag that names a parameter, by each of the names.
func tagged(file *ast.File) map[string]field {
	found := map[string]field{}
	ast.Inspect(file, func(n ast.Node) bool {
		f, ok := n.(*ast.Field)
		if !ok || f.Tag == nil {
			return true
		}
		tag, _ := strconv.Unquote(f.Tag.Value)
		names := namesOf(reflect.StructTag(tag).Get("keda"))
		for _, name := range names {
			found[name] = field{kinds[typeText(f.Type)], names}
		}
		return true
	})
	return found
}

func namesOf(tag string) []string {
	for part := range strings.SplitSeq(tag, ",") {
		if key, value, _ := strings.Cut(strings.TrimSpace(part), "="); key == "name" {
			return strings.Split(strings.TrimSpace(value), ";")
		}
	}
	return nil
}

func typeText(expr ast.Expr) string {
	switch t := expr.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.StarExpr:
		return "*" + typeText(t.X)
	case *ast.SelectorExpr:
		return typeText(t.X) + "." + t.Sel.Name
	case *ast.ArrayType:
		return "[]" + typeText(t.Elt)
	case *ast.MapType:
		return "map[" + typeText(t.Key) + "]" + typeText(t.Value)
	}
	return ""
}

// of finds the field of a parameter in the scaler's own file, else in another file if there is only one kind of it.
func (f fields) of(kind, name string) field {
	if own, ok := f.byFile[f.fileOf[kind]][name]; ok {
		return own
	}
	var found []field
	for _, path := range sortedKeys(f.byFile) {
		if shared, ok := f.byFile[path][name]; ok && filepath.Base(filepath.Dir(path)) != "scalers" {
			found = append(found, shared)
		}
	}
	for _, other := range found {
		if other.kind != found[0].kind {
			return field{}
		}
	}
	if len(found) == 0 {
		return field{}
	}
	return found[0]
}

// readBuilder reads which function creates the scaler of each type of trigger.
func readBuilder(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
	if err != nil {
		return nil, err
	}
	creators := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if clause, ok := n.(*ast.CaseClause); ok {
			creator := creatorIn(clause)
			for _, label := range clause.List {
				if literal, ok := label.(*ast.BasicLit); ok && creator != "" {
					kind, _ := strconv.Unquote(literal.Value)
					creators[kind] = creator
				}
			}
		}
		return true
	})
	if len(creators) == 0 {
		return nil, fmt.Errorf("%s: no scaler is created there", path)
	}
	return creators, nil
}

// creatorIn is the first function New… that a case calls.
func creatorIn(clause *ast.CaseClause) (name string) {
	for _, statement := range clause.Body {
		ast.Inspect(statement, func(n ast.Node) bool {
			if call, ok := n.(*ast.SelectorExpr); ok && name == "" && strings.HasPrefix(call.Sel.Name, "New") {
				name = call.Sel.Name
			}
			return true
		})
	}
	return name
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
