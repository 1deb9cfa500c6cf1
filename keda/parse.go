package keda

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	kjson "sigs.k8s.io/json"

	"github.com/sparkscale/sparkscale/internal/conform"
	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/internal/yamltext"
)

// Manifest is an object of KEDA's as somebody wrote it. It is safe for concurrent use.
type Manifest struct {
	doc    *yamltext.Document
	object runtime.Object
}

// Parse reads a manifest with one ScaledObject, ScaledJob, TriggerAuthentication or ClusterTriggerAuthentication, in YAML or JSON. What
// is wrong with it is no error but among [Manifest.Issues]. The error is a [*SyntaxError], a [*Refusal] for another kind of object, an
// [*InvalidError] where a value has the wrong type, or [ErrTooLarge]. Text with several documents is for [ParseAll].
func Parse(text []byte) (*Manifest, error) {
	all, err := ParseAll(text)
	if err != nil {
		return nil, err
	}
	if len(all) != 1 {
		return nil, &Refusal{RefuseCount, fmt.Sprintf("the text has %d objects of KEDA's", len(all)), "ParseAll reads several"}
	}
	return all[0], nil
}

// ParseAll reads all documents of a text, of which those of other groups than keda.sh are left out. The error joins those of all
// documents; see [Parse]. A trigger's authentication is looked for among the documents only where the caller says so (see [Known]).
func ParseAll(text []byte) ([]*Manifest, error) {
	var all []*Manifest
	var errs []error
	for i, document := range yamltext.Split(text) {
		m, err := parse(document, i+1)
		if err != nil {
			errs = append(errs, err)
		}
		if m != nil {
			all = append(all, m)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return all, nil
}

func parse(text []byte, document int) (*Manifest, error) {
	if len(text) > MaxManifest {
		return nil, fmt.Errorf("%w: document %d has %d bytes, more than %d", ErrTooLarge, document, len(text), MaxManifest)
	}
	doc, err := yamltext.Parse(text, order...)
	if err != nil {
		return nil, &SyntaxError{document, err}
	}
	object, err := identify(doc)
	if object == nil || err != nil {
		return nil, err
	}
	values := doc.Values()
	if list := endless(nil, values); len(list) > 0 {
		return nil, &InvalidError{list}
	}
	if wrong := conform.Check(reflect.TypeOf(object).Elem(), values).Wrong; len(wrong) > 0 {
		return nil, &InvalidError{wrong}
	}
	raw, err := json.Marshal(values)
	if err == nil {
		err = kjson.UnmarshalCaseSensitivePreserveInts(raw, object)
	}
	if err != nil {
		return nil, &SyntaxError{document, err}
	}
	return &Manifest{doc, object}, nil
}

// identify gives an empty object of the kind that the document says, nil for another group's.
func identify(doc *yamltext.Document) (runtime.Object, error) {
	version, _ := doc.At("apiVersion")
	kind, _ := doc.At("kind")
	group, _, _ := strings.Cut(fmt.Sprint(version), "/")
	if group != v1alpha1.SchemeGroupVersion.Group {
		return nil, nil
	}
	if version != groupVersion {
		return nil, &Refusal{RefuseVersion, fmt.Sprintf("KEDA 2.21 does not serve %v", version), "write apiVersion: " + groupVersion}
	}
	switch kind {
	case kindObject:
		return &v1alpha1.ScaledObject{}, nil
	case kindJob:
		return &v1alpha1.ScaledJob{}, nil
	case kindAuth:
		return &v1alpha1.TriggerAuthentication{}, nil
	case kindClusterAuth:
		return &v1alpha1.ClusterTriggerAuthentication{}, nil
	}
	return nil, &Refusal{
		RefuseKind, fmt.Sprintf("%v %v is no kind that this package reads", version, kind),
		"pass a ScaledObject, ScaledJob, TriggerAuthentication or ClusterTriggerAuthentication",
	}
}

// endlessQuantity is a number with an exponent of three digits or more, which Kubernetes' parser works out digit by digit.
var endlessQuantity = regexp.MustCompile(`^[+-]?[0-9.]+[eE][+-]?[0-9]*[1-9][0-9]{2}`)

// endless finds texts that must not reach the types of a pod. A trigger's metadata are no quantities.
func endless(at *field.Path, value any) (list field.ErrorList) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if key != "triggers" {
				list = append(list, endless(child(at, key), v[key])...)
			}
		}
	case []any:
		for i, item := range v {
			list = append(list, endless(at.Index(i), item)...)
		}
	case string:
		if endlessQuantity.MatchString(v) && at != nil && strings.Contains(at.String(), "jobTargetRef") {
			list = append(list, field.Invalid(at, v, "no quantity is that large or small"))
		}
	}
	return list
}

// ofHPA are fields of an HPA that people write here.
var ofHPA = map[string]string{"minReplicas": "minReplicaCount", "maxReplicas": "maxReplicaCount", "metrics": "triggers"}

// Object returns a copy in KEDA's type: *v1alpha1.ScaledObject, *v1alpha1.ScaledJob, *v1alpha1.TriggerAuthentication or
// *v1alpha1.ClusterTriggerAuthentication, without the fields that these do not have.
func (m *Manifest) Object() runtime.Object { return m.object.DeepCopyObject() }

// YAML is the manifest as it was written.
func (m *Manifest) YAML() []byte { return m.doc.Text() }

// Issues returns everything that is wrong with the manifest or looks so, sorted by path: what [Issues] finds in the object, fields that
// the custom resource does not have, and keys that stand twice.
func (m *Manifest) Issues(known Known) []Issue { return m.check(known).sorted() }

// Validate returns an [*InvalidError] with every issue that is an error, or nil.
func (m *Manifest) Validate(known Known) error { return m.check(known).err() }

func (m *Manifest) check(known Known) issues {
	found := check(m.object, known)
	for _, u := range conform.Check(reflect.TypeOf(m.object).Elem(), m.doc.Values()).Unknown {
		issue := found.fail(UnknownField, u.Path, u.Value, "KEDA 2.21 has no such field: the API server drops it, or refuses it with strict validation")
		if like := cmp.Or(ofHPA[u.Name], wording.Nearest(u.Name, u.Known)); like != "" {
			issue.instead("is it %s?", like)
		}
	}
	for _, twice := range yamltext.Duplicates(m.doc.Text()) {
		found.warn(DuplicateKey, field.NewPath(twice.Key), nil,
			"the key stands twice in one mapping, again in line %d of the document; the last one counts", twice.Line)
	}
	return found
}
