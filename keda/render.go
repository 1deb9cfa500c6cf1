package keda

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/sparkscale/sparkscale/internal/yamltext"
)

// noise are fields without omitempty that say nothing while they are empty.
var noise = []string{"scalingModifiers", "rollout", "scalingStrategy", "advanced", "resources"}

// order is where fields go among their siblings.
var order = []string{
	"apiVersion", "kind", "type", "name", "metadata", "namespace", "labels", "annotations", "ownerReferences", "spec", "scaleTargetRef",
	"jobTargetRef", "pollingInterval", "cooldownPeriod", "initialCooldownPeriod", "idleReplicaCount", "minReplicaCount", "maxReplicaCount",
	"fallback", "advanced", "scalingStrategy", "successfulJobsHistoryLimit", "failedJobsHistoryLimit", "triggers",
	"authenticationRef", "metricType", "podIdentity", "secretTargetRef", "parameter",
}

// YAML writes objects as they belong into a repository: without status, nulls, empty blocks, and what an API server adds; several
// are separated by "---". The objects must carry their apiVersion and kind, as those that this package makes do.
func YAML(objects ...runtime.Object) ([]byte, error) {
	var out []byte
	for i, object := range objects {
		values, err := yamltext.Plain(object)
		if err != nil {
			return nil, fmt.Errorf("keda: object %d: %w", i, err)
		}
		yamltext.Tidy(values, noise...)
		emptyTemplate(values)
		doc, err := yamltext.New(values, order...)
		if err != nil {
			return nil, fmt.Errorf("keda: object %d: %w", i, err)
		}
		if i > 0 {
			out = append(out, "---\n"...)
		}
		out = append(out, doc.Text()...)
	}
	return out, nil
}

// emptyTemplate takes the metadata of a Job's pods out where they say nothing; those of a trigger must be there.
func emptyTemplate(values map[string]any) {
	var at any = values
	for _, name := range []string{"spec", "jobTargetRef", "template"} {
		mapping, _ := at.(map[string]any)
		at = mapping[name]
	}
	template, _ := at.(map[string]any)
	if metadata, ok := template["metadata"].(map[string]any); ok && len(metadata) == 0 {
		delete(template, "metadata")
	}
}
