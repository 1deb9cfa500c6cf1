// Package report writes a profile or a plan for people: as text for a terminal, as wide as asked, with colour where asked.
//
//	err := report.Plan(os.Stdout, p, profile, report.Options{Width: 100, Color: true})
//
// Names out of logs are not trusted: control characters are replaced before they reach a terminal.
package report
