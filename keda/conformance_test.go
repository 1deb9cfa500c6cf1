package keda_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/keda"
)

// metadataCase is a trigger of KEDA's own tests, with the verdict of its parser.
type metadataCase struct {
	ID, Type, Why string
	Metadata      map[string]string
	AuthParams    map[string]string
	ResolvedEnv   map[string]string
	PodIdentity   *v1alpha1.AuthPodIdentity
	Valid         bool
}

func metadataCases(t *testing.T) []metadataCase {
	t.Helper()
	var file struct{ Cases []metadataCase }
	dataset.JSON(t, "thirdparty/keda/scaler-metadata-cases.json", &file)
	require.NotEmpty(t, file.Cases)
	return file.Cases
}

func (c metadataCase) trigger() keda.Trigger { return keda.Trigger{Type: c.Type, Metadata: c.Metadata} }

// given is all that KEDA's test has; what is not in it is not there.
func (c metadataCase) given() keda.Given {
	g := keda.Given{Env: c.ResolvedEnv, Params: c.AuthParams, Identity: c.PodIdentity}
	if g.Env == nil {
		g.Env = map[string]string{}
	}
	if g.Params == nil {
		g.Params = map[string]string{}
	}
	return g
}

// kedas are the errors that KEDA reports too.
func kedas(list []keda.Issue) (errs []keda.Issue) {
	for _, i := range list {
		if i.Severity == keda.Error && !i.Silent {
			errs = append(errs, i)
		}
	}
	return errs
}

func TestTriggersAgainstKEDAsOwnTests(t *testing.T) {
	valid, invalid := 0, 0
	for _, c := range metadataCases(t) {
		t.Run(c.ID, func(t *testing.T) {
			all := keda.CheckTrigger(c.trigger(), c.given())
			errs := kedas(all)
			assert.Equal(t, c.Valid, len(errs) == 0, "%s: %v", c.Why, errs)
			for _, i := range all {
				assert.NotEmpty(t, i.Message)
				assert.NotEmpty(t, i.Path)
			}
		})
		if c.Valid {
			valid++
		} else {
			invalid++
		}
	}
	t.Logf("%d valid, %d invalid", valid, invalid)
}

func TestMetricNamesAgainstKEDAsOwnTests(t *testing.T) {
	cases := map[string]metadataCase{}
	for _, c := range metadataCases(t) {
		cases[c.ID] = c
	}
	var file struct {
		MetricNames []struct {
			Type, Case         string
			TriggerIndex       int
			ExternalMetricName string
		} `json:"metric_names"`
	}
	dataset.JSON(t, "thirdparty/keda/metric-cases.json", &file)
	compared := 0
	for _, c := range file.MetricNames {
		of, ok := cases[c.Case]
		if !ok {
			continue
		}
		compared++
		name, known := keda.MetricName(of.trigger(), "test", c.TriggerIndex)
		assert.True(t, known)
		assert.Equal(t, c.ExternalMetricName, name, c.Case)
	}
	t.Logf("%d of %d names, the triggers of the others are not here", compared, len(file.MetricNames))
}

type specCases struct {
	Fallback []struct {
		Name          string
		ExpectedError bool
		ErrorContains string
		ScaledObject  json.RawMessage
	}
	Triggers []struct {
		Name           string
		ExpectedErrMsg string
		Triggers       []v1alpha1.ScaleTriggers
	}
	Bounds []struct {
		Name                     string
		ExpectedMax, ExpectedMin int
		MaxReplicas, MinReplicas *int32
	} `json:"scaledjob_bounds"`
	Strategy struct {
		Cases []struct {
			Strategy             string
			QueueLengthDeduction int
			RunningJobPercentage string
			Args                 []int
			Expected             int
		}
	} `json:"scaledjob_strategy"`
}

func readSpecCases(t *testing.T) (s specCases) {
	t.Helper()
	dataset.JSON(t, "thirdparty/keda/spec-cases.json", &s)
	return s
}

// only keeps the issues at or below a path.
func only(list []keda.Issue, codes ...keda.Code) (kept []keda.Issue) {
	for _, i := range list {
		for _, code := range codes {
			if i.Code == code {
				kept = append(kept, i)
			}
		}
	}
	return kept
}

func TestFallbacksAgainstKEDAsOwnTests(t *testing.T) {
	for _, c := range readSpecCases(t).Fallback {
		var so v1alpha1.ScaledObject
		require.NoError(t, json.Unmarshal(c.ScaledObject, &so))
		so.Spec.ScaleTargetRef = &v1alpha1.ScaleTarget{Name: "a"}
		found := only(kedas(keda.Issues(&so, keda.Known{})), keda.BadFallback)
		assert.Equal(t, c.ExpectedError, len(found) > 0, "%s: %v", c.Name, found)
	}
}

func TestTriggerListsAgainstKEDAsOwnTests(t *testing.T) {
	for _, c := range readSpecCases(t).Triggers {
		so := &v1alpha1.ScaledObject{Spec: v1alpha1.ScaledObjectSpec{ScaleTargetRef: &v1alpha1.ScaleTarget{Name: "a"}, Triggers: c.Triggers}}
		var found []string
		for _, i := range kedas(keda.Issues(so, keda.Known{})) {
			if i.Code == keda.DuplicateName || strings.HasSuffix(i.Path, ".useCachedMetrics") || i.Path == "spec.triggers" {
				found = append(found, i.String())
			}
		}
		assert.Equal(t, c.ExpectedErrMsg != "", len(found) > 0, "%s: %v", c.Name, found)
	}
}

func TestJobBoundsAndStrategiesAgainstKEDAsOwnTests(t *testing.T) {
	cases := readSpecCases(t)
	for _, c := range cases.Bounds {
		sj := &v1alpha1.ScaledJob{Spec: v1alpha1.ScaledJobSpec{MinReplicaCount: c.MinReplicas, MaxReplicaCount: c.MaxReplicas}}
		always, more := keda.JobBounds(sj)
		assert.Equal(t, []int{c.ExpectedMin, c.ExpectedMax}, []int{always, more}, c.Name)
	}
	for _, c := range cases.Strategy.Cases {
		s := keda.Strategy{Kind: c.Strategy, Deduction: c.QueueLengthDeduction}
		if running, err := strconv.ParseFloat(c.RunningJobPercentage, 64); err == nil {
			s.Running = running
		} else if s.Kind == "custom" {
			s.Kind = "default" // as KEDA does, and the check of a ScaledJob says
		}
		poll := keda.Poll{Wanted: c.Args[0], Running: c.Args[1], Pending: c.Args[2], Max: c.Args[3]}
		assert.Equal(t, c.Expected, s.Starts(poll), "%+v", c)
	}
}

// e2e is a manifest that KEDA's own tests apply to a cluster.
type e2e struct {
	ID, Kind, Rendered string
	SchemaErrors       []string `json:"schema_errors"`
	UnknownFields      []string `json:"unknown_fields"`
	RenderedParses     bool     `json:"rendered_parses"`
}

// Every manifest is read; what the CRD says of it is said here, and the copy of the CRD in the data agrees with the released one.
func TestManifestsOfKEDAsOwnTests(t *testing.T) {
	var file struct{ Manifests []e2e }
	dataset.JSON(t, "thirdparty/keda/e2e-manifests.json", &file)
	all, err := released()
	require.NoError(t, err)
	for _, c := range file.Manifests {
		t.Run(c.ID, func(t *testing.T) {
			text := []byte(c.Rendered)
			if !c.RenderedParses {
				_, err := keda.Parse(text)
				require.Error(t, err)
				return
			}
			errs, broken, unknown := all[c.Kind].problems(t, text)
			assert.Equal(t, len(c.SchemaErrors) == 0, len(errs) == 0, "%v", errs)
			assert.Len(t, unknown, len(c.UnknownFields))
			copied, err := readCRD(dataset.Path(t, "thirdparty/crds/keda.sh_"+plurals[c.Kind]+".yaml"))
			require.NoError(t, err)
			again, brokenAgain, _ := copied.problems(t, text)
			assert.Equal(t, []int{len(errs), len(broken)}, []int{len(again), len(brokenAgain)}, "%v %v", again, brokenAgain)
			checkManifest(t, c, text, len(errs)+len(broken) == 0)
		})
	}
}

func checkManifest(t *testing.T, c e2e, text []byte, valid bool) {
	t.Helper()
	m, err := keda.Parse(text)
	if err != nil {
		var wrong *keda.InvalidError
		require.ErrorAs(t, err, &wrong)
		assert.NotEmpty(t, c.SchemaErrors, "%v", err)
		return
	}
	assert.Equal(t, c.Rendered, string(m.YAML()))
	list := m.Issues(keda.Known{})
	assert.Len(t, only(list, keda.UnknownField), len(c.UnknownFields))
	if !valid {
		assert.NotEmpty(t, kedas(list), "the CRD refuses it: %v", c.SchemaErrors)
	}
	for _, i := range list {
		t.Log(i, i.Silent)
	}
	written, err := keda.YAML(m.Object())
	require.NoError(t, err)
	if valid {
		requireValid(t, written)
	}
}
