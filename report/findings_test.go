package report_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/report"
)

func evilSnapshot() *diagnose.Snapshot {
	evil := "\x1b[31m\u202eevil\n" + strings.Repeat("x", 5000)
	return &diagnose.Snapshot{
		App:   diagnose.App{Name: evil, Namespace: evil, State: evil, ID: evil, Message: evil},
		Log:   []diagnose.LogFact{{Kind: diagnose.LogAborted, Count: 1, Text: evil, Fields: map[string]string{"task": evil}, Place: diagnose.Place{Source: evil, Line: 3}}},
		Gaps:  []diagnose.Gap{{Part: diagnose.PartPods, Why: evil}},
		Notes: []string{evil},
	}
}

func TestFindingsAreSafeForATerminal(t *testing.T) {
	var out bytes.Buffer
	s := evilSnapshot()
	require.NoError(t, report.Findings(&out, s, diagnose.Run(s, diagnose.Options{}), report.Options{}))
	assert.False(t, strings.ContainsFunc(out.String(), func(r rune) bool { return r != '\n' && r != unicode.ReplacementChar && !unicode.IsPrint(r) }))
	assert.Contains(t, out.String(), "RISK/JOB-FAILED")
}

func TestFindingsTellOfTheWriter(t *testing.T) {
	s := evilSnapshot()
	assert.Error(t, report.Findings(failing{}, s, diagnose.Run(s, diagnose.Options{}), report.Options{}))
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }

func ExampleFindings() {
	s := &diagnose.Snapshot{
		App: diagnose.App{Name: "job", Namespace: "spark", State: "FAILED", Message: "driver container failed with ExitCode: 1"},
		Log: []diagnose.LogFact{{
			Kind: diagnose.LogAborted, Count: 1, Text: "Task 1 in stage 0.0 failed 4 times; aborting job",
			Fields: map[string]string{"task": "1", "stage": "0.0", "times": "4"}, Place: diagnose.Place{Source: "driver.log", Line: 291},
		}},
	}
	_ = report.Findings(os.Stdout, s, diagnose.Run(s, diagnose.Options{}), report.Options{})
	// Output:
	// spark/job
	//   state           FAILED, Degraded: driver container failed with ExitCode: 1
	//
	// RISK/JOB-FAILED  error
	//                   task 1 of stage 0.0 failed 4 times and ended its job
	//   evidence        driver.log:291
	//                   Task 1 in stage 0.0 failed 4 times; aborting job
	//   fix             remove the cause that the log names above this line (next run)
	//                   a higher spark.task.maxFailures helps only against chance
	//   explains        [RISK/APP-FAILED]
}
