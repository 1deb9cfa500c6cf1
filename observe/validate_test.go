package observe_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/observe"
)

func verdict(v observe.Validation, name string) observe.Verdict {
	for _, c := range v {
		if c.Name == name {
			return c.Verdict
		}
	}
	return ""
}

// A recording of dynamic allocation that the index calls grown and shrunk proves it; one without it refutes it.
func TestValidateRecordings(t *testing.T) {
	for _, tr := range recordings(t) {
		s, err := snapshotOf(t, tr.folder)
		require.NoError(t, err)
		v := observe.Validate(s)
		switch {
		case strings.Contains(tr.shows, "dynamic allocation with shuffle tracking"):
			assert.Equal(t, observe.Proven, v.Verdict(), "%+v", v)
		case strings.Contains(tr.shows, "hold cached blocks"):
			assert.Equal(t, observe.Proven, verdict(v, "grows"), "%+v", v)
			assert.Equal(t, observe.Refuted, verdict(v, "shrinks"), "%+v", v)
		case strings.Contains(tr.shows, "dynamic allocation off"):
			assert.Equal(t, observe.Refuted, verdict(v, "configured"), "%+v", v)
			assert.Equal(t, observe.Refuted, verdict(v, "running"), "%+v", v)
		}
		for _, c := range v {
			assert.NotEmpty(t, c.Says)
			t.Logf("%s %s %s", c.Name, c.Verdict, c.Says)
		}
	}
}

func TestNothingIsProvenByNothing(t *testing.T) {
	s := &diagnose.Snapshot{}
	for _, p := range diagnose.Parts() {
		s.Gaps = append(s.Gaps, diagnose.Gap{Part: p})
	}
	for _, c := range observe.Validate(s) {
		assert.Equal(t, observe.Unproven, c.Verdict, "%s", c.Name)
	}
	assert.Equal(t, observe.Unproven, observe.Validate(s).Verdict())
}

func ExampleValidate() {
	snapshot := &diagnose.Snapshot{
		Version: "3.5.6",
		Conf:    []diagnose.Property{{Key: "spark.dynamicAllocation.enabled", Value: "true"}, {Key: "spark.dynamicAllocation.maxExecutors", Value: "4"}},
		Log: []diagnose.LogFact{
			{Kind: diagnose.LogBacklog, Count: 1, Text: "Requesting 2 new executors", Fields: map[string]string{"target": "4"}, Place: diagnose.Place{Source: "driver.log", Line: 80}},
			{Kind: diagnose.LogMonitored, Count: 1, Text: "New executor 4 has registered (new total is 4)", Fields: map[string]string{"total": "4"}},
			{Kind: diagnose.LogIdle, Count: 1, Text: "Executors 2,3 removed due to idle timeout.", Fields: map[string]string{"executors": "2,3"}},
		},
	}
	for _, c := range observe.Validate(snapshot)[1:5] {
		fmt.Println(c.Name, c.Verdict+":", c.Says)
	}
	// Output:
	// running proven: the allocation manager takes notice of executors
	// grows proven: up to 4 executors were asked for because tasks waited, and 4 were there at once
	// shrinks proven: 2 executors were removed because they were idle
	// bounds proven: 4 executors at most, of 4 allowed
}
