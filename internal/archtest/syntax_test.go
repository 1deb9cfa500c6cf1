package archtest

import (
	"go/ast"
	"go/token"
	"path"
	"strconv"
	"strings"
)

// imports yields what the files that are not tests import.
func imports(p pack) func(func(*ast.ImportSpec, string) bool) {
	return func(yield func(*ast.ImportSpec, string) bool) {
		for _, f := range p.files {
			for _, spec := range f.Imports {
				if !yield(spec, unquote(spec)) {
					return
				}
			}
		}
	}
}

// eachUse visits every use of a name from an imported package.
func eachUse(p pack, visit func(use *ast.SelectorExpr, from string)) {
	for _, f := range p.files {
		names := map[string]string{}
		for _, spec := range f.Imports {
			names[localName(spec)] = unquote(spec)
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			if use, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := use.X.(*ast.Ident); ok && names[x.Name] != "" {
					visit(use, names[x.Name])
				}
			}
			return true
		})
	}
}

// eachCall visits every call of a plain name, with the declared function it stands in ("" outside of one).
func eachCall(p pack, visit func(name string, pos token.Pos, in string)) {
	for _, f := range p.files {
		for _, decl := range f.Decls {
			in := ""
			if fn, ok := decl.(*ast.FuncDecl); ok {
				in = fn.Name.Name
			}
			ast.Inspect(decl, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if name, ok := call.Fun.(*ast.Ident); ok {
						visit(name.Name, call.Pos(), in)
					}
				}
				return true
			})
		}
	}
}

func unquote(spec *ast.ImportSpec) string {
	imported, _ := strconv.Unquote(spec.Path.Value)
	return imported
}

func localName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	name := path.Base(unquote(spec))
	if strings.HasPrefix(name, "v") && len(name) == 2 { // math/rand/v2
		name = path.Base(path.Dir(unquote(spec)))
	}
	return name
}
