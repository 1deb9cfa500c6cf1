package keda

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/keda/internal/schema"
)

// reading is a trigger as its scaler reads it: each parameter out of metadata, environment or authentication, as
// pkg/scalers/scalersconfig/typed_config.go of KEDA 2.21.0 does.
type reading struct {
	Trigger
	Given
	scaler schema.Scaler
	path   *field.Path
	found  *issues
	// values are the parameters that have one, Hidden where it is not known; maybe are those that might.
	values map[string]string
	maybe  map[string]bool
}

// newReading reads a trigger of a known type.
func newReading(t Trigger, given Given, path *field.Path, found *issues) (*reading, bool) {
	r := &reading{Trigger: t, Given: given, path: path, found: found, values: map[string]string{}, maybe: map[string]bool{}}
	var ok bool
	if r.scaler, ok = schema.Lookup(t.Type); !ok {
		r.noSuchTrigger()
		return nil, false
	}
	if r.Params == nil && t.Auth.Name == "" {
		r.Params = map[string]string{}
	}
	return r, true
}

// s3 is what to use where somebody wants to scale by objects in a bucket.
const s3 = "KEDA has no scaler for objects in S3: send the bucket's notifications for the prefix to an SQS queue and write type: " +
	"aws-sqs-queue (keda.AWSSQSQueue prints what the bucket and the queue need), or count the objects with an external scaler and " +
	"write type: external"

func (r *reading) noSuchTrigger() {
	path := child(r.path, "type")
	if r.Type == "" {
		r.found.fail(MissingField, path, nil, "a trigger needs a type")
		return
	}
	issue := r.found.fail(NoSuchTrigger, path, r.Type,
		"KEDA 2.21 accepts the object and then sits at Ready=False with \"no scaler found for type: %s\"", r.Type)
	like := wording.Nearest(r.Type, schema.Types())
	switch {
	case strings.Contains(strings.ToLower(r.Type), "s3"):
		issue.instead(s3)
	case like != "":
		issue.instead("is it %s?", like)
	default:
		issue.instead("write one of KEDA's types, or type: external with a server of your own")
	}
}

func (r *reading) key(name string) *field.Path { return child(r.path, "metadata").Key(name) }

func child(path *field.Path, name string) *field.Path {
	if path == nil {
		return field.NewPath(name)
	}
	return path.Child(name)
}

// keys looks for keys that nobody reads.
func (r *reading) keys() {
	known := r.scaler.Keys()
	for _, name := range slices.Sorted(maps.Keys(r.Metadata)) {
		if r.scaler.Reads(name) {
			continue
		}
		issue := r.found.lack(UnknownKey, r.key(name), r.Metadata[name], "the scaler %s does not read this key, and KEDA does not say so", r.Type)
		switch like := wording.Nearest(name, known); {
		case slices.Contains(r.scaler.AuthKeys(), name):
			issue.instead("it is read from a TriggerAuthentication alone")
		case like != "":
			issue.instead("is it %s?", like)
		default:
			issue.instead("it reads %s", strings.Join(known, ", "))
		}
	}
}

// params reads all parameters and says what KEDA would say.
func (r *reading) params() {
	for _, p := range r.scaler.Params {
		if len(p.Also) > 0 && r.first(p) != p.Name {
			continue
		}
		value, there := r.find(p)
		if !there && !r.maybe[p.Name] {
			value, there = p.Default, p.Default != ""
		}
		switch {
		case there && p.Removed != "":
			r.found.fail(RemovedKey, r.key(p.Name), value, "%s", p.Removed)
		case there:
			r.values[p.Name] = value
			r.check(p, value)
		case !r.maybe[p.Name] && !p.Optional && p.Removed == "":
			r.found.fail(MissingKey, r.key(p.Name), nil, "the scaler %s needs it%s", r.Type, from(p))
		}
	}
}

// first is the name that stands for a parameter with several.
func (r *reading) first(p schema.Param) string {
	for _, other := range r.scaler.Params {
		if other.Name == p.Name || slices.Contains(p.Also, other.Name) {
			return other.Name
		}
	}
	return p.Name
}

func from(p schema.Param) string {
	switch {
	case p.From == schema.Auth:
		return ", from a TriggerAuthentication"
	case p.From == schema.Metadata|schema.Env:
		return ", here or as " + p.Name + "FromEnv"
	case p.From&schema.Auth != 0:
		return ", here or from a TriggerAuthentication"
	}
	return ""
}

// find looks for a parameter under each of its names, in KEDA's order of places.
func (r *reading) find(p schema.Param) (value string, there bool) {
	names := append([]string{p.Name}, p.Also...)
	for _, name := range names {
		if value := strings.TrimSpace(r.Metadata[name]); value != "" && p.From&schema.Metadata != 0 {
			return value, true
		}
	}
	for _, name := range names {
		if variable := r.Metadata[name+"FromEnv"]; variable != "" && p.From&schema.Env != 0 {
			if r.Env == nil {
				return Hidden, true
			}
			if value := strings.TrimSpace(r.Env[variable]); value != "" {
				return value, true
			}
		}
	}
	for _, name := range names {
		if p.From&schema.Auth == 0 {
			continue
		}
		if value := strings.TrimSpace(r.Params[name]); value != "" {
			return value, true
		}
		r.maybe[p.Name] = r.maybe[p.Name] || r.Params == nil
	}
	return "", false
}

// check holds a value against the type and the allowed values of its parameter.
func (r *reading) check(p schema.Param, value string) {
	if value == Hidden {
		return
	}
	if p.Fading != "" && p.Default != value {
		r.found.warn(FadingKey, r.key(p.Name), value, "%s", p.Fading)
	}
	separator := cmp.Or(p.Separator, ",")
	exclusive := 0
	for item := range strings.SplitSeq(value, separator) {
		item = strings.TrimSpace(item)
		if len(p.Allowed) > 0 && !slices.Contains(p.Allowed, item) {
			r.found.fail(BadKey, r.key(p.Name), value, "must be one of %s", strings.Join(p.Allowed, ", "))
			return
		}
		if slices.Contains(p.Exclusive, item) {
			exclusive++
		}
	}
	if exclusive > 1 {
		r.found.fail(BadKey, r.key(p.Name), value, "must have only one of %s", strings.Join(p.Exclusive, ", "))
	}
	if wrong := misread(p, value, separator); wrong != "" {
		r.found.fail(BadKey, r.key(p.Name), value, "%s", wrong)
	}
}

// misread says why KEDA cannot read a value, "" where it can.
func misread(p schema.Param, value, separator string) string {
	switch p.Kind {
	case schema.Int:
		var n int64
		if json.Unmarshal([]byte(value), &n) != nil {
			return "must be a whole number"
		}
	case schema.Float:
		var n float64
		if json.Unmarshal([]byte(value), &n) != nil {
			return "must be a number"
		}
	case schema.Bool:
		if _, err := strconv.ParseBool(value); err != nil {
			return "must be true or false"
		}
	case schema.Time:
		return misreadTime(value)
	case schema.Ints:
		return misreadInts(value, separator, p.Range)
	case schema.Map:
		for pair := range strings.SplitSeq(value, separator) {
			if strings.Count(pair, "=") != 1 {
				return "must be pairs key=value"
			}
		}
	case schema.Query:
		if _, err := url.ParseQuery(value); err != nil {
			return "must be the query of a URL"
		}
	}
	return ""
}

func misreadTime(value string) string {
	d, err := time.ParseDuration(value)
	if err != nil {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return "must be a duration (30s), or a whole number of milliseconds"
		}
		d = time.Duration(n)
	}
	if d < 0 {
		return "must not be negative"
	}
	return ""
}

func misreadInts(value, separator, to string) string {
	for item := range strings.SplitSeq(value, separator) {
		ends := []string{strings.TrimSpace(item)}
		if to != "" && strings.Contains(item, to) {
			ends = strings.Split(ends[0], to)
		}
		for _, end := range ends {
			var n int64
			if len(ends) > 2 || json.Unmarshal([]byte(end), &n) != nil {
				return "must be whole numbers"
			}
		}
	}
	return ""
}

// metricType checks how the value is compared. Source: GetMetricTargetType and parseResourceMetadata of pkg/scalers.
func (r *reading) metricType() {
	path, resource := child(r.path, "metricType"), isResource(r.Type)
	switch r.MetricType {
	case "":
		if resource {
			r.found.fail(MissingField, path, nil, "the scaler %s needs Utilization or AverageValue", r.Type)
		}
	case autoscalingv2.UtilizationMetricType:
		if !resource {
			r.found.fail(BadValue, path, r.MetricType, "is for cpu and memory alone; write AverageValue or Value")
		}
	case autoscalingv2.ValueMetricType:
		if resource {
			r.found.fail(BadValue, path, r.MetricType, "must be Utilization or AverageValue for %s", r.Type)
		}
	case autoscalingv2.AverageValueMetricType:
	default:
		r.found.fail(BadValue, path, r.MetricType, "must be AverageValue, Value or Utilization")
	}
	if r.Cached && (resource || r.Type == typeCron) {
		r.found.fail(BadValue, child(r.path, "useCachedMetrics"), true, "the scaler %s has nothing to cache", r.Type)
	}
}

func isResource(kind string) bool { return kind == "cpu" || kind == "memory" }

// text is the value of a parameter; known is false where there is none or it cannot be read.
func (r *reading) text(name string) (value string, known bool) {
	value, there := r.values[name]
	return value, there && value != Hidden
}

// has reports whether there is, or might be, a value.
func (r *reading) has(name string) bool {
	_, there := r.values[name]
	return there || r.maybe[name]
}

// number is the value as a number; known is false also where it is none.
func (r *reading) number(name string) (n float64, known bool) {
	text, known := r.text(name)
	if !known || json.Unmarshal([]byte(text), &n) != nil {
		return 0, false
	}
	return n, true
}

// on is the value as a switch.
func (r *reading) on(name string) bool {
	text, _ := r.text(name)
	on, err := strconv.ParseBool(text)
	return err == nil && on
}
