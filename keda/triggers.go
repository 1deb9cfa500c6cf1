package keda

import (
	"maps"
	"strconv"
	"strings"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
)

// Prometheus wants as many replicas as the answer of a query divided by a threshold.
type Prometheus struct {
	Name string
	// Server is the address without a path, for example "http://prometheus.monitoring:9090".
	Server string
	// Query must give one element or none.
	Query string
	// Threshold is how much one replica takes; above 0.
	Threshold float64
	// Activation is the value above which a target wakes up from 0 replicas; it counts for nothing with a minimum of 1 or more.
	Activation float64
	// NullIsError makes an empty answer an error, which the fallback answers. KEDA takes it for 0 otherwise, and scales down when
	// the metric is lost.
	NullIsError bool
	// Auth names a TriggerAuthentication, and AuthModes how it is used: basic, bearer, tls, custom, oauth, apiKey.
	Auth      AuthRef
	AuthModes []string
	// Timeout is that of the query, in whole milliseconds; 0 is KEDA's own (3 s unless its operator was told otherwise).
	Timeout time.Duration
}

// Trigger implements [Source].
func (p Prometheus) Trigger() (Trigger, error) {
	m := metadata{"serverAddress": p.Server, "query": p.Query, "threshold": number(p.Threshold)}
	m.number("activationThreshold", p.Activation)
	m.flag("ignoreNullValues", p.NullIsError, "false")
	m.text("authModes", strings.Join(p.AuthModes, ","))
	m.time("timeout", p.Timeout)
	return Trigger{Type: typePrometheus, Name: p.Name, Metadata: m, Auth: p.Auth}, nil
}

// MetricsAPI wants as many replicas as a number out of an HTTP answer divided by a target.
type MetricsAPI struct {
	Name string
	// URL is where to ask; ValueLocation is where in the answer the number stands (for JSON a GJSON path).
	URL, ValueLocation string
	// Target is how much one replica takes; above 0.
	Target float64
	// Activation is the value above which a target wakes up from 0 replicas.
	Activation float64
	// Format is json (also where it is empty), prometheus, xml or yaml.
	Format string
	// Auth names a TriggerAuthentication, and AuthModes how it is used: apiKey, basic, tls, bearer.
	Auth      AuthRef
	AuthModes []string
	// Timeout is that of a call, in whole milliseconds; 0 is KEDA's own.
	Timeout time.Duration
}

// Trigger implements [Source].
func (a MetricsAPI) Trigger() (Trigger, error) {
	m := metadata{"url": a.URL, "valueLocation": a.ValueLocation, "targetValue": number(a.Target)}
	m.number("activationTargetValue", a.Activation)
	m.text("format", a.Format)
	m.text("authMode", strings.Join(a.AuthModes, ","))
	m.time("timeout", a.Timeout)
	return Trigger{Type: typeMetricsAPI, Name: a.Name, Metadata: m, Auth: a.Auth}, nil
}

// External asks a gRPC server of your own (KEDA's externalscaler.proto) at each poll.
type External struct {
	Name string
	// Address is host:port, as gRPC dials it.
	Address string
	// TLS makes KEDA dial with TLS. Certificates come from Auth: caCert, tlsClientCert, tlsClientKey.
	TLS  bool
	Auth AuthRef
	// Metadata go to the server as they are.
	Metadata map[string]string
	// MetricType is AverageValue where it is empty.
	MetricType autoscalingv2.MetricTargetType
}

// Trigger implements [Source].
func (e External) Trigger() (Trigger, error) {
	m := metadata(maps.Clone(e.Metadata))
	if m == nil {
		m = metadata{}
	}
	m.text("scalerAddress", e.Address)
	m.flag("enableTLS", e.TLS, "true")
	return Trigger{Type: typeExternal, Name: e.Name, Metadata: m, Auth: e.Auth, MetricType: e.MetricType}, nil
}

// ExternalPush is [External] with a server that can also wake the target up at once (StreamIsActive). A ScaledJob cannot use it.
type ExternalPush External

// Trigger implements [Source].
func (e ExternalPush) Trigger() (Trigger, error) {
	t, err := External(e).Trigger()
	t.Type = typePush
	return t, err
}

// Kafka wants as many replicas as the lag of a consumer group divided by a threshold, at most one for each partition.
type Kafka struct {
	Name string
	// Servers are host:port of brokers.
	Servers []string
	// Group is the consumer group, Topic the topic; without one all topics of the group count.
	Group, Topic string
	// Lag is how many records one replica takes; 0 is KEDA's 10. Activation is the lag above which a target wakes up from 0.
	Lag, Activation int
	// FromEarliest is the offset of a group that has none yet: the earliest instead of the latest.
	FromEarliest bool
	// SASL is none (also where it is empty), plaintext, scram_sha256, scram_sha512, oauthbearer or gssapi; its parameters come from Auth.
	SASL string
	TLS  bool
	Auth AuthRef
}

// Trigger implements [Source].
func (k Kafka) Trigger() (Trigger, error) {
	m := metadata{"bootstrapServers": strings.Join(k.Servers, ","), "consumerGroup": k.Group}
	m.text("topic", k.Topic)
	m.number("lagThreshold", float64(k.Lag))
	m.number("activationLagThreshold", float64(k.Activation))
	m.flag("offsetResetPolicy", k.FromEarliest, "earliest")
	m.text("sasl", k.SASL)
	m.flag("tls", k.TLS, "enable")
	return Trigger{Type: typeKafka, Name: k.Name, Metadata: m, Auth: k.Auth}, nil
}

// metadata is filled with what was said; what was not stays out.
type metadata map[string]string

func (m metadata) text(key, value string) {
	if value != "" {
		m[key] = value
	}
}

func (m metadata) number(key string, value float64) {
	if value != 0 {
		m[key] = number(value)
	}
}

func (m metadata) flag(key string, set bool, value string) {
	if set {
		m[key] = value
	}
}

func (m metadata) time(key string, value time.Duration) {
	if value != 0 {
		m[key] = strconv.FormatInt(value.Milliseconds(), 10)
	}
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// MetricName is the name under which KEDA gives the trigger at that index of its object to the HPA: in the HPA's spec, in its
// status, and in KEDA's own metrics. known is false for types whose naming this package does not model (their metrics depend on
// the server, or on what the scaler finds). Source: GetMetricSpecForScaling of each scaler, KEDA 2.21.0.
func MetricName(t Trigger, namespace string, index int) (name string, known bool) {
	switch m := t.Metadata; t.Type {
	case typeCron:
		name = "cron-" + m["timezone"] + "-" + cronName(m["start"]) + "-" + cronName(m["end"])
	case typePrometheus:
		name = "prometheus"
	case typeMetricsAPI:
		name = "metric-api-" + m["valueLocation"]
	case typeSQS:
		name = "aws-sqs-" + m["queueURL"][strings.LastIndex(m["queueURL"], "/")+1:]
	case typeKafka:
		name = "kafka-" + m["topic"]
		if m["topic"] == "" {
			name = "kafka-" + m["consumerGroup"] + "-topics"
		}
	case typeWorkload:
		name = "workload-" + namespace
	default:
		return "", false
	}
	return "s" + strconv.Itoa(index) + "-" + normal.Replace(name), true
}

var (
	normal   = strings.NewReplacer("/", "-", ".", "-", ":", "-", "%", "-", "(", "-", ")", "-")
	cronText = strings.NewReplacer(" ", "", "*", "x", "/", "Sl", "?", "Qm", ",", "Cm")
)

func cronName(expression string) string { return cronText.Replace(expression) }
