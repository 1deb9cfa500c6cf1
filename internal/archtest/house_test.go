package archtest

// This file is the law. Everything else in the package reads it.

const module = "github.com/sparkscale/sparkscale"

// room is a folder at the root of the module, with all that is below it.
type room struct {
	name string
	may  string // the rooms it may import: their names, "none", "all", or "all but" names
	core bool   // pure: computes and does nothing else
}

// house lists the rooms in the order of their arrows: a room imports only what stands above it.
// The root package and internal stand outside: the root is documentation, internal serves every room.
var house = []room{
	{name: "units", may: "none", core: true},
	{name: "spark", may: "units", core: true},
	{name: "workload", may: "units spark", core: true},
	{name: "eventlog", may: "units spark workload"},
	{name: "sparkrest", may: "units spark workload"},
	{name: "sizing", may: "units spark workload", core: true},
	{name: "allocation", may: "units spark workload sizing", core: true},
	{name: "replay", may: "units spark workload sizing allocation", core: true},
	{name: "plan", may: "units spark workload sizing allocation replay", core: true},
	{name: "sparkapp", may: "units spark sizing allocation plan"},
	{name: "keda", may: "units spark workload allocation plan sparkapp"},
	{name: "diagnose", may: "units spark workload sizing allocation replay plan sparkapp", core: true},
	{name: "monitor", may: "units spark allocation plan"},
	{name: "report", may: "units spark workload sizing allocation replay plan sparkapp keda diagnose monitor"},
	{name: "observe", may: "all but examples"},
	{name: "examples", may: "all"},
}

// testOnly are helpers that only test files may import.
var testOnly = []string{module + "/internal/archtest", module + "/internal/golden", module + "/internal/dataset", "testing"}

// effects are the packages of the standard library, with all below them, that reach outside of a computation.
var effects = []string{
	"crypto/rand", "database/sql", "expvar", "flag", "io/ioutil", "log", "net", "os", "path/filepath", "plugin",
	"runtime/debug", "runtime/pprof", "runtime/trace", "syscall",
}

// harmless are packages below those of effects that only compute.
var harmless = []string{"net/netip", "net/url"}

// outside are the modules and packages beyond the standard library that a core room may import, and which room: "" is each.
var outside = map[string]string{
	"gonum.org/v1/gonum":                            "",
	"k8s.io/apimachinery/pkg/api/resource":          "units",
	"k8s.io/apimachinery/pkg/util/validation/field": "",
	"sigs.k8s.io/yaml":                              "allocation", // nodes and quotas come as manifests
}

// clients must not be compiled by those who import a core room, not even through another package.
var clients = []string{"k8s.io/client-go", "sigs.k8s.io/controller-runtime"}

// keda's API types come with a large module; only the room keda imports it, and only rooms that may import keda inherit it.
const (
	kedaModule = "github.com/kedacore/keda"
	kedaRoom   = "keda"
)

// clock are the names of package time, and of context, that read the clock or the machine's time zones, or wait.
var clock = map[string][]string{
	"time": {
		"After", "AfterFunc", "LoadLocation", "Local", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until",
	},
	"context": {"WithDeadline", "WithDeadlineCause", "WithTimeout", "WithTimeoutCause"},
}

// seeded are the names of math/rand and math/rand/v2 that do not touch the global generator.
var seeded = []string{
	"ChaCha8", "New", "NewChaCha8", "NewPCG", "NewSource", "NewZipf", "PCG", "Rand", "Source", "Source64", "Zipf",
}

// loud are names that write to the terminal or end the process: a library returns values and errors.
var loud = map[string][]string{
	"fmt": {"Print", "Printf", "Println"},
	"os":  {"Exit", "Stderr", "Stdout"},
}

// mayBeLoud are the packages, with all below them, that the rules for libraries do not bind. Programs (package main) are free too.
var mayBeLoud = []string{module + "/examples", module + "/internal/golden"}

// mayBeUnsafe are the packages that may import unsafe. There is none.
var mayBeUnsafe = []string{}

const (
	maxFileLines     = 700
	maxFunctionLines = 100
)
