package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/diagnose"
)

// change makes the healthy snapshot into another one.
type change func(*diagnose.Snapshot)

// ruleCase says of a rule how a snapshot looks in which it fires, and one that is near to it in which it stays silent.
type ruleCase struct {
	fire, silent change
	// says is part of the message.
	says string
}

func findingsOf(s *diagnose.Snapshot, code diagnose.Code) []diagnose.Finding {
	return slices.DeleteFunc(diagnose.Run(s, diagnose.Options{}), func(f diagnose.Finding) bool { return f.Code != code })
}

func with(c change) *diagnose.Snapshot {
	s := healthy()
	if c != nil {
		c(s)
	}
	return s
}

func cases() map[diagnose.Code]ruleCase {
	all := map[diagnose.Code]ruleCase{}
	for _, group := range []map[diagnose.Code]ruleCase{pendingCases, failureCases, takenCases, heldCases, slowCases, wasteCases, wasteMoreCases} {
		for code, c := range group {
			all[code] = c
		}
	}
	return all
}

func TestAHealthyApplicationHasNoFinding(t *testing.T) {
	assert.Empty(t, diagnose.Run(healthy(), diagnose.Options{}))
	assert.Empty(t, diagnose.Unchecked(healthy()))
}

func TestEveryRuleHasItsCases(t *testing.T) {
	known := cases()
	seen := map[diagnose.Code]bool{}
	for _, r := range diagnose.Rules() {
		assert.False(t, seen[r.Code], "%s is two rules", r.Code)
		seen[r.Code] = true
		assert.Contains(t, known, r.Code)
		assert.NotEmpty(t, r.Title, "%s", r.Code)
		assert.NotEmpty(t, r.Doc, "%s", r.Code)
		assert.NotEmpty(t, append(r.Needs, r.Either...), "%s", r.Code)
		for _, hidden := range r.Hides {
			assert.Contains(t, known, hidden, "%s hides it", r.Code)
		}
	}
	assert.Len(t, known, len(seen))
}

func TestRulesFire(t *testing.T) {
	for code, c := range cases() {
		t.Run(string(code), func(t *testing.T) {
			found := findingsOf(with(c.fire), code)
			require.NotEmpty(t, found, "it does not fire")
			f := found[0]
			assert.Contains(t, f.Message, c.says)
			assert.NotEmpty(t, f.Subject)
			require.NotEmpty(t, f.Evidence)
			for _, e := range f.Evidence {
				assert.NotEmpty(t, e.Value)
				assert.NotEmpty(t, e.Source+e.Path)
			}
			require.NotEmpty(t, f.Fixes)
			for _, x := range f.Fixes {
				assert.NotEmpty(t, x.Title)
				assert.Contains(t, []diagnose.Effect{diagnose.Live, diagnose.NextRun}, x.Effect)
			}
			assert.Equal(t, f.Cost > 0, f.Cost > 0 && f.Basis != "", "a cost without its basis")
		})
	}
}

func TestRulesStaySilent(t *testing.T) {
	for code, c := range cases() {
		t.Run(string(code), func(t *testing.T) { assert.Empty(t, findingsOf(with(c.silent), code)) })
	}
}

func TestRulesWithoutTheirEvidence(t *testing.T) {
	for _, r := range diagnose.Rules() {
		t.Run(string(r.Code), func(t *testing.T) {
			lacking := [][]diagnose.Part{r.Either}
			for _, need := range r.Needs {
				lacking = append(lacking, []diagnose.Part{need})
			}
			for _, parts := range lacking {
				if len(parts) == 0 {
					continue
				}
				s := with(cases()[r.Code].fire)
				for _, p := range parts {
					s.Gaps = append(s.Gaps, diagnose.Gap{Part: p, Why: "not allowed"})
				}
				assert.Empty(t, findingsOf(s, r.Code), "without %v", parts)
				assert.True(t, slices.ContainsFunc(diagnose.Unchecked(s), func(u diagnose.Skipped) bool { return u.Code == r.Code }))
			}
		})
	}
}

func TestNothingIsKnown(t *testing.T) {
	s := &diagnose.Snapshot{}
	for _, p := range diagnose.Parts() {
		s.Gaps = append(s.Gaps, diagnose.Gap{Part: p})
	}
	assert.Empty(t, diagnose.Run(s, diagnose.Options{}))
	assert.Len(t, diagnose.Unchecked(s), len(diagnose.Rules()))
	assert.Empty(t, diagnose.Run(&diagnose.Snapshot{}, diagnose.Options{}), "an empty snapshot claims that there is nothing")
}

func TestHostileTextsAreBounded(t *testing.T) {
	evil := strings.Repeat("\x1b[31mred\u202e\n", 5000)
	for _, c := range cases() {
		s := with(c.fire)
		for i := range s.Log {
			s.Log[i].Text += evil
		}
		for i := range s.Executors {
			s.Executors[i].Unschedulable += evil
		}
		for i := range s.Events {
			s.Events[i].Message += evil
		}
		for i := range s.Run.Stages {
			s.Run.Stages[i].Name = evil
		}
		for _, f := range diagnose.Run(s, diagnose.Options{}) {
			assert.NotContains(t, f.Message, "\n")
			assert.NotContains(t, f.Message, "\x1b")
			assert.NotContains(t, f.Message, "\u202e")
			assert.Less(t, len(f.Message), 8000)
			for _, e := range f.Evidence {
				assert.NotContains(t, e.Value, "\x1b")
				assert.Less(t, len(e.Value), 2000)
			}
		}
	}
}
