package sparkapp

import (
	"fmt"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"

	"github.com/sparkscale/sparkscale/internal/yamltext"
)

// Option sets part of an application. Every function of this shape is one, so that what has no option here can be set on the
// operator's own type:
//
//	suspended := func(s *v1beta2.SparkApplicationSpec) error { s.Suspend = new(true); return nil }
type Option func(*v1beta2.SparkApplicationSpec) error

// New makes a SparkApplication that has what the options say and nothing else, and checks it as [App.Validate] does. The namespace
// may be empty. The error is that of an option, a [*Refusal] or an [*InvalidError].
func New(name, namespace string, options ...Option) (*App, error) {
	metadata := map[string]any{"name": name}
	if namespace != "" {
		metadata["namespace"] = namespace
	}
	doc, err := yamltext.New(map[string]any{
		"apiVersion": groupVersion.String(), "kind": kindApplication, "metadata": metadata,
		"spec": map[string]any{"driver": map[string]any{}, "executor": map[string]any{}},
	}, order...)
	if err != nil {
		return nil, fmt.Errorf("sparkapp: %w", err)
	}
	a := &App{doc: doc}
	if _, err := a.Edit(options...); err != nil {
		return nil, err
	}
	a.original = a.doc.Values()
	return a, a.Validate(ValidateOptions{})
}

// Edit applies options to an application and returns what changed, sorted by path. Everything else stays, also what the operator's
// types do not know. After an error the application is as before. The result is not validated.
func (a *App) Edit(options ...Option) ([]Change, error) {
	changed := a.Spec()
	for _, option := range options {
		if err := option(changed); err != nil {
			return nil, err
		}
	}
	before, err := terse(a.Spec())
	if err != nil {
		return nil, err
	}
	after, err := terse(changed)
	if err != nil {
		return nil, err
	}
	d := a.draft()
	for _, s := range diff(before, after) {
		if s.has {
			d.set(d.path(s.path...), s.after, "edited")
		} else {
			d.remove(d.path(s.path...), "edited")
		}
	}
	return a.commit(d)
}

// terse gives the values of a spec without the empty mappings that the operator's types write where nobody said anything.
func terse(s *v1beta2.SparkApplicationSpec) (map[string]any, error) {
	values, err := plain(s)
	yamltext.Tidy(map[string]any{"spec": values}, append([]string{"metadata"}, noise...)...)
	return values, err
}
