package sparkapp_test

import (
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
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	kyaml "sigs.k8s.io/yaml"
)

// operator is the folder of the operator's module, which holds the CRDs as they are released.
var operator = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/kubeflow/spark-operator/v2").Output()
	return strings.TrimSpace(string(out)), err
})

// crd validates objects as an API server with the CRD does under strict field validation.
type crd struct {
	structural *schema.Structural
	validator  validation.SchemaValidator
}

func releasedCRD(t testing.TB, plural string) crd {
	t.Helper()
	dir, err := operator()
	require.NoError(t, err)
	return readCRD(t, filepath.Join(dir, "config", "crd", "bases", "sparkoperator.k8s.io_"+plural+".yaml"))
}

func readCRD(t testing.TB, file string) crd {
	t.Helper()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var v1 apiextensionsv1.CustomResourceDefinition
	require.NoError(t, kyaml.Unmarshal(raw, &v1))
	apiextensionsv1.SetDefaults_CustomResourceDefinition(&v1)
	var internal apiextensions.CustomResourceDefinition
	require.NoError(t, apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(&v1, &internal, nil))
	require.Len(t, internal.Spec.Versions, 1)
	properties := internal.Spec.Validation.OpenAPIV3Schema
	structural, err := schema.NewStructural(properties)
	require.NoError(t, err)
	validator, _, err := validation.NewSchemaValidator(properties)
	require.NoError(t, err)
	return crd{structural, validator}
}

// problems are the errors of the schema and the fields that it does not have.
func (c crd) problems(t require.TestingT, text []byte) (errs, unknown []string) {
	var object map[string]any
	require.NoError(t, kyaml.Unmarshal(text, &object))
	defaulting.PruneNonNullableNullsWithoutDefaults(object, c.structural)
	for _, e := range validation.ValidateCustomResource(nil, object, c.validator) {
		errs = append(errs, e.Error())
	}
	unknown = pruning.PruneWithOptions(object, c.structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	return errs, unknown
}

func (c crd) requireValid(t require.TestingT, text []byte) {
	errs, unknown := c.problems(t, text)
	require.Empty(t, errs, string(text))
	require.Empty(t, unknown, string(text))
}
