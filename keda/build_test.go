package keda_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"pgregory.net/rapid"

	"github.com/sparkscale/sparkscale/internal/golden"
	"github.com/sparkscale/sparkscale/keda"
)

// everything sets every field, with one trigger of each type.
func everything() keda.Scaling {
	return keda.Scaling{
		Target: keda.StatefulSet("connect-workers"), Min: new(0), Max: new(20), Idle: nil,
		Polling: new(15 * time.Second), Cooldown: new(10 * time.Minute), InitialCooldown: new(time.Minute),
		Fallback: &keda.Fallback{Failures: 3, Replicas: 4, Behavior: "currentReplicasIfHigher"},
		Behavior: &autoscalingv2.HorizontalPodAutoscalerBehavior{ScaleDown: &autoscalingv2.HPAScalingRules{
			StabilizationWindowSeconds: new(int32(600)),
			Policies:                   []autoscalingv2.HPAScalingPolicy{{Type: autoscalingv2.PodsScalingPolicy, Value: 1, PeriodSeconds: 120}},
		}},
		HPAName: "connect", Restore: true, Pause: keda.Pause{At: new(3), ScaleIn: true},
		Labels: map[string]string{"team": "data"}, Annotations: map[string]string{"note": "x"},
		Triggers: []keda.Source{
			keda.Weekdays(8, 18, "America/New_York", 10),
			keda.Cron{Name: "month-end", Start: "0 6 28 * *", End: "0 6 1 * *", Zone: "Europe/Berlin", Executors: 12},
			keda.AWSSQSQueue{URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/pending", Region: "eu-west-1", Length: 1000, Activation: 500, OnlyVisible: true, Auth: keda.AuthRef{Name: "aws"}},
			keda.Prometheus{Name: "backlog", Server: "http://prometheus:9090", Query: "sum(spark_pending_tasks)", Threshold: 2.5, Activation: 1, NullIsError: true, Auth: keda.AuthRef{Name: "prometheus", Cluster: true}, AuthModes: []string{"tls", "basic"}, Timeout: 5 * time.Second},
			keda.MetricsAPI{URL: "http://history:18080/api/v1/backlog", ValueLocation: "pending.tasks", Target: 8, Activation: 2, Format: "yaml", Timeout: time.Second},
			keda.External{Address: "objects.spark:6000", TLS: true, Auth: keda.AuthRef{Name: "tls"}, Metadata: map[string]string{"bucketName": "spark-input-data"}},
			keda.ExternalPush{Address: "objects.spark:6000"},
			keda.Kafka{Servers: []string{"a:9092", "b:9092"}, Group: "spark", Topic: "events", Lag: 1000, Activation: 10, FromEarliest: true, SASL: "plaintext", TLS: true, Auth: keda.AuthRef{Name: "kafka"}},
			keda.Trigger{Type: "kubernetes-workload", Metadata: map[string]string{"podSelector": "spark-role=driver", "value": "0.5"}, Cached: true},
		},
	}
}

func TestEveryFieldIsWritten(t *testing.T) {
	so, err := keda.ScaledObject("everything", "spark", everything())
	require.NoError(t, err)
	text, err := keda.YAML(so)
	require.NoError(t, err)
	requireValid(t, text)
	golden.Equal(t, "everything.yaml", text)

	m, err := keda.Parse(text)
	require.NoError(t, err)
	assert.Equal(t, so, m.Object(), "what is written is read back")
}

func TestNothingThatWasNotDecidedIsWritten(t *testing.T) {
	so, err := keda.ScaledObject("little", "", keda.Scaling{Target: keda.Workload{Name: "workers"}, Triggers: []keda.Source{keda.Weekdays(8, 18, "Etc/UTC", 2)}})
	require.NoError(t, err)
	text, err := keda.YAML(so)
	require.NoError(t, err)
	assert.Equal(t, `apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: little
spec:
  scaleTargetRef:
    name: workers
  triggers:
  - type: cron
    metadata:
      desiredReplicas: "2"
      end: 0 18 * * 1-5
      start: 0 8 * * 1-5
      timezone: Etc/UTC
`, string(text))
}

func TestFormula(t *testing.T) {
	s := keda.Scaling{
		Target: keda.Deployment("workers"), Modifiers: &keda.Modifiers{Formula: "max([hours, backlog])", Target: 1, Activation: 1, Value: true},
		Triggers: []keda.Source{
			keda.Window{Name: "hours", From: 8 * time.Hour, To: 18 * time.Hour, Zone: "Etc/UTC", Executors: 2},
			keda.MetricsAPI{Name: "backlog", URL: "http://a", ValueLocation: "b", Target: 1},
		},
	}
	so, err := keda.ScaledObject("formula", "spark", s)
	require.NoError(t, err)
	assert.Equal(t, "max([hours, backlog])", so.Spec.Advanced.ScalingModifiers.Formula, "as it was written, though KEDA rewrites it to check it")
	text, err := keda.YAML(so)
	require.NoError(t, err)
	requireValid(t, text)

	s.Modifiers.Formula = "max([hours, lag])"
	_, err = keda.ScaledObject("formula", "spark", s)
	require.ErrorContains(t, err, "unknown name lag")
	s.Modifiers = &keda.Modifiers{Formula: "hours", Target: 0.5}
	s.Fallback = &keda.Fallback{Failures: 1, Replicas: 1}
	_, err = keda.ScaledObject("formula", "spark", s)
	require.ErrorContains(t, err, "the fallback is off")
}

// faulty changes what works in one place.
var faulty = []struct {
	name   string
	change func(*keda.Scaling)
	path   string
	code   keda.Code
	silent bool
}{
	{"no target", func(s *keda.Scaling) { s.Target = keda.Workload{} }, "spec.scaleTargetRef.name", keda.MissingField, false},
	{"application", func(s *keda.Scaling) {
		s.Target = keda.Workload{"sparkoperator.k8s.io/v1beta2", "SparkApplication", "a"}
	}, "spec.scaleTargetRef", keda.NoScale, false},
	{"pod", func(s *keda.Scaling) { s.Target = keda.Workload{"v1", "Pod", "a"} }, "spec.scaleTargetRef", keda.NoScale, false},
	{"min above max", func(s *keda.Scaling) { s.Min = new(21) }, "spec.minReplicaCount", keda.BadBounds, false},
	{"min above the default", func(s *keda.Scaling) { s.Min, s.Max = new(101), nil }, "spec.minReplicaCount", keda.BadBounds, false},
	{"negative min", func(s *keda.Scaling) { s.Min = new(-1) }, "spec.minReplicaCount", keda.BadValue, false},
	{"max 0", func(s *keda.Scaling) { s.Max = new(0) }, "spec.maxReplicaCount", keda.BadValue, false},
	{"idle without min", func(s *keda.Scaling) { s.Idle, s.Min = new(0), nil }, "spec.idleReplicaCount", keda.BadBounds, false},
	{"idle at min", func(s *keda.Scaling) { s.Idle, s.Min = new(2), new(2) }, "spec.idleReplicaCount", keda.BadBounds, false},
	{"polling 0", func(s *keda.Scaling) { s.Polling = new(time.Duration(0)) }, "spec.pollingInterval", keda.BadValue, false},
	{"half a second", func(s *keda.Scaling) { s.Cooldown = new(time.Second / 2) }, "spec.cooldownPeriod", keda.BadValue, true},
	{"fallback", func(s *keda.Scaling) { s.Fallback.Behavior = "dynamic" }, "spec.fallback.behavior", keda.BadFallback, false},
	{"fallback by formula", func(s *keda.Scaling) { s.Fallback.Behavior = "scalingModifiers" }, "spec.fallback.behavior", keda.BadFallback, false},
	{"long HPA name", func(s *keda.Scaling) { s.HPAName = strings.Repeat("a", 64) }, "spec.advanced.horizontalPodAutoscalerConfig.name", keda.BadName, false},
	{"window of two hours", func(s *keda.Scaling) { s.Behavior.ScaleDown.StabilizationWindowSeconds = new(int32(7200)) }, "spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds", keda.BadBehavior, true},
	{"no triggers", func(s *keda.Scaling) { s.Triggers = nil }, "spec.triggers", keda.MissingField, false},
	{"aws-s3", func(s *keda.Scaling) { s.Triggers = []keda.Source{keda.Trigger{Type: "aws-s3"}} }, "spec.triggers[0].type", keda.NoSuchTrigger, false},
	{"typo in a type", func(s *keda.Scaling) { s.Triggers[0] = keda.Trigger{Type: "Cron"} }, "spec.triggers[0].type", keda.NoSuchTrigger, false},
	{"typo in a key", func(s *keda.Scaling) {
		s.Triggers[8] = keda.Trigger{Type: "kubernetes-workload", Metadata: map[string]string{"podSelector": "a", "value": "1", "activationvalue": "1"}}
	}, "spec.triggers[8].metadata[activationvalue]", keda.UnknownKey, true},
	{"credentials in metadata", func(s *keda.Scaling) {
		s.Triggers[5] = keda.Trigger{Type: "prometheus", Metadata: map[string]string{"serverAddress": "http://a", "query": "up", "threshold": "1", "password": "x"}}
	}, "spec.triggers[5].metadata[password]", keda.UnknownKey, true},
	{"threshold 0", func(s *keda.Scaling) { s.Triggers[3] = keda.Prometheus{Server: "http://a", Query: "up"} }, "spec.triggers[3].metadata[threshold]", keda.BadTarget, true},
	{"no zone", func(s *keda.Scaling) { s.Triggers[1] = keda.Cron{Start: "0 1 * * *", End: "0 2 * * *", Executors: 1} }, "spec.triggers[1].metadata[timezone]", keda.MissingKey, false},
	{"zone", func(s *keda.Scaling) {
		s.Triggers[1] = keda.Cron{Start: "0 1 * * *", End: "0 2 * * *", Executors: 1, Zone: "Mars/Olympus"}
	}, "spec.triggers[1].metadata[timezone]", keda.BadZone, true},
	{"Sunday 7", func(s *keda.Scaling) {
		s.Triggers[1] = keda.Cron{Start: "0 1 * * 7", End: "0 2 * * 7", Executors: 1, Zone: "Etc/UTC"}
	}, "spec.triggers[1].metadata[end]", keda.BadKey, false},
	{"negative count", func(s *keda.Scaling) {
		s.Triggers[1] = keda.Cron{Start: "0 1 * * 6", End: "0 2 * * 6", Executors: -1, Zone: "Etc/UTC"}
	}, "spec.triggers[1].metadata[desiredReplicas]", keda.BadKey, true},
	{"no credentials", func(s *keda.Scaling) {
		s.Triggers[2] = keda.AWSSQSQueue{URL: "pending", Region: "eu-west-1"}
	}, "spec.triggers[2].authenticationRef", keda.MissingKey, false},
	{"URL of HTTP", func(s *keda.Scaling) { s.Triggers[5] = keda.External{Address: "http://a:1"} }, "spec.triggers[5].metadata[scalerAddress]", keda.BadKey, true},
	{"topic", func(s *keda.Scaling) {
		s.Triggers[7] = keda.Trigger{Type: "kafka", Metadata: map[string]string{"bootstrapServers": "a", "consumerGroup": "b", "limitToPartitionsWithLag": "true"}}
	}, "spec.triggers[7].metadata[topic]", keda.MissingKey, false},
	{"cached cron", func(s *keda.Scaling) {
		s.Triggers[0] = keda.Trigger{Type: "cron", Cached: true, Metadata: map[string]string{"start": "0 1 * * *", "end": "0 2 * * *", "timezone": "Etc/UTC", "desiredReplicas": "1"}}
	}, "spec.triggers[0].useCachedMetrics", keda.BadValue, false},
	{"utilization", func(s *keda.Scaling) {
		s.Triggers[5] = keda.External{Address: "a:1", MetricType: autoscalingv2.UtilizationMetricType}
	}, "spec.triggers[5].metricType", keda.BadValue, false},
	{"pause", func(s *keda.Scaling) { s.Pause = keda.Pause{At: new(-1)} }, "metadata.annotations[autoscaling.keda.sh/paused-replicas]", keda.BadValue, false},
}

func TestFaults(t *testing.T) {
	for _, c := range faulty {
		t.Run(c.name, func(t *testing.T) {
			s := everything()
			c.change(&s)
			so, err := keda.ScaledObject("faulty", "spark", s)
			var invalid *keda.InvalidError
			require.ErrorAs(t, err, &invalid)
			var paths []string
			for _, e := range invalid.Errors {
				paths = append(paths, e.Field)
			}
			assert.Contains(t, paths, c.path, "%v", err)
			if so == nil {
				return
			}
			found := only(keda.Issues(so, keda.Known{}), c.code)
			require.NotEmpty(t, found)
			assert.Equal(t, c.silent, found[0].Silent)
		})
	}
}

func TestNames(t *testing.T) {
	s := keda.Scaling{Target: keda.Deployment("a"), Triggers: []keda.Source{keda.Weekdays(8, 18, "Etc/UTC", 1)}}
	for name, want := range map[string]bool{
		strings.Repeat("a", 54): true, strings.Repeat("a", 55): false, "": false, "Upper": false, "under_score": false, "a": true,
	} {
		_, err := keda.ScaledObject(name, "spark", s)
		assert.Equal(t, want, err == nil, "%s: %v", name, err)
	}
	s.HPAName = "short"
	_, err := keda.ScaledObject(strings.Repeat("a", 63), "spark", s)
	require.NoError(t, err)
}

func job() keda.Jobs {
	return keda.Jobs{
		Job: batchv1.JobSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyNever, Containers: []corev1.Container{{Name: "submit", Image: "spark:3.5.6"}},
		}}},
		Min: new(0), Max: new(4), Polling: new(time.Minute), Succeeded: new(3), Failed: new(5),
		Strategy: keda.Strategy{Kind: "custom", Deduction: 1, Running: 0.5, Multiple: "sum"},
		Triggers: []keda.Source{keda.AWSSQSQueue{URL: "pending", Region: "eu-west-1", Length: 1, Operator: true}},
	}
}

func TestScaledJob(t *testing.T) {
	sj, err := keda.ScaledJob("batches", "spark", job())
	require.NoError(t, err)
	text, err := keda.YAML(sj)
	require.NoError(t, err)
	requireValid(t, text)
	golden.Equal(t, "job.yaml", text)

	j := job()
	j.Strategy = keda.Strategy{Kind: "custom"}
	sj, err = keda.ScaledJob("batches", "spark", j)
	require.NoError(t, err)
	assert.Equal(t, "0", sj.Spec.ScalingStrategy.CustomScalingRunningJobPercentage, "without it KEDA takes the default strategy")

	for name, change := range map[string]func(*keda.Jobs){
		"push":     func(j *keda.Jobs) { j.Triggers = []keda.Source{keda.ExternalPush{Address: "a:1"}} },
		"restart":  func(j *keda.Jobs) { j.Job.Template.Spec.RestartPolicy = "" },
		"bounds":   func(j *keda.Jobs) { j.Min = new(5) },
		"strategy": func(j *keda.Jobs) { j.Strategy = keda.Strategy{Kind: "lazy"} },
		"no pod":   func(j *keda.Jobs) { j.Job.Template.Spec.Containers = nil },
	} {
		j := job()
		change(&j)
		_, err := keda.ScaledJob("batches", "spark", j)
		var invalid *keda.InvalidError
		require.ErrorAs(t, err, &invalid, name)
		assert.Len(t, invalid.Errors, 1, name)
	}
}

func TestAuthentication(t *testing.T) {
	role := keda.Auth{Identity: keda.AWSIdentity("arn:aws:iam::123456789012:role/keda")}
	keys := keda.Auth{Secrets: []keda.Secret{{"awsAccessKeyID", "aws", "id"}, {"awsSecretAccessKey", "aws", "key"}}}
	for name, a := range map[string]keda.Auth{"role": role, "keys": keys} {
		ta, err := keda.TriggerAuthentication(name, "spark", a)
		require.NoError(t, err)
		text, err := keda.YAML(ta)
		require.NoError(t, err)
		requireValid(t, text)

		so, err := keda.ScaledObject("a", "spark", keda.Scaling{Target: keda.Deployment("a"), Triggers: []keda.Source{
			keda.AWSSQSQueue{URL: "pending", Region: "eu-west-1", Auth: keda.AuthRef{Name: name}},
		}})
		require.NoError(t, err)
		require.NoError(t, keda.Validate(so, keda.Known{Auths: []runtime.Object{ta}}))
		require.Error(t, keda.Validate(so, keda.Known{Auths: []runtime.Object{}}), "there is none")
		ta.Spec.PodIdentity, ta.Spec.SecretTargetRef = nil, nil
		require.ErrorContains(t, keda.Validate(so, keda.Known{Auths: []runtime.Object{ta}}), "awsAccessKeyID")
	}
	_, err := keda.TriggerAuthentication("bad", "spark", keda.Auth{More: func(s *v1alpha1.TriggerAuthenticationSpec) {
		s.PodIdentity = &v1alpha1.AuthPodIdentity{Provider: "aws", ExternalID: new("x")}
	}})
	require.ErrorContains(t, err, "roleArn")
	_, err = keda.TriggerAuthentication("bad", "spark", keda.Auth{Secrets: []keda.Secret{{"", "aws", "id"}}})
	require.Error(t, err)
}

// Whatever windows and triggers an object is built from, where it is built the CRD takes it and reading it gives it back.
func TestWhatIsBuiltIsValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := everything()
		n := rapid.IntRange(1, len(s.Triggers)).Draw(t, "triggers")
		s.Triggers = append(s.Triggers[:n:n], drawWindow(t))
		s.Min, s.Max = new(rapid.IntRange(-1, 20).Draw(t, "min")), new(rapid.IntRange(0, 30).Draw(t, "max"))
		s.Idle = rapid.Ptr(rapid.IntRange(0, 4), true).Draw(t, "idle")
		s.Polling = rapid.Ptr(rapid.Map(rapid.IntRange(0, 60), func(n int) time.Duration { return time.Duration(n) * time.Second }), true).Draw(t, "polling")
		so, err := keda.ScaledObject(rapid.StringMatching(`[a-z-]{1,60}`).Draw(t, "name"), "spark", s)
		if err != nil {
			return
		}
		text, err := keda.YAML(so)
		require.NoError(t, err)
		requireValid(t, text)
		m, err := keda.Parse(text)
		require.NoError(t, err)
		require.Equal(t, so, m.Object())
		require.NoError(t, m.Validate(keda.Known{}))
	})
}
