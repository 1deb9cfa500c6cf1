package replay

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/internal/golden"
)

// divider stands between the commands of a scenario and its trace.
const divider = "---\n"

// TestScenarios plays each file of testdata and holds its trace against the one that the file has. testdata/README.md has
// the commands.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			commands, _, _ := strings.Cut(string(text), divider)
			says(t, commands)
			s, err := parseScenario(name, commands)
			require.NoError(t, err)
			golden.Equal(t, name, []byte(commands+divider+s.trace()))
		})
	}
}

// says holds that the first lines tell which behaviour of Spark a scenario shows, which class has it, and what was recorded
// of it.
func says(t *testing.T, commands string) {
	t.Helper()
	var head strings.Builder
	for line := range strings.Lines(commands) {
		if !strings.HasPrefix(line, "# ") {
			break
		}
		head.WriteString(line)
	}
	assert.Contains(t, head.String(), "\n# Spark: ", "the class that does so, and its version")
	assert.Contains(t, head.String(), "\n# Recorded: ", "the test that shows the same of a real run, or no")
	for _, name := range testName.FindAllString(head.String(), -1) {
		assert.Contains(t, tests(t), "\nfunc "+name+"(t *testing.T) {", "the test that the comment names")
	}
}

var testName = regexp.MustCompile(`Test\w+`)

// tests is the text of the package's tests of recordings.
func tests(t *testing.T) (text string) {
	for _, file := range []string{"recordings_test.go", "replay_test.go"} {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		text += string(source)
	}
	return text
}

// trace plays a scenario and writes what happens.
func (s *scenario) trace() string {
	var b strings.Builder
	s.setting.watch = func(h happening) { fmt.Fprintf(&b, "%7d %s\n", h.at, s.describe(h)) }
	r, err := s.work.Run(context.Background(), s.setting)
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
		return b.String()
	}
	fmt.Fprintf(&b, "%7d application ended\n", r.Wall.Milliseconds())
	return b.String()
}

func (s *scenario) describe(h happening) string {
	switch {
	case h.index != none:
		return fmt.Sprintf("%-19s %s %d on %d", h.what, s.stages[h.stage], h.index, h.executor+1)
	case h.stage != none:
		return fmt.Sprintf("%-19s %s", h.what, s.stages[h.stage])
	case h.job != none:
		return fmt.Sprintf("%-19s %s", h.what, s.jobs[h.job])
	}
	return fmt.Sprintf("%-19s %d", h.what, h.executor+1)
}

func TestScenarioErrorsNameTheLine(t *testing.T) {
	cases := map[string]string{
		"colour red\n":                                     "a.txt:1: no command colour",
		"# so\n\nspark.executor.cores\n":                   "a.txt:3: a value",
		"stage a 1x1s\n":                                   "a.txt:1: a stage before the first job",
		"job a\nstage m 4s\n":                              `a.txt:2: tasks "4s": write 4x1s`,
		"job a\nstage m 0x1s\n":                            `a.txt:2: tasks "0x1s": write 4x1s`,
		"job a\nstage m\n":                                 "a.txt:2: no tasks",
		"job a\nstage m 1x1s after=x\n":                    "a.txt:2: after=x: no stage x before",
		"job a\nstage m 1x1s writes=many\n":                `a.txt:2: writes=many: strconv.ParseInt: parsing "many": invalid syntax`,
		"job a\nstage m 1x1s colour=red\n":                 "a.txt:2: a stage has no colour",
		"job a\njob b gap=1\n":                             `a.txt:2: gap=1: time: missing unit in duration "1"`,
		"job a\njob b after=c\n":                           "a.txt:2: after=c: no job c before",
		"job a\njob a\n":                                   "a.txt:2: a second job a",
		"job a\nstage m 1x1s\nstage m 1x1s\n":              "a.txt:3: a second stage m",
		"job a\nskipped n of m\n":                          "a.txt:2: no stage m before",
		"life 9s..1s\n":                                    "a.txt:1: 9s..1s ends before it begins",
		"hosts a b a\n":                                    "a.txt:1: a host twice",
		"cold ice 1s\n":                                    "a.txt:1: no level ice",
		"job a recorded=1s..2s\njob b\n":                   "a.txt:2: recorded must be of all jobs or of none",
		"spark.executor.cores 1\nspark.task.cpus 2\njob a": "a.txt:3: ",
	}
	for text, want := range cases {
		_, err := parseScenario("a.txt", text)
		assert.ErrorContains(t, err, want, text)
	}
}

// Preferences for shuffle files end at a thousand maps or reducers (MapOutputTrackerMaster.SHUFFLE_PREF_MAP_THRESHOLD,
// SHUFFLE_PREF_REDUCE_THRESHOLD); a trace of so many tasks would show no more.
func TestShufflePreferenceEndsAtAThousand(t *testing.T) {
	for _, c := range []struct {
		maps, reducers int
		prefers        bool
	}{{999, 999, true}, {1000, 1, false}, {1, 1000, false}} {
		s, err := parseScenario("made", fmt.Sprintf("job a\nstage m %dx1s writes=1\nstage r %dx1s reads=m\n", c.maps, c.reducers))
		require.NoError(t, err)
		assert.Equal(t, c.prefers, len(s.work.stages[1].prefers) == 1, c)
	}
}
