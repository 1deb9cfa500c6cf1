package objectscaler

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/units"
)

// key is a key of the metadata: how it is read into a trigger, and written; "" leaves it out.
type key struct {
	name  string
	read  func(t *Trigger, text string) error
	write func(t Trigger) string
}

// keys are in the order in which they are read: the metric decides the unit of the sizes.
var keys = []key{
	{"provider", setProvider, func(t Trigger) string { return string(t.Provider) }},
	{"bucketName", setText(func(t *Trigger) *string { return &t.Bucket }), func(t Trigger) string { return t.Bucket }},
	{"prefix", setText(func(t *Trigger) *string { return &t.Prefix }), func(t Trigger) string { return t.Prefix }},
	{"awsRegion", setText(func(t *Trigger) *string { return &t.Region }), func(t Trigger) string { return t.Region }},
	{"metric", setMetric, func(t Trigger) string { return string(t.Metric) }},
	{"targetSize", setTarget, writeTarget},
	{"activationTargetSize", setActivation, func(t Trigger) string { return t.writeSize(t.Activation) }},
	{"maxObjects", setMaxObjects, func(t Trigger) string { return writeCount(t.MaxObjects) }},
	{"glob", setText(func(t *Trigger) *string { return &t.Glob }), func(t Trigger) string { return t.Glob }},
	{"minAge", setDuration(func(t *Trigger) *time.Duration { return &t.MinAge }), func(t Trigger) string { return writeDuration(t.MinAge) }},
	{"maxAge", setDuration(func(t *Trigger) *time.Duration { return &t.MaxAge }), func(t Trigger) string { return writeDuration(t.MaxAge) }},
	{"plan", setText(func(t *Trigger) *string { return &t.Plan }), func(t Trigger) string { return t.Plan }},
	{"deadline", setDuration(func(t *Trigger) *time.Duration { return &t.Deadline }), func(t Trigger) string { return writeDuration(t.Deadline) }},
	{"pollingInterval", setDuration(func(t *Trigger) *time.Duration { return &t.Interval }), func(t Trigger) string { return writeDuration(t.Interval) }},
}

// kedaKeys are those of the trigger itself, which KEDA hands on with the others.
var kedaKeys = []string{"scalerAddress", "enableTLS", "unsafeSsl"}

// secret is what the name of a key holds that wants to carry a credential.
var secret = regexp.MustCompile(`(?i)secret|password|token|credential|accesskey|accountkey|connection|sas$|apikey|rolearn`)

// fromEnv is what the name of a key ends with whose value KEDA has taken from the environment of the target's container.
const fromEnv = "FromEnv"

// Parse reads the metadata of a trigger as KEDA hands it over: with the keys of the trigger itself (scalerAddress, enableTLS,
// unsafeSsl), which are passed over, and with the names of those that came from an environment still ending with FromEnv.
//
// The error is an [*InvalidError] with an entry for each fault: a key that does not exist and the nearest one that does, a
// value and what it should be, a key that is missing, a credential, which never goes through metadata. It repeats neither the
// value of an unknown key nor one from an environment.
func Parse(metadata map[string]string) (Trigger, error) {
	values, hidden, list := known(metadata)
	t := Trigger{Location: Location{Provider: S3}, Metric: Count}
	for _, k := range keys {
		text, given := values[k.name]
		if !given {
			continue
		}
		if err := k.read(&t, text); err != nil {
			list = append(list, field.Invalid(at(k.name), shown(text, hidden[k.name]), err.Error()))
		}
	}
	if _, given := values["targetSize"]; !given {
		t.defaultTarget()
	}
	if len(list) == 0 {
		list = t.check()
	}
	if len(list) > 0 {
		return Trigger{}, &InvalidError{Errors: list}
	}
	return t, nil
}

// known sorts the metadata by what its keys mean.
func known(metadata map[string]string) (values map[string]string, hidden map[string]bool, list field.ErrorList) {
	values, hidden = map[string]string{}, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(metadata)) {
		base := strings.TrimSuffix(name, fromEnv)
		_, twice := metadata[base]
		switch {
		case slices.Contains(kedaKeys, base):
		case !slices.Contains(names(), base):
			list = append(list, field.Forbidden(at(name), stray(base)))
		case base != name && twice:
			list = append(list, field.Forbidden(at(name), base+" is set too; keep one of them"))
		default:
			values[base], hidden[base] = metadata[name], base != name
		}
	}
	return values, hidden, list
}

// stray says what is wrong with a key that does not exist.
func stray(name string) string {
	if secret.MatchString(name) {
		return "credentials do not go through metadata, which everyone who reads the ScaledObject sees; give the scaler's own pod an identity"
	}
	if like := wording.Nearest(name, names()); like != "" {
		return "there is no such key; is it " + like + "?"
	}
	return "there is no such key; there are " + strings.Join(names(), ", ")
}

func names() []string {
	all := make([]string, len(keys))
	for i, k := range keys {
		all[i] = k.name
	}
	return all
}

func at(name string) *field.Path { return field.NewPath("metadata").Key(name) }

// longest is how much of a value an error repeats.
const longest = 80

func shown(text string, hidden bool) string {
	switch {
	case hidden:
		return "(from the environment)"
	case len(text) > longest:
		return strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}

// Metadata writes the trigger as the metadata that [Parse] reads; the address of the scaler is not in it.
func (t Trigger) Metadata() map[string]string {
	values := map[string]string{}
	for _, k := range keys {
		if text := k.write(t); text != "" {
			values[k.name] = text
		}
	}
	return values
}

func setText(to func(*Trigger) *string) func(*Trigger, string) error {
	return func(t *Trigger, text string) error {
		*to(t) = text
		return nil
	}
}

func setProvider(t *Trigger, text string) error {
	t.Provider = Provider(text)
	return oneOf(text, string(S3), string(GCS), string(Azure), string(File))
}

func setMetric(t *Trigger, text string) error {
	t.Metric = Metric(text)
	return oneOf(text, string(Count), string(Size), string(Age), string(Planned))
}

func oneOf(text string, choices ...string) error {
	if slices.Contains(choices, text) {
		return nil
	}
	if like := wording.Nearest(text, choices); like != "" {
		return fmt.Errorf("is it %s?", like)
	}
	return fmt.Errorf("it is one of %s", strings.Join(choices, ", "))
}

func setTarget(t *Trigger, text string) (err error) {
	if t.Metric == Planned {
		return fmt.Errorf("metric planned counts executors, so that its target is always 1; leave it out")
	}
	t.Target, err = t.readSize(text)
	return err
}

func setActivation(t *Trigger, text string) (err error) {
	t.Activation, err = t.readSize(text)
	return err
}

// readSize reads a number in the unit of the metric.
func (t Trigger) readSize(text string) (float64, error) {
	switch t.Metric {
	case Size:
		n, err := units.ParseQuantity(text)
		if err != nil {
			return 0, fmt.Errorf("it is a quantity of bytes, for example 512Mi")
		}
		return float64(n), nil
	case Age:
		d, err := readDuration(text)
		return d.Seconds(), err
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
		return 0, fmt.Errorf("it is a number, for example 1000")
	}
	return x, nil
}

func writeTarget(t Trigger) string {
	if t.Metric == Planned {
		return ""
	}
	return t.writeSize(t.Target)
}

func (t Trigger) writeSize(x float64) string {
	switch {
	case x == 0:
		return ""
	case t.Metric == Size:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case t.Metric == Age:
		return time.Duration(math.Round(x * float64(time.Second))).String()
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

func setMaxObjects(t *Trigger, text string) error {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return fmt.Errorf("it is a whole number above 0: the maximum of replicas × targetSize")
	}
	t.MaxObjects = n
	return nil
}

func writeCount(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func setDuration(to func(*Trigger) *time.Duration) func(*Trigger, string) error {
	return func(t *Trigger, text string) (err error) {
		*to(t), err = readDuration(text)
		return err
	}
}

// readDuration reads "5m30s", and a bare number as seconds, as KEDA's own keys are.
func readDuration(text string) (time.Duration, error) {
	if _, err := strconv.ParseUint(text, 10, 32); err == nil {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("it is a time, for example 90s or 5m")
	}
	return d, nil
}

func writeDuration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// defaultTarget is the target of a trigger that names none.
func (t *Trigger) defaultTarget() {
	switch t.Metric {
	case Count:
		t.Target = DefaultTarget
	case Planned:
		t.Target = 1
	}
}
