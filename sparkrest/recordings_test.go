package sparkrest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/sparkrest"
)

// recordingDirs are the folders of recordings: those of the index, and the captures of a Kubernetes cluster beside it.
func recordingDirs(t testing.TB) []string {
	t.Helper()
	var index []struct{ Path string }
	dataset.JSON(t, "recordings/index.json", &index)
	var dirs []string
	for _, r := range index {
		dirs = append(dirs, dataset.Path(t, "recordings", r.Path))
	}
	captures, err := filepath.Glob(filepath.Join(dataset.Path(t, "recordings"), "k8s", "*"))
	require.NoError(t, err)
	return append(dirs, captures...)
}

// restFiles are the saved answers of the REST API.
func restFiles(t testing.TB) []string { return besides(t, "hs/*.json", "rest/*.json") }

// pages are the saved pages of metrics for Prometheus.
func pages(t testing.TB) []string { return besides(t, "prom/*.txt", "rest/*.prom") }

func besides(t testing.TB, patterns ...string) (files []string) {
	t.Helper()
	for _, dir := range recordingDirs(t) {
		for _, pattern := range patterns {
			found, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
			require.NoError(t, err)
			files = append(files, slices.DeleteFunc(found, func(file string) bool {
				info, err := os.Stat(file)
				return err != nil || info.Size() == 0
			})...)
		}
	}
	return files
}

var regexpID = regexp.MustCompile(`"id" : "([^"]+)"`)

// stageOfTasks finds the attempt of a stage that a saved list of tasks is of, as "STAGE/ATTEMPT": the one in which all of
// them were launched.
func stageOfTasks(t testing.TB, stagesText, tasksText []byte) string {
	t.Helper()
	var stages []sparkrest.Stage
	var tasks []sparkrest.Task
	require.NoError(t, json.Unmarshal(stagesText, &stages))
	require.NoError(t, json.Unmarshal(tasksText, &tasks))
	for _, s := range stages {
		within := func(task sparkrest.Task) bool {
			return task.LaunchTime >= s.FirstTaskLaunchedTime && task.LaunchTime <= s.CompletionTime
		}
		if s.FirstTaskLaunchedTime.Known() && len(tasks) == s.NumCompleteTasks+s.NumFailedTasks && !slices.ContainsFunc(tasks, func(x sparkrest.Task) bool { return !within(x) }) &&
			slices.ContainsFunc(tasks, func(x sparkrest.Task) bool { return x.LaunchTime == s.FirstTaskLaunchedTime }) {
			return fmt.Sprintf("%d/%d", s.ID, s.AttemptID)
		}
	}
	t.Fatal("the tasks are of no stage")
	return ""
}
