package sparkapp

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	kjson "sigs.k8s.io/json"

	"github.com/sparkscale/sparkscale/internal/conform"
	"github.com/sparkscale/sparkscale/internal/yamltext"
	"github.com/sparkscale/sparkscale/spark"
)

const (
	kindApplication = "SparkApplication"
	kindScheduled   = "ScheduledSparkApplication"
)

var groupVersion = v1beta2.GroupVersion

// App is a manifest of a SparkApplication, or of a ScheduledSparkApplication, whose template then is the spec that is meant
// everywhere here. It is not safe for concurrent use while it is changed.
type App struct {
	doc      *yamltext.Document
	original map[string]any
}

// newApp takes a document whose values the operator can read.
func newApp(doc *yamltext.Document) (*App, error) {
	a := &App{doc: doc, original: doc.Values()}
	if wrong := a.conformity().Wrong; len(wrong) > 0 {
		return nil, &InvalidError{wrong}
	}
	return a, nil
}

// From takes an object as a cluster holds it, a *v1beta2.SparkApplication or *v1beta2.ScheduledSparkApplication. What the API
// server and the operator wrote (status, managed fields, identity of the stored object) is left out. Another object is a
// [*Refusal].
func From(object runtime.Object) (*App, error) {
	var kind string
	switch object.(type) {
	case *v1beta2.SparkApplication:
		kind = kindApplication
	case *v1beta2.ScheduledSparkApplication:
		kind = kindScheduled
	default:
		return nil, &Refusal{
			RefuseKind, fmt.Sprintf("%T is no application", object), "pass a *v1beta2.SparkApplication or *v1beta2.ScheduledSparkApplication",
		}
	}
	values, err := clean(object)
	if err != nil {
		return nil, err
	}
	values["apiVersion"], values["kind"] = groupVersion.String(), kind
	doc, err := yamltext.New(values, order...)
	if err != nil {
		return nil, fmt.Errorf("sparkapp: %w", err)
	}
	return newApp(doc)
}

// Kind is SparkApplication or ScheduledSparkApplication.
func (a *App) Kind() string { return a.text("kind") }

// Name is the name of the object.
func (a *App) Name() string { return a.text("metadata", "name") }

// Namespace is the namespace of the object; it may be empty in a manifest.
func (a *App) Namespace() string { return a.text("metadata", "namespace") }

// Version is spec.sparkVersion; the zero value where it is missing or names no release.
func (a *App) Version() spark.Version {
	v, err := spark.ParseVersion(a.spec().text("sparkVersion"))
	if err != nil {
		return spark.Version{}
	}
	return v
}

// YAML is the manifest as it is now; what was not changed is as it was written.
func (a *App) YAML() []byte { return a.doc.Text() }

// Object returns a copy in the operator's types: a *v1beta2.SparkApplication or a *v1beta2.ScheduledSparkApplication, without
// the fields that these do not have.
func (a *App) Object() runtime.Object {
	if a.Kind() == kindScheduled {
		return decode(a.doc.Values(), &v1beta2.ScheduledSparkApplication{})
	}
	return decode(a.doc.Values(), &v1beta2.SparkApplication{})
}

// Spec returns a copy of the spec in the operator's type; of a scheduled application, that of its template.
func (a *App) Spec() *v1beta2.SparkApplicationSpec {
	values, _ := a.doc.At(a.path()...)
	return decode(values, &v1beta2.SparkApplicationSpec{})
}

// path is the path of something in the spec of the application.
func (a *App) path(below ...string) []string {
	if a.Kind() == kindScheduled {
		return append([]string{"spec", "template"}, below...)
	}
	return append([]string{"spec"}, below...)
}

func (a *App) text(path ...string) string { return spec(a.doc.Values()).text(path...) }

func (a *App) conformity() conform.Report {
	t := reflect.TypeFor[v1beta2.SparkApplication]()
	if a.Kind() == kindScheduled {
		t = reflect.TypeFor[v1beta2.ScheduledSparkApplication]()
	}
	return conform.Check(t, a.doc.Values())
}

// decode reads values that conform to the type.
func decode[T any](values any, into T) T {
	raw, err := json.Marshal(values)
	if err == nil {
		_ = kjson.UnmarshalCaseSensitivePreserveInts(raw, into) // newApp has checked every value
	}
	return into
}

// keyed are the fields that hold free keys, which a path writes in brackets.
var keyed = []string{"sparkConf", "hadoopConf", "nodeSelector", "labels", "annotations", "matchLabels", "envVars"}

// pathOf writes a path as Kubernetes does.
func pathOf(path []string) *field.Path {
	var p *field.Path
	for i, name := range path {
		if i > 0 && slices.Contains(keyed, path[i-1]) {
			p = p.Key(name)
		} else {
			p = p.Child(name)
		}
	}
	return p
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func describe(value any) string {
	if value == nil {
		return "nothing"
	}
	if text, ok := value.(string); ok {
		return text
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(raw)
}
