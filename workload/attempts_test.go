package workload_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/workload"
)

// attempt builds a run that ends at a time.
func attempt(app, id string, end workload.Instant) *workload.Profile {
	var b workload.Builder
	b.ApplicationStart(workload.Application{ID: app, AttemptID: id}, 1)
	b.ApplicationEnd(end)
	return b.Build(workload.Coverage{})
}

func TestLatestAttempts(t *testing.T) {
	first, second, tenth := attempt("a", "1", 50), attempt("a", "2", 9), attempt("a", "10", 9)
	alone, unnamed, nameless := attempt("b", "", 5), attempt("", "", 5), attempt("", "1", 5)
	copied, longer := attempt("c", "1", 5), attempt("c", "1", 7)

	kept, superseded := workload.LatestAttempts([]*workload.Profile{tenth, first, unnamed, second, alone, nameless, copied, longer})
	assert.Equal(t, []*workload.Profile{tenth, unnamed, alone, nameless, longer}, kept)
	assert.Equal(t, []*workload.Profile{first, second, copied}, superseded)

	kept, superseded = workload.LatestAttempts(nil)
	assert.Empty(t, kept)
	assert.Empty(t, superseded)
}

// TestLatestAttemptsKeepsOneOfEach holds for any order: nothing is lost, and one attempt of each application is kept.
func TestLatestAttemptsKeepsOneOfEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var runs []*workload.Profile
		apps := map[string]bool{}
		for range rapid.IntRange(0, 20).Draw(t, "runs") {
			app := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "app")
			apps[app] = true
			runs = append(runs, attempt(app, rapid.SampledFrom([]string{"", "1", "2", "11"}).Draw(t, "id"), workload.Instant(rapid.IntRange(1, 9).Draw(t, "end"))))
		}
		kept, superseded := workload.LatestAttempts(runs)
		assert.Len(t, kept, len(apps))
		assert.ElementsMatch(t, runs, append(kept, superseded...))
		again, none := workload.LatestAttempts(kept)
		assert.Equal(t, kept, again)
		assert.Empty(t, none)
	})
}
