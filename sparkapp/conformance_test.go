package sparkapp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/sparkapp"
)

// listed is one document of the index of manifests.
type listed struct {
	File, APIVersion, Kind, Name string
	Doc                          int
	CRD                          string
	SchemaErrors                 []string `json:"schema_errors"`
	UnknownFields                []string `json:"unknown_fields"`
	ParseError                   string   `json:"parse_error"`
	Facts                        *facts
}

type facts struct {
	Type, Mode, SparkVersion, MemoryOverheadFactor *string
	Driver, Executor, DynamicAllocation            map[string]any
	Sizing                                         map[string]string `json:"sparkConf_sizing"`
}

func (l listed) ours() bool { return strings.HasPrefix(l.APIVersion, "sparkoperator.k8s.io/") }

// files gives the documents of each file.
func files(t *testing.T) map[string][]listed {
	t.Helper()
	var index []listed
	dataset.JSON(t, "thirdparty/sparkapplications/index.json", &index)
	byFile := map[string][]listed{}
	for _, l := range index {
		byFile[l.File] = append(byFile[l.File], l)
	}
	return byFile
}

func manifest(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(dataset.Path(t, "thirdparty", file))
	require.NoError(t, err)
	return text
}

// byName finds the application that a document of the index names.
func byName(t *testing.T, file *sparkapp.File, l listed) *sparkapp.App {
	t.Helper()
	for _, app := range file.Apps {
		if app.Kind() == l.Kind && app.Name() == l.Name {
			return app
		}
	}
	t.Fatalf("%s: no %s %s", l.File, l.Kind, l.Name)
	return nil
}

// Every manifest of the operator that others published is read, and written without loss.
func TestPublishedManifestsRoundTrip(t *testing.T) {
	read := 0
	for name, documents := range files(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text := manifest(t, name)
			file, err := sparkapp.ParseAll(text)
			switch {
			case documents[0].ParseError != "":
				var syntax *sparkapp.SyntaxError
				require.ErrorAs(t, err, &syntax)
				assert.Positive(t, syntax.Line)
				return
			case strings.HasPrefix(documents[0].APIVersion, "spark.apache.org/"):
				require.ErrorIs(t, err, &sparkapp.Refusal{Code: sparkapp.RefuseGroup})
				return
			}
			require.NoError(t, err)
			assert.Equal(t, string(text), string(file.YAML()))
			for _, l := range documents {
				if !l.ours() {
					continue
				}
				read++
				checkPublished(t, byName(t, file, l), l)
			}
		})
	}
	assert.Positive(t, read)
}

func checkPublished(t *testing.T, app *sparkapp.App, l listed) {
	t.Helper()
	var unknown []string
	for _, issue := range app.Issues(sparkapp.ValidateOptions{}) {
		if issue.Code == sparkapp.UnknownField {
			unknown = append(unknown, issue.Path)
		}
	}
	assert.Len(t, unknown, len(l.UnknownFields), "%v", unknown)
	if len(l.SchemaErrors) == 0 && len(l.UnknownFields) == 0 {
		assert.NoError(t, app.Validate(sparkapp.ValidateOptions{}), "a manifest that works")
		checkTyped(t, app)
	} else {
		assert.Error(t, app.Validate(sparkapp.ValidateOptions{}))
	}
	if l.Facts != nil {
		checkFacts(t, app, *l.Facts)
	}
}

// checkFacts compares what Spark gets with what the index read out of the manifest.
func checkFacts(t *testing.T, app *sparkapp.App, f facts) {
	t.Helper()
	conf := app.Conf()
	for role, fields := range map[string]map[string]any{"driver": f.Driver, "executor": f.Executor} {
		for name, value := range fields {
			key, known := keyOf[role+"."+name]
			if !known {
				continue
			}
			got, _ := conf.Lookup(key)
			assert.Equal(t, fmt.Sprint(value), got, key)
		}
	}
	for key, value := range f.Sizing {
		if got, _ := conf.Lookup(key); got != value {
			_, overridden := app.Spec().SparkConf[key]
			assert.True(t, overridden, "%s: %s, not %s", key, got, value)
		}
	}
	if f.SparkVersion != nil {
		assert.Equal(t, *f.SparkVersion, app.Version().String())
		assert.Equal(t, *f.Type, string(app.Spec().Type))
	}
}

var keyOf = map[string]string{
	"driver.cores": "spark.driver.cores", "driver.memory": "spark.driver.memory", "driver.memoryOverhead": "spark.driver.memoryOverhead",
	"driver.coreLimit": "spark.kubernetes.driver.limit.cores", "driver.coreRequest": "spark.kubernetes.driver.request.cores",
	"executor.cores": "spark.executor.cores", "executor.memory": "spark.executor.memory", "executor.memoryOverhead": "spark.executor.memoryOverhead",
	"executor.coreLimit": "spark.kubernetes.executor.limit.cores", "executor.coreRequest": "spark.kubernetes.executor.request.cores",
	"executor.instances": "spark.executor.instances",
}

// checkTyped takes the way through the operator's types, which must mean the same.
func checkTyped(t *testing.T, app *sparkapp.App) {
	t.Helper()
	again, err := sparkapp.From(app.Object())
	require.NoError(t, err)
	assert.True(t, equality.Semantic.DeepEqual(app.Spec(), again.Spec()))
	assert.Equal(t, app.Conf(), again.Conf())
	assert.Equal(t, app.Name(), again.Name())
	assert.Equal(t, app.Namespace(), again.Namespace())
}

// The released CRD and the index agree about every manifest, and so does the copy of the CRD in the data.
func TestPublishedManifestsAgainstTheCRD(t *testing.T) {
	kinds := map[string]crd{
		"SparkApplication":          releasedCRD(t, "sparkapplications"),
		"ScheduledSparkApplication": releasedCRD(t, "scheduledsparkapplications"),
	}
	for name, documents := range files(t) {
		if documents[0].ParseError != "" || strings.HasPrefix(documents[0].APIVersion, "spark.apache.org/") {
			continue
		}
		file, err := sparkapp.ParseAll(manifest(t, name))
		require.NoError(t, err)
		for _, l := range documents {
			if !l.ours() {
				continue
			}
			for _, definition := range []crd{kinds[l.Kind], readCRD(t, dataset.Path(t, "thirdparty", l.CRD))} {
				errs, unknown := definition.problems(t, byName(t, file, l).YAML())
				assert.Equal(t, len(l.SchemaErrors) == 0, len(errs) == 0, "%s: %v", name, errs)
				assert.Len(t, unknown, len(l.UnknownFields), name)
			}
		}
	}
}
