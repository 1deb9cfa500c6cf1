package allocation

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/workload"
)

func demandSteps(executors ...int) demand {
	var d demand
	for i, n := range executors {
		d = append(d, step{at: workload.Instant(1000 * (i + 1)), tasks: n, executors: n})
	}
	return d
}

func TestGapsAreThoseOfEachExecutor(t *testing.T) {
	s := time.Second
	for name, c := range map[string]struct {
		demand demand
		first  int
		want   []time.Duration
	}{
		"none before the first work":  {demandSteps(0, 0, 2), 4, nil},
		"none after the last":         {demandSteps(2, 0, 0), 4, nil},
		"all idle":                    {demandSteps(2, 0, 0, 2), 4, []time.Duration{2 * s, 2 * s}},
		"the upper one longer":        {demandSteps(2, 1, 0, 1, 2), 4, []time.Duration{s, 3 * s}},
		"a straggler":                 {demandSteps(3, 1, 1, 1, 2), 4, []time.Duration{3 * s}},
		"only as many as asked about": {demandSteps(9, 0, 9), 2, []time.Duration{s, s}},
		"twice":                       {demandSteps(1, 0, 1, 0, 0, 1), 1, []time.Duration{s, 2 * s}},
	} {
		assert.Equal(t, c.want, c.demand.gaps(c.first), name)
	}
}

// wasted says whether an executor that leaves after the timeout would be wanted again too soon.
func wasted(gaps []time.Duration, timeout, cost time.Duration) bool {
	return slices.ContainsFunc(gaps, func(g time.Duration) bool { return g+g/10 >= timeout && g < timeout+cost })
}

func TestPatienceIsTheShortestTimeoutThatWastesNoRemoval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		millis := rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.IntRange(0, 60000).Draw(t, "ms")) * time.Millisecond
		})
		gaps := rapid.SliceOfN(millis, 0, 12).Draw(t, "gaps")
		least, cost := millis.Draw(t, "least"), millis.Draw(t, "cost")
		want := seconds(least)
		for wasted(gaps, want, cost) {
			want += time.Second
		}
		require.Equal(t, want, patience(gaps, least, cost))
	})
}
