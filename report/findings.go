package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/internal/wording"
)

// maxEvidence is how many pieces of evidence of a finding are written.
const maxEvidence = 6

// Findings writes what was found out about an application, each with its evidence and its fixes, and what could not be checked.
// The error is the writer's.
func Findings(w io.Writer, s *diagnose.Snapshot, findings []diagnose.Finding, o Options) error {
	p := newPrinter(w, o)
	p.diagnosed(s)
	for _, f := range findings {
		p.finding(f)
	}
	if len(findings) == 0 {
		p.printf("\n%s\n", "Nothing found.")
	}
	p.unchecked(s)
	return p.err
}

func (p *printer) diagnosed(s *diagnose.Snapshot) {
	name := strings.Trim(s.App.Namespace+"/"+s.App.Name, "/")
	if name == "" {
		name = "unnamed application"
	}
	p.printf("%s\n", p.paint(bold, wording.Line(name, 300)))
	health := s.Health()
	if s.Knows(diagnose.PartApplication) {
		p.row("state", wording.Line(fmt.Sprintf("%s, %s: %s", s.App.State, health.Status, health.Message), 500))
	}
	for _, pair := range [][2]string{{"id", s.App.ID}, {"Spark", s.Version}} {
		if pair[1] != "" {
			p.row(pair[0], wording.Line(pair[1], 100))
		}
	}
	if s.Taken.Known() {
		p.row("seen until", s.Taken.String())
	}
}

const (
	red    = "31"
	yellow = "33"
)

func (p *printer) finding(f diagnose.Finding) {
	color := map[diagnose.Severity]string{diagnose.Error: red, diagnose.Warning: yellow, diagnose.Info: cyan}[f.Severity]
	p.printf("\n%s\n", p.paint(bold, p.paint(color, fmt.Sprintf("%s  %s", f.Code, f.Severity))))
	p.row("", f.Message)
	if f.Cost > 0 {
		p.row("cost", fmt.Sprintf("%.3g core-hours (%s)", f.Cost, f.Basis))
	}
	for i, e := range f.Evidence {
		if i == maxEvidence {
			p.note(fmt.Sprintf("and %d more", len(f.Evidence)-i))
			break
		}
		p.row(once("evidence", i), e.Place.String())
		p.note(evidence(e))
	}
	for i, x := range f.Fixes {
		p.row(once("fix", i), fmt.Sprintf("%s (%s)", x.Title, x.Effect))
		for _, text := range append(steps(x), x.Note) {
			if text != "" {
				p.note(text)
			}
		}
	}
	if len(f.Symptoms) > 0 {
		p.row("explains", fmt.Sprint(f.Symptoms))
	}
}

// once gives the label for the first of several rows.
func once(label string, i int) string {
	if i > 0 {
		return ""
	}
	return label
}

func evidence(e diagnose.Evidence) string {
	if e.Expected == "" {
		return e.Value
	}
	return e.Value + " — expected: " + e.Expected
}

// steps are what to set, patch or run.
func steps(x diagnose.Fix) []string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(x.Conf)) {
		if x.Conf[key] == "" {
			list = append(list, "without "+key)
		} else {
			list = append(list, key+"="+x.Conf[key])
		}
	}
	if x.Patch != "" {
		list = append(list, "merge patch for "+x.Object+": "+x.Patch)
	}
	return append(list, x.Command)
}

// unchecked says which parts are unknown and how many rules they keep silent.
func (p *printer) unchecked(s *diagnose.Snapshot) {
	rules := map[diagnose.Part]int{}
	for _, u := range diagnose.Unchecked(s) {
		for _, part := range u.Lacks {
			rules[part]++
		}
	}
	if len(s.Gaps)+len(s.Notes) == 0 {
		return
	}
	p.section("not known")
	for _, g := range s.Gaps {
		text := wording.Line(g.Why, 300)
		if rules[g.Part] > 0 {
			text += "; silent without it: " + wording.Count(rules[g.Part], "rule")
		}
		p.row(string(g.Part), text)
	}
	for _, n := range s.Notes {
		p.note(n)
	}
}
