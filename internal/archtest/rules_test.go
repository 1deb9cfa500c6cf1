package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// rule looks at one package and reports each place that breaks it.
type rule struct {
	name  string
	check func(pack, report)
}

type report func(pos token.Pos, format string, args ...any)

var rules = []rule{
	{"room", checkRoom},
	{"imports", checkImports},
	{"dependencies", checkDeps},
	{"purity", checkPurity},
	{"clock", checkClock},
	{"silence", checkSilence},
	{"panic", checkPanic},
	{"unsafe", checkUnsafe},
	{"documentation", checkDocs},
	{"size", checkSize},
}

// violations applies a rule to a package; each line names the place, the offence and the remedy.
func (r rule) violations(p pack) []string {
	var found []string
	r.check(p, func(pos token.Pos, format string, args ...any) {
		place := relative(p.path)
		if pos.IsValid() {
			at := p.fset.Position(pos)
			place = fmt.Sprintf("%s:%d", at.Filename, at.Line)
		}
		found = append(found, place+": "+fmt.Sprintf(format, args...))
	})
	return found
}

func checkRoom(p pack, report report) {
	name := roomName(p.path)
	if _, ok := roomOf(p.path); !ok && name != "." && name != "internal" {
		report(token.NoPos, "belongs to no room; add %s to the house or move the package into a room", name)
	}
	if name == "examples" && p.name == "main" && len(p.tests) == 0 {
		report(token.NoPos, "is an example without a test; add one that runs it")
	}
}

func checkImports(p pack, report report) {
	own := roomName(p.path)
	for spec, imported := range imports(p) {
		if slices.Contains(testOnly, imported) && own != "internal" {
			report(spec.Pos(), "imports %s, which is for tests; move the code into a test file", imported)
		}
		if !within(imported, module) {
			continue
		}
		if target := roomName(imported); target != own && target != "internal" && !slices.Contains(allowed(own), target) {
			report(spec.Pos(), "imports %s; %s may import: %s", relative(imported), own, mayOf(own))
		}
	}
}

func checkDeps(p pack, report report) {
	own := roomName(p.path)
	for _, client := range clients {
		if dep := firstWithin(p.deps, client); p.core && dep != "" {
			report(token.NoPos, "compiles %s; the core compiles no Kubernetes client, so move what needs it to observe", dep)
		}
	}
	if dep := firstWithin(p.deps, cloudModule); dep != "" && !slices.Contains(cloudPackages, relative(p.path)) && own != cloudUsers {
		report(token.NoPos, "compiles %s; only %s and %s do, so take an io/fs file system", dep, strings.Join(cloudPackages, ", "), cloudUsers)
	}
	for _, h := range heavy {
		if dep := firstWithin(p.deps, h.module); dep != "" && own != h.room && !slices.Contains(allowed(own), h.room) {
			report(token.NoPos, "compiles %s; only %s and the rooms that may import it do", dep, h.room)
		}
		for spec, imported := range imports(p) {
			if within(imported, h.module) && own != h.room {
				report(spec.Pos(), "imports %s; go through the room %s", imported, h.room)
			}
		}
	}
}

func checkPurity(p pack, report report) {
	if !p.core {
		return
	}
	for spec, imported := range imports(p) {
		switch {
		case within(imported, module) || withinAny(imported, harmless):
		case withinAny(imported, effects) || imported == "C":
			report(spec.Pos(), "imports %s; the core is pure, so take the value or an io/fs interface as an argument", imported)
		case !standard(imported) && !mayUseOutside(p, imported):
			report(spec.Pos(), "imports %s; of other modules the core may use: %s", imported, strings.Join(sortedKeys(outside), ", "))
		}
	}
	eachUse(p, func(use *ast.SelectorExpr, from string) {
		if (from == "math/rand" || from == "math/rand/v2") && !slices.Contains(seeded, use.Sel.Name) {
			report(use.Pos(), "uses the global generator rand.%s; make one from a seed that is an argument", use.Sel.Name)
		}
	})
}

func checkClock(p pack, report report) {
	if !p.core {
		return
	}
	eachUse(p, func(use *ast.SelectorExpr, from string) {
		if slices.Contains(clock[from], use.Sel.Name) {
			report(use.Pos(), "uses %s.%s; the core has no clock, so take the time as an argument", from, use.Sel.Name)
		}
	})
}

func checkSilence(p pack, report report) {
	if free(p) {
		return
	}
	for spec, imported := range imports(p) {
		if within(imported, "log") {
			report(spec.Pos(), "imports %s; a library does not log, so return a warning as data", imported)
		}
	}
	eachUse(p, func(use *ast.SelectorExpr, from string) {
		if slices.Contains(loud[from], use.Sel.Name) {
			report(use.Pos(), "uses %s.%s; a library neither prints nor exits, so return a value or write to an io.Writer", from, use.Sel.Name)
		}
	})
	eachCall(p, func(name string, pos token.Pos, _ string) {
		if name == "print" || name == "println" {
			report(pos, "calls %s; a library does not print", name)
		}
	})
}

func checkPanic(p pack, report report) {
	if free(p) {
		return
	}
	eachCall(p, func(name string, pos token.Pos, in string) {
		if name == "panic" && !strings.HasPrefix(in, "Must") {
			report(pos, "panics outside a Must… function; return an error")
		}
	})
}

func checkUnsafe(p pack, report report) {
	for spec, imported := range imports(p) {
		if imported == "unsafe" && !withinAny(p.path, mayBeUnsafe) {
			report(spec.Pos(), "imports unsafe; find the safe form, or argue for the package in mayBeUnsafe")
		}
	}
}

// checkSize binds tests too; generated files are as long as they are.
func checkSize(p pack, report report) {
	for _, f := range slices.Concat(p.files, p.tests) {
		if ast.IsGenerated(f.File) {
			continue
		}
		if f.lines > maxFileLines {
			report(f.Package, "has %d lines, more than %d; one idea a file", f.lines, maxFileLines)
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			if length := p.length(n); length > maxFunctionLines {
				report(n.Pos(), "a function of %d lines, more than %d; name its parts", length, maxFunctionLines)
			}
			return true
		})
	}
}

// length gives the lines of a function, without its comment; 0 of anything else.
func (p *pack) length(n ast.Node) int {
	switch f := n.(type) {
	case *ast.FuncDecl:
		return p.fset.Position(f.End()).Line - p.fset.Position(f.Type.Pos()).Line + 1
	case *ast.FuncLit:
		return p.fset.Position(f.End()).Line - p.fset.Position(f.Pos()).Line + 1
	}
	return 0
}

func free(p pack) bool { return p.name == "main" || withinAny(p.path, mayBeLoud) }

func mayUseOutside(p pack, imported string) bool {
	for pattern, only := range outside {
		if within(imported, pattern) && (only == "" || only == roomName(p.path)) {
			return true
		}
	}
	return false
}
