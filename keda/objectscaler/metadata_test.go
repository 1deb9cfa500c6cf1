package objectscaler_test

import (
	"errors"
	"maps"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/keda/objectscaler"
)

// runbook is the metadata as the runbook has it, with what KEDA adds.
func runbook() map[string]string {
	return map[string]string{
		"scalerAddress": "objectscaler.keda:9443", "enableTLS": "true", "unsafeSsl": "false",
		"bucketName": "spark-input-data", "prefix": "pending/", "awsRegion": "us-east-1", "targetSize": "1000", "activationTargetSize": "500",
	}
}

func with(pairs ...string) map[string]string {
	m := runbook()
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			delete(m, pairs[i])
			continue
		}
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

func TestRunbook(t *testing.T) {
	got, err := objectscaler.Parse(runbook())
	require.NoError(t, err)
	assert.Equal(t, objectscaler.Trigger{
		Location: objectscaler.Location{Provider: objectscaler.S3, Bucket: "spark-input-data", Region: "us-east-1", Prefix: "pending/"},
		Metric:   objectscaler.Count, Target: 1000, Activation: 500,
	}, got)
	assert.Equal(t, "s3://spark-input-data/pending/", got.String())
	assert.Regexp(t, `^objects-count-spark-input-data-pending-[0-9a-f]{8}$`, got.MetricName())
}

func TestValues(t *testing.T) {
	for name, c := range map[string]struct {
		metadata map[string]string
		want     func(*objectscaler.Trigger) bool
	}{
		"default target":   {with("targetSize", ""), func(t *objectscaler.Trigger) bool { return t.Target == 1000 }},
		"fraction":         {with("targetSize", "0.5"), func(t *objectscaler.Trigger) bool { return t.Target == 0.5 }},
		"bytes":            {with("metric", "bytes", "targetSize", "64Mi", "activationTargetSize", "1k"), func(t *objectscaler.Trigger) bool { return t.Target == 64<<20 && t.Activation == 1000 }},
		"age":              {with("metric", "age", "targetSize", "5m", "activationTargetSize", "30"), func(t *objectscaler.Trigger) bool { return t.Target == 300 && t.Activation == 30 }},
		"planned":          {with("metric", "planned", "targetSize", "", "activationTargetSize", "", "plan", "p", "deadline", "30m"), func(t *objectscaler.Trigger) bool { return t.Target == 1 && t.Deadline == 30*time.Minute }},
		"from environment": {with("bucketName", "", "bucketNameFromEnv", "other"), func(t *objectscaler.Trigger) bool { return t.Bucket == "other" }},
		"folder":           {with("provider", "file", "bucketName", "/data/in", "awsRegion", ""), func(t *objectscaler.Trigger) bool { return t.String() == "file:///data/in/pending/" }},
		"filters": {with("glob", "*.parquet", "minAge", "2m", "maxAge", "24h", "maxObjects", "15000", "pollingInterval", "10"), func(t *objectscaler.Trigger) bool {
			return t.MinAge == 2*time.Minute && t.MaxObjects == 15000 && t.Interval == 10*time.Second
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := objectscaler.Parse(c.metadata)
			require.NoError(t, err)
			assert.True(t, c.want(&got), "%+v", got)
			again, err := objectscaler.Parse(got.Metadata())
			require.NoError(t, err)
			assert.Equal(t, got, again)
		})
	}
}

func TestWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		metadata map[string]string
		key      string
		says     string
	}{
		"misspelt":             {with("targetSzie", "5"), "targetSzie", "is it targetSize?"},
		"wrong case":           {with("bucketname", "x"), "bucketname", "is it bucketName?"},
		"unlike any":           {with("queueURL", "x"), "queueURL", "there are provider, bucketName, prefix"},
		"no bucket":            {with("bucketName", ""), "bucketName", "Required"},
		"bucket and prefix":    {with("bucketName", "spark/pending"), "bucketName", "goes into prefix"},
		"bucket as URL":        {with("bucketName", "s3://spark"), "bucketName", "into provider"},
		"prefix with slash":    {with("prefix", "/pending/"), "prefix", "write pending/"},
		"target zero":          {with("targetSize", "0"), "targetSize", "Required"},
		"target negative":      {with("targetSize", "-1"), "targetSize", "above 0"},
		"target text":          {with("targetSize", "many"), "targetSize", "it is a number"},
		"target infinite":      {with("targetSize", "Inf"), "targetSize", "it is a number"},
		"bytes without target": {with("metric", "bytes", "targetSize", ""), "targetSize", "Required"},
		"bytes as JVM size":    {with("metric", "bytes", "targetSize", "64mb"), "targetSize", "512Mi"},
		"metric misspelt":      {with("metric", "byte"), "metric", "is it bytes?"},
		"provider unknown":     {with("provider", "minio"), "provider", "one of s3, gcs, azure, file"},
		"region elsewhere":     {with("provider", "gcs"), "awsRegion", "only provider s3"},
		"plan without metric":  {with("plan", "p"), "plan", "only metric planned"},
		"planned without plan": {with("metric", "planned", "targetSize", "", "deadline", "5m"), "plan", "Required"},
		"planned with target":  {with("metric", "planned", "plan", "p", "deadline", "5m"), "targetSize", "always 1"},
		"deadline missing":     {with("metric", "planned", "targetSize", "", "plan", "p"), "deadline", "Required"},
		"never active":         {with("maxObjects", "500"), "maxObjects", "nothing would ever start"},
		"max zero":             {with("maxObjects", "0"), "maxObjects", "whole number above 0"},
		"ages crossed":         {with("minAge", "2h", "maxAge", "1h"), "maxAge", "above minAge"},
		"age text":             {with("minAge", "soon"), "minAge", "90s or 5m"},
		"interval too short":   {with("pollingInterval", "10ms"), "pollingInterval", "between 1s and 1h"},
		"folder relative":      {with("provider", "file", "bucketName", "data", "awsRegion", ""), "bucketName", "absolute folder"},
		"out of the folder":    {with("provider", "file", "bucketName", "/data", "awsRegion", "", "prefix", "../etc/"), "prefix", "leave the folder"},
		"twice":                {with("prefixFromEnv", "x"), "prefixFromEnv", "prefix is set too"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := objectscaler.Parse(c.metadata)
			var invalid *objectscaler.InvalidError
			require.ErrorAs(t, err, &invalid)
			require.Len(t, invalid.Errors, 1, "%v", err)
			assert.Equal(t, "metadata["+c.key+"]", invalid.Errors[0].Field)
			assert.Contains(t, err.Error(), c.says)
			var one *field.Error
			assert.True(t, errors.As(err, &one))
		})
	}
}

func TestTriggersMadeByProgramsAreCheckedToo(t *testing.T) {
	valid, err := objectscaler.Parse(runbook())
	require.NoError(t, err)
	require.NoError(t, valid.Validate())
	for key, spoil := range map[string]func(*objectscaler.Trigger){
		"provider": func(t *objectscaler.Trigger) { t.Provider = "ftp" }, "awsRegion": func(t *objectscaler.Trigger) { t.Region = "us east" },
		"prefix": func(t *objectscaler.Trigger) { t.Prefix = "\xff" }, "metric": func(t *objectscaler.Trigger) { t.Metric = "x" },
		"targetSize": func(t *objectscaler.Trigger) { t.Target = math.NaN() }, "activationTargetSize": func(t *objectscaler.Trigger) { t.Activation = math.Inf(1) },
		"maxObjects": func(t *objectscaler.Trigger) { t.Activation, t.MaxObjects = 0, -1 }, "deadline": func(t *objectscaler.Trigger) { t.Deadline = 1 },
		"maxAge": func(t *objectscaler.Trigger) { t.MaxAge = -1 }, "pollingInterval": func(t *objectscaler.Trigger) { t.Interval = 2 * time.Hour },
		"glob": func(t *objectscaler.Trigger) { t.Glob = strings.Repeat("*", 2000) },
	} {
		spoilt := valid
		spoil(&spoilt)
		assert.ErrorContains(t, spoilt.Validate(), "metadata["+key+"]", key)
	}
}

func TestCredentialsAreRefusedAndNotRepeated(t *testing.T) {
	for _, key := range []string{"awsAccessKeyID", "awsSecretAccessKey", "awsSessionToken", "connectionString", "accountKey", "awsRoleArn"} {
		_, err := objectscaler.Parse(with(key, "hunter2hunter2"))
		require.Error(t, err, key)
		assert.Contains(t, err.Error(), "credentials do not go through metadata")
		assert.NotContains(t, err.Error(), "hunter2")
	}
	_, err := objectscaler.Parse(with("targetSize", "", "targetSizeFromEnv", "hunter2"))
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "hunter2")
}

func TestAllFaultsAtOnce(t *testing.T) {
	_, err := objectscaler.Parse(with("targetSize", "x", "prefx", "y", "maxAge", "z"))
	var invalid *objectscaler.InvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Len(t, invalid.Unwrap(), 3)
}

// drawTrigger makes a trigger that is valid.
func drawTrigger(t *rapid.T) objectscaler.Trigger {
	seconds := func(name string, least int) time.Duration {
		return time.Duration(rapid.IntRange(least, 3600).Draw(t, name)) * time.Second
	}
	tr := objectscaler.Trigger{
		Location: objectscaler.Location{
			Provider: objectscaler.S3, Bucket: rapid.StringMatching(`[a-z0-9][a-z0-9.-]{1,30}[a-z0-9]`).Draw(t, "bucket"),
			Region: rapid.SampledFrom([]string{"", "eu-west-1"}).Draw(t, "region"), Prefix: rapid.StringMatching(`([a-zé][ -~]{0,20})?`).Draw(t, "prefix"),
		},
		Metric:     rapid.SampledFrom([]objectscaler.Metric{objectscaler.Count, objectscaler.Size, objectscaler.Age}).Draw(t, "metric"),
		Activation: float64(rapid.IntRange(0, 1<<30).Draw(t, "activation")), Glob: rapid.StringMatching(`[*?a-z./]{0,8}`).Draw(t, "glob"),
		MinAge: seconds("min age", 0), Interval: seconds("interval", 1),
	}
	tr.Target = float64(rapid.IntRange(1, math.MaxInt32).Draw(t, "target"))
	return tr
}

func TestMetadataAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawTrigger(t)
		require.NoError(t, want.Validate())
		got, err := objectscaler.Parse(want.Metadata())
		require.NoError(t, err)
		assert.Equal(t, want, got)
		assert.Regexp(t, `^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$`, got.MetricName())
		other := got
		other.Prefix += "x"
		assert.NotEqual(t, got.MetricName(), other.MetricName())
	})
}

func FuzzParse(f *testing.F) {
	for key, value := range runbook() {
		f.Add(key, value, "metric", "bytes")
	}
	f.Add("bucketNameFromEnv", "b-b", "glob", "**/[*]?.gz")
	f.Add("metric", "planned", "deadline", "1h")
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2 string) {
		m := runbook()
		m[k1], m[k2] = v1, v2
		before := maps.Clone(m)
		got, err := objectscaler.Parse(m)
		assert.Equal(t, before, m)
		if err != nil {
			assert.Less(t, len(err.Error()), 4000+len(strconv.Quote(k1))+len(strconv.Quote(k2)))
			return
		}
		again, err := objectscaler.Parse(got.Metadata())
		require.NoError(t, err)
		assert.Equal(t, got.MetricName(), again.MetricName())
		assert.LessOrEqual(t, len(got.MetricName()), 63)
	})
}
