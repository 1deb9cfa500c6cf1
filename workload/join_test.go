package workload_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// ran is a run in short: what Join looks at.
type ran struct {
	id     string
	start  workload.Instant
	wall   workload.Instant
	input  units.Bytes
	tasks  int
	work   time.Duration
	conf   map[string]string
	cores  int
	failed bool
	cut    bool
}

func (r ran) profile() *workload.Profile {
	var b workload.Builder
	b.Environment(r.conf)
	b.ApplicationStart(workload.Application{ID: r.id, Name: "etl"}, r.start)
	added("1", r.start, r.cores)(&b)
	stage(0, r.tasks, r.start, r.start+r.wall)(&b)
	b.JobStart(workload.JobStart{At: r.start, StageIDs: []int{0}, SQL: -1})
	task(0, r.start, r.start+r.wall, func(e *workload.TaskEnd) { e.Metrics.Input, e.Metrics.Run = r.input, r.work })(&b)
	b.JobEnd(0, r.start+r.wall, !r.failed)
	if !r.cut {
		b.ApplicationEnd(r.start + r.wall)
	}
	return b.Build(workload.Coverage{})
}

func join(t require.TestingT, runs ...ran) workload.Joined {
	var profiles []*workload.Profile
	for i, r := range runs {
		if r.id == "" {
			r.id = fmt.Sprint("run-", i)
		}
		r.start = max(r.start, workload.Instant(i+1))
		profiles = append(profiles, r.profile())
	}
	j, err := workload.Join(profiles...)
	require.NoError(t, err)
	return j
}

func TestNoise(t *testing.T) {
	dynamic := map[string]string{"spark.dynamicAllocation.enabled": "true"}
	for name, c := range map[string]struct {
		runs  []ran
		noise float64
		n     int
	}{
		"one run":                  {[]ran{{wall: 100}}, 0, 0},
		"two alike":                {[]ran{{wall: 90}, {wall: 110}}, math.Sqrt(200) / 100, 2},
		"pooled over groups":       {[]ran{{wall: 90}, {wall: 110}, {wall: 900, tasks: 5}, {wall: 1100, tasks: 5}, {wall: 7, tasks: 9}}, math.Sqrt(200) / 100, 4},
		"other settings":           {[]ran{{wall: 90}, {wall: 110, conf: map[string]string{"spark.executor.memory": "2g"}}}, 0, 0},
		"other names of the run":   {[]ran{{wall: 90, conf: map[string]string{"spark.app.id": "a"}}, {wall: 110, conf: map[string]string{"spark.app.id": "b", "spark.eventLog.dir": "x"}}}, math.Sqrt(200) / 100, 2},
		"other cores":              {[]ran{{wall: 90, cores: 2}, {wall: 110, cores: 4}}, 0, 0},
		"cores of dynamic ones":    {[]ran{{wall: 90, cores: 2, conf: dynamic}, {wall: 110, cores: 4, conf: dynamic}}, math.Sqrt(200) / 100, 2},
		"other input":              {[]ran{{wall: 90, input: 1000}, {wall: 110, input: 1020}}, 0, 0},
		"nearly the same input":    {[]ran{{wall: 90, input: 1000}, {wall: 110, input: 1009}}, math.Sqrt(200) / 100, 2},
		"input at any edge":        {[]ran{{wall: 90, input: 2048}, {wall: 110, input: 2049}}, math.Sqrt(200) / 100, 2},
		"other tasks, same input":  {[]ran{{wall: 90, input: 1000, tasks: 200}, {wall: 110, input: 1000, tasks: 199}}, math.Sqrt(200) / 100, 2},
		"a job failed in one":      {[]ran{{wall: 90}, {wall: 110, failed: true}}, 0, 0},
		"one that did not end":     {[]ran{{wall: 90}, {wall: 110}, {wall: 5, cut: true}}, math.Sqrt(200) / 100, 2},
		"without a time":           {[]ran{{wall: 0}, {wall: 0}}, 0, 0},
		"the same run given twice": {[]ran{{id: "a", start: 5, wall: 90}, {id: "a", start: 5, wall: 90}}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			j := join(t, c.runs...)
			assert.InDelta(t, c.noise, j.Noise, 1e-9)
			assert.Equal(t, c.n, j.NoiseRuns)
		})
	}
}

func TestGrowth(t *testing.T) {
	for name, c := range map[string]struct {
		runs   []ran
		growth float64
		n      int
	}{
		"one run":            {[]ran{{input: 1000, work: time.Second}}, 0, 0},
		"linear":             {[]ran{{input: 1000, work: time.Second}, {input: 4000, work: 4 * time.Second}}, 1, 2},
		"quadratic":          {[]ran{{input: 1000, work: time.Second}, {input: 2000, work: 4 * time.Second}, {input: 4000, work: 16 * time.Second}}, 2, 3},
		"does not grow":      {[]ran{{input: 1000, work: time.Second}, {input: 4000, work: time.Second}}, 0, 2},
		"inputs too alike":   {[]ran{{input: 1000, work: time.Second}, {input: 1100, work: 4 * time.Second}}, 0, 0},
		"some read nothing":  {[]ran{{input: 1000, work: time.Second}, {input: 4000, work: 4 * time.Second}, {work: time.Hour}}, 1, 2},
		"by tasks":           {[]ran{{tasks: 80, work: time.Second}, {tasks: 320, work: 2 * time.Second}}, 0.5, 2},
		"no work":            {[]ran{{input: 1000}, {input: 4000}}, 0, 0},
		"no tasks, no input": {[]ran{{work: time.Second}, {work: time.Second}}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			j := join(t, c.runs...)
			assert.InDelta(t, c.growth, j.Growth, 1e-9)
			assert.Equal(t, c.n, j.GrowthRuns)
		})
	}
}

func TestJoinedRuns(t *testing.T) {
	late, early, cut := ran{id: "c", start: 30, wall: 5}.profile(), ran{id: "b", start: 10, wall: 7}.profile(), ran{id: "a", start: 40, wall: 9, cut: true}.profile()
	j, err := workload.Join(late, cut, early, late)
	require.NoError(t, err)
	assert.Equal(t, []*workload.Profile{early, late}, j.Runs)
	assert.Same(t, late, j.Latest())
	assert.Equal(t, 2, j.Wall.N)

	j, err = workload.Join(cut)
	require.NoError(t, err)
	assert.Equal(t, []*workload.Profile{cut}, j.Runs, "better than nothing")

	first, second := attempt("app", "1", 90), attempt("app", "2", 50)
	j, err = workload.Join(first, second)
	require.NoError(t, err)
	assert.Equal(t, []*workload.Profile{second}, j.Runs)
}

func TestJoinRefuses(t *testing.T) {
	_, err := workload.Join()
	require.ErrorContains(t, err, "no run")
	_, err = workload.Join(ran{}.profile(), nil)
	require.ErrorContains(t, err, "run 2 of 2 to join is nil")
	_, err = workload.Join(nil)
	require.ErrorContains(t, err, "run 1 of 1")
	_, err = workload.Join(ran{}.profile(), of())
	require.ErrorIs(t, err, workload.ErrDifferent)
	require.ErrorContains(t, err, `"etl" and ""`)
}

// TestJoinTakesRunsInAnyOrder gives the same bits.
func TestJoinTakesRunsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var runs []*workload.Profile
		for i := range rapid.IntRange(1, 8).Draw(t, "runs") {
			runs = append(runs, ran{
				id: fmt.Sprint(i), start: workload.Instant(rapid.IntRange(1, 9).Draw(t, "start")),
				wall: workload.Instant(rapid.IntRange(0, 99).Draw(t, "wall")), work: time.Duration(rapid.IntRange(1, 99).Draw(t, "work")) * time.Second,
				input: units.Bytes(rapid.IntRange(0, 200).Draw(t, "input")), cut: rapid.Bool().Draw(t, "cut"),
			}.profile())
		}
		want, err := workload.Join(runs...)
		require.NoError(t, err)
		shuffled := slices.Clone(runs)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)).Shuffle(len(runs), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		got, err := workload.Join(shuffled...)
		require.NoError(t, err)
		assert.Equal(t, want, got)
		assert.GreaterOrEqual(t, want.Noise, 0.0)
		assert.NotEqual(t, 1, want.NoiseRuns)
	})
}
