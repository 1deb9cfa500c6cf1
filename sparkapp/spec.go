package sparkapp

import (
	"fmt"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
)

// spec holds the values of a SparkApplicationSpec.
type spec map[string]any

// at reads a field; null counts as absent.
func (s spec) at(path ...string) (any, bool) {
	var value any = map[string]any(s)
	for _, name := range path {
		mapping, _ := value.(map[string]any)
		value = mapping[name]
	}
	return value, value != nil
}

func (s spec) text(path ...string) string {
	value, _ := s.at(path...)
	text, _ := value.(string)
	return text
}

// texts reads a mapping of texts.
func (s spec) texts(path ...string) map[string]string {
	value, _ := s.at(path...)
	mapping, _ := value.(map[string]any)
	texts := make(map[string]string, len(mapping))
	for key, item := range mapping {
		if text, ok := item.(string); ok {
			texts[key] = text
		}
	}
	return texts
}

// typed reads a field as the text that spark-submit gets.
func (s spec) typed(f crdField) (string, bool) {
	value, ok := s.at(f.below()...)
	if !ok || f.dynamic() && !s.switchedOn() {
		return "", false
	}
	return fmt.Sprint(value), true
}

// switchedOn reports whether dynamicAllocation is there and enabled.
func (s spec) switchedOn() bool {
	enabled, _ := s.at(dynamicBlock, "enabled")
	return enabled == true
}

// spec gives a copy of the values of the application's spec.
func (a *App) spec() spec {
	values, _ := a.doc.At(a.path()...)
	mapping, _ := values.(map[string]any)
	return mapping
}

// defaulted is the spec after the operator's mutating webhook.
func (a *App) defaulted() spec {
	app := v1beta2.SparkApplication{Spec: *a.Spec()}
	v1beta2.SetSparkApplicationDefaults(&app)
	values, _ := plain(app.Spec) // decoded from values
	return values
}
