package diagnose

import (
	"cmp"
	"slices"
	"strings"
)

// Rule looks for one fault.
type Rule struct {
	Code Code
	// Title says what it finds, Doc what it rests on.
	Title, Doc string
	// Needs are the parts without which it says nothing; of Either it needs one.
	Needs, Either []Part
	// Hides are the symptoms of this cause: findings of these rules are not given beside one of this.
	Hides []Code

	check func(*view) []Finding
}

// Skipped is a rule that could not be applied, and the parts that it lacked.
type Skipped struct {
	Code  Code   `json:"code"`
	Lacks []Part `json:"lacks"`
}

// Run applies all rules to a snapshot: errors come first, then warnings, and of each the most costly. The same snapshot gives
// the same findings.
func Run(s *Snapshot, o Options) []Finding {
	v := newView(s, o.filled())
	var found []Finding
	for _, r := range Rules() {
		if len(r.lacks(s)) > 0 {
			continue
		}
		for _, f := range r.check(v) {
			f.Code, f.Doc = r.Code, r.Doc
			f.clean()
			found = append(found, f)
		}
	}
	found = withoutSymptoms(found)
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank(a.Severity), rank(b.Severity)), cmp.Compare(b.Cost, a.Cost))
	})
	return found
}

// Unchecked returns the rules that the gaps of a snapshot keep silent, in the order of [Rules].
func Unchecked(s *Snapshot) []Skipped {
	var skipped []Skipped
	for _, r := range Rules() {
		if lacks := r.lacks(s); len(lacks) > 0 {
			skipped = append(skipped, Skipped{r.Code, lacks})
		}
	}
	return skipped
}

// lacks gives the parts that are missing for the rule.
func (r Rule) lacks(s *Snapshot) []Part {
	unknown := func(p Part) bool { return !s.Knows(p) }
	var missing []Part
	for _, p := range r.Needs {
		if unknown(p) {
			missing = append(missing, p)
		}
	}
	if len(r.Either) > 0 && !slices.ContainsFunc(r.Either, s.Knows) {
		missing = append(missing, r.Either...)
	}
	return missing
}

func rank(s Severity) int { return slices.Index([]Severity{Error, Warning, Info}, s) }

// withoutSymptoms takes out what another finding explains. One that is only information explains nothing.
func withoutSymptoms(found []Finding) []Finding {
	hides := map[Code][]Code{}
	for _, r := range Rules() {
		hides[r.Code] = r.Hides
	}
	var kept []Finding
	for _, f := range found {
		hidden := slices.ContainsFunc(found, func(cause Finding) bool {
			return cause.Severity != Info && rank(cause.Severity) <= rank(f.Severity) && slices.Contains(hides[cause.Code], f.Code)
		})
		if !hidden {
			kept = append(kept, f)
		}
	}
	for i := range kept {
		kept[i].Symptoms = symptoms(found, kept, hides[kept[i].Code])
	}
	return kept
}

// symptoms are the codes among hides that were found and not kept.
func symptoms(found, kept []Finding, hides []Code) []Code {
	var codes []Code
	for _, f := range found {
		has := func(k Finding) bool { return k.Code == f.Code }
		if slices.Contains(hides, f.Code) && !slices.ContainsFunc(kept, has) && !slices.Contains(codes, f.Code) {
			codes = append(codes, f.Code)
		}
	}
	slices.SortFunc(codes, func(a, b Code) int { return strings.Compare(string(a), string(b)) })
	return codes
}

// Failing reports whether any finding is an error, which is what a pipeline should stop at.
func Failing(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Error })
}
