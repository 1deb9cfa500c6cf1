// Package report writes a profile, a plan or findings for people: as text for a terminal, as wide as asked, with colour where
// asked.
//
//	err := report.Plan(os.Stdout, p, profile, report.Options{Width: 100, Color: true})
//	err = report.Findings(os.Stdout, snapshot, diagnose.Run(snapshot, diagnose.Options{}), report.Options{})
//
// Names out of logs are not trusted: control characters are replaced before they reach a terminal.
package report
