package objectscaler

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strings"
	"time"
)

// Metric is what a trigger reports to KEDA.
type Metric string

// The metrics.
const (
	// Count is the number of objects.
	Count Metric = "count"
	// Size is their size in bytes.
	Size Metric = "bytes"
	// Age is the age of the oldest one in seconds, 0 where there is none.
	Age Metric = "age"
	// Planned is the number of executors that work the objects off within the deadline; see [Work].
	Planned Metric = "planned"
)

// DefaultTarget is the target of Count where the metadata has no targetSize: objects for each replica.
const DefaultTarget = 1000

// Trigger is what the metadata of a trigger says, resolved. Its zero value is not valid; see [Parse] and Validate.
type Trigger struct {
	Location
	Metric Metric
	// Target is the part of the metric that one replica is for: objects, bytes, seconds, or for Planned one executor.
	Target float64
	// Activation is what the metric has to exceed to start the first replica, in the same unit.
	Activation float64
	// Glob selects by name: * is any text without a slash, ** any text, ? one character that is no slash. Without a slash in
	// it, it is held against the last part of the key, else against what follows the prefix. Empty selects all.
	Glob string
	// MinAge leaves out younger objects, which may still be written to, and MaxAge older ones; 0 means no bound.
	MinAge, MaxAge time.Duration
	// MaxObjects stops the listing when that many objects were selected: maximum of replicas × Target, beyond which the
	// answer to KEDA cannot change. 0 means all. Size and Age are lower bounds then.
	MaxObjects int64
	// Plan names the [Work] that Planned counts with, Deadline is within which time the objects shall be worked off.
	Plan     string
	Deadline time.Duration
	// Interval is the polling interval: for how long a listing is not repeated. 0 means the scaler's.
	Interval time.Duration
}

// MetricName is the name under which the trigger's metric goes to the autoscaler: readable, of letters, digits and hyphens,
// at most 63 of them, and different for triggers that can differ in value.
func (t Trigger) MetricName() string {
	t.Target, t.Activation, t.Interval = 0, 0, 0
	values := t.Metadata()
	text := make([]string, 0, len(values))
	for _, k := range keys {
		text = append(text, values[k.name])
	}
	sum := sha256.Sum256([]byte(strings.Join(text, "\x00")))
	name := "objects-" + string(t.Metric) + "-" + slug(t.Bucket+"-"+t.Prefix)
	return strings.TrimRight(name[:min(len(name), 54)], "-") + "-" + hex.EncodeToString(sum[:4])
}

// slug keeps letters and digits, and puts one hyphen in place of all between them.
func slug(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(words, "-")
}

// query is the listing that the trigger needs.
func (t Trigger) query() query {
	return query{Location: t.Location, glob: t.Glob, minAge: t.MinAge, maxAge: t.MaxAge, maxObjects: t.MaxObjects}
}

// value is the metric of what was counted, but for Planned.
func (t Trigger) value(tally Tally, now time.Time) float64 {
	switch t.Metric {
	case Size:
		return float64(tally.Bytes)
	case Age:
		return math.Max(0, tally.OldestAge(now).Seconds())
	}
	return float64(tally.Objects)
}
