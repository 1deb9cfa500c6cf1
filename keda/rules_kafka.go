package keda

import (
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// kafkaRules are kafkaMetadata.Validate's (pkg/scalers/kafka_scaler.go).
func kafkaRules(r *reading) {
	if n, known := r.number("lagThreshold"); known && n <= 0 {
		r.found.fail(BadKey, r.key("lagThreshold"), r.values["lagThreshold"], "must be above 0")
	}
	if n, known := r.number("activationLagThreshold"); known && n < 0 {
		r.found.fail(BadKey, r.key("activationLagThreshold"), r.values["activationLagThreshold"], "must not be negative")
	}
	if text, known := r.text("partitionLimitation"); known && !partitions(text) {
		r.found.fail(BadKey, r.key("partitionLimitation"), text, "must be numbers and ranges of partitions, for example 1,3,5-8")
	}
	r.kafkaTopic()
	if r.on("limitToPartitionsWithLag") {
		for _, other := range []string{"allowIdleConsumers", "ensureEvenDistributionOfPartitions"} {
			if r.on(other) {
				r.found.fail(BadKey, r.key(other), "true", "excludes limitToPartitionsWithLag")
			}
		}
	}
	if tls, _ := r.text("tls"); tls == "enable" && r.Params != nil && r.has("cert") != r.has("key") {
		r.found.fail(MissingKey, child(r.path, "authenticationRef"), nil, "a client certificate needs both cert and key")
	}
	r.kafkaSASL()
}

// kafkaTopic: some settings need a topic.
func (r *reading) kafkaTopic() {
	if r.has("topic") {
		return
	}
	full, known := r.text("fullMetadata")
	partial, err := strconv.ParseBool(full)
	for name, set := range map[string]bool{
		"limitToPartitionsWithLag":           r.on("limitToPartitionsWithLag"),
		"ensureEvenDistributionOfPartitions": r.on("ensureEvenDistributionOfPartitions"),
		"fullMetadata":                       known && err == nil && !partial,
	} {
		if set {
			r.found.fail(MissingKey, r.key("topic"), nil, "%s: %s needs a topic", name, r.values[name])
		}
	}
}

// kafkaSASL: each mechanism needs its parameters.
func (r *reading) kafkaSASL() {
	mode, _ := r.text("sasl")
	var missing []string
	lacks := func(names ...string) {
		for _, name := range names {
			if !r.has(name) {
				missing = append(missing, name)
			}
		}
	}
	provider, _ := r.text("saslTokenProvider")
	switch {
	case mode == "plaintext" || strings.HasPrefix(mode, "scram_"):
		lacks("username", "password")
	case mode == "oauthbearer" && provider == "aws_msk_iam":
		lacks("awsRegion")
		if tls, known := r.text("tls"); known && tls != "enable" {
			r.found.fail(BadKey, r.key("tls"), tls, "must be enable for aws_msk_iam")
		}
		awsRules(r)
	case mode == "oauthbearer":
		lacks("username", "password", "oauthTokenEndpointUri")
	case mode == "gssapi":
		lacks("username", "realm", "kerberosConfig")
	}
	for _, name := range missing {
		r.found.fail(MissingKey, child(r.path, "authenticationRef"), nil, "sasl %s needs %s", mode, name)
	}
}

// partitions reports whether parsePartitionLimitation would read the text.
func partitions(text string) bool {
	for part := range strings.SplitSeq(text, ",") {
		ends := strings.Split(part, "-")
		for _, end := range ends {
			if _, err := strconv.ParseInt(strings.TrimSpace(end), 10, 32); err != nil || len(ends) > 2 {
				return false
			}
		}
	}
	return true
}

// misreadQuantity says why a text is no quantity above 0. Kubernetes' parser works an exponent of three digits out digit by digit
// and may not come back, so such a text does not reach it.
func misreadQuantity(text string) string {
	if _, exponent, found := strings.Cut(strings.ToLower(text), "e"); found && len(strings.TrimLeft(exponent, "+-0")) > 2 {
		return "no quantity is that large or small"
	}
	q, err := resource.ParseQuantity(text)
	switch {
	case err != nil:
		return "must be a quantity, for example 500m or 2Gi"
	case q.Sign() <= 0:
		return "must be above 0"
	}
	return ""
}
