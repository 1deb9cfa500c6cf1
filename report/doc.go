// Package report writes a profile, a plan or findings for people: as text for a terminal, as wide as asked, with colour where
// asked, and as a page for a browser that needs nothing but itself.
//
//	err := report.Plan(os.Stdout, p, profile, report.Options{Width: 100, Color: true})
//	err = report.HTML(file, report.Page{Run: profile, Plan: p})
//	err = report.Findings(os.Stdout, snapshot, diagnose.Run(snapshot, diagnose.Options{}), report.Options{})
//
// Names out of logs are not trusted: control characters are replaced before they reach a terminal or a page, and in a page
// everything is escaped.
package report
