package schema_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/internal/dataset"
	"github.com/sparkscale/sparkscale/keda/internal/schema"
)

func TestLookup(t *testing.T) {
	types := schema.Types()
	assert.True(t, slices.IsSorted(types))
	assert.NotContains(t, types, "aws-s3")
	for _, name := range types {
		s, ok := schema.Lookup(name)
		require.True(t, ok, name)
		assert.Equal(t, name, s.Type)
	}
	_, ok := schema.Lookup("aws-s3")
	assert.False(t, ok)
}

// What the published list says only as text, the code says as a type.
func TestKinds(t *testing.T) {
	for _, c := range []struct {
		scaler, param string
		want          schema.Kind
	}{
		{"cron", "start", schema.Text},
		{"cron", "desiredReplicas", schema.Int},
		{"prometheus", "threshold", schema.Float},
		{"prometheus", "ignoreNullValues", schema.Bool},
		{"prometheus", "timeout", schema.Time},
		{"prometheus", "customHeaders", schema.Map},
		{"prometheus", "authModes", schema.List},
		{"metrics-api", "format", schema.Text},
		{"kafka", "bootstrapServers", schema.List},
		{"kafka", "lagThreshold", schema.Int},
		{"apache-kafka", "partitionLimitation", schema.Ints},
		{"external", "enableTLS", schema.Bool},
	} {
		s, ok := schema.Lookup(c.scaler)
		require.True(t, ok)
		p, ok := s.Param(c.param)
		require.True(t, ok, c.param)
		assert.Equal(t, c.want, p.Kind, "%s %s", c.scaler, c.param)
	}
}

func TestKeys(t *testing.T) {
	s, _ := schema.Lookup("aws-sqs-queue")
	assert.True(t, s.Reads("queueURL"))
	assert.True(t, s.Reads("queueURLFromEnv"))
	assert.True(t, s.Reads("awsSecretAccessKeyFromEnv"), "read without being declared")
	assert.False(t, s.Reads("queueUrl"))
	assert.False(t, s.Reads("awsRegionFromEnv"))
	external, _ := schema.Lookup("external")
	assert.True(t, external.Reads("bucketName"), "it goes to the user's own server")
	assert.NotContains(t, external.Keys(), "caCert", "credentials come from a TriggerAuthentication")
}

// The list of a build some weeks older has the same scalers, and parameters that differ in a handful of places: none of them in the
// scalers that have a type of their own here.
func TestTableAgreesWithAnOlderList(t *testing.T) {
	var list struct {
		Scalers []struct {
			Type       string
			Parameters []struct {
				Name, Default string
				AllowedValue  []string
			}
		}
	}
	dataset.JSON(t, "thirdparty/keda/scalers-schema.json", &list)
	typed := []string{"cron", "aws-sqs-queue", "prometheus", "metrics-api", "external", "external-push", "kafka", "kubernetes-workload"}
	params, differ := 0, 0
	for _, s := range list.Scalers {
		ours, ok := schema.Lookup(s.Type)
		require.True(t, ok, s.Type)
		for _, p := range s.Parameters {
			params++
			got, ok := ours.Param(p.Name)
			if !ok || p.Default != got.Default || !slices.Equal(p.AllowedValue, got.Allowed) {
				differ++
				assert.NotContains(t, typed, s.Type, p.Name)
			}
		}
	}
	assert.LessOrEqual(t, differ*100, params)
	t.Logf("%d scalers, %d parameters, %d of which changed since", len(list.Scalers), params, differ)
}
