package report_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/sparkscale/sparkscale/report"
	"github.com/sparkscale/sparkscale/workload"
)

func ExampleProfile() {
	var out bytes.Buffer
	err := report.Profile(&out, (&workload.Builder{}).Build(workload.Coverage{Source: "empty"}), report.Options{Width: 80})
	first, _, _ := strings.Cut(out.String(), "\n")
	fmt.Println(strings.TrimSpace(first), err)
	// Output: unnamed application <nil>
}

func ExampleHTML() {
	var out bytes.Buffer
	err := report.HTML(&out, report.Page{Run: (&workload.Builder{}).Build(workload.Coverage{Source: "empty"})})
	fmt.Println(strings.Contains(out.String(), "<h1>unnamed application</h1>"), err)
	// Output: true <nil>
}
