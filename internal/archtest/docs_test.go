package archtest

import (
	"go/ast"
	"go/token"
)

// checkDocs wants a comment on the package and on every exported name and method. A group of constants or variables may share
// one; fields of structs and methods of interfaces may go without. Generated files are left alone.
func checkDocs(p pack, report report) {
	documented := false
	for _, f := range p.files {
		documented = documented || f.Doc != nil
		if ast.IsGenerated(f.File) {
			continue
		}
		for _, decl := range f.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				docsOfFunc(d, report)
			case *ast.GenDecl:
				docsOfGroup(d, report)
			}
		}
	}
	if !documented {
		report(token.NoPos, "has no package comment; say in doc.go which question it answers")
	}
}

func docsOfFunc(d *ast.FuncDecl, report report) {
	if d.Doc == nil && d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type))) {
		undocumented(report, d.Name)
	}
}

func receiver(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func docsOfGroup(d *ast.GenDecl, report report) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Doc == nil && (d.Doc == nil || d.Lparen.IsValid()) && s.Name.IsExported() {
				undocumented(report, s.Name)
			}
		case *ast.ValueSpec:
			if s.Doc == nil && s.Comment == nil && d.Doc == nil {
				undocumented(report, s.Names...)
			}
		}
	}
}

func undocumented(report report, names ...*ast.Ident) {
	for _, name := range names {
		if name.IsExported() {
			report(name.Pos(), "exports %s without a comment; say what it is, its unit, its errors and its source", name.Name)
		}
	}
}
