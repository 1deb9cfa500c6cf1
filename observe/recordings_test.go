package observe_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/observe"
)

// truth is what the index of the recordings says of one: how it ended, and what it shows.
type truth struct{ folder, ends, shows string }

var row = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]*) \\| [^|]* \\| (.*) \\|$")

// recordings lists the folders, each with its line of the README that lies beside them.
func recordings(t *testing.T) []truth {
	root := dataset.Path(t, "recordings/k8s")
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	said := map[string]truth{}
	for _, m := range row.FindAllStringSubmatch(string(readme), -1) {
		said[m[1]] = truth{filepath.Join(root, m[1]), m[2], m[3]}
	}
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	var list []truth
	for _, e := range entries {
		if e.IsDir() {
			one := said[e.Name()]
			one.folder = filepath.Join(root, e.Name())
			list = append(list, one)
		}
	}
	return list
}

var gathered = map[string]*diagnose.Snapshot{}

// snapshotOf gathers a recording, once for all tests: a snapshot is not modified by whoever uses it.
func snapshotOf(t *testing.T, folder string) (*diagnose.Snapshot, error) {
	if s := gathered[folder]; s != nil {
		return s, nil
	}
	s, err := observe.Dir(t.Context(), folder)
	gathered[folder] = s
	return s, err
}

// expected are words of a truth, and the rule that finds it. The first that a truth has counts.
var expected = []struct {
	words []string
	code  diagnose.Code
}{
	{[]string{"without the right", "cannot create resource", "cannot get resource", "is forbidden: User"}, "SCALE-UP/RBAC"},
	{[]string{"exceeded quota", "ResourceQuota"}, "SCALE-UP/PENDING-QUOTA"},
	{[]string{"Insufficient cpu"}, "SCALE-UP/PENDING-CPU"},
	{[]string{"Insufficient memory"}, "SCALE-UP/PENDING-MEMORY"},
	{[]string{"untolerated taint"}, "SCALE-UP/PENDING-TAINT"},
	{[]string{"ErrImagePull", "ImagePullBackOff"}, "SCALE-UP/PENDING-IMAGE"},
	{[]string{"OOMKilled"}, "RISK/OOM-CONTAINER"},
	{[]string{"exit code 52", "OutOfMemoryError"}, "RISK/OOM-HEAP"},
	{[]string{"hold cached blocks"}, "NOT-RELEASING/CACHE"},
	{[]string{"StatefulSet allocator with dynamic allocation", "StatefulSet allocator and dynamic allocation"}, "SCALE-DOWN/STATEFULSET-DYNAMIC"},
	{[]string{"kill -9"}, "RISK/EXECUTOR-KILLED"},
	{[]string{"scaled", "ScaledObject", "replicationReattemptInterval", "decommission"}, "SCALE-DOWN/OUTSIDE"},
}

func (tr truth) code() diagnose.Code {
	for _, e := range expected {
		if slices.ContainsFunc(e.words, func(w string) bool { return strings.Contains(tr.shows, w) }) {
			return e.code
		}
	}
	return ""
}

func TestTheFirstFindingIsTheTruthOfTheRecording(t *testing.T) {
	for _, tr := range recordings(t) {
		t.Run(filepath.Base(tr.folder), func(t *testing.T) {
			s, err := snapshotOf(t, tr.folder)
			require.NoError(t, err)
			assert.Empty(t, s.Notes)
			found := diagnose.Run(s, diagnose.Options{})
			if want := tr.code(); want != "" {
				require.NotEmpty(t, found)
				assert.Equal(t, want, found[0].Code, "%s", tr.shows)
				cited(t, tr.folder, found[0])
			} else {
				assert.False(t, diagnose.Failing(found), "a healthy run has an error: %v", found)
			}
			if tr.ends == "COMPLETED" && !strings.Contains(tr.shows, "forbidden") && tr.code() != "SCALE-DOWN/STATEFULSET-DYNAMIC" {
				assert.False(t, diagnose.Failing(found), "it ended well: %v", found)
			}
			for _, f := range found {
				t.Logf("%s, at %s", f, f.Evidence[0].Place)
			}
		})
	}
}

// cited checks that the evidence names files that are there, one of them with its line.
func cited(t *testing.T, folder string, f diagnose.Finding) {
	lines := 0
	for _, e := range f.Evidence {
		if e.Line == 0 {
			continue
		}
		lines++
		text, err := os.ReadFile(filepath.Join(folder, e.Source))
		require.NoError(t, err)
		assert.LessOrEqual(t, e.Line, bytes.Count(text, []byte{'\n'})+1)
	}
	assert.Positive(t, lines, "no evidence with file and line")
}

func TestNoiseIsNoFinding(t *testing.T) {
	for _, tr := range recordings(t) {
		s, err := snapshotOf(t, tr.folder)
		require.NoError(t, err)
		for _, f := range diagnose.Run(s, diagnose.Options{}) {
			for _, e := range f.Evidence {
				assert.NotContains(t, e.Value, "FailedPreStopHook", "%s", f)
				assert.NotContains(t, e.Value, "exit code 143", "%s", f)
				assert.NotContains(t, e.Value, "configmap", "%s", f)
			}
		}
	}
}

func TestASavedRecordingGivesTheSameFindings(t *testing.T) {
	for _, tr := range recordings(t) {
		s, err := snapshotOf(t, tr.folder)
		require.NoError(t, err)
		var saved bytes.Buffer
		require.NoError(t, s.Save(&saved))
		t.Logf("%s: %d bytes", filepath.Base(tr.folder), saved.Len())
		loaded, err := diagnose.Load(&saved)
		require.NoError(t, err)
		want, err := json.Marshal(diagnose.Run(s, diagnose.Options{}))
		require.NoError(t, err)
		got, err := json.Marshal(diagnose.Run(loaded, diagnose.Options{}))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), "%s", tr.folder)
	}
}

// Rules that fire in no recording stand on the cases of package diagnose alone; this test lists them, so that they are known.
func TestRulesWithoutARecording(t *testing.T) {
	seen := map[diagnose.Code]bool{}
	for _, tr := range recordings(t) {
		s, err := snapshotOf(t, tr.folder)
		require.NoError(t, err)
		for _, f := range diagnose.Run(s, diagnose.Options{}) {
			seen[f.Code] = true
			for _, code := range f.Symptoms {
				seen[code] = true
			}
		}
	}
	var without []string
	for _, r := range diagnose.Rules() {
		if !seen[r.Code] {
			without = append(without, string(r.Code))
		}
	}
	t.Logf("%d of %d rules have no real recording: %s", len(without), len(diagnose.Rules()), strings.Join(without, " "))
}

func TestHealthAgreesWithArgoCD(t *testing.T) {
	var cases []struct {
		Name, Kind string
		InputFile  string `json:"input_file"`
		Expected   json.RawMessage
	}
	dataset.JSON(t, "thirdparty/cases.json", &cases)
	n := 0
	for _, c := range cases {
		if c.Kind != "sparkapplication-health" {
			continue
		}
		n++
		t.Run(c.Name, func(t *testing.T) {
			var want diagnose.Health
			require.NoError(t, json.Unmarshal(c.Expected, &want))
			text, err := os.ReadFile(dataset.Path(t, "thirdparty/"+c.InputFile))
			require.NoError(t, err)
			folder := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(folder, "saved"), text, 0o600))
			s, err := observe.Dir(t.Context(), folder)
			require.NoError(t, err)
			assert.Equal(t, want, s.Health())
		})
	}
	assert.Positive(t, n)
}
