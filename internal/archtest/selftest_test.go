package archtest

import (
	"go/token"
	"strings"
	"testing"
)

// selfTests are made-up packages; want is a part of the one violation a rule must find, or empty where it must stay silent.
var selfTests = []struct {
	name, rule, path, src string
	deps                  []string
	test                  string // source of a test file
	want                  string
}{
	{name: "known room", rule: "room", path: "eventlog/internal/lz4", src: "package lz4"},
	{name: "no room", rule: "room", path: "cellar", src: "package cellar", want: "cellar: belongs to no room"},
	{name: "untested example", rule: "room", path: "examples/plan", src: "package main", want: "example without a test"},
	{name: "tested example", rule: "room", path: "examples/plan", src: "package main", test: "package main"},

	{name: "with the arrows", rule: "imports", path: "plan", src: `package plan; import _ "MODULE/sizing"`},
	{name: "against the arrows", rule: "imports", path: "sizing", src: `package sizing; import _ "MODULE/plan"`, want: "sizing/a.go:1: imports plan"},
	{name: "sideways", rule: "imports", path: "eventlog", src: `package eventlog; import _ "MODULE/sparkrest"`, want: "may import: units spark workload"},
	{name: "below a room", rule: "imports", path: "units/deep", src: `package deep; import _ "MODULE/spark/keys"`, want: "imports spark/keys"},
	{name: "the root", rule: "imports", path: "examples/plan", src: `package main; import _ "MODULE"`, want: "imports .;"},
	{name: "from the root", rule: "imports", path: "", src: `package sparkscale; import _ "MODULE/units"`, want: "may import: none"},
	{name: "an example", rule: "imports", path: "observe", src: `package observe; import _ "MODULE/examples/plan"`, want: "imports examples/plan"},
	{name: "all but one", rule: "imports", path: "observe", src: `package observe; import _ "MODULE/report"`},
	{name: "shared", rule: "imports", path: "units", src: `package units; import _ "MODULE/internal/shared"`},
	{name: "internal imports none", rule: "imports", path: "internal/shared", src: `package shared; import _ "MODULE/units"`, want: "internal may import: none"},
	{name: "test helper", rule: "imports", path: "plan", src: `package plan; import _ "MODULE/internal/golden"`, want: "which is for tests"},
	{name: "test helper in a test", rule: "imports", path: "plan", src: "package plan", test: `package plan; import _ "MODULE/internal/golden"`},
	{name: "testing", rule: "imports", path: "plan", src: `package plan; import _ "testing"`, want: "which is for tests"},

	{name: "core and a client", rule: "dependencies", path: "diagnose", src: "package diagnose", deps: []string{"k8s.io/client-go/rest"}, want: "compiles k8s.io/client-go/rest"},
	{name: "observe and a client", rule: "dependencies", path: "observe", src: "package observe", deps: []string{"k8s.io/client-go/rest"}},
	{name: "keda by inheritance", rule: "dependencies", path: "report", src: "package report", deps: []string{"github.com/kedacore/keda/v2/apis"}},
	{name: "keda by accident", rule: "dependencies", path: "sparkapp", src: "package sparkapp", deps: []string{"github.com/kedacore/keda/v2/apis"}, want: "only keda and the rooms"},
	{name: "keda past its room", rule: "dependencies", path: "report", src: `package report; import _ "github.com/kedacore/keda/v2/apis"`, want: "go through the room keda"},
	{name: "plots by accident", rule: "dependencies", path: "plan", src: "package plan", deps: []string{"gonum.org/v1/plot/vg"}, want: "only report and the rooms"},
	{name: "plots past their room", rule: "dependencies", path: "examples/plan", src: `package main; import _ "gonum.org/v1/plot"`, want: "go through the room report"},
	{name: "plots themselves", rule: "dependencies", path: "report/internal/chart", src: `package chart; import _ "gonum.org/v1/plot"`, deps: []string{"gonum.org/v1/plot"}},
	{name: "object stores by accident", rule: "dependencies", path: "eventlog", src: "package eventlog", deps: []string{"gocloud.dev/blob"}, want: "only eventlog/blob, keda/objectscaler and examples do"},
	{name: "object stores", rule: "dependencies", path: "eventlog/blob", src: "package blob", deps: []string{"gocloud.dev/blob"}},
	{name: "object stores in a program", rule: "dependencies", path: "examples/x", src: "package x", deps: []string{"gocloud.dev/blob"}},
	{name: "keda itself", rule: "dependencies", path: "keda", src: `package keda; import _ "github.com/kedacore/keda/v2/apis"`},

	{name: "environment", rule: "purity", path: "sizing", src: `package sizing; import _ "os"`, want: "imports os"},
	{name: "below a package with effects", rule: "purity", path: "sizing", src: `package sizing; import _ "net/http"`, want: "imports net/http"},
	{name: "harmless below one", rule: "purity", path: "sizing", src: `package sizing; import _ "net/url"`},
	{name: "interfaces of files", rule: "purity", path: "workload", src: `package workload; import _ "io/fs"`},
	{name: "environment of a reader", rule: "purity", path: "eventlog", src: `package eventlog; import _ "os"`},
	{name: "environment of a test", rule: "purity", path: "sizing", src: "package sizing", test: `package sizing; import _ "os"`},
	{name: "quantities in units", rule: "purity", path: "units", src: `package units; import _ "k8s.io/apimachinery/pkg/api/resource"`},
	{name: "quantities elsewhere", rule: "purity", path: "sizing", src: `package sizing; import _ "k8s.io/apimachinery/pkg/api/resource"`, want: "of other modules the core may use"},
	{name: "validation", rule: "purity", path: "sizing", src: `package sizing; import _ "k8s.io/apimachinery/pkg/util/validation/field"`},
	{name: "other modules", rule: "purity", path: "plan", src: `package plan; import _ "k8s.io/api/core/v1"`, want: "imports k8s.io/api/core/v1"},
	{name: "statistics", rule: "purity", path: "workload", src: `package workload; import _ "gonum.org/v1/gonum/stat"`},
	{name: "C", rule: "purity", path: "replay", src: `package replay; import "C"`, want: "imports C"},
	{name: "global randomness", rule: "purity", path: "replay", src: "package replay; import \"math/rand/v2\"\nvar x = rand.IntN(3)", want: "replay/a.go:2: uses the global generator rand.IntN"},
	{name: "seeded randomness", rule: "purity", path: "replay", src: `package replay; import "math/rand/v2"; var x = rand.New(rand.NewPCG(1, 2)).IntN(3)`},

	{name: "now", rule: "clock", path: "plan", src: `package plan; import "time"; var x = time.Now()`, want: "uses time.Now"},
	{name: "now as a value", rule: "clock", path: "plan", src: `package plan; import "time"; var x = time.Now`, want: "uses time.Now"},
	{name: "now by another name", rule: "clock", path: "plan", src: `package plan; import t "time"; var x = t.Now()`, want: "uses time.Now"},
	{name: "sleep", rule: "clock", path: "replay", src: `package replay; import "time"; func f() { time.Sleep(1) }`, want: "uses time.Sleep"},
	{name: "deadline", rule: "clock", path: "replay", src: `package replay; import "context"; var f = context.WithTimeout`, want: "uses context.WithTimeout"},
	{name: "durations", rule: "clock", path: "plan", src: `package plan; import "time"; var x = time.Unix(0, 0).Add(time.Second)`},
	{name: "now of a client", rule: "clock", path: "sparkrest", src: `package sparkrest; import "time"; var x = time.Now()`},

	{name: "print", rule: "silence", path: "report", src: `package report; import "fmt"; func f() { fmt.Println() }`, want: "uses fmt.Println"},
	{name: "print to a writer", rule: "silence", path: "report", src: `package report; import ("fmt"; "io"); func f(w io.Writer) { fmt.Fprintln(w) }`},
	{name: "terminal", rule: "silence", path: "report", src: `package report; import "os"; var w = os.Stdout`, want: "uses os.Stdout"},
	{name: "exit", rule: "silence", path: "observe", src: `package observe; import "os"; func f() { os.Exit(1) }`, want: "uses os.Exit"},
	{name: "log", rule: "silence", path: "observe", src: `package observe; import _ "log/slog"`, want: "imports log/slog"},
	{name: "logarithm", rule: "silence", path: "workload", src: `package workload; import "math"; var x = math.Log(2)`},
	{name: "built-in print", rule: "silence", path: "keda", src: "package keda; func f() { println() }", want: "calls println"},
	{name: "program", rule: "silence", path: "internal/gen", src: `package main; import "fmt"; func main() { fmt.Println() }`},
	{name: "example", rule: "silence", path: "examples/plan/show", src: `package show; import "fmt"; func f() { fmt.Println() }`},

	{name: "panics", rule: "panic", path: "units", src: "package units; func Parse() { panic(1) }", want: "panics outside"},
	{name: "panics in a literal", rule: "panic", path: "units", src: "package units; var f = func() { panic(1) }", want: "panics outside"},
	{name: "must", rule: "panic", path: "units", src: "package units; func MustParse() { panic(1) }"},
	{name: "method must", rule: "panic", path: "units", src: "package units; type T int; func (T) MustAdd() { panic(1) }"},

	{name: "unsafe", rule: "unsafe", path: "workload", src: `package workload; import _ "unsafe"`, want: "imports unsafe"},
	{name: "safe", rule: "unsafe", path: "workload", src: `package workload; import _ "math"`},

	{name: "no package comment", rule: "documentation", path: "units", src: "package units", want: "units: has no package comment"},
	{name: "function", rule: "documentation", path: "units", src: "// Package units …\npackage units\nfunc Parse() {}", want: "units/a.go:3: exports Parse"},
	{name: "method", rule: "documentation", path: "units", src: "// Package units …\npackage units\n// T …\ntype T[V any] int\nfunc (*T[V]) Add() {}", want: "exports Add"},
	{name: "method of a hidden type", rule: "documentation", path: "units", src: "// Package units …\npackage units\ntype t int\nfunc (t) Add() {}"},
	{name: "type", rule: "documentation", path: "units", src: "// Package units …\npackage units\ntype T int", want: "exports T"},
	{name: "type in a group", rule: "documentation", path: "units", src: "// Package units …\npackage units\n// Types.\ntype (\nT int\n)", want: "exports T"},
	{name: "constant", rule: "documentation", path: "units", src: "// Package units …\npackage units\nconst A = 1", want: "exports A"},
	{name: "constants of a group", rule: "documentation", path: "units", src: "// Package units …\npackage units\n// Sizes.\nconst (\nA = 1\nB = 2\n)"},
	{name: "variable", rule: "documentation", path: "units", src: "// Package units …\npackage units\nvar a, B int", want: "exports B"},
	{name: "generated", rule: "documentation", path: "keda/pb", src: "// Code generated by x. DO NOT EDIT.\n\n// Package pb …\npackage pb\ntype T int"},

	{name: "long file", rule: "size", path: "units", src: "package units" + strings.Repeat("\n", 701), want: "has 701 lines"},
	{name: "full file", rule: "size", path: "units", src: "package units" + strings.Repeat("\n", 700)},
	{name: "long function", rule: "size", path: "units", src: "package units\n" + functionOf(101), want: "units/a.go:2: a function of 101 lines"},
	{name: "full function", rule: "size", path: "units", src: "package units\n" + functionOf(100)},
	{name: "long test", rule: "size", path: "units", src: "package units", test: "package units\n" + functionOf(101), want: "units/a_test.go:2"},
	{name: "long literal", rule: "size", path: "units", src: "package units\nvar f = " + strings.Replace(functionOf(101), " f", "", 1), want: "of 101 lines"},
	{name: "long generated", rule: "size", path: "units", src: "// Code generated by x. DO NOT EDIT.\n\npackage units\n" + functionOf(900)},
}

func functionOf(lines int) string { return "func f() {" + strings.Repeat("\n", lines-1) + "}" }

func TestRulesFindWhatTheyShouldAndNothingElse(t *testing.T) {
	for _, c := range selfTests {
		t.Run(c.rule+"/"+c.name, func(t *testing.T) {
			p := synthetic(t, c.path, c.src, c.test)
			p.deps = c.deps
			found := ruleNamed(t, c.rule).violations(p)
			switch {
			case c.want == "" && len(found) > 0:
				t.Errorf("should stay silent, found %q", found)
			case c.want != "" && (len(found) != 1 || !strings.Contains(found[0], c.want)):
				t.Errorf("found %q, want one with %q", found, c.want)
			}
		})
	}
}

func TestEveryRuleHasACaseWhereItFiresAndOneWhereItIsSilent(t *testing.T) {
	for _, r := range rules {
		fires, silent := false, false
		for _, c := range selfTests {
			fires = fires || c.rule == r.name && c.want != ""
			silent = silent || c.rule == r.name && c.want == ""
		}
		if !fires || !silent {
			t.Errorf("rule %s: fires %t, silent %t", r.name, fires, silent)
		}
	}
}

func TestInternalPackagesOfTheCoreAreHeldToTheCore(t *testing.T) {
	packs := []pack{
		{path: module + "/internal/used"},
		{path: module + "/internal/unused"},
		{path: module + "/sparkapp"},
		{path: module + "/diagnose", deps: []string{module + "/internal/used", module + "/sparkapp"}},
	}
	markCore(packs)
	for i, want := range []bool{true, false, false, true} {
		if packs[i].core != want {
			t.Errorf("%s: core %t, want %t", packs[i].path, packs[i].core, want)
		}
	}
}

func TestListingErrorsAreNotPassedOver(t *testing.T) {
	_, err := decode([]byte(`{"ImportPath": "MODULE/plan", "Error": {"Err": "no required module provides package x"}}`))
	if err == nil || !strings.Contains(err.Error(), "no required module") {
		t.Errorf("got %v", err)
	}
}

func synthetic(t *testing.T, path, src, test string) pack {
	t.Helper()
	p := pack{path: strings.TrimSuffix(module+"/"+path, "/"), fset: token.NewFileSet()}
	for name, text := range map[string]string{"a.go": src, "a_test.go": test} {
		if text == "" {
			continue
		}
		f, err := p.parseFile(path+"/"+name, []byte(strings.ReplaceAll(text, "MODULE", module)))
		if err != nil {
			t.Fatal(err)
		}
		if name == "a.go" {
			p.files, p.name = []file{f}, f.Name.Name
		} else {
			p.tests = []file{f}
		}
	}
	r, _ := roomOf(p.path)
	p.core = r.core
	return p
}

func ruleNamed(t *testing.T, name string) rule {
	t.Helper()
	for _, r := range rules {
		if r.name == name {
			return r
		}
	}
	t.Fatalf("no rule %q", name)
	return rule{}
}
