package workload_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

func TestBasis(t *testing.T) {
	for want, b := range map[string]workload.Basis{
		"measured over 412 tasks":       workload.Measured(412, "tasks"),
		"given by spark.executor.cores": workload.FromConf(spark.Origin{Key: "spark.executor.cores"}),
		"given by the caller":           workload.Given("the caller"),
		"computed from the heap":        workload.Computed("the heap"),
		"replayed over 1 run":           workload.Replayed(1),
		"replayed over 3 runs":          workload.Replayed(3),
		"assumed the log does not say":  workload.Assumed("the log does not say"),
		"assumed for no reason given":   {},
		"default of x.y in Spark 3.5.0": workload.FromConf(spark.Origin{Key: "x.y", Default: true, Version: spark.V35}),
	} {
		assert.Equal(t, want, b.String())
		assert.Contains(t, want, b.Kind()+" ")
	}
}

func TestFigureKeepsItsWorkingInJSON(t *testing.T) {
	bases := []workload.Basis{
		workload.Measured(3, "tasks"), workload.Given("me"), workload.FromConf(spark.Origin{Key: "k", Default: true}), workload.Computed("x"),
		workload.Replayed(1), workload.Assumed("why"),
		{},
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String()
		f := workload.NewFigure(text.Draw(t, "name"), text.Draw(t, "value"), rapid.SampledFrom(bases).Draw(t, "basis"), text.Draw(t, "rule"))
		data, err := json.Marshal(f)
		require.NoError(t, err)
		var back workload.Figure
		require.NoError(t, json.Unmarshal(data, &back))
		assert.Equal(t, f, back)
	})
}

func TestFigureRefusesJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{"name":"heap","value":"5 GiB","rule":"x"}`: `figure "heap" has a basis of kind ""`,
		`{"name":"heap","basis":{"kind":"guessed"}}`: `"guessed"; it should be measured, given,`,
		`{"name":5}`: "cannot unmarshal",
	} {
		f := workload.NewFigure("kept", "1", workload.Given("me"), "")
		err := json.Unmarshal([]byte(text), &f)
		require.ErrorContains(t, err, want)
		assert.Equal(t, "kept", f.Name())
	}
	data, err := json.Marshal(workload.Figure{})
	require.NoError(t, err)
	assert.JSONEq(t, `{"name":"","value":"","rule":"","basis":{"kind":"assumed","text":"for no reason given"}}`, string(data))
}
