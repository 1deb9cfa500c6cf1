package keda_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	kjson "sigs.k8s.io/json"
	kyaml "sigs.k8s.io/yaml"
)

// release is the folder of KEDA's module, which holds the CRDs as they are released.
var release = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/kedacore/keda/v2").Output()
	return strings.TrimSpace(string(out)), err
})

// crd validates objects as an API server with the CRD does under strict field validation, its rules in CEL included.
type crd struct {
	structural *schema.Structural
	validator  validation.SchemaValidator
	rules      *cel.Validator
}

var plurals = map[string]string{
	"ScaledObject": "scaledobjects", "ScaledJob": "scaledjobs", "TriggerAuthentication": "triggerauthentications",
	"ClusterTriggerAuthentication": "clustertriggerauthentications",
}

var released = sync.OnceValues(func() (map[string]crd, error) {
	dir, err := release()
	if err != nil {
		return nil, err
	}
	all := map[string]crd{}
	for kind, plural := range plurals {
		if all[kind], err = readCRD(filepath.Join(dir, "config", "crd", "bases", "keda.sh_"+plural+".yaml")); err != nil {
			return nil, err
		}
	}
	return all, nil
})

func readCRD(file string) (crd, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return crd{}, err
	}
	var v1 apiextensionsv1.CustomResourceDefinition
	if err := kyaml.Unmarshal(raw, &v1); err != nil {
		return crd{}, err
	}
	apiextensionsv1.SetDefaults_CustomResourceDefinition(&v1)
	var internal apiextensions.CustomResourceDefinition
	if err := apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(&v1, &internal, nil); err != nil {
		return crd{}, err
	}
	properties := internal.Spec.Validation.OpenAPIV3Schema
	structural, err := schema.NewStructural(properties)
	if err != nil {
		return crd{}, err
	}
	validator, _, err := validation.NewSchemaValidator(properties)
	return crd{structural, validator, cel.NewValidator(structural, true, 1_000_000)}, err
}

// problems are the errors of the schema, the rules in CEL that are broken, and the fields that it does not have.
func (c crd) problems(t require.TestingT, text []byte) (errs, broken, unknown []string) {
	raw, err := kyaml.YAMLToJSON(text)
	require.NoError(t, err)
	var object map[string]any
	require.NoError(t, kjson.UnmarshalCaseSensitivePreserveInts(raw, &object)) // rules in CEL tell whole numbers from others
	defaulting.PruneNonNullableNullsWithoutDefaults(object, c.structural)
	defaulting.Default(object, c.structural)
	for _, e := range validation.ValidateCustomResource(nil, object, c.validator) {
		errs = append(errs, e.Error())
	}
	if len(errs) == 0 {
		list, _ := c.rules.Validate(context.Background(), nil, c.structural, object, nil, 10_000_000)
		for _, e := range list {
			broken = append(broken, e.Error())
		}
	}
	unknown = pruning.PruneWithOptions(object, c.structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	return errs, broken, unknown
}

// requireValid holds the documents of a text against the released CRDs.
func requireValid(t require.TestingT, text []byte) {
	all, err := released()
	require.NoError(t, err)
	for _, document := range strings.Split(string(text), "\n---\n") {
		var head struct{ Kind string }
		require.NoError(t, kyaml.Unmarshal([]byte(document), &head))
		definition, ours := all[head.Kind]
		if !ours {
			continue
		}
		errs, broken, unknown := definition.problems(t, []byte(document))
		require.Empty(t, errs, document)
		require.Empty(t, broken, document)
		require.Empty(t, unknown, document)
	}
}

func TestReleasedCRDs(t *testing.T) {
	all, err := released()
	require.NoError(t, err)
	require.Len(t, all, 4)
	errs, broken, _ := all["ScaledObject"].problems(t, []byte(`{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: a},
		spec: {minReplicaCount: 3, maxReplicaCount: 2, scaleTargetRef: {name: a}, triggers: [{type: cpu, metadata: {value: "1"}}]}}`))
	require.Empty(t, errs)
	require.Len(t, broken, 1, "the rule in CEL is applied")
}
