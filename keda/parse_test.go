package keda_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/keda"
)

const little = `# the owner is the data team
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: little
spec:
  scaleTargetRef: {name: workers}
  maxReplicas: 3
  triggers:
  - type: cron
    metadata: {start: 0 8 * * 1-5, end: 0 18 * * *, timezone: Etc/UTC, desiredReplicas: "2", timeZone: x}
`

func TestParse(t *testing.T) {
	m, err := keda.Parse([]byte(little))
	require.NoError(t, err)
	assert.Equal(t, little, string(m.YAML()))
	var got []string
	for _, i := range m.Issues(keda.Known{}) {
		got = append(got, i.String())
	}
	assert.Equal(t, []string{
		"error UNKNOWN-FIELD spec.maxReplicas: KEDA 2.21 has no such field: the API server drops it, or refuses it with strict validation; is it maxReplicaCount?",
		"warning SKIPPED-END spec.triggers[0].metadata[end]: the end at Fri 7 Jan 18:00 has no effect: another end comes before the next start, and the window stays open; start and end must fire by turns; keda.Window writes both from one set of days",
		"error UNKNOWN-KEY spec.triggers[0].metadata[timeZone]: the scaler cron does not read this key, and KEDA does not say so; is it timezone?",
	}, got)
	require.Error(t, m.Validate(keda.Known{}))
}

func TestParseRefuses(t *testing.T) {
	var syntax *keda.SyntaxError
	var invalid *keda.InvalidError
	_, err := keda.Parse([]byte("a: [1"))
	require.ErrorAs(t, err, &syntax)
	_, err = keda.Parse([]byte("- 1"))
	require.ErrorAs(t, err, &syntax)
	_, err = keda.Parse([]byte(strings.Replace(little, "v1alpha1", "v1", 1)))
	require.ErrorIs(t, err, &keda.Refusal{Code: keda.RefuseVersion})
	_, err = keda.Parse([]byte(strings.Replace(little, "ScaledObject", "ScaledThing", 1)))
	require.ErrorIs(t, err, &keda.Refusal{Code: keda.RefuseKind})
	_, err = keda.Parse([]byte(strings.Replace(little, `"2"`, "2", 1)))
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "spec.triggers[0].metadata[desiredReplicas]", invalid.Errors[0].Field)
	_, err = keda.Parse([]byte("kind: Pod\napiVersion: v1\n"))
	require.ErrorIs(t, err, &keda.Refusal{Code: keda.RefuseCount})
	_, err = keda.Parse([]byte("# " + strings.Repeat("x", keda.MaxManifest)))
	require.ErrorIs(t, err, keda.ErrTooLarge)

	all, err := keda.ParseAll([]byte(little + "---\nkind: Pod\napiVersion: v1\n---\n" + little))
	require.NoError(t, err)
	assert.Len(t, all, 2)
}

func FuzzParse(f *testing.F) {
	f.Add(little)
	f.Add("apiVersion: keda.sh/v1alpha1\nkind: ScaledJob\nspec: {jobTargetRef: {template: {spec: {containers: [{resources: {limits: {cpu: 1e999}}}]}}}}")
	f.Add("apiVersion: keda.sh/v1alpha1\nkind: TriggerAuthentication\nspec: {podIdentity: {provider: aws, roleArn: '', externalID: x}}")
	f.Add("apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nspec: {advanced: {scalingModifiers: {formula: 'a ?? b', target: 'NaN'}}, triggers: [{type: cpu, metricType: AverageValue, metadata: {value: 1e2147483647}}]}")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := keda.ParseAll([]byte(text))
		if err != nil {
			var syntax *keda.SyntaxError
			var invalid *keda.InvalidError
			var refusal *keda.Refusal
			if !errors.As(err, &syntax) && !errors.As(err, &invalid) && !errors.As(err, &refusal) && !errors.Is(err, keda.ErrTooLarge) {
				t.Errorf("an error of no type: %v", err)
			}
			return
		}
		for _, m := range all {
			_ = m.Issues(keda.Known{})
			written, err := keda.YAML(m.Object())
			if err != nil {
				t.Fatal(err)
			}
			if again, err := keda.Parse(written); err != nil || again == nil {
				t.Errorf("%v\n%s", err, written)
			}
		}
	})
}
