package keda

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/labels"
)

// The types of trigger that this package has a Go type or rules of its own for.
const (
	typeCron       = "cron"
	typeSQS        = "aws-sqs-queue"
	typePrometheus = "prometheus"
	typeMetricsAPI = "metrics-api"
	typeExternal   = "external"
	typePush       = "external-push"
	typeKafka      = "kafka"
	typeWorkload   = "kubernetes-workload"
)

// rulesOf is what scalers check beside single parameters, and what they should.
var rulesOf = map[string][]func(*reading){
	typeCron:             {cronRules},
	typeSQS:              {sqsRules, awsRules, positive("queueLength")},
	"aws-cloudwatch":     {awsRules},
	"aws-dynamodb":       {awsRules},
	"aws-kinesis-stream": {awsRules, positive("shardCount")},
	typePrometheus:       {prometheusRules, positive("threshold")},
	typeMetricsAPI:       {metricsAPIRules, positive("targetValue")},
	typeExternal:         {externalRules},
	typePush:             {externalRules},
	typeKafka:            {kafkaRules},
	typeWorkload:         {workloadRules},
	"cpu":                {resourceRules},
	"memory":             {resourceRules},
}

// positive is the rule of the HPA that a target is above 0, which these scalers do not check.
func positive(name string) func(*reading) {
	return func(r *reading) {
		n, known := r.number(name)
		zeroIsMissing := n == 0 && r.Type == typeMetricsAPI
		if known && n <= 0 && !r.Formula && !zeroIsMissing {
			r.found.lack(BadTarget, r.key(name), r.values[name], "Kubernetes refuses the HPA: its target must be above 0")
		}
	}
}

// sqsRules are parseAwsSqsQueueMetadata's: a URL has the path /account/name; anything else is taken for the name of a queue.
func sqsRules(r *reading) {
	text, known := r.text("queueURL")
	parsed, err := url.ParseRequestURI(text)
	if !known || err != nil {
		return
	}
	if parts := strings.Split(parsed.Path, "/"); len(parts) != 3 || parts[2] == "" {
		r.found.fail(BadKey, r.key("queueURL"), text, "the path of a queue's URL is /account/name").
			instead("write for example https://sqs.eu-west-1.amazonaws.com/123456789012/pending")
	}
}

// awsRules are GetAwsAuthorization's (pkg/scalers/aws/aws_common.go).
func awsRules(r *reading) {
	if r.Identity != nil && r.Identity.Provider == v1alpha1.PodIdentityProviderAws || r.Params == nil {
		return
	}
	owner := r.Metadata["identityOwner"]
	if owner == "operator" {
		return
	}
	if owner != "" && owner != "pod" {
		r.found.lack(BadKey, r.key("identityOwner"), owner, "KEDA takes another value than pod or operator for no credentials at all")
		return
	}
	switch {
	case r.Params["awsRoleArn"] != "":
	case r.Params["awsAccessKeyID"] != "" || r.Params["awsAccessKeyId"] != "":
		if r.Params["awsSecretAccessKey"] == "" {
			r.noCredentials("awsSecretAccessKey")
		}
	case !r.named("awsAccessKeyID") && r.Metadata["awsAccessKeyID"] == "":
		r.noCredentials("awsAccessKeyID")
	case !r.named("awsSecretAccessKey"):
		r.noCredentials("awsSecretAccessKey")
	}
}

// named reports whether metadata names a variable of the environment that has, or may have, a value.
func (r *reading) named(key string) bool {
	variable := r.Metadata[key+"FromEnv"]
	return variable != "" && (r.Env == nil || r.Env[variable] != "")
}

func (r *reading) noCredentials(missing string) {
	r.found.fail(MissingKey, child(r.path, "authenticationRef"), nil, "nothing gives %s", missing).
		instead("name a TriggerAuthentication with podIdentity aws, or with awsAccessKeyID and awsSecretAccessKey from a Secret")
}

// prometheusRules are parsePrometheusMetadata's.
func prometheusRules(r *reading) {
	modes := r.modes()
	r.credentials(modes, "apiKey", "basic", "tls", "bearer", "custom", "oauth")
	if id := r.Identity; len(modes) > 0 && id != nil && id.Provider != "" && id.Provider != v1alpha1.PodIdentityProviderNone {
		r.found.fail(BadIdentity, r.key("authModes"), r.values["authModes"], "a pod identity and authModes exclude each other")
	}
}

// metricsAPIRules are parseMetricsAPIMetadata's.
func metricsAPIRules(r *reading) {
	r.credentials(r.modes(), "apiKey", "basic", "tls", "bearer")
	n, known := r.number("targetValue")
	if absent := !r.has("targetValue") || known && n == 0; absent && !r.Formula {
		r.found.fail(MissingKey, r.key("targetValue"), nil, "must be there and not 0, except below a formula")
	}
}

// modes are the ways to authenticate that the trigger names.
func (r *reading) modes() (modes []string) {
	text, known := r.text("authModes")
	for mode := range strings.SplitSeq(text, ",") {
		if mode = strings.TrimSpace(mode); known && mode != "" {
			modes = append(modes, mode)
		}
	}
	return modes
}

// needs are the parameters that a way to authenticate needs (pkg/scalers/authentication, Config.Validate).
var needs = map[string][]string{
	"bearer": {"bearerToken"}, "basic": {"username"}, "tls": {"cert", "key"}, "oauth": {"oauthTokenURI", "clientID"},
	"custom": {"customAuthHeader", "customAuthValue"}, "apiKey": {"apiKey"},
}

func (r *reading) credentials(modes []string, allowed ...string) {
	for _, mode := range modes {
		if _, known := needs[mode]; known && !slices.Contains(allowed, mode) {
			r.found.fail(BadKey, r.key("authModes"), mode, "the scaler %s has only %s", r.Type, strings.Join(allowed, ", "))
			continue
		}
		for _, name := range needs[mode] {
			if !r.has(name) {
				r.found.fail(MissingKey, child(r.path, "authenticationRef"), nil, "authentication mode %s needs %s", mode, name)
			}
		}
	}
}

// externalRules: KEDA dials the address as gRPC does.
func externalRules(r *reading) {
	address, known := r.text("scalerAddress")
	if known && (strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://")) {
		r.found.lack(BadKey, r.key("scalerAddress"), address, "is an address of gRPC, not a URL of HTTP").
			instead("write host:port, and enableTLS: \"true\" for TLS")
	}
	if r.has("tlsClientCert") != r.has("tlsClientKey") && r.Params != nil {
		r.found.lack(MissingKey, child(r.path, "authenticationRef"), nil, "a client certificate needs both tlsClientCert and tlsClientKey")
	}
}

// workloadRules are those of kubernetes_workload_scaler.go.
func workloadRules(r *reading) {
	if n, known := r.number("value"); known && n <= 0 && !r.Formula {
		r.found.fail(BadKey, r.key("value"), r.values["value"], "must be above 0")
	}
	if text, known := r.text("podSelector"); known {
		if _, err := labels.Parse(text); err != nil {
			r.found.fail(BadKey, r.key("podSelector"), text, "%v", err)
		}
	}
}

// resourceRules are those of cpu_memory_scaler.go.
func resourceRules(r *reading) {
	text, known := r.text("value")
	if !known {
		return
	}
	switch r.MetricType {
	case autoscalingv2.UtilizationMetricType:
		if n, err := strconv.ParseInt(text, 10, 32); err != nil {
			r.found.fail(BadKey, r.key("value"), text, "must be a whole number of percent")
		} else if n <= 0 {
			r.found.lack(BadTarget, r.key("value"), text, "Kubernetes refuses the HPA: its target must be above 0")
		}
	case autoscalingv2.AverageValueMetricType:
		if wrong := misreadQuantity(text); wrong != "" {
			r.found.fail(BadKey, r.key("value"), text, "%s", wrong)
		}
	}
}
